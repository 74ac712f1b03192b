import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/host/exit.js';
import { Extractor, type ExtractFiles } from '../../src/cli/decode/extract.js';
import type { Message } from '../../src/codec/messages/records.js';

let root: string;
beforeAll(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'wsinspect-extract-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const message = (fields: Partial<Message>): Message => ({
  index: 0,
  direction: 'client',
  opcode: 1,
  span: { start: 0, end: 2 },
  frames: 1,
  compressed: false,
  wireBytes: 0,
  payload: new Uint8Array(0),
  ...fields,
});

/** Takes a message of `bytes` bytes, of which `kept` are there. */
function take(extractor: Extractor, connection: number, fields: Partial<Message>, bytes = 2, kept = bytes): void {
  extractor.take(connection, message({ bytes, ...fields }), new Uint8Array(kept).fill(0x61));
}

/** A file system without files: what is written is only noted. */
function files(noted: string[], faults: Partial<ExtractFiles> = {}): ExtractFiles {
  return {
    mkdirSync: () => undefined,
    readdirSync: () => [],
    writeFileSync: (path) => void noted.push(path),
    ...faults,
  };
}

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: what Node says`), { code });
  };
}

describe('Extractor', () => {
  it('writes each message to a file of its own, in directories that it makes', () => {
    const directory = join(root, 'deep', 'er');
    const extractor = new Extractor(directory, fs);
    take(extractor, 3, { index: 12 }, 2);
    take(extractor, 3, { index: 13, opcode: 2 }, 3);
    take(extractor, 0, { direction: 'server' }, 0);
    expect(fs.readdirSync(directory).sort()).toEqual([
      'c0000-server-000000.txt',
      'c0003-client-000012.txt',
      'c0003-client-000013.bin',
    ]);
    expect(fs.readFileSync(join(directory, 'c0003-client-000013.bin'), 'latin1')).toBe('aaa');
    expect(fs.statSync(join(directory, 'c0000-server-000000.txt')).size).toBe(0);
    expect(extractor.summary()).toBe(`wrote 3 messages, 5 bytes, to ${directory}`);
  });

  it.each<[number, Partial<Message>, string]>([
    [0, {}, 'c0000-client-000000.txt'],
    [9999, { index: 999999, direction: 'unknown' }, 'c9999-unknown-999999.txt'],
    [10000, { index: 1000000, opcode: 2 }, 'cx10000-client-x1000000.bin'],
    [123456, { index: 12345678 }, 'cxx123456-client-xx12345678.txt'],
  ])('connection %i, %j: %s', (connection, fields, name) => {
    const noted: string[] = [];
    take(new Extractor('out/', files(noted)), connection, fields);
    expect(noted).toEqual([`out/${name}`]);
  });

  it('gives names that sort as their numbers do', () => {
    const noted: string[] = [];
    const extractor = new Extractor('out', files(noted));
    const numbers = [0, 9, 10, 9999, 10000, 99999, 100000, 999999, 1000000, 9999999, 10000000];
    for (const number of numbers) for (const index of numbers) take(extractor, number, { index });
    expect(noted.toSorted()).toEqual(noted);
  });

  it('counts what is cut or not inflated, and writes nothing of it', () => {
    const noted: string[] = [];
    const extractor = new Extractor('out', files(noted));
    take(extractor, 0, { index: 0 }, 5000, 4096);
    extractor.take(0, message({ index: 1, compressed: true, inflation: 'invalid' }), new Uint8Array(0));
    take(extractor, 0, { index: 2 }, 1);
    expect(noted).toEqual(['out/c0000-client-000002.txt']);
    expect(extractor.summary()).toBe('wrote 1 message, 1 byte, to out; 2 could not be read');
  });

  it.each([
    [0, 'wrote 0 messages, 0 bytes, to out'],
    [999, 'wrote 1 message, 999 bytes, to out'],
    [1000, 'wrote 1 message, 1.0 kB, to out'],
    [999_949, 'wrote 1 message, 999.9 kB, to out'],
    [999_950, 'wrote 1 message, 1.0 MB, to out'],
    [3_400_000, 'wrote 1 message, 3.4 MB, to out'],
  ])('sums up %i bytes', (bytes, words) => {
    const extractor = new Extractor('out', files([]));
    if (bytes > 0) take(extractor, 0, {}, bytes);
    expect(extractor.summary()).toBe(words);
  });

  it('takes an empty directory, and refuses any other before it writes', () => {
    const empty = join(root, 'empty');
    fs.mkdirSync(empty);
    expect(() => new Extractor(empty, fs)).not.toThrow();
    fs.writeFileSync(join(empty, '.hidden'), 'mine');
    expect(() => new Extractor(empty, fs)).toThrow(
      new UsageError(`--extract: ${empty} is not empty: it has to be a new directory or an empty one`),
    );
    expect(() => new Extractor(join(empty, '.hidden'), fs)).toThrow(
      new UsageError(`--extract: ${join(empty, '.hidden')}: can't be written: there is a file of that name`),
    );
    expect(() => new Extractor(join(empty, '.hidden', 'below'), fs)).toThrow(/there is a file of that name/);
    expect(fs.readFileSync(join(empty, '.hidden'), 'utf8')).toBe('mine');
  });

  it('neither replaces nor follows what was put there meanwhile', () => {
    const directory = join(root, 'raced');
    const victim = join(root, 'victim');
    const extractor = new Extractor(directory, fs);
    fs.writeFileSync(victim, 'mine');
    fs.symlinkSync(victim, join(directory, 'c0000-client-000000.txt'));
    expect(() => take(extractor, 0, {})).toThrow(UsageError);
    expect(fs.readFileSync(victim, 'utf8')).toBe('mine');
    expect(extractor.summary()).toContain('wrote 0 messages');
  });

  it.each([
    ['EACCES', 'permission denied'],
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the file system is read-only'],
    ['EIO', 'the device has failed'],
    ['ESOMETHING', 'ESOMETHING: what Node says'],
  ])('says why it cannot write: %s', (code, reason) => {
    const words = (path: string): string => `--extract: ${path}: can't be written: ${reason}`;
    expect(() => new Extractor('out', files([], { mkdirSync: failing(code) }))).toThrow(new UsageError(words('out')));
    expect(() => new Extractor('out', files([], { readdirSync: failing(code) }))).toThrow(new UsageError(words('out')));
    const extractor = new Extractor('out', files([], { writeFileSync: failing(code) }));
    expect(() => take(extractor, 0, {})).toThrow(new UsageError(words('out/c0000-client-000000.txt')));
  });

  it('escapes the name of the directory', () => {
    expect(new Extractor('a\x1b[31m', files([])).summary()).toBe('wrote 0 messages, 0 bytes, to a\\x1b[31m');
  });
});
