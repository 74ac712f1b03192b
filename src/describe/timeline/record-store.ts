import { encodeBase64 } from '../../codec/bytes/base64.js';
import { WholeFrame } from '../../codec/messages/whole-frame.js';
import type { Judged, JudgedFrame } from '../../traffic/judged.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';
import type { JsonRecord } from '../json.js';
import { LateEnds } from './late-ends.js';
import {
  isPackable,
  MOST_PACKED,
  PACKED_TAG,
  packedPayload,
  packFrame,
  unpackFrame,
  wireFrame,
  wirePayload,
  type PackingRoom,
} from './packed-frame.js';
import { PAGE_PREVIEW } from './page-preview.js';
import { endRecord, pageRecords, stallRecords, type Base64Writer } from './page-records.js';
import { grown, ROW_FLAG, RowColumns } from './row-columns.js';
import { rowOfRecord, type PageRecord } from './row-of-record.js';
import { textOfPayload, textOfRecord } from './searched-text.js';
import { WireRun } from './wire-run.js';

/** The bounds of what is kept. */
export interface StoreBounds {
  /** Rows of the list and of the overview: 30 bytes each, here and in the page. */
  readonly rows: number;
  /** Rows beyond these that ends of listed connections may take, and close frames half of that. */
  readonly ends: number;
  /** Bytes of the records, which the page asks for as it draws them. Frames that are read from a file again are not counted. */
  readonly bytes: number;
  /** Rows that have room at once: a tenth of the time of a reading is that of growing. Systems give out memory as it is written to. */
  readonly room: number;
}

const MOST_ROWS = 2_000_000;
const MOST_ENDS = 100_000;
export const STORE_BOUNDS: StoreBounds = {
  rows: MOST_ROWS,
  ends: MOST_ENDS,
  bytes: 512 * 1024 * 1024,
  room: MOST_ROWS + MOST_ENDS,
};

/** Where bytes are that need not be copied, as they are there later too. */
export interface WirePlaces {
  /** The place of the first of these; undefined: they are nowhere else. */
  of(bytes: Uint8Array): number | undefined;
  /** The bytes from a place on, valid until the next call; or why they are not there. */
  read(place: number, length: number): Uint8Array | string;
}

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
const NOT_KEPT = -1;
/** Of the length of a record: it is a frame as it was on the wire. */
const IS_WIRE = 0x8000_0000;
/** It is read again from where it was. */
const IS_PLACED = 0x4000_0000;
const LENGTH = 0x3fff_ffff;

/** The records of a run for a page: each as a row of numbers, and its JSON text as long as there is room. */
export class RecordStore {
  readonly columns: RowColumns;
  readonly names: LaneName[] = [];
  /** Records beyond the bound of rows: neither listed nor drawn. */
  left = 0;
  /** Rows whose records are not kept: they are listed by their numbers alone. */
  bare = 0;
  private readonly segments: PackingRoom[] = [];
  private used = SEGMENT;
  private kept = 0;
  private starts: Float64Array;
  private lengths: Uint32Array;
  /** Of frames as they were on the wire: the number in the stream, and the place there. */
  private indexes: Uint32Array;
  private offsets: Float64Array;
  private readonly run = new WireRun();
  private readonly ends: LateEnds;
  /** The bytes whose place is known. */
  private wire: Uint8Array | undefined;
  private wirePlace: number | undefined;

  constructor(
    private readonly bounds: StoreBounds = STORE_BOUNDS,
    private readonly base64: Base64Writer = encodeBase64,
    /** Makes memory of that number of bytes. */
    private readonly memory: (size: number) => Uint8Array = (size) => new Uint8Array(size),
    private readonly places?: WirePlaces,
  ) {
    const { room } = bounds;
    this.columns = new RowColumns(room);
    this.ends = new LateEnds(this.columns, bounds);
    this.starts = new Float64Array(room);
    this.lengths = new Uint32Array(room);
    this.indexes = new Uint32Array(room);
    this.offsets = new Float64Array(room);
  }

  /** Ends of listed connections among those that were left out. */
  get leftEnds(): number {
    return this.ends.left;
  }

  record(judged: Judged): void {
    if (this.isFull() && !this.ends.hasClose(judged)) return void this.left++;
    if (judged.type === 'frame' && isPackable(judged)) return this.addFrame(judged);
    for (const record of pageRecords(judged, this.base64)) {
      if (this.isFull() && record.type !== 'frame') this.left++;
      else this.add(record);
      if (record.type === 'handshake') this.name(record);
    }
  }

  closed(summary: ConnectionSummary): void {
    for (const stall of stallRecords(summary)) this.addIfRoom(stall);
    const { connection, client, server } = summary;
    if (this.isFull() && !this.ends.hasEnd(connection)) return void this.left++;
    this.add(endRecord(summary));
    if (client !== undefined || server !== undefined) this.names.push({ connection, client, server });
  }

  /** What is reported about the reading. */
  notice(message: string, time: number): void {
    this.addIfRoom({ type: 'notice', message, time });
  }

