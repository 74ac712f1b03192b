import { deflateRawSync } from 'node:zlib';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { FRAMING_CAUSES } from '../../src/rules/causes/catalogue.js';
import type { CloseReason } from '../../src/codec/bytes/stream-taker.js';
import { Conversation } from '../../src/traffic/conversation.js';
import type { Judged } from '../../src/traffic/judged.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { RFC_RESPONSE, SEED_REQUEST } from '../codec/head-texts.js';

type Side = 'client' | 'server';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const join = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? bytesOf(part) : part))));
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

function frame(text: string | Uint8Array, more: { key?: number; opcode?: number; rsv?: number } = {}): Uint8Array {
  const payload = typeof text === 'string' ? utf8(text) : text;
  return encodeFrame({ fin: true, rsv: 0, opcode: 1, payload, ...more });
}

/** The records of a connection that was upgraded, and then says this, cut after each of these numbers of bytes. */
function records(side: Side, said: Uint8Array, cuts: readonly number[] = [], reason: CloseReason = 'fin'): Judged[] {
  const found: Judged[] = [];
  const ignore = (): void => undefined;
  const conversation = new Conversation(
    { number: 0, isClientFirst: true, ignore } as unknown as ConstructorParameters<typeof Conversation>[0],
    NaN,
    { reading: { raw: nodeDeflate }, causes: allCauses },
    { record: (record) => void found.push(record), closed: ignore },
  );
  const from = side === 'client' ? 0 : 1;
  const say = (who: 0 | 1, bytes: Uint8Array): void => conversation.data(who, bytes, 0, bytes.length, NaN);
  say(0, bytesOf(SEED_REQUEST));
  say(1, bytesOf(RFC_RESPONSE));
  let at = 0;
  for (const length of cuts) {
    if (at + length >= said.length) break;
    say(from, said.slice(at, at + length));
    at += length;
  }
  say(from, said.slice(at));
  conversation.close(reason, NaN);
  return found;
}

const causes = (side: Side, said: Uint8Array): string[] =>
  records(side, said).flatMap((record) =>
    record.type === 'cause' ? [`${record.cause.code}: ${record.cause.message}`] : [],
  );

const KEY = 0x37fa213d;
const HELLO = frame('Hello, world');
const JSON_TEXT = '{"type":"typing","id":1}';
const deflated = new Uint8Array(deflateRawSync(JSON_TEXT, { finishFlush: 2 }).subarray(0, -4));
/** As a client that sets MASK and forgets the key. */
const keyless = (text: string): Uint8Array => join(Uint8Array.of(0x81, 0x80 | text.length), text);
const unmasked = (text: string): Uint8Array => join(Uint8Array.of(0x81, 0x80 | text.length), hex('37fa213d'), text);
const swapped16 = (text: string): Uint8Array => {
  const { length } = utf8(text);
  return join(Uint8Array.of(0x81, 126, length & 255, length >> 8), text);
};
const swapped64 = (text: string): Uint8Array =>
  join(Uint8Array.of(0x81, 127, text.length & 255, text.length >> 8, 0, 0, 0, 0, 0, 0), text);
const CLIENT_HELLO = '16 03 01 00 c8 01 00 00 c4 03 03';

