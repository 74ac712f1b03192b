import type { ReadingOptions } from './reading-options.js';
import { concat } from '../bytes/byte-collector.js';
import { collected, type ConnectionTaker, type StreamReading } from './stream-reading.js';
import type { FoundFrames } from '../resync/frame-search.js';
import { Halves } from './handshake-pairing.js';
import { HeadReader } from '../http1/head-reader.js';
import { HttpBody } from '../http1/body.js';
import type { Head } from '../http1/head.js';
import { startsLikeHead } from '../http1/head-start.js';
import { beginHold, EMPTY, searched, type Lane } from './lane.js';
import { otherSide, type GapKind, type Side } from '../bytes/stream-taker.js';
import { namesHttp2 } from '../handshake/asks.js';
import { Lanes } from './lanes.js';
import type { Opening } from './handshake-state.js';
import { copyOf, handedOut } from '../bytes/payload-memory.js';
import { sufficeTogether } from '../resync/joined.js';
import { looksLikeWebSocket } from '../resync/plausible.js';
import type { Direction, UnfinishedMessage } from '../messages/records.js';
import type { TranscriptEvent } from './transcript-event.js';

export type { ConnectionEvent, ConnectionTaker } from './stream-reading.js';

/**
 * Both directions of one connection: heads, what they negotiate, and the frames read accordingly. Never throws.
 * With `capture`, as traffic is recorded: it may begin anywhere, have holes, and be no WebSocket at all.
 */
export class Connection implements StreamReading {
  /** HTTP that asks for something else was seen. */
  isHttp = false;
  mayBeFrames = false;
  /** HTTP/2 was requested, or agreed on, in place of WebSocket. */
  private http2: 'asked' | 'agreed' | undefined;
  /** The side that masks what may be frames. */
  private likelyClient: Side | undefined;
  private readonly lanes: Lanes;
  private readonly both: readonly [Lane, Lane];
  private readonly opening: Opening;
  private readonly halves: Halves;

  /** `starts`: the offset of each side's first byte. */
  constructor(
    private readonly options: ReadingOptions = {},
    starts: readonly [number, number] = [0, 0],
  ) {
    this.lanes = new Lanes(options, starts);
    this.both = this.lanes.both;
    this.opening = this.lanes.opening;
    this.halves = new Halves(this.lanes, options, (...args) => this.feed(...args));
  }

  /** There is WebSocket in it: a handshake was requested, or frames were found. */
  get recognised(): boolean {
    return this.lanes.recognised;
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.both.flatMap(({ assembler }) => assembler?.unfinished ?? []);
  }

  /** permessage-deflate is in use. */
  get deflate(): boolean {
    return this.opening.parameters !== undefined;
  }

  /** The side that opened the connection, as far as is known. */
  directionOf(side: Side): Direction {
    const { likelyClient } = this;
    if (this.lanes.client !== undefined || likelyClient === undefined) return this.lanes.directionOf(side);
    return likelyClient === side ? 'client' : 'server';
  }

  /** Of the next byte of each side that is in no frame. */
  get offsets(): readonly [number, number] {
    return [this.both[0].offset, this.both[1].offset];
  }

  /** Bytes in which frames are looked for, none found so far. */
  get searched(): number {
    return searched(this.both[0]) + searched(this.both[1]);
  }

