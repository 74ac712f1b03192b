import { headerFields, minimalForm, type FrameHeader } from '../codec/frames/frame.js';
import { hexOf } from '../codec/bytes/hex.js';
import { unmask } from '../codec/frames/mask.js';
import type { Direction } from '../codec/messages/records.js';
import { closeCodeInfo, OPCODE, opcodeInfo } from '../codec/frames/registry.js';
import type { Field } from '../codec/bytes/span.js';
import { count, textOf, visible } from './format.js';
import type { FrameItem } from './items.js';

/** What a part is to the eye: one colour each. */
export type PartKind = 'fin' | 'rsv' | 'opcode' | 'mask' | 'length' | 'key' | 'payload' | 'code' | 'reason';

/** A field of a frame with all that is to be said of it. Offsets count from the frame's first byte. */
export interface Part {
  readonly name: string;
  readonly kind: PartKind;
  readonly start: number;
  readonly end: number;
  /** The bits meant, of a byte that several parts share. */
  readonly mask?: number;
  /** Its bits, with dots for those of others; or its first bytes. */
  readonly raw: string;
  readonly value: string;
  readonly meaning: string;
  readonly rfc: string;
}

export interface GridByte {
  readonly at: number;
  /** As it stood on the wire. */
  readonly wire: number;
  /** Without the mask, in the payload. */
  readonly plain?: number;
  /** The byte of the masking key that it was masked with. */
  readonly key?: number;
  /** Indices of the parts that it belongs to, the highest bits first. */
  readonly parts: readonly number[];
}

export interface FrameModel {
  readonly parts: readonly Part[];
  readonly bytes: readonly GridByte[];
  /** Payload bytes that came and are not shown. */
  readonly hidden: number;
}

const KINDS: Readonly<Record<string, PartKind>> = {
  FIN: 'fin',
  opcode: 'opcode',
  MASK: 'mask',
  length: 'length',
  'extended length': 'length',
  'masking key': 'key',
};
const RAW_SHOWN = 4;
const VALUE_SHOWN = 80;

/** Every byte of a frame with the parts that it belongs to, every part with its bytes, bits, meaning and section. */
export function frameModel(item: FrameItem): FrameModel {
  const { header, payload } = item;
  const wire = new Uint8Array(header.length + payload.length);
  wire.set(header.bytes);
  wire.set(header.masked ? unmask(payload, 0, payload.length, header.key) : payload, header.length);
  const parts = [
    ...joinRsv(headerFields(header)).map((field) => headerPart(field, wire, item)),
    ...payloadParts(item, wire),
  ];
  const key = header.maskingKey;
  const bytes = Array.from(wire, (byte, at): GridByte => {
    const own = parts.flatMap(({ start, end }, i) => (at >= start && at < end ? [i] : []));
    const behind = at - header.length;
    const masked = key !== undefined && behind >= 0 && { key: key[behind % 4]! };
    return { at, wire: byte, parts: own, ...(behind >= 0 && { plain: payload[behind]! }), ...masked };
  });
  return { parts, bytes, hidden: Math.max(0, item.received - payload.length) };
}

/** The three reserved bits are one part while they are 0. */
function joinRsv(fields: Field[]): Field[] {
  if (fields.some(({ name, value }) => name.startsWith('RSV') && value !== 0)) return fields;
  return fields.flatMap((field) => {
    if (field.name === 'RSV1') return [{ ...field, name: 'RSV1-3', span: { ...field.span, mask: 0x70 } }];
    return field.name.startsWith('RSV') ? [] : [field];
  });
}

function headerPart({ name, span, value }: Field, wire: Uint8Array, item: FrameItem): Part {
  const { header, direction } = item;
  const start = span.start - header.start;
  const end = span.end - header.start;
  const own = wire.subarray(start, end);
  return {
    name,
    kind: KINDS[name] ?? 'rsv',
    start,
    end,
    ...(span.mask !== undefined && { mask: span.mask }),
    raw: span.mask === undefined ? rawText(own) : bitsText(own[0]!, span.mask),
    value: name === 'opcode' ? `0x${header.opcode.toString(16)}` : String(value),
    ...meaningOf(name, header, direction, item.compressed),
  };
}

/** Eight bits, those outside of the mask as dots. */
export function bitsText(byte: number, mask: number): string {
  const bits = [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ((mask >> bit) & 1 ? String((byte >> bit) & 1) : '·'));
  return `${bits.slice(0, 4).join('')} ${bits.slice(4).join('')}`;
}

type Meaning = Pick<Part, 'meaning' | 'rfc'>;

