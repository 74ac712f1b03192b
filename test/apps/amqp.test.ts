import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { AmqpValues } from '../../src/apps/protocols/amqp/values.js';
import { codes, readAll, readerOf, said, type Sent } from './read-all.js';

const of = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const NULL = of(0x40);
const TRUE = of(0x41);
const FALSE = of(0x42);
const uint = (value: number): Uint8Array =>
  of(0x70, value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255);
const text = (value: string): Uint8Array => of(0xa1, value.length, ...encodeUtf8(value));
const list = (...values: Uint8Array[]): Uint8Array => {
  const content = concat(values);
  return concat([of(0xc0, content.length + 1, values.length), content]);
};
const described = (code: number, value: Uint8Array): Uint8Array => concat([of(0x00, 0x53, code), value]);
function frame(body: Uint8Array, { channel = 0, type = 0, words = 2, size = body.length + 8 } = {}): Uint8Array {
  return concat([
    of(size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255, words, type, channel >> 8, channel & 255),
    body,
  ]);
}
const performative = (code: number, ...values: Uint8Array[]): Uint8Array => frame(described(code, list(...values)));

const HEADER = concat([encodeUtf8('AMQP'), of(0, 1, 0, 0)]);
const SASL = concat([encodeUtf8('AMQP'), of(3, 1, 0, 0)]);
const open = performative(0x10, text('me'));
const begin = (remote = NULL): Uint8Array => performative(0x11, remote, uint(0), uint(10), uint(10));
const attach = (role: Uint8Array, handle = 0): Uint8Array => performative(0x12, text('link'), uint(handle), role);
const credit = (value: number): Uint8Array =>
  performative(0x13, uint(0), uint(10), uint(0), uint(10), uint(0), uint(0), uint(value));
const PAYLOAD = described(0x77, text('hi'));
const transfer = (id: number, ...more: Uint8Array[]): Uint8Array =>
  frame(concat([described(0x14, list(uint(0), uint(id), of(0xa0, 1, id), uint(0), ...more)), PAYLOAD]));
const disposition = performative(0x15, TRUE, uint(0), uint(1), TRUE, described(0x24, of(0x45)));

const START: readonly Sent[] = [
  ['C', HEADER],
  ['S', HEADER],
  ['C', open],
  ['S', open],
  ['C', begin()],
  ['S', begin(of(0x60, 0, 0))],
];
const LINK: readonly Sent[] = [...START, ['C', attach(FALSE)], ['S', attach(TRUE)], ['S', credit(2)]];

