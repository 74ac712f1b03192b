import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { FrameSearch } from '../../src/codec/resync/frame-search.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { Dice } from '../fuzz/dice.js';

/** What is no WebSocket, or the inside of a frame whose header was lost: nothing may be found in it. */

const SEED = Number(process.env['SEED'] ?? 1);
const SIZE = 1 << 15;
const dice = new Dice(SEED);

type Make = () => Uint8Array | readonly number[];

const random = (length: number): Uint8Array => dice.bytes(length);
const letters = (length: number): number[] => Array.from({ length }, () => 97 + dice.roll(26));
const be16 = (value: number): number[] => [value >> 8, value & 255];
const utf16 = (text: string): number[] => [...text].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]);

const ENGLISH = 'the of and a to in is you that it he was for on are as with his they at be this have from'.split(' ');
const RUSSIAN = 'привет мир это сообщение тест были сказал время только которая страна россия стал работа'.split(' ');
/** An alphabet laid over one byte codes from `first` on, in the order of `order`. */
const inCode =
  (first: number, order: string) =>
  (word: string): number[] =>
    [...word].map((c) => (order.includes(c) ? first + order.indexOf(c) : 0x20));
const RUSSIAN_ORDER = 'абвгдежзийклмнопрстуфхцчшщъыьэюя';
const koi8 = inCode(0xc0, 'юабцдефгхийклмнопярстужвьызшэщчъ');
const ebcdic = (word: string): number[] =>
  [...word].map((c) => c.charCodeAt(0) - 97).map((i) => 0x81 + i + (i > 8 ? 7 : 0) + (i > 17 ? 8 : 0));
const character = (low: number, high: number) => () => encodeUtf8(String.fromCodePoint(low + dice.roll(high - low)));

/** Values that change a little from one to the next. */
function walk(low: number, high: number, step: number): () => number {
  let value = (low + high) / 2;
  return () => {
    value = Math.min(high, Math.max(low, value + (dice.roll(2001) / 1000 - 1) * step));
    return Math.round(value);
  };
}
const red = walk(127, 139, 1);
const green = walk(0, 60, 2);
const sample = walk(-300, 300, 20);
const level = walk(110, 150, 2);

/** An array of records of one length, some of whose bytes are constant: two of them make a header of that very length. */
function recordsOf(): Make {
  let [size, at] = [0, 0];
  let columns: number[] = [];
  let left = 0;
  return () => {
    if (left-- === 0) {
      size = 10 + dice.roll(100);
      at = dice.roll(size - 8);
      columns = Array.from({ length: size }, () => (dice.once(3) ? dice.roll(256) : -1));
      columns.splice(at, 2, 0x82, size - 2);
      left = 2000;
    }
    return columns.map((byte) => (byte < 0 ? dice.roll(256) : byte));
  };
}

/** Inside of a payload, WebSocket or not. */
const INSIDE: Readonly<Record<string, Make>> = {
  'random bytes': () => random(1000),
  'compressed data': () => deflateRawSync(Uint8Array.from({ length: 4000 }, () => 97 + dice.roll(dice.pick([2, 26])))),
  zeros: () => new Uint8Array(1000),
  'few numbers among zeros': () => [...new Uint8Array(dice.roll(20)), dice.pick([1, 2, 0x80, 0x81, 0x82, 0x8a])],
  ramp: () => Array.from({ length: 256 }, (_, i) => i),
  'small numbers of 32 bits': () => [dice.roll(200), 0, 0, 0],
  'numbers of 32 bits, the other way round': () => [0, 0, ...be16(dice.roll(1000))],
  'pointers and small numbers': () => [
    ...random(4),
    ...[0x81, 0x7f, 0, 0, 0, 0],
    ...[dice.pick([0, 1]), 0, 0, 0, 0, 0],
  ],
  'floating point': () => new Uint8Array(Float64Array.of(sample() / 7, sample()).buffer),
  'sound, 16 bits': () => [sample() & 255, (sample() >> 8) & 255],
  'sound, 8 bits': () => [level()],
  'pixels, 4 bytes': () => [red(), green(), dice.roll(256), 255],
  'pixels, 3 bytes': () => [red(), green(), dice.roll(40)],
  English: () => encodeUtf8(`${dice.pick(ENGLISH)} `),
  'Russian in UTF-8': () => encodeUtf8(`${dice.pick(RUSSIAN)}${dice.pick([' ', ', ', '. '])}`),
  'Chinese in UTF-8': character(0x4e00, 0x9fa5),
  'Japanese in UTF-8': character(0x3041, 0x3096),
  'emoji in UTF-8': character(0x1f600, 0x1f64f),
  'Russian in KOI8-R': () => koi8(`${dice.pick(RUSSIAN)} `),
  'Russian in ISO 8859-5': () => inCode(0xd0, RUSSIAN_ORDER)(`${dice.pick(RUSSIAN)} `),
  'Russian capitals in CP866': () => inCode(0x80, RUSSIAN_ORDER)(`${dice.pick(RUSSIAN)} `),
  'English in EBCDIC': () => [...ebcdic(dice.pick(ENGLISH)), 0x40],
  'Japanese in Shift-JIS': () =>
    dice.once(3) ? [0x81 + dice.roll(3), 0x40 + dice.roll(60)] : [0x82, 0x9f + dice.roll(82)],
  'English in UTF-16': () => utf16(`${dice.pick(ENGLISH)} `),
  'Russian in UTF-16': () => utf16(`${dice.pick(RUSSIAN)} `),
  Base64: () => Buffer.from(Buffer.from(random(30)).toString('base64')),
  'arrays of records': recordsOf(),
  CBOR: () => [0x82, 0x18, 24 + dice.roll(232), 0x81, dice.roll(24), 0x63, ...letters(3)],
  MessagePack: () => [0x82, dice.roll(128), 0xa3, ...letters(3), 0x81, dice.roll(128), 0xcd, ...random(2)],
};

