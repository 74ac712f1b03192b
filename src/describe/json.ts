import type { PlacedPacket } from '../apps/packet.js';
import { encodeBase64 } from '../codec/bytes/base64.js';
import { print } from './printable.js';
import { headerFields } from '../codec/frames/frame.js';
import { hexOf } from '../codec/bytes/hex.js';
import type { Direction, Frame, Message } from '../codec/messages/records.js';
import { OPCODE, opcodeInfo } from '../codec/frames/registry.js';
import { isDated } from '../codec/bytes/time.js';
import type { Http2Event } from '../codec/http2/http2-taker.js';
import { http2Fields } from './http2-words.js';
import type { Cause } from '../rules/causes/catalogue.js';
import type { Handshake } from '../codec/handshake/handshake.js';
import { diagnosticFields, type SidedDiagnostic } from './diagnostic-json.js';
import { handshakeRecord } from './handshake-json.js';
import { safeJson } from './escape.js';
import type { AppEnd } from '../traffic/judged.js';
import { appDiagnosticFields, packetJson } from './packet-words.js';
import { previewText } from './preview-text.js';
import type { View, ViewOptions } from './view.js';

/** A record as it is printed: `type` first, fields that do not apply left out (docs/json.md). */
export type JsonRecord = { readonly type: string } & Readonly<Record<string, unknown>>;

/** What a frame's record is made of. */
export interface JsonFrame extends Pick<Frame, 'header' | 'payload' | 'received' | 'missing' | 'compressed'> {
  readonly close?: { readonly code?: number; readonly reason: string } | undefined;
  readonly message?: JsonMessage | undefined;
}
type JsonMessage = Pick<Message, 'index' | 'opcode' | 'frames' | 'compressed' | 'wireBytes' | 'bytes' | 'payload'>;

/** What records are made of: a `Judged`, or what `inspect` made of one. */
export type JsonSource = {
  readonly connection: number;
  readonly stream?: number | undefined;
  readonly direction: Direction;
  readonly time?: number | undefined;
  readonly diagnostics: readonly SidedDiagnostic[];
} & (
  | { readonly type: 'handshake'; readonly handshake: Handshake; readonly duration?: number }
  | { readonly type: 'frame'; readonly frame: JsonFrame; readonly packets?: readonly PlacedPacket[] }
  | { readonly type: 'http2'; readonly event: Http2Event }
  | { readonly type: 'app-end'; readonly end: AppEnd }
  | { readonly type: 'cause'; readonly offset: number; readonly cause: Cause }
  | { readonly type: 'tail' | 'gap' | 'unread' | 'failure' | 'body' }
);

/** What there is a JSON record of. */
export type JsonUnit = 'frames' | 'messages' | 'packets';

/** One compact JSON object a line. */
export function jsonView(options: ViewOptions, unit: JsonUnit): View {
  const lines = { frames: jsonRecords, messages: messageRecords, packets: packetRecords }[unit];
  return (record, out) => {
    for (const value of lines(record, options)) out.text(print`${safeJson(value)}\n`);
  };
}

function origin(record: JsonSource): Record<string, unknown> {
  const { connection, stream, direction } = record;
  return { connection, ...(stream !== undefined && { stream }), direction };
}

function alone(record: JsonSource): JsonRecord[] {
  if (record.type === 'app-end') {
    const { broken, severity } = record.end;
    return broken.map((one) => ({ type: 'diagnostic', ...appDiagnosticFields(one, severity), ...origin(record) }));
  }
  return record.diagnostics.map((d) => ({ type: 'diagnostic', ...diagnosticFields(d), ...origin(record) }));
}

/** What `--json` has of a record. */
export function jsonRecords(record: JsonSource, options: ViewOptions): JsonRecord[] {
  if (record.type === 'handshake') return [handshakeOf(record)];
  if (record.type === 'cause') return [causeOf(record)];
  if (record.type === 'http2') return http2Of(record);
  if (record.type !== 'frame') return alone(record);
  const drawn = frameRecord(record, record.frame, options);
  return record.packets === undefined ? [drawn] : [drawn, ...packetFindings(record, record.frame, record.packets)];
}

/** A frame's record has no packets: what is wrong with those that it completes follows as records of its own. */
function packetFindings(record: JsonSource, frame: JsonFrame, packets: readonly PlacedPacket[]): JsonRecord[] {
  return packets.flatMap(({ diagnostics, severity }) =>
    diagnostics.map((one) => ({
      type: 'diagnostic',
      ...appDiagnosticFields(one, severity),
      ...origin(record),
      frame: frame.header.index,
    })),
  );
}

export function messageRecords(record: JsonSource, options: ViewOptions): JsonRecord[] {
  if (record.type === 'handshake') return [handshakeOf(record)];
  if (record.type === 'cause') return [causeOf(record)];
  if (record.type === 'http2') return http2Of(record);
  if (record.type !== 'frame' || !record.frame.message) return alone(record);
  return [messageRecord(record, record.frame.message, options, record.packets)];
}

