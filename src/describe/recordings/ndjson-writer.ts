import { Connection } from '../../codec/connection/connection.js';
import type { RecordedEnds, RecordingTaker } from '../../sources/recordings/recording.js';
import type { Side } from '../../codec/bytes/stream-taker.js';
import type { ReadingOptions } from '../../codec/connection/reading-options.js';
import { hexOf } from '../../codec/bytes/hex.js';
import type { Head } from '../../codec/http1/head.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { ConnectionJudge } from '../../traffic/connection-judge.js';
import type { Judged } from '../../traffic/judged.js';
import { Tally } from '../../traffic/tally/tally.js';
import { connectionRecord } from '../connection-json.js';
import { safeJson } from '../escape.js';
import { jsonRecords, type JsonRecord } from '../json.js';
import type { ViewOptions } from '../view.js';

/** Payload bytes of a frame that a record holds. */
export const MOST_RECORDED = 16 * 1024 * 1024;

const SIDES = ['client', 'server'] as const;

export interface NdjsonOptions {
  /** How frames are read: `raw` and `acceptOf` are needed of it, the limits are the recording's own. */
  readonly reading: ReadingOptions;
  /** Base64 instead of hex. */
  readonly base64?: boolean;
  /** Smaller for tests. */
  readonly most?: number;
}

interface Recorded {
  readonly judge: ConnectionJudge;
  readonly tally: Tally;
  readonly finished: [boolean, boolean];
  /** The first FIN, or the RST. */
  end: { readonly how: 'fin' | 'reset'; readonly by: 'client' | 'server'; readonly time: number } | undefined;
}

/**
 * A recording as the records of `--json` with whole payloads, and what they leave out so that every byte can be had
 * again: `opened`, `bytes`, the time of a handshake, and a head as it stood where its lines don't tell (docs/json.md).
 */
export class NdjsonWriter implements RecordingTaker {
  private readonly connections = new Map<number, Recorded>();
  private readonly reading: ReadingOptions;
  private readonly view: ViewOptions;
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

  opened(connection: number, ends: RecordedEnds, time: number): void {
    const { client, server, secure } = ends;
    const endpoints = { ...(client !== undefined && { client }), ...(server !== undefined && { server }) };
    const tally = new Tally(connection, endpoints);
    tally.at(time);
    const judge = new ConnectionJudge(new Connection(this.reading), connection, (record) => this.take(tally, record));
    this.connections.set(connection, { judge, tally, finished: [false, false], end: undefined });
    this.line({ type: 'opened', connection, ...endpoints, ...(secure && { secure }), time });
    this.flush();
  }

  bytes(connection: number, side: Side, bytes: Uint8Array, time: number): void {
    this.connections.get(connection)?.judge.read(side, bytes, 0, bytes.length, time);
    this.flush();
  }

  ended(connection: number, side: Side, how: 'fin' | 'reset', time: number): void {
    const recorded = this.connections.get(connection);
    if (recorded === undefined) return;
    recorded.end ??= { how, by: SIDES[side], time };
    recorded.finished[side] = true;
    if (how !== 'reset' && !(recorded.finished[0] && recorded.finished[1])) return;
    this.connections.delete(connection);
    const { judge, tally, end } = recorded;
    judge.end(time);
    tally.ended(how === 'reset' ? 'reset' : end.how, time, end);
    this.line(connectionRecord(tally.summary()));
    this.flush();
  }

  private take(tally: Tally, record: Judged): void {
    tally.take(record);
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
  const told = jsonRecords(record, view);
  switch (record.type) {
    case 'handshake': {
      const { request, response } = record.handshake;
      const { type, connection, ...fields } = told[0]!;
      return [
        {
          type,
          connection,
          ...(record.time !== undefined && { time: record.time }),
          ...fields,
          ...(request && { request: { ...(fields['request'] as object), ...asItStood(request) } }),
          ...(response && { response: { ...(fields['response'] as object), ...asItStood(response) } }),
        },
      ];
    }
    case 'frame':
      return record.frame.received > view.preview ? told.map((fields) => ({ ...fields, truncated: true })) : told;
    case 'tail':
      return [bytesRecord(record, record.truncated.start, record.truncated.headerBytes!), ...told];
    case 'body':
      return [bytesRecord(record, record.offset, record.bytes), ...told];
    default:
      return told;
  }
}

function bytesRecord({ connection, direction, time }: Judged, offset: number, bytes: Uint8Array): JsonRecord {
  const dated = time !== undefined && { time };
  return { type: 'bytes', connection, direction, offset, ...dated, hex: hexOf(bytes) };
}

/** A head's bytes, where its line and headers don't tell them. */
function asItStood(head: Head): { hex?: string } {
  const plain = [head.line, ...head.headers.map(({ name, value }) => `${name}: ${value}`), '', ''].join('\r\n');
  const stood = head.fields.map(({ value }) => (typeof value === 'string' ? value : '')).join('');
  if (stood === plain) return {};
  return { hex: hexOf(Uint8Array.from(stood, (character) => character.charCodeAt(0))) };
}
