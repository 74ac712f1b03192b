import type { GapKind, Side } from '../../codec/bytes/stream-taker.js';
import { hasManyParts, MOST_PARTS } from './json-scanner.js';
import {
  BadRecord,
  contentOf,
  frameAround,
  frameOf,
  headOf,
  http2EventIn,
  http2HeadIn,
  isFields,
  sideOf,
  textField,
  timeOf,
  whole,
  type Fields,
} from './record-bytes.js';
import { LineSplitter, type LineTaker } from '../text/line-splitter.js';
import { RecordedStream } from './recording.js';
import type { RecordedEnd, RecordedEnds, RecordingReader, RecordingTaker } from './recording.js';

/** A payload of 16 MiB takes up to six characters a byte. */
const MOST_LINE = 128 * 1024 * 1024;
/** Connections of which something is remembered; beyond that the oldest is forgotten. */
const MOST_CONNECTIONS = 65_536;

/** What is remembered of a connection that is open. */
interface Known {
  readonly stream: RecordedStream;
  /** Payload bytes of the last frame of each side that did not come: where another frame follows, they were lost. */
  readonly missing: [number, number];
  /** Offsets of bytes of each side that were lost, or were no frames, up to the next record; NaN: there are none. */
  readonly holes: [number, number];
  /** Offsets after the last record of each side; NaN: it had none. */
  readonly ends: [number, number];
}

/** Codes of diagnostics that say that bytes are in no record. */
const HOLES: readonly unknown[] = ['bytes-not-captured', 'bytes-not-verified'];

const REASONS: readonly unknown[] = ['fin', 'reset', 'reused', 'evicted', 'end', 'failed', 'unrecorded'];

/** Reads the records of `--json`, and of `--record`, back into the bytes that they describe. Other records are passed over. */
export class NdjsonReader implements RecordingReader {
  private readonly lines: LineSplitter;
  private readonly decoder = new TextDecoder();
  private readonly known = new Map<number, Known>();
  private hasMessages = false;
  private messages = 0;
  private taker!: RecordingTaker;
  private readonly lineTaker: LineTaker = {
    line: (bytes, number) => this.line(bytes, number),
    tooLong: (number) => this.damaged(number, `it is longer than ${this.mostLine} bytes`),
  };
  private readonly records: Readonly<Record<string, (fields: Fields, connection: number) => void>> = {
    opened: (fields, connection) => this.open(fields, connection),
    handshake: (fields, connection) => this.handshake(fields, connection),
    frame: (fields, connection) => this.frame(fields, connection),
    message: (fields, connection) => this.message(fields, connection),
    http2: (fields, connection) => this.http2(fields, connection),
    bytes: (fields, connection) => this.bytes(fields, connection),
    connection: (fields, connection) => this.close(fields, connection),
    diagnostic: (fields, connection) => this.diagnostic(fields, connection),
  };

  constructor(private readonly mostLine = MOST_LINE) {
    this.lines = new LineSplitter(mostLine);
  }

  push(chunk: Uint8Array, taker: RecordingTaker): void {
    this.taker = taker;
    this.lines.push(chunk, this.lineTaker);
  }

  end(taker: RecordingTaker): void {
    this.taker = taker;
    this.lines.end(this.lineTaker);
  }

  private line(bytes: Uint8Array, number: number): void {
    if (hasManyParts(bytes)) return this.damaged(number, `it has more than ${MOST_PARTS} parts`);
    const text = this.decoder.decode(bytes).trim();
    if (text === '') return;
    let fields: unknown;
    try {
      fields = JSON.parse(text);
    } catch {
      return this.damaged(number, 'no JSON');
    }
    if (!isFields(fields) || typeof fields['type'] !== 'string') return this.damaged(number, 'no record with a type');
    const { type } = fields;
    if (!Object.hasOwn(this.records, type)) return;
    try {
      this.records[type]!(fields, fields['connection'] === undefined ? 0 : whole(fields, 'connection'));
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      this.damaged(number, `${type}: ${error.message}`);
    }
  }

  private damaged(number: number, message: string): void {
    this.taker.damage(`line ${number}: ${message}`);
  }

  private open(fields: Fields, connection: number): void {
    const time = timeOf(fields);
    this.remember(connection, new RecordedStream(this.taker, connection, endsOf(fields), time, true));
  }

  private handshake(fields: Fields, connection: number): void {
    const time = timeOf(fields);
    const { duration } = fields;
    const known = this.of(connection, time, fields);
    const { http2 } = known.stream;
    if (http2) return this.http2Handshake(known, fields, http2.stream, time);
    const heads = (['request', 'response'] as const).map((half) =>
      fields[half] === undefined ? undefined : headOf(fields[half]),
    );
    const [request, response] = heads;
    if (request) known.stream.bytes(0, request, typeof duration === 'number' ? time - duration : time);
    if (response) known.stream.bytes(1, response, time);
  }

  private http2Handshake({ stream }: Known, fields: Fields, number: number | undefined, time: number): void {
    const { duration } = fields;
    for (const [side, kind] of (['request', 'response'] as const).entries()) {
      if (fields[kind] === undefined) continue;
      const at = side === 0 && typeof duration === 'number' ? time - duration : time;
      stream.head(side as Side, http2HeadIn(kind, fields[kind], number), at);
    }
  }

