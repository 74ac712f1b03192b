import { createAssembler, type ReadingOptions } from './reading-options.js';
import type { ConnectionTaker } from './stream-reading.js';
import { FrameSearch, type FoundFrames } from '../resync/frame-search.js';
import { FrameStream } from './frame-stream.js';
import { newLane, type Lane } from './lane.js';
import { otherSide, type Side } from '../bytes/stream-taker.js';
import { Opening } from './handshake-state.js';
import type { Direction } from '../messages/records.js';

/** Both directions of a connection, and what is known of it as a whole. */
export class Lanes {
  /** There is WebSocket in it: a handshake was requested, or frames were found. */
  recognised = false;
  client: Side | undefined;
  readonly opening: Opening;
  readonly both: readonly [Lane, Lane];

  constructor(
    private readonly options: ReadingOptions,
    [a, b]: readonly [number, number],
  ) {
    this.both = [newLane(a), newLane(b)];
    this.client = options.client;
    this.opening = new Opening(options);
  }

  /** The side that opened the connection, as far as is known. */
  directionOf(side: Side): Direction {
    if (this.client === undefined) return 'unknown';
    return this.client === side ? 'client' : 'server';
  }

  openFrames(side: Side, offset: number, fromStart: boolean): void {
    const lane = this.both[side];
    this.opening.begin();
    const assembler = createAssembler(this.directionOf(side), this.opening.parameters, this.options, fromStart);
    lane.assembler = assembler;
    lane.frames = new FrameStream(assembler, offset);
  }

  /** Looks for the next frame from here on. `isRecord`: a record begins here, after others that were lost. */
  beginSearch(side: Side, isRecord = false): void {
    const lane = this.both[side];
    const { state } = this.opening;
    const known = state === 'open' || state === 'requested' || this.options.capture === 'websocket';
    const masked = this.client === undefined ? undefined : this.client === side;
    const deflate = this.opening.mayDeflate;
    const { searchBudget: budget } = this.options;
    lane.phase = 'search';
    lane.searchFrom = lane.offset;
    const joined = isRecord ? 'within' : lane.offset === 0;
    lane.search = new FrameSearch({ masked, deflate, known, joined, ...(budget && { budget }) });
  }

  /** A frame begins here, after others that were lost. */
  goOn(side: Side): void {
    const lane = this.both[side];
    lane.phase = 'frames';
    lane.search = undefined;
    lane.frames!.rejoin(lane.offset, lane.assembler!);
  }

  /** A chain of frames holds: they are read from its first one on. */
  searchOn(side: Side, found: FoundFrames | undefined, taker: ConnectionTaker): void {
    if (found === undefined) return;
    const lane = this.both[side];
    this.client ??= found.masked ? side : otherSide(side);
    this.both[otherSide(side)].search?.learn(!found.masked);
    this.tellHandshake(taker);
    this.recognised = true;
    this.tellUnread(side, found.passed, found.pieces[0]?.tag ?? NaN, taker);
    const offset = lane.searchFrom + found.passed;
    const fromStart = offset === 0 && !this.opening.answered;
    if (lane.frames === undefined) this.openFrames(side, offset, false);
    if (!fromStart) lane.frames!.rejoin(offset, lane.assembler!);
    lane.phase = 'frames';
    lane.search = undefined;
    for (const { bytes, start, end, tag } of found.pieces) lane.frames!.read(bytes, start, end, tag, taker);
  }

  tellUnread(side: Side, length: number, time: number, taker: ConnectionTaker): void {
    if (length === 0 || !this.recognised) return;
    const offset = this.both[side].searchFrom;
    taker.event({ type: 'unread', direction: this.directionOf(side), offset, length }, time);
  }

  /** Its time, where there was something to report. */
  tellHandshake(taker: ConnectionTaker): number {
    const reported = this.opening.take();
    if (!reported) return NaN;
    const { time, ...handshake } = reported;
    const direction = reported.handshake.response ? 'server' : 'client';
    taker.event({ type: 'handshake', direction, ...handshake }, time);
    return time;
  }
}
