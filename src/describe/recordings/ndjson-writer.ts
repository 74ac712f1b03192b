import { endpointTexts } from '../../codec/bytes/endpoint.js';
import { through, type StreamOpener, type StreamOrigin, type StreamTaker } from '../../codec/bytes/stream-taker.js';
import { throughStream, type Http2StreamOpener, type Http2StreamTaker } from '../../codec/http2/http2-taker.js';
import type { ReadingOptions } from '../../codec/connection/reading-options.js';
import { hexOf } from '../../codec/bytes/hex.js';
import type { Head } from '../../codec/http1/head.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { Conversation } from '../../traffic/conversation.js';
import type { Judged } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import { connectionRecord } from '../connection-json.js';
import { safeJson } from '../escape.js';
import { jsonRecords, type JsonRecord } from '../json.js';
import { allCauses } from '../../traffic/causes/causes.js';
import type { ViewOptions } from '../view.js';

/** Payload bytes of a frame that a record holds. */
export const MOST_RECORDED = 16 * 1024 * 1024;

export interface NdjsonOptions {
  /** How frames are read: `raw` and `acceptOf` are needed of it, the limits are the recording's own. */
  readonly reading: ReadingOptions;
  /** Base64 instead of hex. */
  readonly base64?: boolean;
  /** Smaller for tests. */
  readonly most?: number;
}

/**
 * A recording as the records of `--json` with whole payloads, and what those leave out, so that every byte can be restored:
 * `opened`, `bytes`, and a head as it was on the wire where its lines don't show it (docs/json.md).
 */
export class NdjsonWriter implements StreamOpener, Http2StreamOpener {
  private readonly reading: ReadingOptions;
  private readonly view: ViewOptions;
  private readonly taker = {
    record: (record: Judged): void => this.take(record),
    closed: (summary: ConnectionSummary): void => this.line(connectionRecord(summary)),
  };
  private lines = '';
  /** Frames whose payloads are not whole in it. */
  cut = 0;

  constructor(
    private readonly emit: (bytes: Uint8Array) => void,
    { reading, base64 = false, most = MOST_RECORDED }: NdjsonOptions,
  ) {
    // Messages are not recorded: all that is kept of them is what judges text.
    this.reading = { ...reading, previewBytes: most, messageBytes: 0 };
    this.view = { preview: most, pretty: false, base64, verbose: false };
  }

  opened(origin: StreamOrigin, time: number): StreamTaker {
    const conversation = this.begin(origin, time);
    return through(conversation, (call) => this.pass(call));
  }

  openedStream(origin: StreamOrigin, time: number): Http2StreamTaker {
    const conversation = this.begin(origin, time);
    return throughStream(conversation, (call) => this.pass(call));
  }

  private begin(origin: StreamOrigin, time: number): Conversation {
    const { number, a, b, isSecure = false, hasPartialHeads = false, isJoined = false, http2 } = origin;
    this.line({
      type: 'opened',
      connection: number,
      ...(http2 && { http: '2', ...(http2.stream !== undefined && { stream: http2.stream }) }),
      ...endpointTexts({ client: a, server: b }),
      ...(isSecure && { secure: true }),
      ...(hasPartialHeads && { partialHeads: true }),
      ...(isJoined && { joined: true }),
      ...(!Number.isNaN(time) && { time }),
    });
    this.flush();
    const { reading } = this;
    return new Conversation(origin, time, { reading, causes: allCauses }, this.taker);
  }

  private pass(call: () => void): void {
    call();
    this.flush();
  }

  private take(record: Judged): void {
    if (record.type === 'frame' && record.frame.received > this.view.preview) this.cut++;
    for (const value of recordsOf(record, this.view)) this.line(value);
  }

  private line(value: JsonRecord): void {
    this.lines += `${safeJson(value)}\n`;
  }

  private flush(): void {
    if (this.lines === '') return;
    const { lines } = this;
    this.lines = '';
    this.emit(encodeUtf8(lines));
  }
}

/** What is recorded of a record. */
function recordsOf(record: Judged, view: ViewOptions): JsonRecord[] {
  const records = jsonRecords(record, view);
  switch (record.type) {
    case 'handshake': {
      const { request, response } = record.handshake;
      const fields = records[0]!;
      return [
        {
          ...fields,
          ...(request && { request: { ...(fields['request'] as object), ...asItStood(request) } }),
          ...(response && { response: { ...(fields['response'] as object), ...asItStood(response) } }),
        },
      ];
    }
    case 'frame':
      return record.frame.received > view.preview ? records.map((fields) => ({ ...fields, truncated: true })) : records;
    case 'tail':
      return [bytesRecord(record, record.truncated.start, record.truncated.headerBytes!), ...records];
    case 'body':
      return [bytesRecord(record, record.offset, record.bytes), ...records];
    case 'gap':
    case 'unread':
      // Whoever looks for the records of a connection finds its number where those of others have it.
      return records.map(({ type, ...fields }) => ({ type, connection: record.connection, ...fields }));
    default:
      return records;
  }
}

function bytesRecord({ connection, direction, time }: Judged, offset: number, bytes: Uint8Array): JsonRecord {
  const dated = time !== undefined && { time };
  return { type: 'bytes', connection, direction, offset, ...dated, hex: hexOf(bytes) };
}

/** A head's bytes, where its line and headers don't show them. */
function asItStood(head: Head): { hex?: string } {
  if (head.http2) return {};
  const plain = [head.line, ...head.headers.map(({ name, value }) => `${name}: ${value}`), '', ''].join('\r\n');
  const stood = head.fields.map(({ value }) => (typeof value === 'string' ? value : '')).join('');
  if (stood === plain) return {};
  return { hex: hexOf(Uint8Array.from(stood, (character) => character.charCodeAt(0))) };
}
