import { bitPattern, headerRows, type FieldKind, type HeaderRow } from '../../describe/header-rows.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { unmask } from '../../codec/frames/mask.js';
import { closeCodeInfo, OPCODE } from '../../codec/frames/registry.js';
import { count } from '../../codec/bytes/plural.js';
import { textOf, visible } from '../format.js';
import type { FrameItem } from '../items.js';

/** The kinds of parts, with a colour each. */
export type PartKind = FieldKind | 'payload' | 'code' | 'reason';

/** A field of a frame with its explanation. Offsets count from the frame's first byte. */
export interface ModelField extends Omit<HeaderRow, 'kind' | 'brief'> {
  readonly kind: PartKind;
  /** Its bits, with dots for those of others; or its first bytes. */
  readonly raw: string;
}

export interface GridByte {
  readonly at: number;
  /** As it was on the wire. */
  readonly wire: number;
  /** Without the mask, in the payload. */
  readonly plain?: number;
  /** The byte of the masking key that it was masked with. */
  readonly key?: number;
  /** Indices of the parts that it belongs to, the highest bits first. */
  readonly parts: readonly number[];
}

export interface FrameModel {
  readonly parts: readonly ModelField[];
  readonly bytes: readonly GridByte[];
  /** Payload bytes that came and are not shown. */
  readonly hidden: number;
  /** Where the masking key is; undefined: there is none. */
  readonly keyAt?: number;
}

const RAW_SHOWN = 4;
const VALUE_SHOWN = 80;

/** Every byte of a frame with the parts that it belongs to, every part with its bytes, bits, meaning and section. */
export function frameModel(item: FrameItem): FrameModel {
  const { header, payload } = item;
  const wire = new Uint8Array(header.length + payload.length);
  wire.set(header.bytes);
  wire.set(header.masked ? unmask(payload, 0, payload.length, header.key) : payload, header.length);
  const parts = [
    ...headerRows(header, item.direction, item.compressed).map((row) => headerPart(row, wire)),
    ...payloadParts(item, wire),
  ];
  const key = header.maskingKey;
  const bytes = Array.from(wire, (byte, at): GridByte => {
    const own = parts.flatMap(({ start, end }, i) => (at >= start && at < end ? [i] : []));
    const behind = at - header.length;
    const masked = key !== undefined && behind >= 0 && { key: key[behind % 4]! };
    return { at, wire: byte, parts: own, ...(behind >= 0 && { plain: payload[behind]! }), ...masked };
  });
  const keyAt = key === undefined ? {} : { keyAt: header.length - 4 };
  return { parts, bytes, hidden: Math.max(0, item.received - payload.length), ...keyAt };
}

function headerPart(row: HeaderRow, wire: Uint8Array): ModelField {
  const { start, end, mask } = row;
  const own = wire.subarray(start, end);
  return { ...row, raw: mask === undefined ? rawText(own) : bitPattern(own[0]!, mask, '·') };
}

/** The payload: of a close frame its code and reason. */
function payloadParts(item: FrameItem, wire: Uint8Array): ModelField[] {
  const { header, payload } = item;
  const at = header.length;
  if (payload.length === 0) return [];
  const part = (
    name: string,
    kind: PartKind,
    from: number,
    to: number,
  ): Pick<ModelField, 'name' | 'kind' | 'start' | 'end' | 'raw'> => {
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
  const words = { value, meaning: 'the reason, for people who read logs', rfc: 'RFC 6455 §5.5.1' };
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
}: FrameItem): Pick<ModelField, 'value' | 'meaning' | 'rfc'> {
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

/** The bytes of a frame as they were on the wire, as far as they are here. */
export function wireOf(item: FrameItem): Uint8Array {
  return Uint8Array.from(frameModel(item).bytes, ({ wire }) => wire);
}
