import { count } from '../codec/bytes/plural.js';
import { readHeader, type FrameHeader } from '../codec/frames/frame.js';
import type { SequencePacket } from '../describe/sequence/sequence-step.js';
import type { Direction } from '../codec/messages/records.js';
import type { PlainContent } from '../describe/plain-content.js';
import type { PacketPart } from '../describe/timeline/packet-rows.js';

/** What the page shows a row of. They come from the server as records, or are read from pasted bytes. */
export type Item = FrameItem | HandshakeItem | PacketItem | NoteItem;

export interface ItemFinding {
  readonly code: string;
  readonly severity: string;
  readonly rfc: string;
  readonly message: string;
}

interface Base {
  /** Undefined for what is about all of them. */
  readonly connection?: number | undefined;
  /** Seconds since the epoch. */
  readonly time?: number | undefined;
  readonly findings: readonly ItemFinding[];
}

export interface FrameItem extends Base {
  readonly kind: 'frame';
  readonly connection: number;
  readonly direction: Direction;
  readonly header: FrameHeader;
  /** The first bytes of the payload, unmasked. */
  readonly payload: Uint8Array;
  /** Payload bytes that came. */
  readonly received: number;
  readonly truncated: boolean;
  readonly compressed: boolean;
  /** The message that it completes, where that was compressed or in several frames. */
  readonly plain?: PlainContent | undefined;
  /** Of a pong: seconds since its ping. */
  readonly roundTrip?: number | undefined;
}

export interface HeadLines {
  readonly line: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface HandshakeItem extends Base {
  readonly kind: 'handshake';
  readonly connection: number;
  readonly request?: HeadLines | undefined;
  readonly response?: HeadLines | undefined;
  readonly key?: string | undefined;
  readonly accept?: string | undefined;
  readonly subprotocol?: string | undefined;
  readonly extensions: readonly string[];
  readonly valid: boolean;
  /** It came over HTTP/2 (RFC 8441): on that stream, where it is known. */
  readonly http?: '2' | undefined;
  readonly stream?: number | undefined;
}

/** A packet of an application protocol. */
export interface PacketItem extends Base, SequencePacket {
  readonly kind: 'packet';
  readonly connection: number;
  readonly direction: Direction;
  /** Type, name and call: `EVENT chat #3`. */
  readonly name: string;
  /** Of the call, cut where it is long; not escaped. */
  readonly id?: string | number;
  /** `(answers 2 after 12 ms)`, `(by polling)`. */
  readonly reply?: string | undefined;
  readonly summary: string;
  /** Its first bytes. */
  readonly payload: Uint8Array;
  readonly payloadBytes: number;
  readonly parts: readonly PacketPart[];
}

/** Anything else: a connection's end, bytes that are no frame, records that were left out. */
export interface NoteItem extends Base {
  readonly kind: 'note';
  readonly name: string;
  readonly text: string;
  /** Of HTTP: both as they were on the wire. */
  readonly exchange?: { readonly request: string; readonly response: string } | undefined;
}

type RecordFields = Readonly<Record<string, unknown>>;

/** A record of the inspector channel; undefined for those that make no row. They come from our own server: their form is known. */
export function itemOfRecord(record: RecordFields): Item | undefined {
  const connection = (record['connection'] as number | undefined) ?? 0;
  const time = record['time'] as number | undefined;
  const own = record['diagnostics'];
  const findings = Array.isArray(own) ? (own as ItemFinding[]) : [];
  const base = { connection, time, findings };
  switch (record['type']) {
    case 'frame':
      return { kind: 'frame', ...base, ...frameFields(record) };
    case 'packet': {
      const fields = record as unknown as Omit<PacketItem, keyof Base | 'kind' | 'payload'>;
      return { kind: 'packet', ...base, ...fields, payload: base64Bytes(record['payload'] as string), findings };
    }
    case 'handshake':
      return { kind: 'handshake', ...base, ...(record as unknown as Omit<HandshakeItem, keyof Base | 'kind'>) };
    default:
      return noteOfRecord(record, base);
  }
}

function noteOfRecord(record: RecordFields, base: Omit<NoteItem, 'kind' | 'name' | 'text'>): NoteItem | undefined {
  const { connection, time, findings } = base;
  switch (record['type']) {
    case 'connection': {
      const end = time === undefined ? undefined : time + ((record['duration'] as number | undefined) ?? 0);
      return { kind: 'note', connection, time: end, findings: [], name: 'ended', text: endText(record) };
    }
    case 'stall':
      return { kind: 'note', ...base, name: 'stalled', text: stallText(record) };
    case 'diagnostic':
      return { kind: 'note', ...base, name: 'notice', text: record['message'] as string };
    case 'request':
      return { kind: 'note', time, findings, name: 'http', text: requestText(record), ...exchangeOf(record) };
    case 'notice': {
      const about = record['connection'] as number | undefined;
      return { kind: 'note', connection: about, time, findings: [], name: 'notice', text: record['message'] as string };
    }
    case 'body': {
      const { bytes, text } = record as { bytes: number; text?: string };
      return { kind: 'note', ...base, name: 'body', text: text?.trim() ?? bodyText(bytes) };
    }
    case 'missed':
      return { kind: 'note', findings, name: 'left out', text: `${record['count'] as number} records are not shown` };
    default:
      return undefined;
  }
}

function frameFields(record: RecordFields): Omit<FrameItem, keyof Base | 'kind'> {
  const header = bytesOf(record['header'] as string);
  return {
    direction: record['direction'] as Direction,
    header: readHeader(header, 0, record['index'] as number, record['offset'] as number),
    payload: base64Bytes(record['payload'] as string),
    received: record['payloadBytes'] as number,
    truncated: record['truncated'] === true,
    compressed: record['compressed'] === true,
    plain: record['plain'] as FrameItem['plain'],
    roundTrip: record['roundTrip'] as FrameItem['roundTrip'],
  };
}

function exchangeOf(record: RecordFields): Pick<NoteItem, 'exchange'> {
  const { request, response } = record as { request?: string; response?: string };
  return request === undefined || response === undefined ? {} : { exchange: { request, response } };
}

/** A request of the chat by polling, and its answer. */
function requestText(record: RecordFields): string {
  const { method, target, status, messages, requestBytes, responseBytes, duration } = record as Record<string, number>;
  const carried = messages === undefined ? '' : `, ${messages} ${messages === 1 ? 'message' : 'messages'}`;
  const answer = status === undefined ? 'the client left before an answer' : `${status}${carried}`;
  return `${method} ${target}: ${answer}; ${requestBytes} bytes up, ${responseBytes} down, ${Math.round(duration! * 1000)} ms`;
}

function endText(record: RecordFields): string {
  const { client, server } = record['frames'] as Record<'client' | 'server', number>;
  return `${closeText(record)}; ${count(client, 'frame')} from the client, ${server} from the server`;
}

function closeText({ closeCode, ended, failure }: RecordFields): string {
  if (failure !== undefined) return `failed: ${failure as string}`;
  if (closeCode === 1006) return '1006 without a close frame';
  if (closeCode !== undefined) return `close ${closeCode as number}`;
  if (ended === 'end') return 'open at the end of the input';
  return ended === 'unrecorded' ? 'how it ended is not in the file' : 'without a close frame';
}

function stallText(record: RecordFields): string {
  return `the ${record['direction'] as string} took no bytes for ${(record['duration'] as number).toFixed(3)} s (TCP window 0)`;
}

function base64Bytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** Bytes of an even number of hex digits. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

export function bodyText(bytes: number): string {
  return `${bytes} bytes that are no frames`;
}
