import { encodeBase64 } from '../../codec/bytes/base64.js';
import { WholeFrame } from '../../codec/messages/whole-frame.js';
import type { Judged, JudgedFrame } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { JsonRecord } from '../json.js';
import {
  isPackable,
  MOST_PACKED,
  PACKED_TAG,
  packFrame,
  unpackFrame,
  wireFrame,
  type PackingRoom,
} from './packed-frame.js';
import { endRecord, PAGE_PREVIEW, pageRecords, stallRecords, type Base64Writer } from './page-records.js';
import { grown, ROW_FLAG, RowColumns, type TimelineRow } from './row-columns.js';
import { rowOfRecord, type PageRecord } from './row-of-record.js';
import { textOfRecord } from './searched-text.js';
import { WireRun } from './wire-run.js';

/** The bounds of what is kept. */
export interface StoreBounds {
  /** Rows of the list and of the overview: 30 bytes each, here and in the page. */
  readonly rows: number;
  /** Bytes of the records, which the page asks for as it draws them. */
  readonly bytes: number;
}

export const STORE_BOUNDS: StoreBounds = { rows: 2_000_000, bytes: 512 * 1024 * 1024 };

/** What a connection is called in the page. */
export interface LaneName {
  readonly connection: number;
  readonly target?: string | undefined;
  readonly client?: string | undefined;
  readonly server?: string | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const SEGMENT = 1024 * 1024;
const LONGEST_TARGET = 200;
const MOST_SIZE = 0xffff_ffff;
/** Of a row whose record is not kept. */
const NOT_KEPT = 0xffff_ffff;
/** Of the length of a record: it is a frame as it was on the wire. */
const IS_WIRE = 0x8000_0000;

/** The records of a run for a page: each as a row of numbers, and its JSON text as long as there is room. */
export class RecordStore {
  readonly columns = new RowColumns();
  readonly names: LaneName[] = [];
  /** Records beyond the bound of rows: neither listed nor drawn. */
  left = 0;
  /** Rows whose records are not kept: they are listed by their numbers alone. */
  bare = 0;
  private readonly segments: PackingRoom[] = [];
  private used = SEGMENT;
  private kept = 0;
  /** Segments are a third full at least: of 512 MiB that are kept, no place is beyond 2^32. */
  private starts = new Uint32Array(1024);
  private lengths = new Uint32Array(1024);
  /** Of frames as they were on the wire: the number in the stream, and the place there. */
  private indexes = new Uint32Array(1024);
  private offsets = new Float64Array(1024);
  private readonly run = new WireRun();

  constructor(
    private readonly bounds: StoreBounds = STORE_BOUNDS,
    private readonly base64: Base64Writer = encodeBase64,
    /** Makes memory of that number of bytes. */
    private readonly memory: (size: number) => Uint8Array = (size) => new Uint8Array(size),
  ) {}

  record(judged: Judged): void {
    if (this.isFull()) return;
    if (judged.type === 'frame' && isPackable(judged)) return this.addFrame(judged);
    for (const record of pageRecords(judged, this.base64)) {
      if (this.columns.length >= this.bounds.rows) this.left++;
      else this.add(record);
      if (record.type === 'handshake') this.name(record);
    }
  }

  closed(summary: ConnectionSummary): void {
    for (const stall of stallRecords(summary)) if (!this.isFull()) this.add(stall);
    if (this.isFull()) return;
    const { connection, client, server } = summary;
    this.add(endRecord(summary));
    if (client !== undefined || server !== undefined) this.names.push({ connection, client, server });
  }

  /** What is reported about the reading. */
  notice(message: string, time: number): void {
    if (!this.isFull()) this.add({ type: 'notice', message, time });
  }

