import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, Workshop, wsinspect } from './binary.js';

/** Where a Decryption Secrets Block comes after the sessions that need it. */

const SECRETS = 10;
const SOURCE = readFileSync(join(ROOT, 'fixtures/captures/tls/t12-dsb.pcapng'));

function blocksOf(file: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    blocks.push(file.subarray(at, at + file.readUInt32LE(at + 4)));
  }
  return blocks;
}

const BLOCKS = blocksOf(SOURCE);
const isSecrets = (block: Buffer): boolean => block.readUInt32LE(0) === SECRETS;
const LATE = Buffer.concat([...BLOCKS.filter((block) => !isSecrets(block)), ...BLOCKS.filter(isSecrets)]);

let shop: Workshop;
let late: string;
let early: string;
beforeAll(() => {
  shop = new Workshop();
  late = shop.write('late.pcapng', LATE);
  early = shop.write('early.pcapng', SOURCE);
});
afterAll(() => shop.remove());

const messages = async (...args: string[]): Promise<string> => {
  const { out, err } = await wsinspect(['decode', '--view', 'messages', ...args]);
  expect(err).not.toContain('is TLS');
  return out;
};

describe('secrets at the end of a pcapng file', () => {
  it('decrypt what comes before them', async () => {
    const expected = await messages('-f', early);
    expect(expected.split('\n').length).toBeGreaterThan(10);
    expect(await messages('-f', late)).toBe(expected);
    expect(await messages(late, '--jobs', '2')).toBe(expected);
  });

  it('are used in each of several files', async () => {
    const twice = await messages('-f', late, '-f', late);
    expect(twice).toBe(await messages('-f', early, '-f', early));
  });

  it('are read once: a bad line is reported once', async () => {
    const [log] = BLOCKS.filter(isSecrets);
    const bad = Buffer.from(log!);
    // The random is no hex.
    bad.write('zz', bad.indexOf('CLIENT_RANDOM ') + 14, 'latin1');
    const file = shop.write('bad.pcapng', Buffer.concat([LATE, bad]));
    const { err } = await wsinspect(['decode', '--view', 'messages', '-f', file]);
    expect(err.match(/^.*line 2\b.*$/gm)).toHaveLength(1);
  });

  it.each([
    ['packed', (): string => shop.write('late.pcapng.gz', gzipSync(LATE))],
    ['damaged before them', (): string => shop.write('damaged.pcapng', damaged())],
  ])('are not found where the file is %s', async (_, file) => {
    const { err } = await wsinspect(['decode', '--view', 'messages', '-f', file()]);
    expect(err).toContain('connection 0 is TLS');
  });

  it('are read by replays too', async () => {
    const { err } = await wsinspect(['connect', 'ws://127.0.0.1:1/', '--replay', late]);
    expect(err).not.toContain('no WebSocket frames in it');
  });
});

/** The last packet has another length at its end. */
function damaged(): Buffer {
  const file = Buffer.from(LATE);
  const secrets = BLOCKS.filter(isSecrets).reduce((sum, { length }) => sum + length, 0);
  file.writeUInt32LE(7, file.length - secrets - 4);
  return file;
}
