/**
 * Masking (RFC 6455 §5.3): byte i of the payload XOR byte i mod 4 of the key. A masking key is handled as one number,
 * its four bytes in network order. Nothing here writes into bytes that it was handed, but `unmaskInPlace`.
 */

import { SIMD_FROM, xorBySimd } from './mask-simd.js';
import { plainBytes } from '../bytes/payload-memory.js';

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Small results share slabs of this size, as Node's Buffer pool does: an allocation costs more than the XOR. */
const SLAB_BYTES = 65536;
const OWN_MEMORY_FROM = 8192;

let slab = new ArrayBuffer(SLAB_BYTES);
let slabWords = new Int32Array(slab);
let slabUsed = 0;

/** Bytes seen as aligned machine words: the words of the whole underlying buffer. */
export class WordView {
  readonly words: Int32Array;
  /** Where `bytes` begins among the bytes of the words. */
  readonly offset: number;
  private readonly buffer: ArrayBufferLike;

  constructor(
    given: Uint8Array,
    /** They may be handed out: as a Uint8Array, whatever they came as. */
    readonly bytes: Uint8Array = plainBytes(given),
  ) {
    this.offset = bytes.byteOffset;
    this.buffer = bytes.buffer;
    this.words = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >>> 2);
  }

  /** What `subarray` gives, which is slower: it asks for the class first. */
  part(from: number, to: number): Uint8Array {
    return new Uint8Array(this.buffer, this.offset + from, to - from);
  }
}

let lastBytes: Uint8Array = new Uint8Array(0);
let lastView = new WordView(lastBytes);

/** The words of bytes that are read again and again: the view made last is kept. */
export function wordsOf(bytes: Uint8Array): WordView {
  if (lastBytes !== bytes) {
    lastBytes = bytes;
    lastView = new WordView(bytes);
  }
  return lastView;
}

/** The key in network order as the number that `unmask` takes. */
export function keyFromBytes(key: Uint8Array): number {
  return ((key[0]! << 24) | (key[1]! << 16) | (key[2]! << 8) | key[3]!) >>> 0;
}

/** The four bytes of a key. */
export function keyToBytes(key: number): Uint8Array {
  return Uint8Array.of(key >>> 24, key >>> 16, key >>> 8, key);
}

/** The key's bytes for a word whose lane 0 is `rotation` bytes into the key's cycle, lane 0 lowest. */
function lanes(key: number, rotation: number): number {
  const low = (key >>> 24) | ((key >>> 8) & 0xff00) | ((key << 8) & 0xff0000) | (key << 24) | 0;
  const bits = (rotation & 3) * 8;
  return bits === 0 ? low : (low >>> bits) | (low << (32 - bits));
}

/**
 * XOR of `source[start, end)` with the key, in new memory. `phase` is the payload offset of `source[start]`
 * (only its low two bits count). Masking and unmasking are the same.
 */
export function unmask(source: Uint8Array, start: number, end: number, key: number, phase = 0): Uint8Array {
  return xor(new WordView(source, source), start, end, key, phase, 0);
}

/** The same for bytes whose words are at hand. */
export function unmaskView(source: WordView, start: number, end: number, key: number, phase: number): Uint8Array {
  return xor(source, start, end, key, phase, 0);
}

/** Writes `source[start, end)` XOR the key over itself; `phase` is the payload offset of `start`. */
export function unmaskInPlace(source: WordView, start: number, end: number, key: number, phase: number): void {
  if (start === end || key === 0) return;
  if (end - start >= SIMD_FROM && LITTLE_ENDIAN) {
    const run = source.part(start, end);
    if (xorBySimd(run, 0, run, lanes(key, phase))) return;
  }
  // Memory may end in an incomplete word: those bytes are handled one by one.
  const whole = LITTLE_ENDIAN ? Math.max(start, Math.min(end, (source.words.length << 2) - source.offset)) : start;
  if (whole > start) {
    const lane = (source.offset + start) & 3;
    xorOver(source.words, source.offset + start, source.offset + whole - 1, lanes(key, phase - lane));
  }
  const { bytes } = source;
  for (let i = whole; i < end; i++) bytes[i]! ^= key >>> (24 - 8 * ((phase + i - start) & 3));
}

/** The same for whole words; both offsets are of the words' bytes, and `last` is inclusive. */
function xorOver(words: Int32Array, from: number, last: number, mask: number): void {
  const lastWord = last >>> 2;
  const head = -1 << ((from & 3) * 8);
  const tail = -1 >>> ((3 - (last & 3)) * 8);
  let word = from >>> 2;
  if (word === lastWord) {
    words[word]! ^= mask & head & tail;
    return;
  }
  words[word++]! ^= mask & head;
  for (; word + 4 <= lastWord; word += 4) {
    words[word]! ^= mask;
    words[word + 1]! ^= mask;
    words[word + 2]! ^= mask;
    words[word + 3]! ^= mask;
  }
  for (; word < lastWord; word++) words[word]! ^= mask;
  words[lastWord]! ^= mask & tail;
}

const HIGH_BITS = 0x80808080 | 0;

/** Whether `source[start, end)` is ASCII once it is unmasked with `key` (0: as it is), without unmasking it. */
export function isAsciiView(view: WordView, start: number, end: number, key: number, phase = 0): boolean {
  // Memory may end in an incomplete word: those bytes are handled one by one.
  const whole = LITTLE_ENDIAN ? Math.max(start, Math.min(end, (view.words.length << 2) - view.offset)) : start;
  return (
    (whole === start || areAsciiWords(view, view.offset + start, view.offset + whole - 1, key, phase)) &&
    isAsciiByByte(view.bytes, whole, end, key, phase + whole - start)
  );
}