const PROVEN: readonly (readonly [what: string, side: Side, said: Uint8Array, code: string, says: string])[] = [
  [
    'HTTP response',
    'server',
    bytesOf('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400'),
    'http-response-in-stream',
    'HTTP/1.1 400 Bad Request',
  ],
  [
    'after frames',
    'server',
    join(HELLO, 'HTTP/1.1 500 Internal Server Error\r\n\r\n'),
    'http-response-in-stream',
    '500 Internal Server Error',
  ],
  [
    'HTTP/1.0',
    'server',
    bytesOf('HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n'),
    'http-response-in-stream',
    'HTTP/1.0 200 OK',
  ],
  [
    'HTTP request',
    'client',
    bytesOf('GET /next HTTP/1.1\r\nHost: example.com\r\n\r\n'),
    'http-request-in-stream',
    'GET /next HTTP/1.1',
  ],
  [
    'POST',
    'client',
    bytesOf('POST /api/items HTTP/1.1\r\nHost: a\r\n\r\n'),
    'http-request-in-stream',
    'POST /api/items',
  ],
  ['ClientHello', 'client', join(hex(CLIENT_HELLO), new Uint8Array(190)), 'tls-in-stream', 'a ClientHello'],
  ['alert', 'server', hex('15 03 03 00 02 02 28'), 'tls-in-stream', 'a fatal alert'],
  ['application data', 'server', join(hex('17 03 03 00 20'), new Uint8Array(32)), 'tls-in-stream', 'application data'],
  ['JSON', 'server', utf8(`${JSON_TEXT}\n`), 'json-without-frame', JSON_TEXT],
  ['a JSON list', 'server', utf8('[{"id":1},{"id":2}]'), 'json-without-frame', '[{"id":1}'],
  ['text', 'client', utf8('Hello, is anybody there?\n'), 'text-without-frame', 'Hello, is anybody there?'],
  ['Cyrillic', 'server', utf8('Привет, это обычный текст'), 'text-without-frame', 'Привет'],
  ['NUL first', 'server', join(hex('00'), HELLO, HELLO), 'stray-bytes', '+1'],
  ['CR LF first', 'server', join('\r\n', HELLO), 'stray-bytes', '+2'],
  ['LF first', 'server', join('\n', HELLO), 'stray-bytes', '+1'],
  ['two CR LF first', 'server', join('\r\n\r\n', HELLO), 'stray-bytes', '+4'],
  ['NUL between', 'server', join(HELLO, hex('00'), HELLO), 'stray-bytes', 'NUL'],
  [
    'NUL, masked',
    'client',
    join(hex('00'), frame('Hello', { key: KEY }), frame('more', { key: 1 })),
    'stray-bytes',
    '+1',
  ],
  ['length swapped, 16 bits', 'server', join(swapped16('x'.repeat(300)), HELLO), 'length-bytes-swapped', 'read as 300'],
  ['length swapped, last', 'server', swapped16('y'.repeat(200)), 'length-bytes-swapped', 'read as 200'],
  ['length swapped, 64 bits', 'server', join(swapped64('x'.repeat(300)), HELLO), 'length-bytes-swapped', '64-bit'],
  [
    'MASK without key',
    'client',
    join(keyless('Hello, world'), keyless('and more')),
    'mask-without-key',
    'Hello, world',
  ],
  ['MASK without key, alone', 'client', keyless('Hello, world'), 'mask-without-key', 'Hello, world'],
  [
    'not masked',
    'client',
    join(unmasked('Grüße aus Wien'.replace('ü', 'u').replace('ß', 's')), frame('x', { key: KEY })),
    'payload-not-masked',
    'Gruse aus Wien',
  ],
  [
    'key reversed',
    'client',
    join(hex('81 8c 3d21fa37'), frame('Hello, world', { key: KEY }).subarray(6)),
    'masking-key-reversed',
    'Hello, world',
  ],
  ['DEFLATE without RSV1', 'server', join(frame(deflated), HELLO), 'deflate-without-rsv1', JSON_TEXT],
  ['DEFLATE without RSV1, masked', 'client', frame(deflated, { key: KEY }), 'deflate-without-rsv1', JSON_TEXT],
  ['frame in a frame', 'server', frame(frame('Hello')), 'frame-in-frame', 'Hello'],
  [
    'masked frame in a frame',
    'client',
    frame(frame('Hello', { key: 0x11223344 }), { key: KEY }),
    'frame-in-frame',
    'Hello',
  ],
  ['DEFLATE and nothing else', 'server', deflated, 'deflate-without-frame', JSON_TEXT],
];