  /** Its JSON text; undefined: it is not kept. */
  text(row: number): string | undefined {
    const start = row < this.columns.length ? this.starts[row]! : NOT_KEPT;
    if (start === NOT_KEPT) return undefined;
    this.run.end();
    const at = start % SEGMENT;
    const segment = this.segments[Math.floor(start / SEGMENT)]!;
    const length = this.lengths[row]!;
    const bytes = segment.bytes.subarray(at, at + (length & ~IS_WIRE));
    const [connection, time, flags] = [
      this.columns.connections[row]!,
      this.columns.times[row]!,
      this.columns.flags[row]!,
    ];
    if ((length & IS_WIRE) !== 0) {
      const [index, offset] = [this.indexes[row]!, this.offsets[row]!];
      return JSON.stringify(wireFrame(bytes, { connection, time, flags, index, offset }, this.base64));
    }
    return bytes[0] === PACKED_TAG
      ? JSON.stringify(unpackFrame(bytes, { connection, time }, this.base64))
      : decoder.decode(bytes);
  }

  /** Of the rows from `start` up to `end`, those whose text matches: `grep:` of the page. */
  search(matches: (text: string) => boolean, start: number, end: number): number[] {
    const found: number[] = [];
    for (let row = start; row < end; row++) {
      const text = this.text(row);
      if (text !== undefined && matches(textOfRecord(JSON.parse(text) as PageRecord))) found.push(row);
    }
    return found;
  }

  private isFull(): boolean {
    if (this.columns.length < this.bounds.rows) return false;
    this.left++;
    return true;
  }

  private add(record: JsonRecord): void {
    const text = JSON.stringify(record);
    // Up to three bytes for each of its characters.
    const segment = this.begin(rowOfRecord(record), 3 * text.length);
    if (segment !== undefined) this.keep(encoder.encodeInto(text, segment.bytes.subarray(this.used)).written);
  }

  private addFrame(judged: JudgedFrame): void {
    const { connection, direction, time = NaN, frame } = judged;
    const { opcode, payloadLength } = frame.header;
    const flags = direction === 'client' ? ROW_FLAG.client : direction === 'server' ? ROW_FLAG.server : 0;
    const size = Math.min(MOST_SIZE, payloadLength);
    const row = { time, connection, kind: opcode, size, flags };
    const wire = frame instanceof WholeFrame ? frame.wire : undefined;
    if (wire !== undefined) return this.addWire(row, frame as WholeFrame, wire);
    const segment = this.begin(row, MOST_PACKED);
    if (segment !== undefined) this.keep(packFrame(judged, segment, this.used));
  }

  private addWire(row: TimelineRow, { header, wireStart }: WholeFrame, wire: Uint8Array): void {
    const length = header.length + Math.min(PAGE_PREVIEW, header.payloadLength);
    const segment = this.begin(row, length);
    if (segment === undefined) return;
    this.run.add(wire, wireStart, length, segment.bytes, this.used);
    this.keep(length);
    const number = this.columns.length - 1;
    this.lengths[number]! |= IS_WIRE;
    this.indexes[number] = header.index;
    this.offsets[number] = header.start;
  }

  /** Where the record of a new row is written, with that room; undefined: it is not kept. */
  private begin(row: TimelineRow, room: number): PackingRoom | undefined {
    const number = this.columns.length;
    this.columns.push(row);
    if (number === this.starts.length) this.grow();
    this.starts[number] = NOT_KEPT;
    if (this.kept >= this.bounds.bytes || room > SEGMENT) {
      this.bare++;
      return undefined;
    }
    if (this.used + room > SEGMENT) {
      const bytes = this.memory(SEGMENT);
      this.segments.push({ bytes, view: new DataView(bytes.buffer) });
      this.used = 0;
    }
    this.starts[number] = (this.segments.length - 1) * SEGMENT + this.used;
    return this.segments.at(-1);
  }

  /** The record of the newest row has that length. */
  private keep(length: number): void {
    this.lengths[this.columns.length - 1] = length;
    this.used += length;
    this.kept += length;
  }

  private grow(): void {
    const room = 2 * this.starts.length;
    this.starts = grown(this.starts, new Uint32Array(room));
    this.lengths = grown(this.lengths, new Uint32Array(room));
    this.indexes = grown(this.indexes, new Uint32Array(room));
    this.offsets = grown(this.offsets, new Float64Array(room));
  }

  private name(record: JsonRecord): void {
    const { connection, request } = record as unknown as { connection: number; request?: { line: string } };
    const target = request?.line.split(' ')[1]?.slice(0, LONGEST_TARGET);
    if (target !== undefined) this.names.push({ connection, target });
  }
}
