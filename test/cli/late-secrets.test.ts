import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pcapngBlocks } from '../traffic/tls-captures.js';
import { ROOT, Workshop, wsinspect } from './binary.js';
import { run, runHere } from './in-process.js';

/** Where a Decryption Secrets Block comes after the sessions that need it. */

const SOURCE = readFileSync(join(ROOT, 'fixtures/captures/tls/t12-dsb.pcapng'));
const { secrets: SECRETS, others: OTHERS } = pcapngBlocks(SOURCE);
const LATE = Buffer.concat([...OTHERS, ...SECRETS]);

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
  const { out, err } = await run(['decode', '--view', 'messages', ...args]);
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
    const bad = Buffer.from(SECRETS[0]!);
    // The random is no hex.
    bad.write('zz', bad.indexOf('CLIENT_RANDOM ') + 14, 'latin1');
    const file = shop.write('bad.pcapng', Buffer.concat([LATE, bad]));
    const { err } = await runHere(['decode', '--view', 'messages', '-f', file]);
    expect(err.match(/^.*line 2\b.*$/gm)).toHaveLength(1);
  });

  it.each([
    ['in a packed file', (): string[] => ['-f', shop.write('late.pcapng.gz', gzipSync(LATE))]],
    ['in a file that is packed twice', (): string[] => ['-f', shop.write('twice.gz', gzipSync(gzipSync(LATE)))]],
    ['for several threads', (): string[] => [shop.write('late.pcapng.gz', gzipSync(LATE)), '--jobs', '2']],
    ['with --trouble', (): string[] => [shop.write('late.pcapng.gz', gzipSync(LATE)), '--trouble']],
  ])('are waited for %s', async (name, args) => {
    expect(await messages(...args())).toBe(
      await messages('-f', early, ...(name.includes('trouble') ? ['--trouble'] : [])),
    );
  });

  it.each([
    ['as they are', LATE],
    ['packed', gzipSync(LATE)],
  ])('are waited for in a pipe: %s', async (_, stdin) => {
    const { out, err } = await runHere(['decode', '--view', 'messages'], { stdin });
    expect({ out, err }).toEqual({ out: await messages('-f', early), err: '' });
  });

  it.each([
    ['without a key log', (): string[] => [], /^TLS waits for keys, .*--keylog FILE/m],
    [
      'with one that is empty so far',
      (): string[] => ['--keylog', shop.write('empty.keys', '')],
      /^TLS waits for keys: no secret of the key log/m,
    ],
  ])('are waited for in a pipe that stays open, and that is reported after a second, %s', async (_, args, says) => {
    const ran = await wsinspect(['decode', '--view', 'messages', ...args()], {
      stdin: Buffer.concat(OTHERS),
      open: true,
      clock: async (clock, child) => {
        await clock.waitsFor(1000);
        const reported = once(child.stderr!, 'data');
        await clock.advance(1000);
        await reported;
        child.kill('SIGINT');
      },
    });
    expect(ran.err).toMatch(says);
    expect(ran.err).toMatch(/^connection 0 is TLS/m);
  });

  it('are not found where the file is damaged before them', async () => {
    const file = shop.write('damaged.pcapng', damaged());
    const { err } = await runHere(['decode', '--view', 'messages', '-f', file]);
    expect(err).toContain('connection 0 is TLS');
  });

  it('are read by replays too', async () => {
    const { err } = await runHere(['connect', 'ws://127.0.0.1:1/', '--replay', late]);
    expect(err).not.toContain('no WebSocket frames in it');
  });
});

/** The last packet has another length at its end. */
function damaged(): Buffer {
  const file = Buffer.from(LATE);
  const secrets = SECRETS.reduce((sum, { length }) => sum + length, 0);
  file.writeUInt32LE(7, file.length - secrets - 4);
  return file;
}