  /** Gives back what is shared with others. */
  drop(): void {
    for (const { search, assembler } of this.both) {
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
    const lane = this.both[side];
    if (lane.phase === 'frames') lane.frames!.read(bytes, start, end, time, taker);
    else if (lane.phase === 'search') this.search(side, bytes, start, end, time, taker);
    else this.feed(side, bytes.subarray(start, end), time, taker);
  }

  /** A head that is not among the bytes: `side` sent it apart from them, over HTTP/2. */
  headApart(side: Side, head: Head, time: number, taker: ConnectionTaker): void {
    this.lanes.client ??= head.kind === 'request' ? side : otherSide(side);
    this.acceptHead(side, head, time, taker);
  }

  /** `length` bytes that `side` sent were not captured. */
  gap(side: Side, length: number, time: number, taker: ConnectionTaker, kind?: GapKind): void {
    const lane = this.both[side];
    this.halves.giveUpHalf(side, time, taker);
    if (lane.phase === 'search') {
      // The last look at what was held: no bytes after the hole continue it.
      this.searchOn(side, lane.search!.gap(), taker);
      if (lane.search) this.lanes.tellUnread(side, lane.offset - lane.searchFrom, time, taker);
    }
    const offset = lane.phase === 'frames' ? lane.frames!.position : lane.offset;
    if (this.lanes.recognised) {
      const about = kind === 'about' ? { isAbout: true } : undefined;
      taker.event({ type: 'gap', direction: this.lanes.directionOf(side), offset, length, ...about }, time);
    }
    if (lane.phase === 'frames' && lane.frames!.hole(length, time, taker, kind === 'about')) return;
    lane.offset = offset + length;
    if (lane.phase === 'passed' || lane.phase === 'body') return;
    if (kind === 'before-frame' && lane.frames) return this.lanes.goOn(side);
    lane.head = undefined;
    lane.pending = EMPTY;
    this.lanes.beginSearch(side, kind !== undefined);
  }

  /** No byte will follow, from either side. */
  end(time = NaN, taker?: ConnectionTaker): TranscriptEvent[] {
    if (taker === undefined) return collected((collecting) => void this.end(time, collecting));
    this.compareSearches();
    for (const side of [0, 1] as const) this.endOpening(side, time, taker);
    this.lanes.tellHandshake(taker);
    for (const side of [0, 1] as const) {
      const lane = this.both[side];
      if (lane.phase === 'held') this.halves.endHeld(side, time, taker);
      const unfinished = lane.frames?.end();
      lane.assembler?.close();
      if (!unfinished) continue;
      if ('frame' in unfinished) taker.frame(unfinished.frame, time);
      else taker.event({ type: 'tail', direction: this.lanes.directionOf(side), truncated: unfinished.header }, time);
    }
    return [];
  }

  /** Two searches with too little evidence each may support one another. */
  private compareSearches(): void {
    const [a, b] = this.both.map(({ search }) => search?.exact);
    this.mayBeFrames = a !== undefined || b !== undefined;
    if (this.mayBeFrames) this.likelyClient = a?.masked === true || b?.masked === false ? 0 : 1;
    if (a === undefined || b === undefined || !sufficeTogether(a, b)) return;
    for (const [side, { masked }] of [a, b].entries()) this.both[side]!.search!.learn(masked);
  }

  private endOpening(side: Side, time: number, taker: ConnectionTaker): void {
    const lane = this.both[side];
    if (lane.phase === 'start' && lane.pending.length > 0) this.decideOther(side, EMPTY, time, taker);
    if (lane.phase === 'search') {
      this.searchOn(side, lane.search!.end(), taker);
      if (lane.search) this.lanes.tellUnread(side, lane.offset - lane.searchFrom, time, taker);
    }
    const head = lane.phase === 'head' ? lane.head?.end() : undefined;
    if (head) this.takeHead(side, head, time, taker);
  }

  private searchOn(side: Side, found: FoundFrames | undefined, taker: ConnectionTaker): void {
    this.lanes.searchOn(side, found, taker);
    if (found) this.halves.giveUpHalf(otherSide(side), NaN, taker);
  }

  private feed(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): void {
    let rest: Uint8Array | undefined = chunk;
    while (rest !== undefined && rest.length > 0) rest = this.step(side, rest, time, taker);
  }

  private step(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    const lane = this.both[side];
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
        return this.halves.keep(side, chunk, time, taker);
      case 'frames':
        lane.frames!.read(chunk, 0, chunk.length, time, taker);
        return undefined;
      case 'search':
        this.search(side, chunk, 0, chunk.length, time, taker);
        return undefined;
      case 'body':
        if (lane.body?.isDeclared && !lane.body.isDone) return this.takeBody(side, lane.body, chunk, time, taker);
        return this.passBy(side, chunk, time, taker);
      case 'passed':
        return this.passBy(side, chunk, time, taker);
    }
  }

