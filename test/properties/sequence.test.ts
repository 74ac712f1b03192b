import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/codec/connection/connection.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { Transcript } from '../../src/codec/connection/transcript.js';
import type { TranscriptEvent } from '../../src/codec/connection/transcript-event.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { cuts, cutUp } from './arbitraries.js';

interface Said {
  readonly side: Side;
  readonly bytes: Uint8Array;
}

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const request = (extra = ''): Uint8Array =>
  encodeUtf8(
    `GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${KEY}\r\n` +
      `Sec-WebSocket-Version: 13\r\n${extra}\r\n`,
  );
const refusal = (headers: string, body: string): Uint8Array =>
  encodeUtf8(`HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n${headers}\r\n${body}`);
const REFUSALS = [
  refusal('Content-Length: 0\r\n', ''),
  refusal('Content-Length: 22\r\n', 'GET /ws HTTP/1.1\r\n\r\nno'),
  refusal('Transfer-Encoding: chunked\r\n', '5;x=y\r\nHTTP/\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n'),
];
const EXTENSION = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
const accepted = (extra: string): Uint8Array =>
  encodeUtf8(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n${extra}\r\n`,
  );

const tries = fc
  .array(fc.constantFrom(...REFUSALS), { maxLength: 2 })
  .map((refusals): Said[] =>
    refusals.flatMap((bytes) => [{ side: 0, bytes: request() } as const, { side: 1, bytes } as const]),
  );
const handshake = fc.boolean().map((deflates): Said[] => [
  { side: 0, bytes: request(deflates ? EXTENSION : '') },
  { side: 1, bytes: accepted(deflates ? EXTENSION : '') },
]);
/** Only clients mask, as far as these go. */
const frames = fc.array(
  fc
    .record({
      side: fc.constantFrom<Side>(0, 1),
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 0, 4),
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10, 11),
      payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ maxLength: 200 }).map(encodeUtf8)),
      key: fc.nat(0xffffffff),
    })
    .map(({ side, key, ...frame }): Said => ({ side, bytes: encodeFrame({ ...frame, ...(side === 0 && { key }) }) })),
  { maxLength: 12 },
);

/** What both readers have to agree on. Without a handshake only one of them knows who sent a frame. */
function shown(events: readonly TranscriptEvent[], hasHandshake: boolean): unknown[] {
  const out: Record<string, unknown>[] = [];
  for (const event of events) {
    const last = out.at(-1);
    if (event.type === 'body') {
      const text = Buffer.from(event.bytes).toString('latin1');
      if (last?.['type'] === 'body') last['text'] = `${last['text'] as string}${text}`;
      else if (text !== '') out.push({ type: 'body', text });
    } else if (event.type === 'handshake') {
      const { request: asked, response, deflate } = event.handshake;
      out.push({ type: 'handshake', target: asked?.target, status: response?.status, deflate });
    } else if (event.type === 'frame') {
      const { header, payload, message, place, close, received, missing, compressed, afterClose } = event.frame;
      out.push({
        type: 'frame',
        ...(hasHandshake && { direction: event.direction }),
        ...{ opcode: header.opcode, fin: header.fin, rsv: header.rsv, masked: header.masked },
        ...{ payload: [...payload], place, close, received, missing, compressed, afterClose },
        message: message && { opcode: message.opcode, bytes: message.bytes, payload: [...message.payload] },
      });
    } else out.push({ type: event.type });
  }
  return out;
}

const OPTIONS = { raw: nodeDeflate };

function known(said: readonly Said[], sizes: readonly number[]): TranscriptEvent[] {
  const connection = new Connection(OPTIONS);
  const pieces = said.flatMap(({ side, bytes }) => cutUp(bytes, sizes).map((chunk) => [side, chunk] as const));
  return [...pieces.flatMap(([side, chunk]) => connection.push(side, chunk)), ...connection.end()];
}

function unknown(said: readonly Said[], sizes: readonly number[]): TranscriptEvent[] {
  const transcript = new Transcript(OPTIONS);
  const chunks = cutUp(new Uint8Array(Buffer.concat(said.map(({ bytes }) => bytes))), sizes);
  return [...chunks.flatMap((chunk) => transcript.push(chunk)), ...transcript.end()];
}

describe('a stream in one sequence and the same with its sides known', () => {
  it('give the same handshakes, bodies and frames, whole and in any chunks', () => {
    const dialogue = fc.tuple(tries, handshake, frames).map((parts) => parts.flat());
    const property = fc.property(dialogue, cuts, cuts, (said, one, other) => {
      const expected = shown(known(said, []), true);
      expect(shown(known(said, one), true)).toEqual(expected);
      expect(shown(unknown(said, []), true)).toEqual(expected);
      expect(shown(unknown(said, other), true)).toEqual(expected);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('give the same frames without a handshake', () => {
    const property = fc.property(frames, cuts, cuts, (said, one, other) => {
      const expected = shown(known(said, one), false);
      expect(shown(unknown(said, other), false)).toEqual(expected);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('give a refusal, another try and its frames', () => {
    const said: Said[] = [
      { side: 0, bytes: request() },
      { side: 1, bytes: REFUSALS[1]! },
      { side: 0, bytes: request() },
      { side: 1, bytes: accepted('') },
      { side: 0, bytes: encodeFrame({ fin: true, rsv: 0, opcode: 1, key: 7, payload: encodeUtf8('hi') }) },
    ];
    const types = (events: readonly TranscriptEvent[]): string[] => events.map(({ type }) => type);
    expect(types(unknown(said, []))).toEqual(['handshake', 'body', 'handshake', 'frame']);
    expect(types(known(said, []))).toEqual(['handshake', 'body', 'handshake', 'frame']);
  });

  it('after a whole body, what is no head is no other try up to the end, in any chunks', () => {
    const said: Said[] = [
      { side: 0, bytes: request() },
      { side: 1, bytes: refusal('Content-Length: 2\r\n', 'no, and GET /ws HTTP/1.1\r\n\r\n') },
    ];
    for (const read of [unknown, known]) {
      const whole = shown(read(said, []), true);
      expect(whole.at(-1)).toEqual({ type: 'body', text: 'no, and GET /ws HTTP/1.1\r\n\r\n' });
      for (let size = 1; size < 40; size++)
        expect(shown(read(said, Array(300).fill(size) as number[]), true)).toEqual(whole);
    }
  });

  it('without a length, what is no head is the body up to the end', () => {
    const said: Said[] = [
      { side: 0, bytes: request() },
      { side: 1, bytes: refusal('', 'go away') },
    ];
    expect(shown(unknown(said, [3]), true).at(-1)).toEqual({ type: 'body', text: 'go away' });
    expect(shown(known(said, [3]), true).at(-1)).toEqual({ type: 'body', text: 'go away' });
  });
});