/** Records of other protocols, each in a segment of its own or one after the other. */
const PROTOCOLS: Readonly<Record<string, Make>> = {
  TLS: () => {
    const size = 30 + dice.roll(1400);
    return [0x17, 3, 3, ...be16(size), ...random(size)];
  },
  'MQTT SUBSCRIBE': () => {
    const topic = letters(5 + dice.roll(40));
    return [0x82, topic.length + 5, ...be16(dice.roll(65536)), 0, topic.length, ...topic, 1];
  },
  'MQTT PUBLISH': () => [0x30, 29, 0, 7, ...letters(20), ...random(7)],
  'DNS over TCP': () => {
    const rest = 20 + dice.roll(90);
    return [...be16(rest + 12), ...random(2), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...letters(rest)];
  },
  Kafka: () => {
    const size = 40 + dice.roll(900);
    return [0, 0, ...be16(size), 0, dice.roll(4), 0, dice.roll(12), ...random(size - 4)];
  },
  'type, length, value': () => {
    const size = 1 + dice.roll(100);
    return [dice.pick([1, 2, 0x80, 0x81, 0x82]), size, ...random(size)];
  },
  'length of one byte': () => {
    const size = 4 + dice.roll(200);
    return [size, ...random(size)];
  },
  'HTTP/2': () => {
    const size = 10 + dice.roll(900);
    return [0, ...be16(size), 0, 0, 0, 0, 0, 1 + dice.roll(99), ...random(size)];
  },
  SSH: () => random(dice.pick([36, 52, 68, 100])),
  RTP: () => [0x80, 0x60, ...be16(dice.roll(65536)), ...random(160)],
};

const PATTERNS = [
  ...[
    '01',
    '81',
    '82',
    '8a',
    '8900',
    '8200',
    '8202',
    '810141',
    '820400000001',
    '818501020304',
    '8282',
    '8a80',
    '827e007e',
  ],
  ...[
    '827e0100',
    '827f0000000000010000',
    '8103616263',
    '810161820162',
    'c10100',
    'c221',
    '007e0400',
    '00020000',
    '00000001',
  ],
  ...['8a00000000000000', '820601020000', 'c2817e7d7d', '827effff'],
];

function fill(make: Make): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let size = 0; size < SIZE; size += parts[parts.length - 1]!.length) parts.push(Uint8Array.from(make()));
  return parts;
}

/** Segments of one length, beginning anywhere. */
function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = dice.roll(40); at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Never finds anything, with any options. */
function expectNothing(segments: () => Iterable<Uint8Array>, known: boolean): void {
  for (const masked of [undefined, dice.once(2)]) {
    const search = new FrameSearch({ masked, deflate: dice.once(2), known });
    for (const segment of segments()) {
      if (search.push(segment, 0, segment.length, 0)) expect.fail(`seed ${SEED}, masked ${masked}, known ${known}`);
    }
    expect(search.end()).toBeUndefined();
  }
}

function xor(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => byte ^ key[i & 3]!);
}

describe(`no frames, seed ${SEED}`, () => {
  it.each(Object.entries(INSIDE))('%s', (_, make) => {
    const bytes = concat(fill(make));
    const size = dice.pick([1448, 1448, 100 + dice.roll(1400)]);
    expectNothing(() => cut(bytes, size), true);
    expectNothing(() => cut(bytes, size), false);
    // The inside of a masked frame.
    const masked = xor(bytes, random(4));
    expectNothing(() => cut(masked, size), true);
  });

  it.each(Object.entries(PROTOCOLS))('%s', (_, make) => {
    const records = fill(make);
    expectNothing(() => records, false);
    expectNothing(() => cut(concat(records), 1448), false);
  });

  it.each(PATTERNS)('%s, again and again', (hex) => {
    const pattern = Buffer.from(hex, 'hex');
    const bytes = new Uint8Array(Buffer.alloc(SIZE / 4, pattern));
    for (const size of [1448, 7, pattern.length * 16, 1 + dice.roll(200)]) {
      expectNothing(() => cut(bytes, size), dice.once(2));
    }
  });
});
