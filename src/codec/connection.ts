import { createAssembler, type ReadingOptions } from './assembling.js';
import { concat } from './byte-collector.js';
import { collected, type ConnectionTaker } from './connection-events.js';
import { FrameSearch, type Found } from './frame-search.js';
import { FrameStream } from './frame-stream.js';
import { HeadReader } from './head-reader.js';
import { startsLikeHead, type Head } from './http1.js';
import { EMPTY, hold, newLane, other, searched, type Lane, type Side } from './lane.js';
import { Opening } from './opening.js';
import { looksLikeWebSocket } from './plausible.js';
import type { Direction, UnfinishedMessage } from './records.js';
import type { TranscriptEvent } from './transcript.js';

export type { ConnectionEvent, ConnectionTaker } from './connection-events.js';
export type { Side } from './lane.js';

/**
 * Both directions of one connection: heads, what they negotiate, and the frames read accordingly. Never throws.
 * With `capture`, as traffic is recorded: it may begin anywhere, have holes, and be no WebSocket at all.
 */
export class Connection {
  /** There is WebSocket in it: a handshake was asked for, or frames were found. */
  recognised = false;
  /** HTTP that asks for something else was seen. */
  isHttp = false;
  private readonly opening: Opening;
  private readonly lanes: readonly [Lane, Lane] = [newLane(), newLane()];
  private client: Side | undefined;

  constructor(private readonly options: ReadingOptions = {}) {
    this.opening = new Opening(options);
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.lanes.flatMap(({ assembler }) => assembler?.unfinished ?? []);
  }

  /** permessage-deflate is in use. */
  get deflate(): boolean {
    return this.opening.parameters !== undefined;
  }

  /** Who opened the connection, as far as is known. */
  directionOf(side: Side): Direction {
    if (this.client === undefined) return 'unknown';
    return this.client === side ? 'client' : 'server';
  }

  /** Bytes in which frames are looked for, so far in vain. */
  get searched(): number {
    return searched(this.lanes[0]) + searched(this.lanes[1]);
  }

  /** Gives back what is shared with others. */
  drop(): void {
    for (const { search, assembler } of this.lanes) {
      search?.drop();
      assembler?.close();
    }
  }

  /** Bytes that `side` sent, in their order. */
  push(side: Side, chunk: Uint8Array): TranscriptEvent[] {
    return collected((taker) => this.read(side, chunk, 0, chunk.length, NaN, taker));
  }

  /** The same for a part of `bytes`, which must not be written to as long as a frame is in use. */
  read(side: Side, bytes: Uint8Array, start: number, end: number, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes[side];
    if (lane.phase === 'frames') lane.frames!.read(bytes, start, end, time, taker);
    else if (lane.phase === 'search') this.search(side, bytes, start, end, time, taker);
    else this.feed(side, bytes.subarray(start, end), time, taker);
  }

  /** `length` bytes that `side` sent were not captured. */
  gap(side: Side, length: number, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes[side];
    if (lane.phase === 'search') {
      // The last look at what was held: nothing behind the hole goes on with it.
      this.searchOn(side, lane.search!.gap(), taker);
      if (lane.search) this.tellUnread(side, lane.offset - lane.searchFrom, time, taker);
    }
    const offset = lane.phase === 'frames' ? lane.frames!.position : lane.offset;
    if (this.recognised) taker.event({ type: 'gap', direction: this.directionOf(side), offset, length }, time);
    if (lane.phase === 'frames' && lane.frames!.hole(length, time, taker)) return;
    lane.offset = offset + length;
    if (lane.phase === 'passed' || lane.phase === 'body') return;
    lane.head = undefined;
    lane.pending = EMPTY;
    this.beginSearch(side);
  }

