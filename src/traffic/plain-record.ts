import type { Handshake } from '../codec/handshake/handshake.js';
import type { Http2Event } from '../codec/http2/http2-taker.js';
import type { Direction, Frame, FramePlace, Message } from '../codec/messages/records.js';
import type { Cause } from '../rules/causes/catalogue.js';
import { opcodeInfo } from '../codec/frames/registry.js';
import type { Endpoint } from '../codec/bytes/endpoint.js';
import type { Passage } from '../codec/bytes/stream-taker.js';
import { plainDiagnostic, type PlainDiagnostic } from '../rules/catalogue.js';
import type { OtherTraffic } from './conversation-taker.js';
import type { AppEnd, Judged } from './judged.js';
import type { ConnectionSummary } from './tally/summary.js';

/** A text or binary message (RFC 6455 §5.4), inflated where it was compressed (RFC 7692). */
export interface PlainMessage {
  readonly index: number;
  readonly opcode: number;
  readonly name: string;
  readonly frames: number;
  readonly compressed: boolean;
  /** Payload bytes on the wire. */
  readonly wireBytes: number;
  /** Bytes of the message; left out where it could not be inflated. */
  readonly bytes?: number;
  /** Its first bytes, up to `messageBytes`. */
  readonly payload: Uint8Array;
}

/** A frame (RFC 6455 §5.2). */
export interface PlainFrame {
  /** Counts the frames of its direction, from 0. */
  readonly index: number;
  /** Of its first byte in the direction's stream, the handshake's head included. */
  readonly offset: number;
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly name: string;
  readonly masked: boolean;
  /** 4 bytes. */
  readonly maskingKey?: Uint8Array;
  readonly lengthForm: 7 | 16 | 64;
  /** Bytes; a decimal string above 2^53-1. */
  readonly payloadLength: number | string;
  /** The header as it was on the wire. */
  readonly header: Uint8Array;
  readonly place: FramePlace;
  /** The first bytes of the payload, unmasked, up to `previewBytes`; compressed where the message is. */
  readonly payload: Uint8Array;
  /** Payload bytes that came, and whether that is all of them. */
  readonly received: number;
  readonly whole: boolean;
  readonly compressed: boolean;
  readonly closeCode?: number;
  readonly closeReason?: string;
  /** The message that this frame completes. */
  readonly message?: PlainMessage;
}

/** The connection that a record belongs to. */
export interface ConversationContext extends StreamContext {
  /** From 0, in the order of first packets. */
  readonly connection: number;
}

/** Where a stream was found. */
export interface StreamContext {
  /** Of HTTP/2 (RFC 8441). */
  readonly stream?: number;
  /** As far as the input shows. */
  readonly client?: Endpoint;
  readonly server?: Endpoint;
  /** The tunnels and layers that it came through, outermost first. */
  readonly through?: readonly Passage[];
}

interface Placed {
  readonly conversation: ConversationContext;
  readonly direction: Direction;
  /** Seconds since the epoch, where known. */
  readonly time?: number;
  readonly diagnostics: readonly PlainDiagnostic[];
}

