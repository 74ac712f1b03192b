/** `--write` of what has no handshake, or only parts of it, and what is read of the file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MessageDeflater } from '../../src/codec/deflate/message-deflate.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { ACK, concat, FIN, ipv4, pcapFile, SERVER, CLIENT, tcp, text } from '../sources/packets.js';
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

let keys = 0;

function frame({ side, payload, opcode = 1, fin = true, rsv = 0 }: Sent): Segment {
  const key = side === 0 ? { key: 0x0102_0304 + keys++ } : {};
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

async function messagesOf(path: string): Promise<unknown[]> {
  const records = await recordsOf('-f', path, '--view', 'messages');
  return records
    .filter(({ type }) => type === 'message')
    .map((record) => `${String(record['direction'])} ${String(record['text'])}`);
}

const FORMATS = ['pcapng', 'ndjson', 'har'];

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

describe('compressed messages without a handshake', () => {
  const path = (): string => {
    const deflaters = [0, 1].map(() => new MessageDeflater(nodeDeflate, { windowBits: 15, noContextTakeover: false }));
    const frames = SIX.flatMap(said).map((sent) =>
      frame({ ...sent, rsv: 4, payload: deflaters[sent.side]!.deflate(sent.payload) }),
    );
    return joinedCapture('compressed.pcap', [...frames, ...ENDS]);
  };

  it.each(FORMATS.flatMap((format) => [[format], [format, '--opcode', 'text'], [format, '--redact']]))(
    'are written to .%s and read back without a fault, with %s %s',
    async (format, ...args) => {
      const file = path();
      const options = args.filter((arg) => arg !== undefined);
      const [out, again] = [join(root, `compressed.${format}`), join(root, `again.${format}`)];
      const { exit, err } = await runHere(['decode', '-f', file, ...options, '--write', out, '-q']);
      expect([exit, err.replace(/^redacted: .*\n/, '')]).toEqual([0, '']);
      expect((await runHere(['decode', '-f', out, '--write', again, '-q'])).exit).toBe(0);
      const sent = await messagesOf(file);
      expect(sent.length).toBe(12);
      for (const written of [out, again]) {
        expect((await runHere(['decode', '-f', written, '-q'])).exit).toBe(0);
        expect(new Set(await messagesOf(written))).toEqual(new Set(sent));
      }
    },
  );

  it('of which only the request was captured are written to .ndjson too', async () => {
    const file = joinedCapture('half.pcap', [headsWith('')[0]!, ...SIX.flatMap(said).map(frame), ...ENDS]);
    const out = join(root, 'half.ndjson');
    await runHere(['decode', '-f', file, '--write', out, '-q']);
    expect(new Set(await messagesOf(out))).toEqual(new Set(await messagesOf(file)));
    expect((await messagesOf(out)).length).toBe(12);
  });
});

describe('a sender that masks as the other one', () => {
  it.each([['pcapng'], ['ndjson']])('stays who it is in .%s', async (format) => {
    const wrong = SIX.flatMap(said).map(({ side, payload }) => ({ side, payload }));
    const masked = {
      side: 1 as Side,
      bytes: encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: text('x'), key: 7 }),
    };
    const file = joinedCapture('masks.pcap', [...wrong.map(frame), masked, ...ENDS]);
    const out = join(root, `masks.${format}`);
    const faultsOf = async (...args: string[]): Promise<unknown> => (await endOf('-f', ...args))['diagnostics'];
    await runHere(['decode', '-f', file, '--write', out, '-q']);
    expect(await faultsOf(file)).toEqual({ 'server-frame-masked': 1 });
    expect(await faultsOf(out)).toEqual({ 'server-frame-masked': 1 });
    expect(await faultsOf(file, '--redact')).toEqual({ 'server-frame-masked': 1 });
    if (format === 'pcapng') return;
    // Alone it shows nothing of who sent it.
    await runHere(['decode', '-f', file, '--violations', '--write', out, '-q']);
    expect(await faultsOf(out)).toEqual({ 'server-frame-masked': 1 });
  });
});

describe('pasted frames', () => {
  it.each([
    ['--direction', 'client', '810548656c6c6f'],
    ['--direction', 'server', '818501020304 48656c6c6f'],
    ['810548656c6c6f 818501020304 48656c6c6f'],
    ['0102 4865 818501020304 48656c6c6f 8003 6c6c6f'],
    ['8f00'],
    ['c00568656c6c6f'],
    ['--deflate', 'c107f248cdc9c90700'],
  ])('written to .ndjson are read as they were: %s %s %s', async (...given) => {
    const args = given.filter((arg) => arg !== undefined);
    const out = join(root, 'pasted.ndjson');
    await runHere(['decode', ...args, '--write', out, '-q']);
    const faultsOf = (records: Fields[]): unknown =>
      records
        .filter(({ type }) => type === 'frame')
        .map(({ name, diagnostics }) => [name, (diagnostics as Fields[]).map(({ code }) => code)]);
    const read = await recordsOf('-f', out);
    expect(faultsOf(read)).toEqual(faultsOf(await recordsOf(...args)));
    if (given[0] === '--direction') expect(read[0]!['direction']).toBe(given[1]);
  });

  it('written to .pcapng are found where it is stated that they are WebSocket, as the notice says', async () => {
    const out = join(root, 'pasted.pcapng');
    const { err } = await runHere(['decode', '810548656c6c6f', '--write', out]);
    expect(err).toContain('1 connection, without a handshake: decode --as-websocket 80 reads it whatever it holds');
    expect((await recordsOf('-f', out, '--as-websocket', '80'))[0]).toMatchObject({ type: 'frame', text: 'Hello' });
  });
});

describe('a connection of which the close frames are filtered out', () => {
  it.each([['pcapng'], ['ndjson']])('gets no other end in .%s', async (format) => {
    const closes = ([0, 1] as const).map((side) => frame({ side, opcode: 8, payload: Uint8Array.of(3, 232) }));
    const frames = SIX.flatMap(said).map(frame);
    const file = joinedCapture('closed.pcap', [...headsWith(''), ...frames, ...closes, ...ENDS]);
    const out = join(root, `closed.${format}`);
    const { err } = await runHere(['decode', '-f', file, '--opcode', 'text', '--write', out]);
    expect(err).toContain('the filters left out close frames of 1 connection: how they ended is not written');
    const end = await endOf('-f', out);
    expect(end['closeCode']).toBeUndefined();
    expect(end['endedBy']).toBeUndefined();
  });
});

describe('a message in fragments', () => {
  const fragments = (isCompressed: boolean): string => {
    const deflater = new MessageDeflater(nodeDeflate, { windowBits: 15, noContextTakeover: false });
    const plain = text('one two three');
    const wire = isCompressed ? deflater.deflate(plain) : plain;
    const heads: Segment[] = headsWith(isCompressed ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '');
    const [first, last] = [wire.subarray(0, 4), wire.subarray(4)];
    const frames = [
      frame({ side: 0, payload: first, fin: false, rsv: isCompressed ? 4 : 0 }),
      frame({ side: 0, payload: EMPTY, opcode: 9 }),
      frame({ side: 0, payload: last, opcode: 0 }),
      frame({ side: 0, payload: text('single') }),
      frame({ side: 1, payload: text('binary'), opcode: 2 }),
    ];
    return joinedCapture(`fragments-${isCompressed}.pcap`, [...heads, ...frames, ...ENDS]);
  };

  it.each(FORMATS.flatMap((format) => [false, true].map((isCompressed) => [format, isCompressed] as const)))(
    'is written whole to .%s where one of its frames is let through (compressed: %s)',
    async (format, isCompressed) => {
      const out = join(root, `fragments.${format}`);
      const file = fragments(isCompressed);
      for (const [filter, rest] of [
        [['--opcode', 'text'], ['client single']],
        [['--opcode', 'continuation'], []],
        // The handshake is one of them.
        [['--limit', '2'], []],
      ] as const) {
        const { exit, err } = await runHere(['decode', '-f', file, ...filter, '--write', out, '-q']);
        expect([exit, err]).toEqual([0, '']);
        expect(await messagesOf(out)).toEqual(['client one two three', ...rest]);
      }
    },
  );

  it('is left out with a line where its end is not there', async () => {
    const open = frame({ side: 0, payload: text('one'), fin: false });
    const file = joinedCapture('open.pcap', [...headsWith(''), open, ...ENDS]);
    const out = join(root, 'open.pcapng');
    const { exit, err } = await runHere(['decode', '-f', file, '--opcode', 'text', '--write', out, '-q']);
    expect(exit).toBe(1);
    expect(err).toContain('left out 1 frame that could not be kept whole');
  });
});

function headsWith(fields: string): Segment[] {
  const heads = [
    'GET /ws HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n',
  ];
  return heads.map((head, side) => ({ side: side as Side, bytes: concat(text(`${head}${fields}\r\n`)) }));
}