function handshakeOf(record: JsonSource & { type: 'handshake' }): JsonRecord {
  const { type, ...fields } = handshakeRecord(record.handshake, record.diagnostics);
  const { connection, stream, time, duration } = record;
  const rounded = duration !== undefined && { duration: Number(duration.toFixed(6)) };
  return {
    type,
    connection,
    ...(record.handshake.http2 && { http: '2' }),
    ...(stream !== undefined && { stream }),
    ...timeField(time),
    ...rounded,
    ...fields,
  };
}

function causeOf(record: JsonSource & { type: 'cause' }): JsonRecord {
  const { offset, time, cause } = record;
  return { type: 'cause', ...origin(record), offset, ...timeField(time), cause: { ...cause } };
}

function http2Of(record: JsonSource & { type: 'http2' }): JsonRecord[] {
  const { event, time } = record;
  if (event.name === 'fault') return alone(record);
  return [{ type: 'http2', ...origin(record), offset: event.offset, ...timeField(time), ...http2Fields(event) }];
}

function frameRecord(record: JsonSource, frame: JsonFrame, options: ViewOptions): JsonRecord {
  const { header } = frame;
  const { exactLength } = header;
  const textual = header.opcode === OPCODE.text && !frame.compressed;
  return {
    type: 'frame',
    ...origin(record),
    index: header.index,
    offset: header.start,
    ...timeField(record.time),
    fin: header.fin,
    rsv1: header.rsv1,
    rsv2: (header.rsv & 2) !== 0,
    rsv3: (header.rsv & 1) !== 0,
    opcode: header.opcode,
    name: opcodeInfo(header.opcode).name,
    masked: header.masked,
    ...(header.masked && { maskingKey: hexOf(header.maskingKey!) }),
    lengthForm: header.lengthForm,
    payloadLength: typeof exactLength === 'bigint' ? String(exactLength) : exactLength,
    payloadBytes: frame.received,
    ...content(frame.payload, frame.received, textual, options),
    ...(frame.missing !== 0 && { truncated: true }),
    ...(frame.close?.code !== undefined && { closeCode: frame.close.code, closeReason: frame.close.reason }),
    diagnostics: record.diagnostics.map(diagnosticFields),
    ...(options.verbose && { fields: fieldsOf(frame) }),
  };
}

/** One record a packet; handshakes and what is wrong besides as in the other views. */
export function packetRecords(record: JsonSource, options: ViewOptions): JsonRecord[] {
  if (record.type === 'handshake') return [handshakeOf(record)];
  if (record.type === 'cause') return [causeOf(record)];
  const packets = (record.type === 'frame' && record.packets) || [];
  const time = timeField(record.time);
  return [
    ...packets.map((packet) => {
      const { type: name, ...fields } = packetJson(packet, options);
      return { type: 'packet', ...origin(record), ...time, packet: name, ...fields };
    }),
    ...alone(record),
  ];
}

function messageRecord(
  record: JsonSource,
  message: JsonMessage,
  options: ViewOptions,
  packets: readonly PlacedPacket[] | undefined,
): JsonRecord {
  const readable = message.bytes !== undefined;
  return {
    type: 'message',
    ...origin(record),
    index: message.index,
    opcode: message.opcode,
    name: opcodeInfo(message.opcode).name,
    frames: message.frames,
    compressed: message.compressed,
    wireBytes: message.wireBytes,
    ...(readable && { bytes: message.bytes }),
    ...(readable && content(message.payload, message.bytes, message.opcode === OPCODE.text, options)),
    ...timeField(record.time),
    diagnostics: record.diagnostics.map(diagnosticFields),
    ...(packets && { app: packets.map((packet) => packetJson(packet, options)) }),
  };
}

/** `text` for text that is UTF-8, else `hex` (or `base64`), cut at the preview limit. */
export function content(
  payload: Uint8Array,
  whole: number,
  textual: boolean,
  options: Pick<ViewOptions, 'preview' | 'base64'>,
): Record<string, string> {
  const shown = payload.subarray(0, Math.min(payload.length, options.preview));
  const text = textual ? previewText(shown, shown.length < whole) : undefined;
  if (text !== undefined) return { text };
  return options.base64 ? { base64: encodeBase64(shown) } : { hex: hexOf(shown) };
}

/** Left out where the day is not known. */
function timeField(time: number | undefined): { time?: number } {
  return time !== undefined && isDated(time) ? { time } : {};
}

function fieldsOf(frame: JsonFrame): unknown[] {
  const start = frame.header.start;
  const bytes = frame.header.bytes;
  return headerFields(frame.header, frame.received).map(({ name, span, value }) => ({
    name,
    start: span.start,
    end: span.end,
    ...(span.mask !== undefined && { mask: span.mask.toString(16).padStart(2, '0') }),
    ...(name !== 'payload' && { hex: hexOf(bytes.subarray(span.start - start, span.end - start)) }),
    value: typeof value === 'bigint' ? String(value) : value,
  }));
}
