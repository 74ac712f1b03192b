import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { safely } from './safely.js';
import { ZipFile } from '../../src/cli/input/zip.js';
import { meantBy } from '../../src/cli/options/entry-hint.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'wsinspect-har-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const MESSAGES = '{"type":"send","time":1767323045500,"opcode":1,"data":"hi"}\n';
const har = (file: string): string =>
  JSON.stringify({
    log: {
      entries: [
        {
          _resourceType: 'websocket',
          request: { method: 'GET', url: 'ws://a/', headers: [] },
          response: { status: 101, headers: [], content: { _file: file } },
        },
      ],
    },
  });

/** A zip archive as the format has it: APPNOTE 4.3. */
function zip(files: Readonly<Record<string, Uint8Array>>, method = 8): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const packed = method === 8 ? deflateRawSync(bytes) : Buffer.from(bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), packed);
    centrals.push(central, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...centrals, end]);
}

async function decoded(path: string): Promise<string> {
  const { out, err, exit } = await safely(['decode', '--json', '-f', path], 400);
  return `${exit}\n${out}${err}`;
}

describe('messages beside a HAR', () => {
  it.each([
    ['beside it', 'a.jsonl', 'a.jsonl'],
    ['in resources', 'a.jsonl', 'resources/a.jsonl'],
    ['in resources, by its whole name', 'resources/a.jsonl', 'resources/a.jsonl'],
  ])('%s', async (_, name, place) => {
    mkdirSync(join(directory, 'resources'));
    writeFileSync(join(directory, 'x.har'), har(name));
    writeFileSync(join(directory, place), MESSAGES);
    expect(await decoded(join(directory, 'x.har'))).toMatch(/^0\n[^]*"text":"hi"/);
  });

  it.each(['../a.jsonl', '/a.jsonl', '..', 'b/../../a.jsonl', 'resources/../../a.jsonl'])(
    'elsewhere (%s) are not looked for',
    async (name) => {
      mkdirSync(join(directory, 'in'));
      writeFileSync(join(directory, 'a.jsonl'), MESSAGES);
      writeFileSync(join(directory, 'in/x.har'), har(name.endsWith('.jsonl') ? name : `${name}/a.jsonl`));
      const told = await decoded(join(directory, 'in/x.har'));
      expect(told).not.toContain('"text":"hi"');
      expect(told).toContain('which is not in the same directory');
    },
  );
});

describe('a zip file', () => {
  const files = { 'har.har': Buffer.from(har('a.jsonl')), 'a.jsonl': Buffer.from(MESSAGES) };

  it.each<[string, Buffer, RegExp]>([
    ['with a HAR and its messages', zip(files), /^0\n[^]*"text":"hi"/],
    ['that packs nothing', zip(files, 0), /^0\n[^]*"text":"hi"/],
    ['with messages in a directory', zip({ 'x.har': files['har.har'], 'resources/a.jsonl': files['a.jsonl'] }), /"hi"/],
    ['with one file', zip({ 'frames.txt': Buffer.from('8105 48656c6c6f') }), /"text":"Hello"/],
    ['with two HARs', zip({ 'a.har': files['har.har'], 'b.har': files['har.har'] }), /^2\n[^]*a\.har, b\.har/],
    ['without a HAR', zip({ a: Buffer.from('a'), b: Buffer.from('b') }), /^2\n[^]*not one HAR \(a, b\)/],
    ['with no files', zip({}), /^2\n/],
    ['that is cut off', zip(files).subarray(0, 200), /^2\n[^]*damaged/],
    ['of another method', zip(files, 12), /^2\n[^]*damaged, or too large/],
    [
      'that comes to a thousand times its size',
      zip({ 'x.har': Buffer.alloc(64 * 1024 * 1024, ' ') }),
      /^2\n[^]*too large/,
    ],
  ])('%s', async (_, bytes, expected) => {
    writeFileSync(join(directory, 'x.zip'), bytes);
    expect(await decoded(join(directory, 'x.zip'))).toMatch(expected);
  });

  it('that is damaged anywhere never makes it throw', () => {
    const bytes = zip(files);
    for (let at = 0; at < bytes.length; at++) {
      const other = Uint8Array.from(bytes);
      other[at] = ~other[at]! & 0xff;
      const read = new ZipFile(other);
      for (const name of read.names) read.file(name);
      expect(read.names.length).toBeLessThanOrEqual(2);
    }
  });
});

describe('a path in place of a command', () => {
  const io = { fileExists: (path: string): boolean => path === 'capture' || path === 'my capture' };

  it.each([
    ['capture', 'wsinspect decode -f capture'],
    ['capture --stats --json', 'wsinspect decode -f capture --stats --json'],
    ['my capture', "wsinspect decode -f 'my capture'"],
    ['./a.pcap', 'wsinspect decode -f ./a.pcap (there is no such file)'],
    ['session.har', 'wsinspect decode -f session.har (there is no such file)'],
    ['8105 48656c6c6f', 'wsinspect decode 8105 48656c6c6f'],
    ['0x81,0x05', 'wsinspect decode 0x81,0x05'],
    ['81:05:48', 'wsinspect decode 81:05:48'],
    ['81-05-48', 'wsinspect decode 81-05-48'],
    [String.raw`\x81\x05`, String.raw`wsinspect decode '\x81\x05'`],
    ['ws://localhost:9001/', 'wsinspect connect ws://localhost:9001/'],
    ['wss://example.com/a?b=1&c=2', "wsinspect connect 'wss://example.com/a?b=1&c=2'"],
    ['http://localhost:9001/', 'wsinspect connect ws://localhost:9001/'],
    ['https://example.com', 'wsinspect connect wss://example.com'],
    ['localhost:9001', 'wsinspect connect ws://localhost:9001'],
    ['example.com/chat', 'wsinspect connect ws://example.com/chat'],
    ['dGhlIHNhbXBsZSBub25jZQ==', 'wsinspect accept dGhlIHNhbXBsZSBub25jZQ=='],
    ['9001', 'wsinspect serve 9001, or wsinspect decode 9001'],
    ['-', 'wsinspect decode'],
    ['-f x.pcap --stats', 'wsinspect decode -f x.pcap --stats'],
    ['--file=x.pcap', 'wsinspect decode --file=x.pcap'],
    ['sing', undefined],
    ['', undefined],
    ['--wat', undefined],
  ])('%s', (words, expected) => {
    const argv = io.fileExists(words) ? [words] : words.split(' ').filter((word) => word !== '');
    expect(meantBy(io, argv)).toBe(expected);
  });
});

it('the fixtures are read as zips are', () => {
  const path = new URL('../../fixtures/recordings/playwright.har.zip', import.meta.url);
  const read = new ZipFile(new Uint8Array(readFileSync(path)));
  expect(read.names.filter((name) => name.endsWith('.jsonl'))).toHaveLength(2);
  expect(new TextDecoder().decode(read.file('har.har'))).toContain('"entries"');
});
