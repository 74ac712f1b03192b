/** `--write` of what has no handshake, or only parts of it: what is read back is what was read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { ACK, FIN, ipv4, pcapFile, SERVER, CLIENT, tcp, text } from '../sources/packets.js';
import { runHere } from './in-process.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'wsinspect-written-'));
});
afterAll(() => rmSync(root, { recursive: true }));

interface Segment {
  readonly side: Side;
  readonly bytes: Uint8Array;
  readonly fin?: true;
}

/** A capture of one connection without its SYN. */
function joinedCapture(name: string, segments: readonly Segment[]): string {
  const next = [1000, 5000];
  const packets = segments.map(({ side, bytes, fin }, index) => {
    const [sport, dport] = side === 0 ? [43000, 80] : [80, 43000];
    const [src, dst] = side === 0 ? [CLIENT, SERVER] : [SERVER, CLIENT];
    const flags = fin === true ? ACK | FIN : ACK;
    const segment = tcp({ sport, dport, seq: next[side]!, ack: next[1 - side]!, flags, payload: bytes });
    next[side] = next[side]! + bytes.length + (fin === true ? 1 : 0);
    return { bytes: ipv4(segment, { src, dst }), fraction: index * 10_000 };
  });
  const path = join(root, name);
  writeFileSync(path, pcapFile(packets, { link: 101 }));
  return path;
}

interface Sent {
  readonly side: Side;
  readonly payload: Uint8Array;
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
}

function frame({ side, payload, opcode = 1, fin = true, rsv = 0 }: Sent): Segment {
  const key = side === 0 ? { key: 0x0102_0304 } : {};
  return { side, bytes: encodeFrame({ fin, rsv, opcode, payload, ...key }) };
}

const EMPTY = new Uint8Array(0);
const ENDS: readonly Segment[] = [
  { side: 1, bytes: EMPTY, fin: true },
  { side: 0, bytes: EMPTY, fin: true },
];

const said = (index: number): Sent[] => [
  { side: 1, payload: text(`from the server ${index}`) },
  { side: 0, payload: text(`from the client ${index}`) },
];
const SIX = [0, 1, 2, 3, 4, 5];

type Fields = Record<string, unknown>;

async function recordsOf(...args: string[]): Promise<Fields[]> {
  const { out } = await runHere(['decode', '--json', ...args]);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields);
}

async function endOf(...args: string[]): Promise<Fields> {
  return (await recordsOf(...args)).find(({ type }) => type === 'connection')!;
}

describe('a connection that was joined in its middle', () => {
  const path = (): string => joinedCapture('ends.pcap', [...SIX.flatMap(said).map(frame), ...ENDS]);

  it.each([
    ['--redact'],
    ['--redact-addresses'],
    ['--write', 'all.ndjson'],
    ['--opcode', 'text', '--write', 'x.pcapng'],
  ])('is ended by the end that ended it, with %s', async (...args) => {
    const file = path();
    expect((await endOf('-f', file))['endedBy']).toBe('server');
    const own = args.map((arg) => (arg.includes('.') ? join(root, arg) : arg));
    expect((await endOf('-f', file, '--stats', ...own))['endedBy']).toBe('server');
    if (args.includes('--write')) expect((await endOf('-f', own.at(-1)!))['endedBy']).toBe('server');
  });
});
