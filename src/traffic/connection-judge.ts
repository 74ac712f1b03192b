import type { ConnectionEvent, ConnectionTaker, StreamReading } from '../codec/connection/stream-reading.js';
import type { Direction, Frame, UnfinishedMessage } from '../codec/messages/records.js';
import type { Head } from '../codec/http1/head.js';
import type { GapKind, Side, StreamOrigin } from '../codec/bytes/stream-taker.js';
import { judgeEvent } from './event-rules.js';
import { judgeFrame } from '../rules/frames/rules.js';
import type { Judged, JudgedFrame } from './judged.js';

/** A frame with the judgement on it, or all that is no frame: in two, because code that sees records of one shape is faster. */
export interface JudgedTaker {
  frame(record: JudgedFrame): void;
  event(record: Judged): void;
  /** HTTP/2 follows. */
  switched?(side: Side, bytes: Uint8Array, offsets: readonly [number, number], time: number): void;
}

/** Reads a connection, and hands every record on with the judgement on it. */
export class ConnectionJudge implements ConnectionTaker {
  private known: number | undefined;

  constructor(
    private readonly reading: StreamReading,
    /** Has the number that the records carry. */
    private readonly origin: Pick<StreamOrigin, 'number'>,
    private readonly taker: JudgedTaker,
    /** Of HTTP/2. */
    private readonly stream?: number,
  ) {}

  private get connection(): number {
    return (this.known ??= this.origin.number);
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.reading.unfinished;
  }

  /** There is WebSocket in it. */
  get recognised(): boolean {
    return this.reading.recognised;
  }

  /** It has HTTP in it. */
  get isHttp(): boolean {
    return this.reading.isHttp;
  }

  /** All that was captured of a direction is whole frames, and that is no proof. Known at the end. */
  get mayBeFrames(): boolean {
    return this.reading.mayBeFrames === true;
  }

  /** Bytes in which frames are looked for, none found so far. */
  get searched(): number {
    return this.reading.searched;
  }

  /** It is not used any more. */
  drop(): void {
    this.reading.drop();
  }

  directionOf(side: Side): Direction {
    return this.reading.directionOf(side);
  }

  /** A part of `bytes` that `side` sent; they must not be written to as long as a record is in use. `time` in seconds since the epoch, NaN where unknown. */
  read(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    this.reading.read(side, bytes, start, end, time, this);
  }

  /** A head that came apart from the bytes, over HTTP/2. */
  head(side: Side, head: Head, time: number): void {
    this.reading.headApart?.(side, head, time, this);
  }

  /** `length` bytes that `side` sent were not captured. */
  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    this.reading.gap(side, length, time, this, kind);
  }

  /** No byte will follow, from either side. */
  end(time: number): void {
    this.reading.end(time, this);
  }

  switched(side: Side, bytes: Uint8Array, time: number): void {
    this.taker.switched?.(side, bytes, this.reading.offsets ?? [0, 0], time);
  }

  frame(frame: Frame, time: number): void {
    const diagnostics = judgeFrame(frame, this.reading);
    const { connection, stream } = this;
    this.taker.frame({
      type: 'frame',
      direction: frame.direction,
      frame,
      connection,
      stream,
      time: known(time),
      diagnostics,
    });
  }

  event(event: ConnectionEvent, time: number): void {
    const { connection, stream } = this;
    this.taker.event({ ...event, connection, stream, time: known(time), diagnostics: judgeEvent(event) });
  }
}

function known(time: number): number | undefined {
  return Number.isNaN(time) ? undefined : time;
}
