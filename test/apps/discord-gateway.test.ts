import { constants, createDeflate, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { appUnpacking } from '../../src/cli/host/app-unpacking.js';
import { codes, readAll, readerOf, said, type Sent } from './read-all.js';
import { appCase, packetsOf } from './captures.js';

const json = (value: unknown): string => JSON.stringify(value);
const HELLO = json({ t: null, s: null, op: 10, d: { heartbeat_interval: 41250 } });
const dispatch = (s: number, t: string): string => json({ t, s, op: 0, d: {} });
const IDENTIFY = json({ op: 2, d: { token: 'secret', properties: {}, intents: 1 } });
const HEARTBEAT = json({ op: 1, d: null });
const ACK = json({ op: 11, d: null });

describe('rules of the Discord gateway', () => {
  it.each<[string, Sent[], string[]]>([
    [
      'a session',
      [
        ['S', HELLO],
        ['C', IDENTIFY],
        ['S', dispatch(1, 'READY')],
        ['C', HEARTBEAT],
        ['S', ACK],
      ],
      [],
    ],
    ['no JSON', [['C', '{']], ['discord-gateway-json']],
    ['an opcode of the other side', [['C', HELLO]], ['discord-gateway-sender']],
    [
      'a sequence number that stays',
      [
        ['S', dispatch(1, 'A')],
        ['S', dispatch(1, 'B')],
      ],
      ['discord-gateway-sequence'],
    ],
    ['a DISPATCH without t', [['S', json({ op: 0, s: 1, d: {} })]], ['discord-gateway-dispatch-fields']],
    ['IDENTIFY before HELLO', [['C', IDENTIFY]], ['discord-gateway-before-hello']],
    [
      'IDENTIFY twice',
      [
        ['S', HELLO],
        ['C', IDENTIFY],
        ['C', IDENTIFY],
      ],
      ['discord-gateway-second-identify'],
    ],
    [
      'no ACK',
      [
        ['C', HEARTBEAT],
        ['C', HEARTBEAT],
      ],
      ['discord-gateway-heartbeat-ack'],
    ],
    [
      'a HEARTBEAT that the server asked for',
      [
        ['C', HEARTBEAT],
        ['S', HEARTBEAT],
        ['C', HEARTBEAT],
      ],
      [],
    ],
    ['a large payload', [['C', json({ op: 3, d: 'a'.repeat(5000) })]], ['discord-gateway-size']],
  ])('%s', (_, sent, expected) => {
    expect(codes(readAll(readerOf('discord-gateway'), sent))).toEqual(expected);
  });

  it('keeps the token out of the summary, and says nothing of what came before it joined', () => {
    const [packet] = readAll(readerOf('discord-gateway', { isJoined: true }), [['C', IDENTIFY]]);
    expect([packet!.summary, packet!.diagnostics]).toEqual(['intents 1', []]);
  });
});

/** Pieces of one zlib stream, each flushed. */
async function pieces(texts: readonly string[]): Promise<Uint8Array[]> {
  const deflate = createDeflate();
  const found: Uint8Array[] = [];
  for (const text of texts) {
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer): void => void chunks.push(chunk);
    deflate.on('data', take);
    deflate.write(text);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    deflate.off('data', take);
    found.push(new Uint8Array(Buffer.concat(chunks)));
  }
  deflate.destroy();
  return found;
}

describe('zlib-stream', () => {
  const target = '/?v=10&encoding=json&compress=zlib-stream';
  const unpack = appUnpacking;

  it('is one stream over messages, cut anywhere, with the protocol inside', async () => {
    const [hello, ready] = await pieces([HELLO, dispatch(1, 'READY')]);
    const sent: Sent[] = [
      ['S', hello!],
      ['C', IDENTIFY],
      ['S', ready!.subarray(0, 3)],
      ['S', ready!.subarray(3)],
    ];
    for (const protocol of ['zlib-stream', 'discord-gateway']) {
      const packets = readAll(readerOf(protocol, { unpack, handshake: { target } }), sent);
      expect(packets.map((packet) => packet.protocol)).toEqual(Array(3).fill('discord-gateway'));
      expect(said(packets)).toEqual(['HELLO', 'IDENTIFY', 'DISPATCH READY']);
      expect(packets[2]!.messages).toEqual([2, 3]);
    }
  });

  it('reads what else is inside as JSON, text or bytes', async () => {
    const sent = (await pieces(['{"a":1}', 'hello'])).map((bytes): Sent => ['S', bytes]);
    expect(said(readAll(readerOf('zlib-stream', { unpack }), sent))).toEqual(['json', 'text']);
  });

  it('says once what cannot be read', async () => {
    const [first, second] = await pieces([HELLO, HELLO]);
    const bad = second!.map((byte, i) => (i === 0 ? byte ^ 0xff : byte));
    const sent: Sent[] = [
      ['S', second!],
      ['S', second!],
    ];
    expect(said(readAll(readerOf('zlib-stream'), sent))).toEqual(['compressed']);
    expect(said(readAll(readerOf('zlib-stream', { unpack, isJoined: true }), sent))).toEqual(['compressed']);
    expect(said(readAll(readerOf('zlib-stream', { unpack }), sent))).toEqual(['invalid !zlib-stream-inflate']);
    const broken: Sent[] = [
      ['S', first!],
      ['S', bad],
      ['S', second!],
    ];
    expect(codes(readAll(readerOf('zlib-stream', { unpack }), broken))).toEqual(['zlib-stream-inflate']);
  });

  it('reads single messages that are zlib streams of their own', () => {
    const bytes = new Uint8Array(deflateSync(HELLO));
    expect(said(readAll(readerOf('discord-gateway', { unpack }), [['S', bytes]]))).toEqual(['HELLO']);
  });

  it('bounds what a piece inflates to', async () => {
    const sent = (await pieces(['a'.repeat(17 * 1024 * 1024), HELLO])).map((bytes): Sent => ['S', bytes]);
    expect(said(readAll(readerOf('zlib-stream', { unpack }), sent))).toEqual(['compressed']);
  });

  it('reads the capture', () => {
    const read = packetsOf('zlib-stream').map(({ protocol, type, name, messages }) => [protocol, type, name, messages]);
    const { packets } = appCase('zlib-stream');
    expect(read).toEqual(packets.map(({ protocol, type, name, messages }) => [protocol, type, name, messages]));
  });
});

describe('decompression', () => {
  it('is of all bytes, or none', () => {
    const bytes = new Uint8Array(deflateSync('hello'));
    expect(appUnpacking.whole('zlib', bytes, 100)).toEqual(new TextEncoder().encode('hello'));
    expect(appUnpacking.whole('zlib', Uint8Array.of(...bytes, 0), 100)).toBeUndefined();
    expect(appUnpacking.whole('zlib', bytes.subarray(0, -1), 100)).toBeUndefined();
    expect(appUnpacking.whole('zlib', bytes, 4)).toBeUndefined();
  });
});