  /** No byte will follow, from either side. */
  end(time = NaN, taker?: ConnectionTaker): TranscriptEvent[] {
    if (taker === undefined) return collected((collecting) => void this.end(time, collecting));
    for (const side of [0, 1] as const) this.endOpening(side, time, taker);
    this.tellHandshake(time, taker);
    for (const side of [0, 1] as const) {
      const lane = this.lanes[side];
      if (lane.phase === 'held') this.beginFrames(side, time, taker);
      const unfinished = lane.frames?.end();
      lane.assembler?.close();
      if (!unfinished) continue;
      if ('frame' in unfinished) taker.frame(unfinished.frame, time);
      else taker.event({ type: 'tail', direction: this.directionOf(side), truncated: unfinished.header }, time);
    }
    return [];
  }

  private endOpening(side: Side, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes[side];
    if (lane.phase === 'start' && lane.pending.length > 0) this.decideOther(side, EMPTY, time, taker);
    if (lane.phase === 'search') {
      this.searchOn(side, lane.search!.end(), taker);
      if (lane.search) this.tellUnread(side, lane.offset - lane.searchFrom, time, taker);
    }
    const head = lane.phase === 'head' ? lane.head?.end() : undefined;
    if (head) this.takeHead(side, head, time, taker);
  }

  private feed(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): void {
    let rest: Uint8Array | undefined = chunk;
    while (rest !== undefined && rest.length > 0) rest = this.step(side, rest, time, taker);
  }

  private step(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    const lane = this.lanes[side];
    switch (lane.phase) {
      case 'start':
        return this.decide(side, chunk, time, taker);
      case 'head': {
        const result = lane.head!.push(chunk);
        if (!result) return undefined;
        this.takeHead(side, result.head, time, taker);
        return result.rest;
      }
      case 'held':
        return hold(lane, chunk);
      case 'frames':
        lane.frames!.read(chunk, 0, chunk.length, time, taker);
        return undefined;
      case 'search':
        this.search(side, chunk, 0, chunk.length, time, taker);
        return undefined;
      case 'body':
      case 'passed':
        return this.passBy(side, chunk, time, taker);
    }
  }

  /** Bytes that are not WebSocket's. A handshake on the same connection begins a segment of its own. */
  private passBy(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    const lane = this.lanes[side];
    const start = side === this.client || this.opening.state === 'requested' ? startsLikeHead(chunk) : 'no';
    const retries = start === 'request' && side === this.client && this.opening.state !== 'requested';
    if (retries || (start === 'response' && side !== this.client)) {
      lane.phase = 'start';
      return chunk;
    }
    const { offset } = lane;
    lane.offset += chunk.length;
    if (lane.phase === 'body')
      taker.event({ type: 'body', direction: this.directionOf(side), offset, bytes: chunk }, time);
    return undefined;
  }

  /** Does a head begin here, or a frame? */
  private decide(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    const lane = this.lanes[side];
    const bytes = lane.pending.length === 0 ? chunk : concat([lane.pending, chunk]);
    const start = startsLikeHead(bytes);
    lane.pending = start === 'maybe' ? bytes.slice() : EMPTY;
    if (start === 'maybe') return undefined;
    if (start === 'request' || start === 'response') {
      this.client ??= start === 'request' ? side : other(side);
      lane.head = new HeadReader({ offset: lane.offset, kind: start });
      lane.phase = 'head';
      return bytes;
    }
    return this.decideOther(side, bytes, time, taker);
  }

