import { constants, deflateRawSync } from 'node:zlib';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { Dice } from '../fuzz/dice.js';

/** Streams of frames as peers send them: what a search is measured with. */

export const SEED = Number(process.env['SEED'] ?? 20);
const SEGMENT = 1448;
export const dice = new Dice(SEED);

export const between = (low: number, high: number): number => low + dice.roll(high - low + 1);
/** Of all magnitudes alike. */
const scaled = (low: number, high: number): number => Math.round(low * (high / low) ** (dice.roll(10_000) / 10_000));

/** Any part of a pool, which was made once: to make streams must not take longer than to search them. */
const partOf = (pool: Uint8Array, length: number): Uint8Array => {
  const at = dice.roll(pool.length - length);
  return pool.subarray(at, at + length);
};
const RANDOM = dice.bytes(1 << 19);
const random = (length: number): Uint8Array => partOf(RANDOM, length);

const VALUES = ['true', '[1,2,3]', '"hello there"', '-0.25', '"a81f"', '{"x":1}'];
const MEMBERS = Array.from({ length: 8000 }, () => `"${dice.pick(['price', 'user', 'ts'])}":${dice.pick(VALUES)}`);
const JSON_TEXT = encodeUtf8(MEMBERS.join(','));
const json = (length: number): Uint8Array => partOf(JSON_TEXT, length);

const CYRILLIC = 'привет мир это сообщение тест также были сказал время только которая страна'.split(' ');
const CHINESE = [...'你好世界这是一个测试消息我们可以看到数据传输的速度非常快'];
const wide = (words: readonly string[], glue: string, count: number): Uint8Array =>
  encodeUtf8(JSON.stringify({ text: Array.from({ length: count }, () => dice.pick(words)).join(glue) }));

/** Numbers and constants of eight bytes, among them what looks like headers. */
function recordPool(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 8 <= length; at += 8) {
    const kind = dice.roll(4);
    if (kind === 0) view.setUint32(at, dice.roll(300), true);
    else if (kind === 1) view.setFloat64(at, dice.roll(100_000) / 7, true);
    else if (kind === 2) view.setUint16(at + 2, dice.roll(65536));
    else bytes.set([dice.pick([0x80, 0x81, 0x82, 0, 1, 2, 0x88]), dice.roll(131)], at);
  }
  return bytes;
}

const RECORDS = recordPool(1 << 19);
const records = (length: number): Uint8Array => partOf(RECORDS, length);

/** Like MessagePack: small maps (0x81, 0x82), small numbers, short texts. */
function packed(length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let size = 0; size < length; size += parts[parts.length - 1]!.length) {
    const kind = dice.roll(4);
    if (kind === 0) parts.push(Uint8Array.of(0x80 + dice.roll(5)));
    else if (kind === 1) parts.push(Uint8Array.of(dice.roll(128)));
    else if (kind === 2) parts.push(Uint8Array.of(0xcd, dice.roll(256), dice.roll(256)));
    else parts.push(Uint8Array.of(0xa5), encodeUtf8('value'));
  }
  return concat(parts).subarray(0, length);
}

function compressed(length: number): Uint8Array {
  const bytes = deflateRawSync(json(length * 3), { finishFlush: constants.Z_SYNC_FLUSH });
  return new Uint8Array(bytes.subarray(0, bytes.length - 4));
}

interface Part {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin?: boolean;
  readonly rsv?: number;
}

const text = (payload: Uint8Array): Part[] => [{ opcode: 1, payload }];
const binary = (payload: Uint8Array): Part[] => [{ opcode: 2, payload }];
const control = (payload: Uint8Array): Part[] => [{ opcode: dice.pick([9, 10]), payload }];
const fragments = (payload: Uint8Array, size: number): Part[] =>
  Array.from({ length: Math.ceil(payload.length / size) }, (_, i) => ({
    opcode: i === 0 ? 2 : 0,
    payload: payload.subarray(i * size, (i + 1) * size),
    fin: (i + 1) * size >= payload.length,
  }));

export interface Kind {
  readonly name: string;
  readonly count: number;
  readonly make: () => Part[];
  /** Whole frames passed over on average: one a segment, in full segments, in bursts. Masked and not. */
  readonly most: readonly [each: number, full: number, bursts: number];
  readonly deflate?: true;
}