describe('rules of AMQP 1.0', () => {
  it.each<[string, Sent[], string[]]>([
    ['a delivery', [...LINK, ['C', transfer(0)], ['C', transfer(1)], ['S', disposition]], []],
    ['no header', [['C', open]], ['amqp-header']],
    ['another version', [['C', concat([encodeUtf8('AMQP'), of(0, 0, 9, 1)])]], ['amqp-header']],
    [
      'a header twice',
      [
        ['C', HEADER],
        ['C', HEADER],
      ],
      ['amqp-header-twice'],
    ],
    [
      'a size below 8',
      [
        ['C', HEADER],
        ['C', of(0, 0, 0, 7, 2, 0, 0, 0)],
      ],
      ['amqp-size'],
    ],
    [
      'a data offset below 2',
      [
        ['C', HEADER],
        ['C', of(0, 0, 0, 8, 1, 0, 0, 0)],
      ],
      ['amqp-data-offset'],
    ],
    [
      'a value beyond the frame',
      [
        ['C', HEADER],
        ['C', frame(of(0, 0x53, 0x10, 0xc0, 9, 1))],
      ],
      ['amqp-malformed'],
    ],
    [
      'an unknown performative',
      [
        ['C', HEADER],
        ['C', performative(0x19)],
      ],
      ['amqp-performative'],
    ],
    [
      'no container-id',
      [
        ['C', HEADER],
        ['C', performative(0x10)],
      ],
      ['amqp-missing-field'],
    ],
    [
      'SASL in a frame of AMQP',
      [
        ['C', SASL],
        ['C', performative(0x41, of(0xa3, 1, 0x61))],
      ],
      ['amqp-frame-type'],
    ],
    ['bytes after close', [...START, ['C', frame(concat([described(0x18, of(0x45)), NULL]))]], ['amqp-left-over']],
    [
      'a begin before open',
      [
        ['C', HEADER],
        ['C', begin()],
      ],
      ['amqp-before-open'],
    ],
    [
      'a channel that is not begun',
      [...START, ['C', frame(described(0x17, of(0x45)), { channel: 5 })]],
      ['amqp-channel'],
    ],
    ['a handle that is not attached', [...START, ['C', transfer(0)]], ['amqp-handle']],
    [
      'a transfer without credit',
      [...LINK, ['C', transfer(0)], ['C', transfer(1)], ['C', transfer(2)]],
      ['amqp-credit'],
    ],
    ['a delivery id that does not count up', [...LINK, ['C', transfer(0)], ['C', transfer(5)]], ['amqp-delivery-id']],
    ['a frame after close', [...START, ['C', performative(0x18, NULL)], ['C', frame(of())]], ['amqp-after-close']],
    [
      'SASL after the outcome',
      [
        ['C', SASL],
        ['S', SASL],
        ['S', frame(described(0x44, list(of(0x50, 0))), { type: 1 })],
        ['C', frame(described(0x41, list(of(0xa3, 1, 0x61))), { type: 1 })],
      ],
      ['amqp-after-outcome'],
    ],
    ['an empty frame', [...START, ['S', frame(of())]], []],
  ])('%s', (_, sent, expected) => {
    expect(codes(readAll(readerOf('amqp'), sent))).toEqual(expected);
  });

  it('bounds frames by the max-frame-size of the other side', () => {
    const small = performative(0x10, text('me'), NULL, uint(512));
    const large = frame(described(0x18, list(...Array.from({ length: 3 }, () => NULL))), { words: 200, size: 0 });
    const size = 800 + large.length - 8;
    const padded = concat([
      of(0, 0, size >> 8, size & 255),
      large.subarray(4, 8),
      new Uint8Array(792),
      large.subarray(8),
    ]);
    const sent: Sent[] = [
      ['C', HEADER],
      ['S', HEADER],
      ['C', open],
      ['S', small],
      ['C', padded],
    ];
    expect(codes(readAll(readerOf('amqp'), sent))).toEqual(['amqp-size']);
  });

  it('pairs what answers what', () => {
    const packets = readAll(readerOf('amqp'), [...LINK, ['C', transfer(0)], ['C', transfer(1)], ['S', disposition]]);
    expect(said(packets)).toEqual([
      ...['header', 'header', 'open', 'open', 'begin', 'begin', 'attach', 'attach', 'flow'],
      ...['transfer', 'transfer', 'disposition'],
    ]);
    const keys = packets.map(({ asks, answers }) => asks ?? answers?.map(({ key }) => `-${key}`).join());
    expect(keys.slice(2, 6)).toEqual(['open', '-open', 'begin 0', '-begin 0']);
    expect(keys.slice(9)).toEqual(['delivery 0 0', 'delivery 0 1', '-delivery 0 0,-delivery 0 1']);
    expect(packets[9]!.payload).toMatchObject({ 'delivery-id': 0, message: { 'amqp-value': 'hi' } });
  });

  it('says nothing of what came before it joined', () => {
    const joined = (...sent: Sent[]): string[] => said(readAll(readerOf('amqp', { isJoined: true }), sent));
    expect(joined(['C', transfer(7)])).toEqual(['transfer']);
    expect(joined(['C', encodeUtf8('the middle of a payload')], ['C', transfer(7)])).toEqual([]);
  });
});

const TRAFFIC = concat([HEADER, open, begin(), attach(FALSE), frame(of())]);

describe('frames over messages', () => {
  it('are the same in any chunking, and their fields tile them', () => {
    const whole = readAll(readerOf('amqp'), [['C', TRAFFIC]]);
    expect(said(whole)).toEqual(['header', 'open', 'begin', 'attach', 'empty']);
    for (const { bytes, fields } of whole) {
      let at = 0;
      for (const { span } of fields()) {
        expect(span.start).toBe(at);
        at = span.end;
      }
      expect(at).toBe(bytes.length);
    }
    for (const size of [1, 3, 8]) {
      const pieces: Sent[] = [];
      for (let at = 0; at < TRAFFIC.length; at += size) pieces.push(['C', TRAFFIC.subarray(at, at + size)]);
      expect(said(readAll(readerOf('amqp'), pieces))).toEqual(said(whole));
    }
  });

  it('end for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const [, packet] = readAll(readerOf('amqp'), [['C', concat([HEADER, frame(bytes)])]]);
        expect(packet!.fields().at(-1)!.span.end).toBe(bytes.length + 8);
      }),
      { numRuns: 300 },
    );
  });
});

describe('values', () => {
  it.each<[string, Uint8Array, string]>([
    ['deep lists', concat(Array.from({ length: 100 }, () => of(0xd0, 0, 0, 0, 255, 0, 0, 0, 1))), 'beyond'],
    ['deep descriptors', new Uint8Array(1000), 'deep'],
    ['an array of nothing, very often', of(0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x40), 'too many'],
    ['a map of half an entry', of(0xc1, 2, 1, 0x40), 'without value'],
    ['a code that is none', of(0x4f), 'unknown'],
  ])('%s are a fault', (_, bytes, why) => {
    const read = new AmqpValues(bytes, bytes.length).read('value', 0);
    expect('fault' in read && read.fault).toContain(why);
  });
});
