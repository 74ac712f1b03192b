import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from '../cli/in-process.js';
import { has } from '../tools.js';
import { generateAll, generated, Scratch } from './captures.js';

const scratch = new Scratch();
afterAll(() => scratch.remove());

interface Sums {
  frames: number;
  messages: number;
  payload: number;
  sha256: string;
}

type Line = Record<string, unknown> & { type: string; connection: number; direction: 'client' | 'server' };

/** What the tool itself says of a capture, message by message, added up as the generator does. */
async function decoded(path: string, more: readonly string[]): Promise<Map<string, Sums>> {
  const args = ['decode', '-f', path, '--json', '--view', 'messages', '--preview', 'all', '--base64', ...more];
  const { out, exit, err } = await runHere(args);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  const hashes = new Map<string, { messages: number; payload: number; hash: ReturnType<typeof createHash> }>();
  const sums = new Map<string, Sums>();
  for (const line of out
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Line)) {
    if (line.type === 'message') {
      const key = `${line.connection} ${line.direction}`;
      const sum = hashes.get(key) ?? { messages: 0, payload: 0, hash: createHash('sha256') };
      hashes.set(key, sum);
      const bytes =
        'text' in line ? Buffer.from(line['text'] as string) : Buffer.from(line['base64'] as string, 'base64');
      sum.messages++;
      sum.payload += bytes.length;
      sum.hash.update(bytes);
    }
    if (line.type !== 'connection') continue;
    for (const side of ['client', 'server'] as const) {
      const { messages, payload, hash } = hashes.get(`${line.connection} ${side}`) ?? {
        messages: 0,
        payload: 0,
        hash: createHash('sha256'),
      };
      const frames = (line['frames'] as Record<string, number>)[side] ?? 0;
      sums.set(`${String(line['client'])} ${side}`, { frames, messages, payload, sha256: hash.digest('hex') });
    }
  }
  return sums;
}

const RUNS: readonly string[] = [
  ...['small', 'packed', 'large', 'deflate'].flatMap((profile) => [
    `--profile ${profile} --mb 1`,
    `--profile ${profile} --mb 0.4 --swap 0.2 --dup 0.2 --fragment 3`,
    `--profile ${profile} --mb 0.4 --no-handshake --flows 7`,
  ]),
  ...['eth', 'null', 'raw', 'sll', 'sll2'].map((link) => `--profile small --mb 0.4 --link ${link}`),
  ...[9, 10, 11, 12, 13, 14, 15].map((bits) => `--profile deflate --mb 0.4 --wbits ${bits}`),
  '--profile deflate --mb 0.4 --no-takeover',
  '--profile deflate --mb 0.4 --no-takeover --wbits 9 --swap 0.3 --fragment 2',
];

describe.skipIf(!has('python3'))('decode equals the generator’s ground truth', () => {
  const pathOf = (options: string): string => scratch.file(`${RUNS.indexOf(options)}.pcap`);
  beforeAll(() => generateAll(new Map(RUNS.map((options) => [pathOf(options), options.split(' ')]))));

  it.each(RUNS)('%s', async (options) => {
    const path = pathOf(options);
    const { truth } = generated(path);
    // Nothing before the first frame shows that it is one.
    const sums = await decoded(path, options.includes('no-handshake') ? ['--as-websocket', '80'] : []);
    for (const { client, c2s, s2c } of truth.flows) {
      expect(sums.get(`${client} client`)).toEqual(c2s);
      expect(sums.get(`${client} server`)).toEqual(s2c);
    }
  });
});