function meaningOf(name: string, header: FrameHeader, direction: Direction, compressed: boolean): Meaning {
  switch (name) {
    case 'FIN':
      return { meaning: header.fin ? 'last fragment of its message' : 'more fragments follow', rfc: 'RFC 6455 §5.2' };
    case 'opcode': {
      const info = opcodeInfo(header.opcode);
      return { meaning: `${info.name}: ${info.meaning}`, rfc: info.rfc };
    }
    case 'MASK':
      return { meaning: maskMeaning(header.masked, direction), rfc: 'RFC 6455 §5.1' };
    case 'length':
      return { meaning: lengthMeaning(header), rfc: 'RFC 6455 §5.2' };
    case 'extended length':
      return { meaning: extendedMeaning(header), rfc: 'RFC 6455 §5.2' };
    case 'masking key':
      return { meaning: 'each payload byte was XORed with one of these four', rfc: 'RFC 6455 §5.3' };
    case 'RSV1':
      if (compressed) return { meaning: 'the message is compressed', rfc: 'RFC 7692 §6' };
  }
  return { meaning: 'for extensions: 0 unless one was negotiated', rfc: 'RFC 6455 §5.2' };
}

function maskMeaning(masked: boolean, direction: Direction): string {
  if (direction === 'server') return masked ? 'masked, though from the server' : 'not masked: from the server';
  if (direction === 'client') return masked ? 'masked: from the client' : 'not masked, though from the client';
  return masked ? 'masked, as a client has to' : 'not masked, as a server has to';
}

function lengthMeaning({ lengthForm, payloadLength }: FrameHeader): string {
  if (lengthForm === 7) return `${count(payloadLength, 'byte')} of payload`;
  return `the length is in the next ${lengthForm} bits`;
}

function extendedMeaning({ exactLength, lengthForm }: FrameHeader): string {
  const minimal = minimalForm(exactLength);
  const size = `${count(exactLength, 'byte')} of payload`;
  return minimal === lengthForm ? size : `${size}; not minimal, ${minimal} bits hold it`;
}

/** The payload: of a close frame its code and reason. */
function payloadParts(item: FrameItem, wire: Uint8Array): Part[] {
  const { header, payload } = item;
  const at = header.length;
  if (payload.length === 0) return [];
  const part = (
    name: string,
    kind: PartKind,
    from: number,
    to: number,
  ): Pick<Part, 'name' | 'kind' | 'start' | 'end' | 'raw'> => {
    const own = wire.subarray(at + from, at + to);
    return { name, kind, start: at + from, end: at + to, raw: rawText(own) };
  };
  if (header.opcode !== OPCODE.close || payload.length < 2) {
    return [{ ...part('payload', 'payload', 0, payload.length), ...payloadMeaning(item) }];
  }
  const code = payload[0]! * 256 + payload[1]!;
  const { name, meaning, rfc } = closeCodeInfo(code);
  const codePart = { ...part('close code', 'code', 0, 2), value: String(code), meaning: `${name}: ${meaning}`, rfc };
  if (payload.length === 2) return [codePart];
  const reason = textOf(payload.subarray(2), false);
  const value = reason === undefined ? 'not UTF-8' : quoted(reason);
  const words = { value, meaning: 'the reason, for people who look into logs', rfc: 'RFC 6455 §5.5.1' };
  return [codePart, { ...part('reason', 'reason', 2, payload.length), ...words }];
}

function rawText(bytes: Uint8Array): string {
  return hexOf(bytes.subarray(0, RAW_SHOWN), ' ') + (bytes.length > RAW_SHOWN ? ' …' : '');
}

function payloadMeaning({
  header,
  payload,
  received,
  compressed,
  plain,
}: FrameItem): Pick<Part, 'value' | 'meaning' | 'rfc'> {
  if (compressed) {
    const to = plain === undefined ? '' : `; the message inflates to ${count(plain.bytes, 'byte')}`;
    return { value: count(received, 'byte'), meaning: `DEFLATE data${to}`, rfc: 'RFC 7692 §7.2' };
  }
  const isText = header.opcode !== OPCODE.binary;
  const text = isText ? textOf(payload, payload.length < received) : undefined;
  const meaning = header.masked ? 'unmasked below each byte' : 'as it was sent';
  const value = text === undefined ? count(received, 'byte') : quoted(text);
  return { value, meaning, rfc: header.control ? 'RFC 6455 §5.5' : 'RFC 6455 §5.6' };
}

function quoted(text: string): string {
  const shown = text.length > VALUE_SHOWN ? `${text.slice(0, VALUE_SHOWN)}…` : text;
  return `"${visible(shown)}"`;
}

/** What one byte is, in a line. */
export function byteText({ parts }: FrameModel, { at, wire, plain, key, parts: own }: GridByte): string {
  const place = `byte ${at}: ${hexOf(Uint8Array.of(wire))}`;
  const char = plain === undefined ? '' : charText(plain);
  if (key !== undefined && plain !== undefined) {
    return `${place} ⊕ ${hexOf(Uint8Array.of(key))} = ${hexOf(Uint8Array.of(plain))}${char}`;
  }
  if (plain !== undefined) return `${place}${char}`;
  const words = own.map((index) => parts[index]!).map(({ name, value }) => `${name} ${value}`);
  return `${place} = ${wire.toString(2).padStart(8, '0')}; ${words.join(', ')}`;
}

function charText(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `  '${String.fromCharCode(byte)}'` : '';
}
