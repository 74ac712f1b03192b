import type { ReadingOptions } from './reading-options.js';
import type { ConnectionTaker } from './stream-reading.js';
import { startsLikeHead } from '../http1/head-start.js';
import { EMPTY, heldBytes, hold, isOverdue, type Lane } from './lane.js';
import { otherSide, type Side } from '../bytes/stream-taker.js';
import type { Lanes } from './lanes.js';
import { looksLikeFrames } from '../resync/plausible.js';

/** How long the other half of a handshake is waited for where it should have been recorded first: seconds. */
const PATIENCE = { request: 0.25, answer: 1 };

/** Reads the bytes of a side in its present phase. */
type Feed = (side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker) => void;

/**
 * How the two halves of an opening handshake come together where they were recorded: one may be late, or missing. What
 * waits for the other half keeps its times. Bytes that begin a head are never frames.
 */
export class Halves {
  constructor(
    private readonly lanes: Lanes,
    private readonly options: ReadingOptions,
    private readonly feed: Feed,
  ) {}

  /** The other side's answer was recorded, and waits for the request that should come from this side. */
  isWaited(side: Side): boolean {
    return side === this.lanes.client && this.lanes.both[otherSide(side)].phase === 'held';
  }

  /** Keeps what waits for the other half of the handshake, up to a point. */
  keep(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    const lane = this.lanes.both[side];
    if (side !== this.lanes.client) {
      if (!isOverdue(lane, time, PATIENCE.request) && hold(lane, chunk, time)) return undefined;
      this.meet(taker);
      return chunk;
    }
    if (hold(lane, chunk, time)) {
      if (isOverdue(lane, time, PATIENCE.answer)) this.goOnUnanswered(side, time, taker);
      return undefined;
    }
    // More than that is the body of some other request: what follows an omitted part cannot be read.
    lane.phase = 'body';
    this.readKept(side, time, taker);
    return chunk;
  }

  /** The answer was not recorded: what the client sent is read if it can only be frames. */
  private goOnUnanswered(side: Side, time: number, taker: ConnectionTaker): void {
    const bytes = heldBytes(this.lanes.both[side]);
    if (!this.options.capture || startsLikeHead(bytes) !== 'no' || !looksLikeFrames(bytes, 1)) return;
    this.lanes.tellHandshake(taker);
    this.beginFrames(side, time, taker);
  }

  /** What the client sent after its request, which was not answered. */
  endHeld(side: Side, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes.both[side];
    if (!this.options.capture) return this.beginFrames(side, time, taker);
    this.goOnUnanswered(side, time, taker);
    lane.searchFrom = lane.offset;
    if (lane.phase === 'held') this.lanes.tellUnread(side, heldBytes(lane).length, time, taker);
  }

  /** After a hole the other half of the handshake does not follow. */
  giveUpHalf(side: Side, time: number, taker: ConnectionTaker): void {
    if (this.isWaited(side)) this.meet(taker);
    for (const each of [side, otherSide(side)]) {
      const lane = this.lanes.both[each];
      if (lane.phase !== 'held') continue;
      lane.heldSince = -Infinity;
      if (each !== this.lanes.client) this.meet(taker);
      else if (this.options.capture) this.goOnUnanswered(each, time, taker);
      else this.beginFrames(each, time, taker);
    }
  }

  /** Both halves of the handshake are there, or the request is not waited for any longer. */
  meet(taker: ConnectionTaker): void {
    const time = this.lanes.tellHandshake(taker);
    for (const each of [0, 1] as const) this.goOn(each, time, taker);
  }

  /** After the answer: frames, or what belongs to a refusal. */
  private goOn(side: Side, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes.both[side];
    if (lane.phase === 'frames' || lane.phase === 'head' || lane.phase === 'body') return;
    if (lane.phase === 'search') return this.lanes.beginSearch(side);
    if (this.lanes.opening.state !== 'open')
      lane.phase = side === this.lanes.client || lane.body?.isDone === true ? 'start' : 'body';
    // Frames, unless a head begins here.
    else if (this.lanes.opening.isDoubtful) lane.phase = 'start';
    // The request may still come, late: what begins there has to be looked at.
    else if (this.options.capture && side === this.lanes.client && this.mayBeRequest(lane)) lane.phase = 'start';
    else return this.beginFrames(side, time, taker);
    this.readKept(side, time, taker);
  }

  private mayBeRequest(lane: Lane): boolean {
    return !this.lanes.opening.asked || startsLikeHead(heldBytes(lane)) === 'request';
  }

  beginFrames(side: Side, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes.both[side];
    this.lanes.recognised = true;
    lane.phase = 'frames';
    const { asked, answered } = this.lanes.opening;
    this.lanes.openFrames(side, lane.offset, asked || answered);
    this.readKept(side, time, taker);
  }

  /** What was kept is read on, each part with its own time. */
  private readKept(side: Side, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes.both[side];
    const { pending, held } = lane;
    lane.pending = EMPTY;
    lane.held = undefined;
    this.feed(side, pending, time, taker);
    for (const { bytes, start, end, tag } of held?.piecesFrom(0) ?? []) {
      this.feed(side, bytes.subarray(start, end), tag, taker);
    }
  }
}
