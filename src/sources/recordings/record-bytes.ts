import type { Head } from '../../codec/http1/head.js';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import type { Http2Event } from '../../codec/http2/http2-taker.js';
import type { Side } from '../../codec/bytes/stream-taker.js';
import { decodeBase64 } from '../../codec/bytes/base64.js';
import { encodeFrame } from '../../codec/frames/frame-writer.js';
import type { LengthForm } from '../../codec/frames/frame.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';

/** An object of JSON with members that are not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A record that is not as docs/json.md has it: the message names the field. Caught by whoever reads the line. */
export class BadRecord extends Error {
  override readonly name = 'BadRecord';
}

/** A frame as it was on the wire, as far as it was recorded. */
export interface RecordedFrame {
  readonly bytes: Uint8Array;
  /** Payload bytes that came and are not in the record. */
  readonly cut: number;
  /** Payload bytes that did not come. */
  readonly missing: number;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number from 0 to `most`. */
export function whole(fields: Fields, name: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new BadRecord(`${name} is no whole number${most < 2 ** 32 ? ` up to ${most}` : ''}`);
}

/** Seconds since the epoch, NaN where there are none. */
export function timeOf(fields: Fields, name = 'time'): number {
  const value = fields[name];
  if (value === undefined) return NaN;
  if (typeof value === 'number' && value >= 0 && value < 2 ** 40) return value;
  throw new BadRecord(`${name} is no time`);
}

export function textField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new BadRecord(`${name} is no text`);
}

/** The sender; where it is not known, the side that masked. */
export function sideOf(fields: Fields): Side {
  switch (fields['direction']) {
    case 'client':
      return 0;
    case 'server':
      return 1;
    case 'unknown':
      return fields['masked'] === true ? 0 : 1;
    default:
      throw new BadRecord('direction is none of client, server, unknown');
  }
}

/** The bytes of `text`, `hex` or `base64`; undefined where there is none of them. */
export function contentOf(fields: Fields): Uint8Array | undefined {
  const text = textField(fields, 'text');
  if (text !== undefined) return encodeUtf8(text);
  const hex = textField(fields, 'hex');
  if (hex !== undefined) return fromHex(hex, 'hex');
  const base64 = textField(fields, 'base64');
  return base64 === undefined ? undefined : fromBase64(base64);
}

/** The frame of a `frame` record. */
export function frameOf(fields: Fields): RecordedFrame {
  const payload = contentOf(fields);
  if (payload === undefined) throw new BadRecord('there is none of text, hex, base64');
  const payloadLength = lengthOf(fields['payloadLength']);
  const came = fields['payloadBytes'] === undefined ? payload.length : whole(fields, 'payloadBytes');
  if (came > payloadLength || payload.length > came) throw new BadRecord('the payload is longer than its length says');
  const key = fields['masked'] === true ? keyOf(textField(fields, 'maskingKey')) : undefined;
  const init = {
    fin: fields['fin'] === true,
    rsv: (bit(fields, 'rsv1') << 2) | (bit(fields, 'rsv2') << 1) | bit(fields, 'rsv3'),
    opcode: whole(fields, 'opcode', 15),
    payload,
    payloadLength,
    ...(key !== undefined && { key }),
    ...(fields['lengthForm'] !== undefined && { lengthForm: formOf(fields['lengthForm']) }),
  };
  const missing = typeof payloadLength === 'bigint' ? 0 : payloadLength - came;
  return { bytes: encoded(init), cut: came - payload.length, missing };
}

/** A frame in which a message might have come: in one piece, as short as can be, from a client with a key made up. */
export function frameAround(
  opcode: number,
  payload: Uint8Array,
  length: number,
  side: Side,
  number: number,
): Uint8Array {
  const key = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  const isControl = opcode >= 8;
  if (isControl && length > 125) throw new BadRecord('a control frame has at most 125 bytes');
  return encoded({ fin: true, rsv: 0, opcode, payload, payloadLength: length, ...(side === 0 && { key }) });
}