  /** Its JSON text; undefined: it is not kept. */
  text(row: number): string | undefined {
    if (!this.isKept(row)) return undefined;
    const { columns, base64 } = this;
    const flags = this.lengths[row]!;
    const [connection, time] = [columns.connections[row]!, columns.times[row]!];
    const bytes = this.bytesOf(row, flags);
    if (typeof bytes === 'string')
      return JSON.stringify({ type: 'lost', connection, ...(!Number.isNaN(time) && { time }), reason: bytes });
    if ((flags & IS_WIRE) !== 0) {
      const [index, offset] = [this.indexes[row]!, this.offsets[row]!];
      const of = { connection, time, flags: columns.flags[row]!, index, offset };
      return JSON.stringify(wireFrame(bytes, of, base64));
    }
    return bytes[0] === PACKED_TAG
      ? JSON.stringify(unpackFrame(bytes, { connection, time }, base64))
      : decoder.decode(bytes);
  }

  /** Or why they are not there. */
  private bytesOf(row: number, flags: number): Uint8Array | string {
    const [start, length] = [this.starts[row]!, flags & LENGTH];
    if ((flags & IS_PLACED) !== 0) return this.places!.read(start, length);
    this.run.end();
    const at = start % SEGMENT;
    return this.segments[Math.floor(start / SEGMENT)]!.bytes.subarray(at, at + length);
  }

  /** Of the rows from `start` up to `end`, those whose text matches: `grep:` of the page. */
  search(matches: (text: string) => boolean, start: number, end: number): number[] {
    const found: number[] = [];
    for (let row = start; row < end; row++) {
      const text = this.searched(row);
      if (text !== undefined && matches(text)) found.push(row);
    }
    return found;
  }

  /** What is searched of a record: of most frames their bytes, without the JSON text. Undefined: it is not there. */
  private searched(row: number): string | undefined {
    if (!this.isKept(row)) return undefined;
    const flags = this.lengths[row]!;
    const bytes = this.bytesOf(row, flags);
    if (typeof bytes === 'string') return undefined;
    if ((flags & IS_WIRE) !== 0) return textOfPayload(wirePayload(bytes));
    if (bytes[0] === PACKED_TAG) return textOfPayload(packedPayload(bytes));
    return textOfRecord(JSON.parse(decoder.decode(bytes)) as PageRecord);
  }

  private isKept(row: number): boolean {
    return row < this.columns.length && this.starts[row] !== NOT_KEPT;
  }

  private isFull(): boolean {
    return this.columns.length >= this.bounds.rows;
  }

  private addIfRoom(record: JsonRecord): void {
    if (this.isFull()) this.left++;
    else this.add(record);
  }

  private add(record: JsonRecord): void {
    const text = JSON.stringify(record);
    this.makeRoom();
    this.columns.push(rowOfRecord(record));
    // Up to three bytes for each of its characters.
    const segment = this.begin(3 * text.length);
    if (segment !== undefined) this.keep(encoder.encodeInto(text, segment.bytes.subarray(this.used)).written);
  }

  private addFrame(judged: JudgedFrame): void {
    const { connection, direction, time = NaN, frame } = judged;
    const { opcode, payloadLength } = frame.header;
    const flags = direction === 'client' ? ROW_FLAG.client : direction === 'server' ? ROW_FLAG.server : 0;
    this.makeRoom();
    this.columns.add(time, connection, opcode, Math.min(MOST_SIZE, payloadLength), flags);
    const wire = frame instanceof WholeFrame ? frame.wire : undefined;
    if (wire !== undefined) return this.addWire(frame as WholeFrame, wire);
    const segment = this.begin(MOST_PACKED);
    if (segment !== undefined) this.keep(packFrame(judged, segment, this.used));
  }

  /** The frame of the newest row, as it is on the wire. */
  private addWire({ header, wireStart }: WholeFrame, wire: Uint8Array): void {
    const row = this.columns.length - 1;
    const length = header.length + Math.min(PAGE_PREVIEW, header.payloadLength);
    this.indexes[row] = header.index;
    this.offsets[row] = header.start;
    const place = this.placeOf(wire);
    if (place !== undefined) {
      this.starts[row] = place + wireStart;
      this.lengths[row] = length | IS_WIRE | IS_PLACED;
      return;
    }
    const segment = this.begin(length);
    if (segment === undefined) return;
    this.run.add(wire, wireStart, length, segment.bytes, this.used);
    this.keep(length | IS_WIRE);
  }

  /** Frames that follow each other are mostly in the same bytes. */
  private placeOf(wire: Uint8Array): number | undefined {
    if (wire !== this.wire) {
      this.wire = wire;
      this.wirePlace = this.places?.of(wire);
    }
    return this.wirePlace;
  }

  /** Where the record of the newest row is written, with that room; undefined: it is not kept. */
  private begin(room: number): PackingRoom | undefined {
    const row = this.columns.length - 1;
    this.starts[row] = NOT_KEPT;
    if (this.kept >= this.bounds.bytes || room > SEGMENT) {
      this.bare++;
      return undefined;
    }
    if (this.used + room > SEGMENT) {
      const bytes = this.memory(SEGMENT);
      this.segments.push({ bytes, view: new DataView(bytes.buffer) });
      this.used = 0;
    }
    this.starts[row] = (this.segments.length - 1) * SEGMENT + this.used;
    return this.segments.at(-1);
  }

  /** The record of the newest row has that length, and these bits. */
  private keep(flags: number): void {
    this.lengths[this.columns.length - 1] = flags;
    const length = flags & LENGTH;
    this.used += length;
    this.kept += length;
  }

  /** For one more row. */
  private makeRoom(): void {
    if (this.columns.length < this.starts.length) return;
    const room = 2 * this.starts.length;
    this.starts = grown(this.starts, new Float64Array(room));
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