/** What `inspect` gives: plain data, fit for `structuredClone`, `JSON.stringify` and `console.log`. Its bytes are copies. */
export type Inspected =
  /** `duration`: seconds from the end of the request to the end of the response, where known. */
  | (Placed & { readonly type: 'handshake'; readonly handshake: Handshake; readonly duration?: number })
  | (Placed & { readonly type: 'frame'; readonly frame: PlainFrame })
  /** `tail`: the stream ends inside a header. `gap`: bytes that were not captured. `unread`: bytes that can't be read as frames. */
  | (Placed & { readonly type: 'tail' | 'gap' | 'unread'; readonly offset: number; readonly length: number })
  /** What the bytes prove to be the cause of the first framing error of a direction. `offset`: of the faulty frame. */
  | (Placed & { readonly type: 'cause'; readonly offset: number; readonly cause: Cause })
  /** A frame of HTTP/2 about the stream or its connection, or a fault there. */
  | (Placed & { readonly type: 'http2'; readonly event: Http2Event })
  /** The conversation of an application ended where its protocol asks for more in that direction. */
  | (Placed & { readonly type: 'app-end'; readonly end: AppEnd })
  /** A recording says that the connection failed. */
  | (Placed & { readonly type: 'failure'; readonly text: string })
  /** Of a refusal. */
  | (Placed & { readonly type: 'body'; readonly offset: number; readonly bytes: Uint8Array })
  /** A connection has ended. */
  | { readonly type: 'connection'; readonly conversation: ConversationContext; readonly summary: ConnectionSummary }
  /** A connection that carries something else. */
  | {
      readonly type: 'other';
      readonly conversation: StreamContext & { readonly connection?: number };
      readonly what: OtherTraffic;
    }
  /** `notice`: information. `damage`: a part can't be read and is left out. `problem`: nothing can be read from here on. */
  | { readonly type: 'notice' | 'damage' | 'problem'; readonly message: string };

/** A judged record as plain data. */
export function plainRecord(record: Judged, conversation: ConversationContext): Inspected {
  const { direction, time, diagnostics } = record;
  const placed = {
    conversation,
    direction,
    ...(time !== undefined && { time }),
    diagnostics: diagnostics.map((one) => plainDiagnostic(one)),
  };
  switch (record.type) {
    case 'handshake':
      return { type: 'handshake', ...placed, ...handshakeOf(record) };
    case 'frame':
      return { type: 'frame', ...placed, frame: plainFrame(record.frame) };
    case 'tail': {
      const { start, headerBytes } = record.truncated;
      return { type: 'tail', ...placed, offset: start, length: headerBytes?.length ?? 0 };
    }
    case 'cause':
      return { type: 'cause', ...placed, offset: record.offset, cause: record.cause };
    case 'gap':
    case 'unread':
      return { type: record.type, ...placed, offset: record.offset, length: record.length };
    case 'http2':
      return { type: 'http2', ...placed, event: record.event };
    case 'app-end':
      return { type: 'app-end', ...placed, end: record.end };
    case 'failure':
      return { type: 'failure', ...placed, text: record.text };
    case 'body':
      return { type: 'body', ...placed, offset: record.offset, bytes: new Uint8Array(record.bytes) };
  }
}

function handshakeOf({ handshake, duration }: { readonly handshake: Handshake; readonly duration?: number }) {
  return { handshake, ...(duration !== undefined && { duration }) };
}

function plainFrame(frame: Frame): PlainFrame {
  const { header, place, payload, received, missing, compressed, close, message } = frame;
  const { exactLength, maskingKey } = header;
  return {
    index: header.index,
    offset: header.start,
    fin: header.fin,
    rsv1: header.rsv1,
    rsv2: (header.rsv & 2) !== 0,
    rsv3: (header.rsv & 1) !== 0,
    opcode: header.opcode,
    name: opcodeInfo(header.opcode).name,
    masked: header.masked,
    ...(maskingKey && { maskingKey }),
    lengthForm: header.lengthForm,
    payloadLength: typeof exactLength === 'bigint' ? String(exactLength) : exactLength,
    header: header.bytes,
    place,
    payload: new Uint8Array(payload),
    received,
    whole: missing === 0,
    compressed,
    ...(close?.code !== undefined && { closeCode: close.code, closeReason: close.reason }),
    ...(message && { message: plainMessage(message) }),
  };
}

function plainMessage({ index, opcode, frames, compressed, wireBytes, bytes, payload }: Message): PlainMessage {
  const { name } = opcodeInfo(opcode);
  const size = bytes === undefined ? {} : { bytes };
  return { index, opcode, name, frames, compressed, wireBytes, ...size, payload: new Uint8Array(payload) };
}