/** A head that came over HTTP/2. */
export function http2HeadIn(kind: Head['kind'], head: unknown, stream: number | undefined): Head {
  if (!isFields(head) || !Array.isArray(head['headers'])) throw new BadRecord('a head has no list of headers');
  const fields = (head['headers'] as readonly unknown[]).map((header) => {
    const [name, value] = Array.isArray(header) ? (header as readonly unknown[]) : [];
    if (typeof name === 'string' && typeof value === 'string') return { name, value };
    throw new BadRecord('a header is no pair of name and value');
  });
  const unknown = head['unknownHeaders'] === undefined ? 0 : whole(head, 'unknownHeaders');
  return http2HeadOf(kind, fields, { stream, unknown });
}

/** A frame of HTTP/2 about the stream or its connection. */
export function http2EventIn(fields: Fields): Http2Event {
  const [code, offset] = [whole(fields, 'code'), whole(fields, 'offset')];
  const name = textField(fields, 'name');
  if (name === 'RST_STREAM') return { name, code, offset };
  if (name !== 'GOAWAY') throw new BadRecord('its name is none of RST_STREAM and GOAWAY');
  return { name, code, offset, lastStream: whole(fields, 'lastStream'), debug: textField(fields, 'debug') ?? '' };
}

/** The bytes of a head: as recorded, or from its line and headers (RFC 9112 §2.1). */
export function headOf(head: unknown): Uint8Array {
  if (!isFields(head)) throw new BadRecord('a head is no object');
  const hex = textField(head, 'hex');
  if (hex !== undefined) return fromHex(hex, 'hex');
  const line = textField(head, 'line');
  const { headers } = head;
  if (line === undefined || !Array.isArray(headers)) throw new BadRecord('a head has no line, or no list of headers');
  return headBytes(line, headers as readonly unknown[]);
}

export function headBytes(line: string, headers: readonly unknown[]): Uint8Array {
  const lines = headers.map((header) => {
    const [name, value] = Array.isArray(header) ? (header as readonly unknown[]) : [];
    if (typeof name === 'string' && typeof value === 'string') return `${name}: ${value}`;
    throw new BadRecord('a header is no pair of name and value');
  });
  const text = `${[line, ...lines].join('\r\n')}\r\n\r\n`;
  // One character a byte; where that can't be it is UTF-8.
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return encodeUtf8(text);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function encoded(init: Parameters<typeof encodeFrame>[0]): Uint8Array {
  try {
    return encodeFrame(init);
  } catch (error) {
    if (error instanceof RangeError) throw new BadRecord('payloadLength does not fit lengthForm');
    throw error;
  }
}

function bit(fields: Fields, name: string): number {
  return fields[name] === true ? 1 : 0;
}

function keyOf(text: string | undefined): number {
  if (text === undefined || !/^[0-9a-f]{8}$/i.test(text)) throw new BadRecord('maskingKey is not 8 hex digits');
  return parseInt(text, 16);
}

function lengthOf(value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === 'string' && /^\d{1,20}$/.test(value) && BigInt(value) < 1n << 64n) return BigInt(value);
  throw new BadRecord('payloadLength is no length');
}

function formOf(value: unknown): LengthForm {
  if (value === 7 || value === 16 || value === 64) return value;
  throw new BadRecord('lengthForm is none of 7, 16, 64');
}

function fromHex(text: string, name: string): Uint8Array {
  if (text.length % 2 !== 0) throw new BadRecord(`${name} is no hex`);
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    const [high, low] = [HEX_VALUES[text.charCodeAt(2 * at)] ?? 0xff, HEX_VALUES[text.charCodeAt(2 * at + 1)] ?? 0xff];
    if ((high | low) > 15) throw new BadRecord(`${name} is no hex`);
    bytes[at] = (high << 4) | low;
  }
  return bytes;
}

/** By character code; 255 is no digit. */
const HEX_VALUES = new Uint8Array(256).fill(0xff);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX_VALUES[digit.charCodeAt(0)] = HEX_VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/** RFC 4648 §4, with or without padding. */
export function fromBase64(text: string): Uint8Array {
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw new BadRecord('no Base64');
  return bytes;
}