/** The same for whole words of memory; both offsets are of the words' bytes, and `last` is inclusive. */
function areAsciiWords({ words }: WordView, from: number, last: number, key: number, phase: number): boolean {
  const lastWord = last >>> 2;
  const lane = from & 3;
  const mask = key === 0 ? 0 : lanes(key, phase - lane);
  const head = HIGH_BITS << (lane * 8);
  const tail = HIGH_BITS >>> ((3 - (last & 3)) * 8);
  let word = from >>> 2;
  if (word === lastWord) return ((words[word]! ^ mask) & head & tail) === 0;
  if (((words[word++]! ^ mask) & head) !== 0 || ((words[lastWord]! ^ mask) & tail) !== 0) return false;
  let seen = 0;
  for (; word + 4 <= lastWord; word += 4) {
    seen |= (words[word]! ^ mask) | (words[word + 1]! ^ mask) | (words[word + 2]! ^ mask) | (words[word + 3]! ^ mask);
    if ((seen & HIGH_BITS) !== 0) return false;
  }
  for (; word < lastWord; word++) seen |= words[word]! ^ mask;
  return (seen & HIGH_BITS) === 0;
}

function isAsciiByByte(bytes: Uint8Array, start: number, end: number, key: number, phase: number): boolean {
  for (let i = start; i < end; i++) {
    if (((bytes[i]! ^ (key >>> (24 - 8 * ((phase + i - start) & 3)))) & 0x80) !== 0) return false;
  }
  return true;
}

/** New memory of `room` bytes, which are the caller's to write, followed by the masked payload. */
export function xorBehind(room: number, payload: Uint8Array, key: number): Uint8Array {
  return xor(new WordView(payload, payload), 0, payload.length, key, 0, room);
}

function xor(view: WordView, start: number, end: number, key: number, phase: number, room: number): Uint8Array {
  const length = end - start;
  const from = view.offset + start;
  const lane = from & 3;
  const firstWord = from >>> 2;
  const wordCount = (lane + length + 3) >>> 2;
  // The result keeps the alignment of its source, so that whole words can be read and written; the bytes beside the
  // result inside its first and last word are not used.
  if (!LITTLE_ENDIAN || firstWord + wordCount > view.words.length) return xorByByte(view, start, end, key, phase, room);
  const roomWords = (room + 3) >>> 2;
  const bytes = (roomWords + wordCount) << 2;
  if (bytes >= OWN_MEMORY_FROM) return xorLong(view, start, end, key, phase, room);
  if (slabUsed + bytes > SLAB_BYTES) newSlab();
  const at = slabUsed + (roomWords << 2);
  slabUsed += bytes;
  xorWords(slabWords, at >>> 2, view.words, firstWord, wordCount, lanes(key, phase - lane));
  return new Uint8Array(slab, at + lane - room, room + length);
}

/** The same in memory of its own, by vectors where that pays. */
function xorLong(view: WordView, start: number, end: number, key: number, phase: number, room: number): Uint8Array {
  const length = end - start;
  if (length >= SIMD_FROM) {
    const out = new Uint8Array(room + length);
    if (xorBySimd(out, room, view.bytes.subarray(start, end), lanes(key, phase))) return out;
  }
  const lane = (view.offset + start) & 3;
  const firstWord = (view.offset + start) >>> 2;
  const wordCount = (lane + length + 3) >>> 2;
  const roomWords = (room + 3) >>> 2;
  const words = new Int32Array(roomWords + wordCount);
  const mask = lanes(key, phase - lane);
  xorRun(words.subarray(roomWords), view.words.subarray(firstWord, firstWord + wordCount), mask);
  return new Uint8Array(words.buffer, (roomWords << 2) + lane - room, room + length);
}

function newSlab(): void {
  slab = new ArrayBuffer(SLAB_BYTES);
  slabWords = new Int32Array(slab);
  slabUsed = 0;
}

function xorWords(to: Int32Array, at: number, from: Int32Array, first: number, count: number, mask: number): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    to[at + i] = from[first + i]! ^ mask;
    to[at + i + 1] = from[first + i + 1]! ^ mask;
    to[at + i + 2] = from[first + i + 2]! ^ mask;
    to[at + i + 3] = from[first + i + 3]! ^ mask;
  }
  for (; i < count; i++) to[at + i] = from[first + i]! ^ mask;
}

/** The same for a long run: one index for both sides and eight words a turn are a third faster. */
function xorRun(to: Int32Array, from: Int32Array, mask: number): void {
  const whole = from.length & ~7;
  for (let i = 0; i < whole; i += 8) {
    to[i] = from[i]! ^ mask;
    to[i + 1] = from[i + 1]! ^ mask;
    to[i + 2] = from[i + 2]! ^ mask;
    to[i + 3] = from[i + 3]! ^ mask;
    to[i + 4] = from[i + 4]! ^ mask;
    to[i + 5] = from[i + 5]! ^ mask;
    to[i + 6] = from[i + 6]! ^ mask;
    to[i + 7] = from[i + 7]! ^ mask;
  }
  for (let i = whole; i < from.length; i++) to[i] = from[i]! ^ mask;
}

/** For the last word of a buffer that is no whole number of words, and for big-endian machines. */
function xorByByte(
  { bytes }: WordView,
  start: number,
  end: number,
  key: number,
  phase: number,
  room: number,
): Uint8Array {
  const out = new Uint8Array(room + end - start);
  for (let i = start; i < end; i++) out[room + i - start] = bytes[i]! ^ (key >>> (24 - 8 * ((phase + i - start) & 3)));
  return out;
}
