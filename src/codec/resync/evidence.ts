import { closeCodeInfo, OPCODE } from '../frames/registry.js';
import { isDeflated } from './evidence-deflate.js';
import { isInsideCharacter, lookAtText } from './evidence-text.js';
import { headerLength } from '../frames/frame.js';

/**
 * The evidence of a frame, in bits: the logarithm of how much likelier its bytes are in a stream of frames than by accident.
 * Counted low: accidents are not random bytes but other people's formats.
 */

/** By first byte, the evidence of a header; other bytes cannot begin one (RFC 6455 §5.2, §5.4, §5.5). */
const KIND_BITS: readonly (readonly [byte0: number, bits: number])[] = [
  [0x81, 6], // text
  [0x82, 6], // binary
  [0x88, 5], // close
  [0x89, 5], // ping
  [0x8a, 5], // pong
  [0x01, 3], // a message begins
  [0x02, 3],
  [0x80, 3], // its last fragment
  [0x00, 0], // another fragment: also the upper half of every small number in other formats
];
/** The same with RSV1, on the first frame of a compressed message (RFC 7692 §6). */
const DEFLATE_BITS: typeof KIND_BITS = [
  [0xc1, 6],
  [0xc2, 6],
  [0x41, 3],
  [0x42, 3],
];

/** By first byte: the bits, or that it begins no header. */
export type KindTable = Int8Array;
export const IMPOSSIBLE = -128;
const kinds = (rows: typeof KIND_BITS): KindTable => {
  const table = new Int8Array(256).fill(IMPOSSIBLE);
  for (const [byte0, bits] of rows) table[byte0] = bits;
  return table;
};
export const PLAIN_KINDS = kinds(KIND_BITS);
export const DEFLATE_KINDS = kinds([...KIND_BITS, ...DEFLATE_BITS]);

/** A candidate for a header in the bytes that are held. */
export class Candidate {
  at = 0;
  byte0 = 0;
  byte1 = 0;
  /** Where the payload begins and ends. */
  body = 0;
  end = 0;
  /** In network order, 0 if not masked. */
  key = 0;

  /** The second byte is there. */
  masking = false;

  get length(): number {
    return this.end - this.body;
  }
  get opcode(): number {
    return this.byte0 & 15;
  }
  get masked(): boolean {
    return this.byte1 >= 0x80;
  }
  get control(): boolean {
    return (this.byte0 & 8) !== 0;
  }
  get fin(): boolean {
    return this.byte0 >= 0x80;
  }

  /** Reads the header at `at`, whose first byte can begin one: is it possible, as far as its bytes are there? */
  read(bytes: Uint8Array, at: number, length: number, masked: boolean | undefined): 'no' | 'part' | 'whole' {
    this.at = at;
    this.byte0 = bytes[at]!;
    this.key = 0;
    this.masking = at + 1 < length;
    if (!this.masking) return 'part';
    const byte1 = bytes[at + 1]!;
    this.byte1 = byte1;
    const short = byte1 & 0x7f;
    if (masked !== undefined && masked !== byte1 >= 0x80) return 'no';
    if (short > 125 && this.control) return 'no';
    this.body = at + headerLength(byte1);
    if (this.body > length) return 'part';
    const size = short < 126 ? short : this.extendedLength(bytes, short);
    if (size < 0) return 'no';
    this.end = this.body + size;
    if (byte1 >= 0x80) this.key = readUint32(bytes, this.body - 4);
    return 'whole';
  }

  /** How much a frame at `other` has in common with a frame of the same size: of `REPEATED`'s first four. */
  likeness(bytes: Uint8Array, other: number, length: number): number {
    const { at, end, body, byte0, byte1, masked } = this;
    if (bytes[other] !== byte0 || bytes[other + 1] !== byte1) return 0;
    let equal = 0;
    if (masked) for (let i = 1; i <= 4; i++) if (bytes[body - i] === bytes[other + body - at - i]) equal++;
    if (masked && equal === 0) return REPEATED.length;
    const stop = Math.min(end, at + REPEATED.compared, at + length - other);
    for (let i = at; i < stop; i++) if (bytes[i] !== bytes[other + i - at]) return REPEATED.header;
    return REPEATED.bytes;
  }