  private http2(fields: Fields, connection: number): void {
    const time = timeOf(fields);
    this.of(connection, time, fields).stream.http2Event(sideOf(fields), http2EventIn(fields), time);
  }

  private frame(fields: Fields, connection: number): void {
    const time = timeOf(fields);
    const side = sideOf(fields);
    const { bytes, cut, missing } = frameOf(fields);
    const known = this.of(connection, time, fields);
    const lost = known.missing[side] + holeBefore(known, side, offsetOf(fields));
    lose(known, side, lost, time, 'before-frame');
    known.stream.bytes(side, bytes, time);
    lose(known, side, cut, time);
    known.missing[side] = missing;
    known.ends[side] = offsetOf(fields) + bytes.length + cut + missing;
  }

  /** Bytes of which there is no record: those around them are not next to each other. */
  private diagnostic(fields: Fields, connection: number): void {
    const known = this.known.get(connection);
    if (known === undefined || !HOLES.includes(fields['code'])) return;
    const [side, offset] = [sideOf(fields), offsetOf(fields)];
    if (Number.isNaN(known.holes[side])) known.holes[side] = offset;
  }

  /** Records of messages do not show their frames: each is shown in one. */
  private message(fields: Fields, connection: number): void {
    const payload = contentOf(fields);
    if (payload === undefined) return;
    const time = timeOf(fields);
    const side = sideOf(fields);
    const length = fields['bytes'] === undefined ? payload.length : whole(fields, 'bytes');
    if (length < payload.length) throw new BadRecord('the content is longer than its length says');
    const frame = frameAround(whole(fields, 'opcode', 2), payload, length, side, this.messages++);
    const known = this.of(connection, time, fields);
    if (!this.hasMessages) this.taker.notice('messages, not frames: each is shown as one frame');
    this.hasMessages = true;
    known.stream.bytes(side, frame, time);
    lose(known, side, length - payload.length, time);
  }

  private bytes(fields: Fields, connection: number): void {
    const time = timeOf(fields);
    const side = sideOf(fields);
    const bytes = contentOf(fields);
    if (bytes === undefined) throw new BadRecord('there is none of text, hex, base64');
    const known = this.of(connection, time);
    lose(known, side, holeBefore(known, side, offsetOf(fields)), time);
    known.stream.bytes(side, bytes, time);
    known.ends[side] = offsetOf(fields) + bytes.length;
  }

  private close(fields: Fields, connection: number): void {
    const [time, at] = [timeOf(fields), timeOf(fields, 'endedAt')];
    const { ended = 'end', endedBy, duration = 0 } = fields;
    if (!REASONS.includes(ended)) throw new BadRecord('ended is none of fin, reset, reused, evicted, end');
    const end: RecordedEnd = {
      ...endsOf(fields),
      reason: ended as RecordedEnd['reason'],
      ...((endedBy === 'client' || endedBy === 'server') && { by: endedBy === 'client' ? 0 : 1 }),
      ...(!Number.isNaN(at) && { at }),
      ...(ended === 'failed' && { failure: textField(fields, 'failure') ?? '' }),
    };
    const { stream } = this.of(connection, time, fields);
    this.known.delete(connection);
    stream.close(end, time + (typeof duration === 'number' ? duration : 0));
  }

  /** The first record of a connection shows whether it came over HTTP/2. */
  private of(connection: number, time: number, fields: Fields = {}): Known {
    const known = this.known.get(connection);
    if (known) return known;
    return this.remember(connection, new RecordedStream(this.taker, connection, streamOf(fields), time, true));
  }

  private remember(connection: number, stream: RecordedStream): Known {
    const [oldest] = this.known.size >= MOST_CONNECTIONS ? this.known.keys() : [];
    if (oldest !== undefined) this.known.delete(oldest);
    const known: Known = { stream, missing: [0, 0], holes: [NaN, NaN], ends: [NaN, NaN] };
    this.known.set(connection, known);
    return known;
  }
}

function streamOf(fields: Fields): RecordedEnds {
  return {
    ...(fields['stream'] !== undefined && { stream: whole(fields, 'stream', 2 ** 31 - 1) }),
    ...(fields['http'] === '2' && { http2: true }),
    ...(fields['partialHeads'] === true && { partialHeads: true }),
    ...(fields['joined'] === true && { joined: true }),
  };
}

function lose({ stream }: Known, side: Side, length: number, time: number, kind?: GapKind): void {
  if (length > 0) stream.gap(side, length, time, kind);
}

/** Where a record begins in its direction's stream; NaN: it does not say so. */
function offsetOf(fields: Fields): number {
  return fields['offset'] === undefined ? NaN : whole(fields, 'offset');
}

/** Bytes between the last record and this one, where some were lost. */
function holeBefore({ holes, ends }: Known, side: Side, offset: number): number {
  const hole = holes[side];
  holes[side] = NaN;
  if (Number.isNaN(hole) || Number.isNaN(offset)) return 0;
  return Math.max(0, offset - (Number.isNaN(ends[side]) ? hole : ends[side]));
}

function endsOf(fields: Fields): RecordedEnds {
  const [client, server] = [textField(fields, 'client'), textField(fields, 'server')];
  return {
    ...streamOf(fields),
    ...(client !== undefined && { client }),
    ...(server !== undefined && { server }),
    ...(fields['secure'] === true && { secure: true as const }),
  };
}