/** Close to those above, or faulty in another way. */
const UNPROVEN: readonly (readonly [what: string, side: Side, said: Uint8Array])[] = [
  ['sound frames', 'server', join(HELLO, HELLO)],
  ['text that is no UTF-8', 'server', frame(hex('ff fe fd 41 42'))],
  ['a reserved opcode', 'server', join(hex('83 02 61 62'), HELLO)],
  ['a frame from the client without a mask', 'client', HELLO],
  ['a masked frame from the server', 'server', frame('Hello, world', { key: KEY })],
  ['RSV1 without an extension', 'server', frame(deflated, { rsv: 4 })],
  ['a few printable bytes', 'server', bytesOf('{"op')],
  ['"HTTP/" and no status', 'server', bytesOf('HTTP/1.1 \0\0\0\0\0\0\0\0\0\0\0')],
  ['a NUL, and no frame after it', 'server', join(hex('00'), hex('ffffffffffffffffffff'))],
  ['a NUL, and frames with a fault after it', 'server', join(hex('00'), HELLO, hex('83 00'))],
  ['a long length that is right', 'server', join(frame(hex(`ff${'41'.repeat(300)}`)), HELLO)],
  ['a long length, the rest of it missing', 'server', frame('x'.repeat(300)).subarray(0, 200)],
  [
    'a record type of TLS with another version',
    'server',
    join(hex('16 05 01 00 c8 01 00 00 c4 03 03'), new Uint8Array(50)),
  ],
  ['random bytes', 'server', hex('f37a9c02d4b811e56f20c7a94d3382be55aa')],
  ['a continuation that continues nothing', 'server', frame('Hello', { opcode: 0 })],
];

describe('the cause of the first framing error', () => {
  it.each(PROVEN)('%s, from the %s', (_, side, said, code, says) => {
    const [found = '', ...more] = causes(side, said);
    expect(more).toEqual([]);
    expect(found.split(':', 1)[0]).toBe(code);
    expect(found).toContain(says);
  });

  it.each(UNPROVEN)('nothing is said of %s, from the %s', (_, side, said) => {
    expect(causes(side, said)).toEqual([]);
  });

  it('has a test for every code', () => {
    expect(new Set(PROVEN.map(([, , , code]) => code))).toEqual(new Set(Object.keys(FRAMING_CAUSES)));
  });

  it('is reported once for a direction, under the frame', () => {
    const said = join('HTTP/1.1 400 Bad Request\r\n\r\n', 'x'.repeat(200));
    const types = records('server', said).map(({ type }) => type);
    expect(types.filter((type) => type === 'cause')).toHaveLength(1);
    expect(types.indexOf('cause')).toBe(types.indexOf('frame') + 1);
  });

  it('is the same in whatever chunks the bytes come, and comes between the same records', () => {
    const shown = (found: readonly Judged[]): unknown[] =>
      found.map((record) =>
        record.type === 'frame'
          ? [record.frame.header.start, record.diagnostics.map(({ code }) => code)]
          : [record.type, record.type === 'cause' ? record.cause : ''],
      );
    const said = fc.oneof(
      fc.constantFrom(...PROVEN).map(([, side, bytes]) => ({ side, bytes: join(bytes, bytes, HELLO) })),
      fc
        .constantFrom(...PROVEN, ...UNPROVEN.map((row) => [...row, '', ''] as const))
        .map(([, side, bytes]) => ({ side, bytes })),
    );
    fc.assert(
      fc.property(said, fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 40 }), ({ side, bytes }, cuts) => {
        const whole = shown(records(side, bytes));
        expect(shown(records(side, bytes, cuts))).toEqual(whole);
        expect(
          shown(
            records(
              side,
              bytes,
              [...bytes].map(() => 1),
            ),
          ),
        ).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('comes of no sound traffic, whatever its bytes', () => {
    const payloads = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 0xffffffff })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(payloads, (messages) => {
        expect(causes('client', join(...messages.map(([text, key]) => frame(text, { key }))))).toEqual([]);
        expect(causes('server', join(...messages.map(([text]) => frame(text))))).toEqual([]);
      }),
    );
  });

  it('comes of no random bytes', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (said) => {
      expect(causes('server', said)).toEqual([]);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