  /** -1: not in its shortest form, or 4 GiB and more, which nothing here can follow. */
  private extendedLength(bytes: Uint8Array, short: number): number {
    const at = this.at + 2;
    if (short === 126) {
      const size = (bytes[at]! << 8) | bytes[at + 1]!;
      return size < 126 ? -1 : size;
    }
    const size = readUint32(bytes, at + 4);
    return readUint32(bytes, at) !== 0 || size < 65536 ? -1 : size;
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Frames that are like others of their chain. */
export const REPEATED = {
  /** Length and first byte are, the key has nothing in common with the other's: a masked frame. */
  length: 1,
  /** The header is. */
  header: 2,
  /** The bytes are, as far as they are compared. */
  bytes: 3,
  compared: 32,
  /** The evidence of the first of them, `most` in number; of a text among them; and of a segment of its own. */
  bits: 1.5,
  most: 5,
  text: 8,
  edge: 4,
  /** The evidence of a masked one by its kind, and what a key adds to the evidence that only WebSocket has. */
  fresh: 4,
  key: 5,
} as const;

/** Frames in which the first byte's value is rare are better evidence: `expected` of those near by are headers themselves. */
export const HEADER_LOOK = 96;

/** The evidence of the first byte where `others` of `window` bytes near by have its value: 40 of 100 headers do. */
function surprise(others: number, window: number): number {
  return Math.log2((0.4 * window) / (others + 0.4));
}

/** Short frames are weaker evidence, and fragments of that size hardly occur: small numbers and zeros look like them. */
const SHORT = 4;
const SHORT_BITS = 3;
const FRAGMENT_BITS = { empty: -4, short: -1 } as const;

function mostBits({ byte0, byte1, length, control, fin }: Candidate, kind: number): number {
  if (byte0 === 0 || (!fin && length === 0)) {
    if (length === 0) return FRAGMENT_BITS.empty;
    return (byte1 & 0x7f) < 126 ? FRAGMENT_BITS.short : kind;
  }
  if (length >= SHORT) return kind;
  return length === 0 && !control ? 0 : Math.min(kind, SHORT_BITS);
}

/** The evidence of the header, without its length's form. `explained` counts bytes like its first near by, that are headers. */
export function kindBits(
  candidate: Candidate,
  kind: number,
  bytes: Uint8Array,
  length: number,
  explained: number,
): number {
  const { at, byte0, body } = candidate;
  const most = mostBits(candidate, kind);
  if (most <= 0) return most;
  if (isInsideCharacter(bytes, at)) return 0;
  let first = body;
  let last = Math.min(length, body + HEADER_LOOK);
  if (last - first < 32) [first, last] = [Math.max(0, at - HEADER_LOOK), at];
  if (last === first) return most;
  let others = -explained;
  for (let i = first; i < last; i++) if (bytes[i] === byte0) others++;
  return Math.min(most, Math.max(0, surprise(Math.max(0, others), last - first)));
}

const FORM_16_BITS = 6;
const FORM_64_BITS = 4;
/** A 64-bit length below 16 MiB begins with this many zeros. Longer frames are so rare that their lengths are weak evidence. */
const LENGTH_ZEROS = 5;
const USUAL_LENGTH = 2 ** 24;
const UNUSUAL_BITS = 8;
/** Frames that end no message begin with 0, 1 or 2, as numbers and pointers do. */
const SMALL_BITS = 8;
const ZERO_WINDOW = 32;

/** The weight of a zero here: little where there are many, such as numbers and pointers of 64 bits, which look like such lengths. */
function zeroBits(bytes: Uint8Array, from: number, to: number): number {
  let zeros = 0.5;
  for (let i = from; i < to; i++) if (bytes[i] === 0) zeros++;
  return Math.min(6, Math.log2(Math.max(1, to - from) / zeros));
}

/** The evidence of the form of the length: 126 with two bytes, 127 with eight. */
export function formBits({ at, byte0, byte1, length, body }: Candidate, bytes: Uint8Array, held: number): number {
  const short = byte1 & 0x7f;
  if (short < 126) return 0;
  if (short === 126) return FORM_16_BITS;
  if (length >= USUAL_LENGTH) return UNUSUAL_BITS;
  const before = zeroBits(bytes, Math.max(0, at - ZERO_WINDOW), at);
  const behind = zeroBits(bytes, body, Math.min(held, body + ZERO_WINDOW));
  const each = Math.max(0, at < ZERO_WINDOW / 2 ? Math.min(4, behind) : Math.min(before, behind));
  const bits = FORM_64_BITS + LENGTH_ZEROS * each;
  return byte0 < 0x80 ? Math.min(SMALL_BITS, bits) : bits;
}

/** The evidence of a whole payload. Undefined: this is no frame. */
export function payloadBits(candidate: Candidate, bytes: Uint8Array): number | undefined {
  const { byte0, body, end, key, masked } = candidate;
  if (byte0 === 0x81) return textBits(candidate, bytes);
  if (byte0 === 0xc1 || byte0 === 0xc2) return deflateBits(bytes, body, end, key);
  if ((byte0 & 15) === OPCODE.close) return closeBits(bytes, body, end, masked ? key : 0);
  return 0;
}

/** The evidence of a character of a text: random bytes that print are one in 2^(1.4 n). Of ASCII a wrong key makes controls. */
const TEXT = { printing: 1, maskedPrinting: 1.2, breaks: -2, controls: -8, least: -8, most: 16 } as const;

function textBits({ body, end, key, masked, at }: Candidate, bytes: Uint8Array): number | undefined {
  const look = lookAtText(bytes, body, end, key);
  if (!look.valid) return undefined;
  const printing = look.printing * (masked ? TEXT.maskedPrinting : TEXT.printing);
  const bits = Math.max(TEXT.least, printing + look.breaks * TEXT.breaks + look.controls * TEXT.controls);
  return Math.min(bits, isInsideCharacter(bytes, at) ? 0 : TEXT.most);
}

/** Measured: one in 2^15.5 random payloads of two bytes or more has the structure, one in 2^18.5 of a hundred. */
function deflateBits(bytes: Uint8Array, from: number, to: number, key: number): number | undefined {
  if (!isDeflated(bytes, from, to, key)) return undefined;
  const length = to - from;
  return length < 2 ? 3 : length < 64 ? 14 : 16;
}

function closeBits(bytes: Uint8Array, from: number, to: number, key: number): number | undefined {
  if (to === from) return 0;
  if (to - from === 1) return undefined;
  const code = ((bytes[from]! << 8) | bytes[from + 1]!) ^ (key >>> 16);
  // The key continues with its third byte.
  const rotated = ((key << 16) | (key >>> 16)) >>> 0;
  if (closeCodeInfo(code).kind !== 'valid' || !lookAtText(bytes, from + 2, to, rotated).valid) return undefined;
  return 4;
}