  /** What begins here is no head. */
  private decideOther(side: Side, bytes: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array {
    const lane = this.lanes[side];
    if (this.opening.state === 'requested') lane.phase = side === this.client ? 'held' : 'body';
    else if (this.opening.state === 'refused') lane.phase = 'body';
    else if (this.options.capture && !this.isStated(bytes)) this.beginSearch(side);
    else {
      // No handshake was seen. Only a client masks.
      this.client ??= ((bytes.length > 0 ? bytes : lane.pending)[1] ?? 0) >= 0x80 ? side : other(side);
      this.beginFrames(side, time, taker);
    }
    return bytes;
  }

  /** It was said that this is WebSocket, and a frame may well begin here. */
  private isStated(bytes: Uint8Array): boolean {
    return this.options.capture === 'websocket' && looksLikeWebSocket(bytes, 1);
  }

  private takeHead(side: Side, head: Head, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes[side];
    lane.head = undefined;
    lane.offset = head.span.end;
    if (this.opening.isOther(head)) return this.passHttp();
    this.recognised = true;
    lane.phase = 'start';
    if (head.kind === 'request') {
      this.opening.ask(head);
      // What follows a request waits for the answer: only that tells what it is.
      lane.phase = 'held';
      return;
    }
    const { status = 0 } = head;
    if (status >= 100 && status < 200 && status !== 101) return;
    this.opening.answer(head);
    this.tellHandshake(time, taker);
    for (const each of [side, other(side)]) this.goOn(each, status === 101, time, taker);
  }

  private passHttp(): void {
    this.isHttp = true;
    this.opening.pass();
    for (const lane of this.lanes) {
      lane.head = undefined;
      lane.pending = EMPTY;
      lane.phase = 'passed';
    }
  }

  /** After the answer: frames, or what belongs to a refusal. */
  private goOn(side: Side, upgraded: boolean, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes[side];
    if (lane.phase === 'frames' || lane.phase === 'head' || lane.phase === 'body') return;
    if (lane.phase === 'search') return this.beginSearch(side);
    if (upgraded) return this.beginFrames(side, time, taker);
    lane.phase = side === this.client ? 'start' : 'body';
    const held = lane.pending;
    lane.pending = EMPTY;
    this.feed(side, held, time, taker);
  }

  private beginFrames(side: Side, time: number, taker: ConnectionTaker): void {
    const lane = this.lanes[side];
    this.recognised = true;
    lane.phase = 'frames';
    const { asked, answered } = this.opening;
    this.openFrames(side, lane.offset, asked || answered);
    const held = lane.pending;
    lane.pending = EMPTY;
    this.feed(side, held, time, taker);
  }

  private openFrames(side: Side, offset: number, fromStart: boolean): void {
    const lane = this.lanes[side];
    this.opening.begin();
    const assembler = createAssembler(this.directionOf(side), this.opening.parameters, this.options, fromStart);
    lane.assembler = assembler;
    lane.frames = new FrameStream(assembler, offset);
  }

  /** Looks for the next frame from here on. */
  private beginSearch(side: Side): void {
    const lane = this.lanes[side];
    const known = this.opening.state === 'open' || this.options.capture === 'websocket';
    const masked = this.client === undefined ? undefined : this.client === side;
    const deflate = this.opening.mayDeflate;
    const { searchBudget: budget } = this.options;
    lane.phase = 'search';
    lane.searchFrom = lane.offset;
    lane.search = new FrameSearch({ masked, deflate, known, ...(budget && { budget }) });
  }

  private search(
    side: Side,
    bytes: Uint8Array,
    start: number,
    end: number,
    time: number,
    taker: ConnectionTaker,
  ): void {
    const lane = this.lanes[side];
    lane.offset += end - start;
    this.searchOn(side, lane.search!.push(bytes, start, end, time), taker);
  }

  /** A chain of frames holds: they are read from its first one on. */
  private searchOn(side: Side, found: Found | undefined, taker: ConnectionTaker): void {
    if (found === undefined) return;
    const lane = this.lanes[side];
    this.client ??= found.masked ? side : other(side);
    this.lanes[other(side)].search?.learn(!found.masked);
    this.tellHandshake(found.pieces[0]?.tag ?? NaN, taker);
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

  private tellUnread(side: Side, length: number, time: number, taker: ConnectionTaker): void {
    if (length === 0 || !this.recognised) return;
    const offset = this.lanes[side].searchFrom;
    taker.event({ type: 'unread', direction: this.directionOf(side), offset, length }, time);
  }

  private tellHandshake(time: number, taker: ConnectionTaker): void {
    const handshake = this.opening.take();
    if (!handshake) return;
    taker.event({ type: 'handshake', direction: handshake.response ? 'server' : 'client', handshake }, time);
  }
}