export const KINDS: readonly Kind[] = [
  { name: 'text of 20 to 300', count: 120, make: () => text(json(between(20, 300))), most: [0.1, 0.5, 0.3] },
  { name: 'text of 8 to 30', count: 250, make: () => text(json(between(8, 30))), most: [0.6, 2, 1] },
  { name: 'Cyrillic', count: 100, make: () => text(wide(CYRILLIC, ' ', between(1, 14))), most: [1, 2.5, 2.5] },
  { name: 'Chinese', count: 100, make: () => text(wide(CHINESE, '', between(2, 60))), most: [1, 2.5, 2.5] },
  { name: 'random of 10 to 300', count: 120, make: () => binary(random(between(10, 300))), most: [0.5, 3, 1.7] },
  { name: 'records of 16 to 400', count: 120, make: () => binary(records(8 * between(2, 50))), most: [0.5, 3, 1.7] },
  { name: 'MessagePack of 10 to 300', count: 120, make: () => binary(packed(between(10, 300))), most: [0.7, 3.2, 1.9] },
  { name: 'binary of 1 to 8 KiB', count: 50, make: () => binary(random(scaled(1000, 8000))), most: [0.3, 2, 1.6] },
  { name: 'binary of 2 to 20', count: 300, make: () => binary(random(between(2, 20))), most: [4.5, 9, 4.5] },
  // Frames that are all alike may be an array: they are not taken up.
  { name: 'records of 100', count: 150, make: () => binary(records(100)), most: [150, 150, 150] },
  {
    name: 'compressed',
    count: 90,
    make: () => (dice.once(10) ? text(json(40)) : [{ opcode: 1, rsv: 4, payload: compressed(scaled(30, 1000)) }]),
    most: [0.2, 0.5, 0.4],
    deflate: true,
  },
  {
    name: 'fragments and pings',
    count: 30,
    make: () =>
      dice.once(3) ? control(random(4)) : fragments(random(scaled(500, 12_000)), dice.pick([400, 1000, 4096])),
    most: [3, 16, 16],
  },
  {
    name: 'text, binary, pings',
    count: 120,
    make: () =>
      dice.once(3) ? control(random(dice.pick([0, 4, 8]))) : dice.pick([text, text, binary])(json(between(5, 200))),
    most: [2, 4, 2.5],
  },
  { name: 'text of 2 to 60 KiB', count: 14, make: () => text(json(scaled(2000, 60_000))), most: [0.3, 0.5, 0.4] },
];
/** Of such frames only one or two are held at a time: a header has to say enough, which it does where zeros are rare. */
export const LARGE: readonly Kind[] = [
  {
    name: 'random of 64 to 256 KiB',
    count: 8,
    make: () => binary(random(between(65_536, 262_144))),
    most: [0.7, 1.5, 1.5],
  },
  {
    name: 'records of 64 to 256 KiB',
    count: 8,
    make: () => binary(records(between(65_536, 262_144))),
    most: [2, 8, 8],
  },
];

export const PACKINGS = ['one a segment', 'full segments', 'bursts'] as const;

export interface Stream {
  readonly bytes: Uint8Array;
  /** Where frames begin. */
  readonly starts: readonly number[];
  /** Where segments end. */
  readonly ends: readonly number[];
}

export function streamOf(kind: Kind, masked: boolean, packing: number): Stream {
  const frames: Uint8Array[] = [];
  while (frames.length < kind.count) {
    for (const { opcode, payload, fin = true, rsv = 0 } of kind.make()) {
      frames.push(encodeFrame({ fin, rsv, opcode, payload, ...(masked && { key: dice.next() }) }));
    }
  }
  const starts: number[] = [];
  let size = 0;
  for (const frame of frames) {
    starts.push(size);
    size += frame.length;
  }
  // Writes: each is cut into full segments and a rest.
  const writes = packing === 1 ? [size] : [];
  for (let next = 0; packing !== 1 && next < frames.length;) {
    next += packing === 0 ? 1 : between(1, 12);
    writes.push(starts[next] ?? size);
  }
  const ends: number[] = [];
  let at = 0;
  for (const stop of writes) for (; at < stop; ends.push(at)) at = Math.min(stop, at + SEGMENT);
  return { bytes: concat(frames), starts, ends };
}
