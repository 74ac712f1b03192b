import { hexOf } from '../bytes/hex.js';
import { keyToBytes } from './mask.js';
import type { Field, Span } from '../bytes/span.js';

/** How the payload length is written: in 7 bits, in 16 bits after 126, in 64 bits after 127 (RFC 6455 §5.2). */
export type LengthForm = 7 | 16 | 64;

/** At most this many bytes come before the payload: 2, 8 of extended payload length, 4 of masking key. */
export const MAX_HEADER_BYTES = 14;

/** What makes a header; the rest of a `FrameHeader` follows from it. */
export interface HeaderInit {
  readonly fin: boolean;
  /** The three bits as a number: 4 is RSV1, 2 RSV2, 1 RSV3. */
  readonly rsv: number;
  readonly opcode: number;
  readonly payloadLength: number | bigint;
  /** The form to write; the minimal one if absent. */
  readonly lengthForm?: LengthForm;
  /** The masking key in network order; present means that the frame is masked. */
  readonly key?: number;
}

/**
 * A frame header as it was on the wire (RFC 6455 §5.2). Nothing of the wire form is lost: `bytes` gives it back,
 * for illegal headers too.
 */
export class FrameHeader {
  constructor(
    /** Number of the frame in its stream, from 0. */
    readonly index: number,
    /** Absolute offset of the first byte. */
    readonly start: number,
    readonly byte0: number,
    readonly byte1: number,
    /** Payload bytes declared. Above 2^53-1 it is only near: `exactLength` is exact. */
    readonly payloadLength: number,
    /** The masking key as a signed number: small enough for the engine to keep it without memory of its own. */
    private readonly signedKey: number,
    /** The declared length where a number does not hold it. */
    private readonly wideLength?: bigint,
  ) {}

  /** The masking key in network order, 0 when not masked. */
  get key(): number {
    return this.signedKey >>> 0;
  }
  get fin(): boolean {
    return this.byte0 >= 0x80;
  }
  /** The three reserved bits as a number: 4 is RSV1, 2 RSV2, 1 RSV3. */
  get rsv(): number {
    return (this.byte0 >> 4) & 7;
  }
  get rsv1(): boolean {
    return (this.byte0 & 0x40) !== 0;
  }
  get opcode(): number {
    return this.byte0 & 15;
  }
  get control(): boolean {
    return (this.byte0 & 8) !== 0;
  }
  get masked(): boolean {
    return this.byte1 >= 0x80;
  }
  get lengthForm(): LengthForm {
    const length = this.byte1 & 0x7f;
    return length < 126 ? 7 : length === 126 ? 16 : 64;
  }
  /** Length of the header, masking key included: 2 to 14. */
  get length(): number {
    return headerLength(this.byte1);
  }
  /** The span of the header, masking key included. */
  get span(): Span {
    return { start: this.start, end: this.start + this.length };
  }
  /** The masking key, if there is one. */
  get maskingKey(): Uint8Array | undefined {
    return this.masked ? keyToBytes(this.key) : undefined;
  }
  /** The declared length, exact: a bigint above 2^53-1. */
  get exactLength(): number | bigint {
    return this.wideLength ?? this.payloadLength;
  }
  /** The header's bytes as they were on the wire. */
  get bytes(): Uint8Array {
    const out = new Uint8Array(this.length);
    writeHeader(out, 0, this.byte0, this.byte1, this.exactLength, this.signedKey);
    return out;
  }
}

/** Length of a header by its second byte: 2, 4 or 10, and 4 more when masked. */
export function headerLength(byte1: number): number {
  const length = byte1 & 0x7f;
  return (length < 126 ? 2 : length === 126 ? 4 : 10) + (byte1 >= 0x80 ? 4 : 0);
}

/** Reads the header that starts at `at`; the caller has checked that all of it is there. */
export function readHeader(bytes: Uint8Array, at: number, index: number, start: number): FrameHeader {
  const byte0 = bytes[at]!;
  const byte1 = bytes[at + 1]!;
  let length = byte1 & 0x7f;
  let next = at + 2;
  let wide: bigint | undefined;
  if (length === 126) {
    length = (bytes[next]! << 8) | bytes[next + 1]!;
    next += 2;
  } else if (length === 127) {
    const high = readInt32(bytes, next) >>> 0;
    const low = readInt32(bytes, next + 4) >>> 0;
    length = high * 0x1_0000_0000 + low;
    if (!Number.isSafeInteger(length)) wide = (BigInt(high) << 32n) | BigInt(low);
    next += 8;
  }
  return new FrameHeader(index, start, byte0, byte1, length, byte1 >= 0x80 ? readInt32(bytes, next) : 0, wide);
}

