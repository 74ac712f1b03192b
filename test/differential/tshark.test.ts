import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scratch } from '../sources/captures.js';
import { runHere } from '../cli/in-process.js';
import { has, mayCapture } from '../tools.js';
import { certificate, record, type Said } from './live-capture.js';

const ready = has('tshark') && mayCapture();

const scratch = new Scratch();
afterAll(() => scratch.remove());

const MESSAGES = [
  'hello',
  '',
  'größer als ASCII ✓',
  Buffer.from([0, 1, 2, 255]),
  'x'.repeat(200),
  Buffer.alloc(70_000, 7),
];
const REPEATED = Array.from({ length: 20 }, (_, i) =>
  JSON.stringify({ price: 100 + i, symbol: 'BTC-USD', side: 'ask' }),
);

interface Line {
  readonly type: string;
  readonly direction: 'client' | 'server';
  readonly text?: string;
  readonly hex?: string;
  readonly opcode: number;
  readonly fin: boolean;
  readonly masked: boolean;
  readonly payloadLength: number;
  readonly diagnostics: readonly unknown[];
}

async function lines(args: readonly string[], stdin = ''): Promise<Line[]> {
  const { out, err, exit } = await runHere(['decode', '--json', '--preview', 'all', ...args], { stdin });
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

async function messages(args: readonly string[], stdin?: string): Promise<{ client: string[]; server: string[] }> {
  const all = (await lines(['--view', 'messages', ...args], stdin)).filter(({ type }) => type === 'message');
  const of = (side: string): string[] =>
    all.filter(({ direction }) => direction === side).map(({ text, hex }) => text ?? hex!);
  return { client: of('client'), server: of('server') };
}

function asText(said: Said): { client: string[]; server: string[] } {
  const text = (each: string | Buffer): string => (typeof each === 'string' ? each : each.toString('hex'));
  return { client: said.client.map(text), server: said.server.map(text) };
}

function tshark(args: readonly string[]): string {
  return execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 28 });
}

/** What tshark makes of the frames: opcode, FIN and MASK of each, by source port. It puts those of a packet on one line. */
function framesByTshark(file: string): string[] {
  const fields = ['tcp.srcport', 'websocket.opcode', 'websocket.fin', 'websocket.mask'].flatMap((field) => [
    '-e',
    field,
  ]);
  return tshark(['-r', file, '-Y', 'websocket', '-T', 'fields', ...fields])
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [port = '', ...columns] = line.split('\t');
      const [opcodes = [], fins = [], masks = []] = columns.map((column) => column.split(','));
      return opcodes.map((opcode, i) => `${port} ${opcode} ${bit(fins[i])} ${bit(masks[i])}`);
    });
}

const bit = (value = ''): number => (value === '1' || value === 'True' ? 1 : 0);

describe.skipIf(!ready)('live captures of two peers', () => {
  const plain = scratch.file('plain.pcap');
  const deflate = scratch.file('deflate.pcap');
  const tls = { key: scratch.file('key.pem'), cert: scratch.file('cert.pem'), keylog: scratch.file('keys.log') };
  const wss = scratch.file('wss.pcap');
  const said: Record<string, Said> = {};

  beforeAll(async () => {
    certificate(tls.key, tls.cert);
    said[plain] = await record(plain, MESSAGES);
    said[deflate] = await record(deflate, [...REPEATED, ...MESSAGES], { deflate: true });
    said[wss] = await record(wss, MESSAGES, { tls });
  });

  it.each([
    ['plain', plain],
    ['permessage-deflate', deflate],
  ])('%s: the messages are those that were sent', async (_name, file) => {
    expect(await messages(['-f', file])).toEqual(asText(said[file]!));
  });

  it.each([
    ['plain', plain],
    ['permessage-deflate', deflate],
  ])('%s: the frames are those of tshark', async (_name, file) => {
    const all = await lines(['-f', file]);
    const connection = all.find(({ type }) => type === 'connection') as unknown as Record<string, string>;
    const port = (side: string): string => connection[side]!.split(':')[1]!;
    const frames = all
      .filter(({ type }) => type === 'frame')
      .map(
        ({ direction, opcode, fin, masked }) =>
          `${port(direction)} ${opcode} ${bit(fin ? '1' : '')} ${bit(masked ? '1' : '')}`,
      );
    expect(frames).toEqual(framesByTshark(file));
  });

  it.each([
    ['tshark -x', ['-x']],
    ['tshark -x with details', ['-V', '-x']],
    ['follow,tcp,hex', ['-q', '-z', 'follow,tcp,hex,0']],
    ['follow,tcp,raw', ['-q', '-z', 'follow,tcp,raw,0']],
  ])('%s tells the same', async (_name, args) => {
    expect(await messages([], tshark(['-r', plain, ...args]))).toEqual(asText(said[plain]!));
  });

  it('-T fields -e tcp.payload of one direction tells the same', async () => {
    const port = tshark(['-r', plain, '-c', '1', '-T', 'fields', '-e', 'tcp.srcport']).trim();
    const payload = tshark([
      '-r',
      plain,
      '-Y',
      `tcp.srcport==${port} && tcp.len>0 && !tcp.analysis.retransmission`,
      '-T',
      'fields',
      '-e',
      'tcp.payload',
    ]);
    expect(new Set((await messages([], payload)).client)).toEqual(new Set(asText(said[plain]!).client));
  });

  it.each(['-x', '-X', '-xx'])('tcpdump %s tells the same', async (option) => {
    const text = execFileSync('tcpdump', ['-r', plain, '-n', option], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(await messages([], text)).toEqual(asText(said[plain]!));
  });

  it('wss: it is named once with the recipe, and the recipe reads it', async () => {
    const { out, err, exit } = await runHere(['decode', '-f', wss]);
    expect(exit).toBe(0);
    expect(out).toContain('1 TLS');
    expect(err).toContain('--keylog FILE');
    expect(await messages(['-f', wss, '--keylog', tls.keylog])).toEqual(asText(said[wss]!));
  });
});