  /** A body that states its length: another try may follow it. */
  private takeBody(side: Side, body: HttpBody, chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array {
    const lane = this.both[side];
    const { offset } = lane;
    const end = body.read(chunk, 0);
    lane.offset += end;
    if (body.isDone) lane.phase = 'start';
    const bytes = handedOut(chunk.subarray(0, end), this.options);
    taker.event({ type: 'body', direction: this.lanes.directionOf(side), offset, bytes: bytes }, time);
    return chunk.subarray(end);
  }

  /** Bytes that are not WebSocket's. A handshake on the same connection begins a segment of its own. */
  private passBy(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    const lane = this.both[side];
    if (this.http2 === 'agreed' && taker.switched) {
      taker.switched(side, chunk, time);
      return undefined;
    }
    const isAsked = this.opening.state === 'requested' || this.http2 === 'asked';
    const start = side === this.lanes.client || isAsked ? startsLikeHead(chunk) : 'no';
    const retries = start === 'request' && side === this.lanes.client && this.opening.state !== 'requested';
    if (retries || (start === 'response' && side !== this.lanes.client)) {
      lane.phase = 'start';
      return chunk;
    }
    const { offset } = lane;
    lane.offset += chunk.length;
    if (lane.phase === 'body')
      taker.event(
        { type: 'body', direction: this.lanes.directionOf(side), offset, bytes: handedOut(chunk, this.options) },
        time,
      );
    return undefined;
  }

  /** Does a head begin here, or a frame? */
  private decide(side: Side, chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    const lane = this.both[side];
    const bytes = lane.pending.length === 0 ? chunk : concat([lane.pending, chunk]);
    const found = this.isStatedHead(side, lane) ? this.awaitedHead : startsLikeHead(bytes);
    const start = found === 'request' && this.isAnswering(side) ? 'no' : found;
    lane.pending = start === 'maybe' ? copyOf(bytes) : EMPTY;
    if (start === 'maybe') return undefined;
    if (start === 'request' || start === 'response') {
      if (this.opening.isDoubtful) this.opening.goOnInHttp();
      this.lanes.client ??= start === 'request' ? side : otherSide(side);
      lane.head = new HeadReader({ offset: lane.offset, kind: start });
      lane.phase = 'head';
      return bytes;
    }
    return this.decideOther(side, bytes, time, taker);
  }

  private isStatedHead(side: Side, { offset }: Lane): boolean {
    return this.options.headOf === side && offset === 0;
  }

  /** What the server sends in answer to a request is none of its own: an echo sends it back. */
  private isAnswering(side: Side): boolean {
    return this.opening.state === 'requested' && this.lanes.client !== undefined && side !== this.lanes.client;
  }

  private get awaitedHead(): 'request' | 'response' {
    return this.opening.asked ? 'response' : 'request';
  }

  /** What begins here is no head. */
  private decideOther(side: Side, bytes: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array {
    const lane = this.both[side];
    const { partialHeads } = this.options;
    if (this.halves.isWaited(side)) this.halves.meet(taker);
    if (partialHeads) this.lanes.tellHandshake(taker);
    if (this.opening.state === 'refused') lane.phase = 'body';
    else if (this.opening.state === 'requested' && !this.options.capture && !partialHeads) {
      // What comes in place of an answer follows the request also in a recording.
      this.lanes.tellHandshake(taker);
      lane.phase = 'body';
    } else if (this.options.capture && !this.opening.isDoubtful && !this.isStated(bytes)) this.lanes.beginSearch(side);
    else {
      // No handshake was seen. Only a client masks.
      this.lanes.client ??= ((bytes.length > 0 ? bytes : lane.pending)[1] ?? 0) >= 0x80 ? side : otherSide(side);
      this.halves.beginFrames(side, time, taker);
    }
    return bytes;
  }

  /** This is WebSocket beyond doubt, and a frame may well begin here. */
  private isStated(bytes: Uint8Array): boolean {
    const { capture } = this.options;
    return (capture === 'websocket' || this.opening.state === 'open') && looksLikeWebSocket(bytes, 1);
  }

  private takeHead(side: Side, read: Head, time: number, taker: ConnectionTaker): void {
    const lane = this.both[side];
    const head = this.options.partialHeads ? { ...read, complete: false } : read;
    lane.head = undefined;
    lane.offset = head.span.end;
    if (this.opening.isOther(head)) return this.passHttp(head);
    lane.phase = 'start';
    this.acceptHead(side, head, time, taker);
  }

  private acceptHead(side: Side, head: Head, time: number, taker: ConnectionTaker): void {
    const lane = this.both[side];
    this.lanes.recognised = true;
    if (head.kind === 'request') {
      this.opening.ask(head, time);
      if (this.opening.answered) this.halves.meet(taker);
      // Bytes after a request wait for the answer: only the answer shows what they are.
      else if (!this.options.partialHeads) beginHold(lane, time);
      return;
    }
    const { status = 0 } = head;
    if (status >= 100 && status < 200 && status !== 101) return;
    this.opening.answer(head, time);
    const opens = head.http2 ? this.opening.state === 'open' : status === 101;
    lane.body = opens ? undefined : new HttpBody(head);
    const { phase, offset } = this.both[otherSide(side)];
    const mayCome = this.options.capture && !this.opening.asked && offset === 0 && head.http2 === undefined;
    if (mayCome && (phase === 'start' || phase === 'head')) beginHold(lane, time);
    else this.halves.meet(taker);
  }

  private passHttp(head: Head): void {
    this.isHttp = true;
    if (!namesHttp2(head)) this.http2 = undefined;
    else this.http2 = head.kind === 'response' && this.http2 ? 'agreed' : 'asked';
    this.opening.pass();
    for (const lane of this.both) {
      lane.head = undefined;
      lane.pending = EMPTY;
      lane.phase = 'passed';
    }
  }

  private search(
    side: Side,
    bytes: Uint8Array,
    start: number,
    end: number,
    time: number,
    taker: ConnectionTaker,
  ): void {
    const lane = this.both[side];
    lane.offset += end - start;
    this.searchOn(side, lane.search!.push(bytes, start, end, time), taker);
  }
}
