import { hexOf } from './hex.js';
import { keyToBytes } from './mask.js';
import type { Field, Span } from './span.js';

/** How the payload length is written: in 7 bits, in 16 bits behind 126, in 64 bits behind 127 (RFC 6455 §5.2). */
export type LengthForm = 7 | 16 | 64;

/** At most this many bytes stand in front of the payload: 2, 8 of extended payload length, 4 of masking key. */
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
 * A frame header as it stood on the wire (RFC 6455 §5.2). Nothing of the wire form is lost: `bytes` gives it back,
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
    /** High and low half of the 64-bit length field; 0 in the shorter forms' high half. */
    readonly lengthHigh: number,
    readonly lengthLow: number,
    /** The masking key in network order, 0 when not masked. */
    readonly key: number,
  ) {}

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
  /** Where the header stands, masking key included. */
  get span(): Span {
    return { start: this.start, end: this.start + this.length };
  }
  /** The masking key, if there is one. */
  get maskingKey(): Uint8Array | undefined {
    return this.masked ? keyToBytes(this.key) : undefined;
  }
  /** The declared length, exact: a bigint above 2^53-1. */
  get exactLength(): number | bigint {
    if (Number.isSafeInteger(this.payloadLength)) return this.payloadLength;
    return (BigInt(this.lengthHigh) << 32n) | BigInt(this.lengthLow);
  }
  /** The header's bytes as they stood on the wire. */
  get bytes(): Uint8Array {
    const out = new Uint8Array(this.length);
    const view = new DataView(out.buffer);
    out[0] = this.byte0;
    out[1] = this.byte1;
    if (this.lengthForm === 16) view.setUint16(2, this.lengthLow);
    if (this.lengthForm === 64) {
      view.setUint32(2, this.lengthHigh);
      view.setUint32(6, this.lengthLow);
    }
    if (this.masked) view.setUint32(out.length - 4, this.key);
    return out;
  }
}

/** Length of a header by its second byte: 2, 4 or 10, and 4 more when masked. */
export function headerLength(byte1: number): number {
  const length = byte1 & 0x7f;
  return (length < 126 ? 2 : length === 126 ? 4 : 10) + (byte1 >= 0x80 ? 4 : 0);
}

/** Reads the header that starts at `at`; the caller knows that all of it is there. */
export function readHeader(bytes: Uint8Array, at: number, index: number, start: number): FrameHeader {
  const byte1 = bytes[at + 1]!;
  let low = byte1 & 0x7f;
  let high = 0;
  let next = at + 2;
  if (low === 126) {
    low = (bytes[next]! << 8) | bytes[next + 1]!;
    next += 2;
  } else if (low === 127) {
    high = readUint32(bytes, next);
    low = readUint32(bytes, next + 4);
    next += 8;
  }
  const key = byte1 >= 0x80 ? readUint32(bytes, next) : 0;
  return new FrameHeader(index, start, bytes[at]!, byte1, high * 0x1_0000_0000 + low, high, low, key);
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** The shortest form that holds a length (RFC 6455 §5.2: "the minimal number of bytes MUST be used"). */
export function minimalForm(length: number | bigint): LengthForm {
  return length < 126 ? 7 : length < 65536 ? 16 : 64;
}

/**
 * A header from its parts, legal or not. A length that its form cannot hold is cut to the form's bits, as a careless
 * sender would cut it; `lengthForm: 7` with a length of 126 or more is refused with a RangeError, because 126 and 127
 * mean the other forms.
 */
export function createHeader(init: HeaderInit, index = 0, start = 0): FrameHeader {
  const form = init.lengthForm ?? minimalForm(init.payloadLength);
  const length = BigInt(init.payloadLength);
  if (form === 7 && length > 125n) throw new RangeError('a 7-bit length holds at most 125');
  const high = form === 64 ? Number((length >> 32n) & 0xffffffffn) : 0;
  const low = Number(length & (form === 64 ? 0xffffffffn : 0xffffn));
  const code = form === 7 ? low : form === 16 ? 126 : 127;
  const byte0 = (init.fin ? 0x80 : 0) | ((init.rsv & 7) << 4) | (init.opcode & 15);
  const byte1 = (init.key === undefined ? 0 : 0x80) | code;
  return new FrameHeader(index, start, byte0, byte1, high * 0x1_0000_0000 + low, high, low, (init.key ?? 0) >>> 0);
}

/** The fields of a header and of its payload: the only place that knows their offsets. They tile every byte of the frame. */
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
  if (header.lengthForm === 16) run('extended length', 2, header.lengthLow);
  if (header.lengthForm === 64) run('extended length', 8, header.exactLength);
  if (header.masked) run('masking key', 4, hexOf(keyToBytes(header.key)));
  if (payloadBytes > 0) run('payload', payloadBytes, payloadBytes);
  return fields;
}

export type HeaderFieldName =
  'FIN' | 'RSV1' | 'RSV2' | 'RSV3' | 'opcode' | 'MASK' | 'length' | 'extended length' | 'masking key';

/** Where a field of the header stands; the whole header if it has no such field. */
export function headerFieldSpan(header: FrameHeader, name: HeaderFieldName): Span {
  return headerFields(header).find((field) => field.name === name)?.span ?? header.span;
}