function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Writes a header at `at`, as long as `headerLength(byte1)` says. The second byte gives the length's form and whether there is a key. */
export function writeHeader(
  out: Uint8Array,
  at: number,
  byte0: number,
  byte1: number,
  length: number | bigint,
  key: number,
): void {
  out[at] = byte0;
  out[at + 1] = byte1;
  let next = at + 2;
  const code = byte1 & 0x7f;
  if (code === 127) {
    const wide = typeof length === 'bigint';
    writeInt32(out, next, wide ? Number((length >> 32n) & 0xffffffffn) : Math.floor(length / 0x1_0000_0000));
    writeInt32(out, next + 4, wide ? Number(length & 0xffffffffn) : length);
    next += 8;
  } else if (code === 126) {
    const low = Number(length);
    out[next] = low >> 8;
    out[next + 1] = low;
    next += 2;
  }
  if (byte1 >= 0x80) writeInt32(out, next, key);
}

function writeInt32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >> 24;
  out[at + 1] = value >> 16;
  out[at + 2] = value >> 8;
  out[at + 3] = value;
}

/** The shortest form that holds a length (RFC 6455 §5.2: "the minimal number of bytes MUST be used"). */
export function minimalForm(length: number | bigint): LengthForm {
  return length < 126 ? 7 : length < 65536 ? 16 : 64;
}

/** The first byte: FIN, RSV, opcode. */
export function firstByte({ fin, rsv, opcode }: HeaderInit): number {
  return (fin ? 0x80 : 0) | ((rsv & 7) << 4) | (opcode & 15);
}

/**
 * The second byte: MASK, and the length or the code of its form. `lengthForm: 7` with a length of 126 or more is refused
 * with a RangeError, because 126 and 127 mean the other forms; so is a length that does not fit its form.
 */
export function secondByte({ payloadLength, lengthForm, key }: HeaderInit): number {
  const form = lengthForm ?? minimalForm(payloadLength);
  if (payloadLength > LONGEST[form]) throw new RangeError(`${form} bits hold ${LONGEST[form]} at the most`);
  return (key === undefined ? 0 : 0x80) | (form === 7 ? Number(payloadLength) : form === 16 ? 126 : 127);
}

/** The longest payload that each form can declare. */
export const LONGEST: Readonly<Record<LengthForm, bigint>> = { 7: 125n, 16: 0xffffn, 64: 0xffff_ffff_ffff_ffffn };

/** A header from its parts, legal or not. A length that its form cannot hold is refused with a RangeError. */
export function createHeader(init: HeaderInit, index = 0, start = 0): FrameHeader {
  const { payloadLength, key = 0 } = init;
  const wide = typeof payloadLength === 'bigint' && payloadLength > Number.MAX_SAFE_INTEGER ? payloadLength : undefined;
  return new FrameHeader(index, start, firstByte(init), secondByte(init), Number(payloadLength), key | 0, wide);
}

/** The fields of a header and of its payload: the only place where their offsets are computed. They tile every byte of the frame. */
export function headerFields(header: FrameHeader, payloadBytes = 0): Field[] {
  const at = header.start;
  const bit = (name: string, offset: number, mask: number, value: number): Field => ({
    name,
    span: { start: at + offset, end: at + offset + 1, mask },
    value,
  });
  const fields: Field[] = [
    bit('FIN', 0, 0x80, header.fin ? 1 : 0),
    bit('RSV1', 0, 0x40, (header.rsv >> 2) & 1),
    bit('RSV2', 0, 0x20, (header.rsv >> 1) & 1),
    bit('RSV3', 0, 0x10, header.rsv & 1),
    bit('opcode', 0, 0x0f, header.opcode),
    bit('MASK', 1, 0x80, header.masked ? 1 : 0),
    bit('length', 1, 0x7f, header.byte1 & 0x7f),
  ];
  let next = at + 2;
  const run = (name: string, bytes: number, value: Field['value']): void => {
    fields.push({ name, span: { start: next, end: next + bytes }, value });
    next += bytes;
  };
  if (header.lengthForm === 16) run('extended length', 2, header.payloadLength);
  if (header.lengthForm === 64) run('extended length', 8, header.exactLength);
  if (header.masked) run('masking key', 4, hexOf(keyToBytes(header.key)));
  if (payloadBytes > 0) run('payload', payloadBytes, payloadBytes);
  return fields;
}

export type HeaderFieldName =
  'FIN' | 'RSV1' | 'RSV2' | 'RSV3' | 'opcode' | 'MASK' | 'length' | 'extended length' | 'masking key';

/** The span of a field of the header; the whole header if it has no such field. */
export function headerFieldSpan(header: FrameHeader, name: HeaderFieldName): Span {
  return headerFields(header).find((field) => field.name === name)?.span ?? header.span;
}
