import { readHeader } from '../codec/frames/frame.js';
import type { Judged } from '../traffic/judged.js';
import type { Inspected, PlainFrame } from '../traffic/plain-record.js';
import { connectionRecord } from './connection-json.js';
import {
  jsonRecords as frameRecords,
  messageRecords,
  type JsonFrame,
  type JsonRecord,
  type JsonSource,
} from './json.js';

/** The options of `decode --json`, with their defaults. */
export interface JsonOptions {
  /** Messages instead of frames (`--view messages`). */
  readonly messages?: boolean;
  /** Payload bytes that are shown, as far as the record has them; 4096 by default. */
  readonly preview?: number;
  /** Payloads that are no text in Base64 instead of hex. */
  readonly base64?: boolean;
  /** The fields of each frame, with their spans (`-v`). */
  readonly verbose?: boolean;
}

/**
 * What `decode --json` prints of a record of `inspect`, `TrafficReader`, `Inspector` or `ConnectionInspector`: none, one
 * or more JSON records, as `wsinspect/schema.json` has them.
 */
export function jsonRecords(record: Inspected | Judged, options: JsonOptions = {}): JsonRecord[] {
  const { messages, preview = 4096, base64 = false, verbose = false } = options;
  if (record.type === 'connection') return [connectionRecord(record.summary)];
  if (!('diagnostics' in record)) return [];
  const source = 'conversation' in record ? sourceOf(record) : record;
  return (messages ? messageRecords : frameRecords)(source, { preview, base64, verbose, pretty: false });
}

function sourceOf(record: Extract<Inspected, { readonly diagnostics: unknown }>): JsonSource {
  const { direction, time, diagnostics, conversation } = record;
  const { connection, stream } = conversation;
  const origin = { connection, stream, direction, time, diagnostics };
  if (record.type === 'handshake') {
    const { handshake, duration } = record;
    return { type: 'handshake', ...origin, handshake, ...(duration !== undefined && { duration }) };
  }
  if (record.type === 'http2') return { type: 'http2', ...origin, event: record.event };
  if (record.type === 'frame') return { type: 'frame', ...origin, frame: frameOf(record.frame) };
  if (record.type === 'app-end') return { type: 'app-end', ...origin, end: record.end };
  if (record.type === 'cause') return { type: 'cause', ...origin, offset: record.offset, cause: record.cause };
  return { type: record.type, ...origin };
}

/** A whole frame misses nothing; of any other, the record does not say how much. */
function frameOf(frame: PlainFrame): JsonFrame {
  const { header, index, offset, payload, received, whole, compressed, closeCode, closeReason = '', message } = frame;
  return {
    header: readHeader(header, 0, index, offset),
    payload,
    received,
    missing: whole ? 0 : 1,
    compressed,
    ...(closeCode !== undefined && { close: { code: closeCode, reason: closeReason } }),
    message,
  };
}
