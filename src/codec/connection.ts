import { createAssembler, type ReadingOptions } from './assembling.js';
import { concat } from './byte-collector.js';
import type { DeflateParameters } from './deflate-params.js';
import { FrameStream } from './frame-stream.js';
import { readHandshake } from './handshake.js';
import { HeadReader } from './head-reader.js';
import { startsLikeHead, type Head, type RequestHead, type ResponseHead } from './http1.js';
import type { MessageAssembler } from './message.js';
import type { Direction, Frame, UnfinishedMessage } from './records.js';
import type { TranscriptEvent } from './transcript.js';

/** One of the two ends: 0 is the one that opened the connection, or else the first that was heard. */
export type Side = 0 | 1;

/** Where a connection stands (RFC 6455 §4 and §7). */
type State = 'opening' | 'requested' | 'open' | 'client-closed' | 'server-closed' | 'closed' | 'refused';
type Happening = 'request' | 'interim' | 'upgrade' | 'refusal' | 'frames' | 'client-close' | 'server-close';

/** What happens where; what is not in the table changes nothing. */
const TRANSITIONS: Readonly<Record<State, Readonly<Partial<Record<Happening, State>>>>> = {
  opening: { request: 'requested', interim: 'opening', upgrade: 'open', refusal: 'refused', frames: 'open' },
  requested: { interim: 'requested', upgrade: 'open', refusal: 'refused' },
  open: { 'client-close': 'client-closed', 'server-close': 'server-closed' },
  'client-closed': { 'server-close': 'closed' },
  'server-closed': { 'client-close': 'closed' },
  closed: {},
  // The same connection may carry another try (RFC 6455 §4.1: after 401, after a redirect to the same host).
  refused: { request: 'requested' },
};

/** A direction of the connection: what its next bytes are. */
interface Lane {
  phase: 'start' | 'head' | 'held' | 'frames' | 'body';
  offset: number;
  /** Bytes that wait: too few to tell what they are, or sent before the handshake was answered. */
  pending: Uint8Array;
  head?: HeadReader;
  frames?: FrameStream;
}

/** What a client may send ahead of the answer before it is given up as no WebSocket. */
const MOST_HELD = 1024 * 1024;
const EMPTY = new Uint8Array(0);

/** Both directions of one connection: heads, what they negotiate, and the frames read accordingly. Never throws. */
export class Connection {
  private state: State = 'opening';
  private readonly lanes: readonly [Lane, Lane] = [newLane(), newLane()];
  private client: Side | undefined;
  private request: RequestHead | undefined;
  private response: ResponseHead | undefined;
  private parameters: DeflateParameters | undefined;
  private handshakeTold = false;
  private readonly assemblers: MessageAssembler[] = [];

  constructor(private readonly options: ReadingOptions = {}) {
    this.parameters = options.deflate;
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.assemblers.flatMap((assembler) => assembler.unfinished ?? []);
  }

  /** permessage-deflate is in use. */
  get deflate(): boolean {
    return this.parameters !== undefined;
  }

  /** Bytes that `side` sent, in their order. */
  push(side: Side, chunk: Uint8Array): TranscriptEvent[] {
    const events: TranscriptEvent[] = [];
    this.feed(side, chunk, events);
    return events;
  }

  /** No byte will follow, from either side. */
  end(): TranscriptEvent[] {
    const events: TranscriptEvent[] = [];
    for (const side of [0, 1] as const) {
      const lane = this.lanes[side];
      if (lane.phase === 'start' && lane.pending.length > 0) this.beginFrames(side, events);
      const head = lane.phase === 'head' ? lane.head?.end() : undefined;
      if (head) this.takeHead(side, head, events);
    }
    if (!this.handshakeTold && this.request) this.tellHandshake(events);
    for (const side of [0, 1] as const) {
      if (this.lanes[side].phase === 'held') this.beginFrames(side, events);
      const unfinished = this.lanes[side].frames?.end();
      const direction = this.directionOf(side);
      if (!unfinished) continue;
      if ('frame' in unfinished) events.push({ type: 'frame', direction, frame: unfinished.frame });
      else events.push({ type: 'tail', direction, truncated: unfinished.header });
    }
    return events;
  }

  private happen(what: Happening): void {
    this.state = TRANSITIONS[this.state][what] ?? this.state;
  }

  private directionOf(side: Side): Direction {
    if (this.client === undefined) return 'unknown';
    return this.client === side ? 'client' : 'server';
  }

  private feed(side: Side, chunk: Uint8Array, events: TranscriptEvent[]): void {
    let rest: Uint8Array | undefined = chunk;
    while (rest !== undefined && rest.length > 0) rest = this.step(side, rest, events);
  }

  private step(side: Side, chunk: Uint8Array, events: TranscriptEvent[]): Uint8Array | undefined {
    const lane = this.lanes[side];
    switch (lane.phase) {
      case 'start':
        return this.decide(side, chunk, events);
      case 'head': {
        const result = lane.head!.push(chunk);
        if (!result) return undefined;
        this.takeHead(side, result.head, events);
        return result.rest;
      }
      case 'held':
        return this.hold(lane, chunk);
      case 'frames':
        for (const frame of lane.frames!.push(chunk)) this.tellFrame(frame, events);
        return undefined;
      case 'body':
        events.push({ type: 'body', direction: this.directionOf(side), offset: lane.offset, bytes: chunk });
        lane.offset += chunk.length;
        return undefined;
    }
  }

  /** Keeps what was sent ahead of the answer. More than that is the body of some other request: to read on behind a part left out would be reading nonsense. */
  private hold(lane: Lane, chunk: Uint8Array): Uint8Array | undefined {
    const bytes = concat([lane.pending, chunk]);
    const tooMuch = bytes.length > MOST_HELD;
    lane.pending = tooMuch ? EMPTY : bytes;
    if (!tooMuch) return undefined;
    lane.phase = 'body';
    return bytes;
  }

  /** Does a head begin here, or a frame? */
  private decide(side: Side, chunk: Uint8Array, events: TranscriptEvent[]): Uint8Array | undefined {
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
    if (this.state === 'requested') lane.phase = side === this.client ? 'held' : 'body';
    else {
      // No handshake was seen. Only a client masks.
      this.client ??= (bytes[1] ?? 0) >= 0x80 ? side : other(side);
      this.beginFrames(side, events);
    }
    return bytes;
  }

  private takeHead(side: Side, head: Head, events: TranscriptEvent[]): void {
    const lane = this.lanes[side];
    delete lane.head;
    lane.offset = head.span.end;
    lane.phase = 'start';
    if (head.kind === 'request') {
      this.request = head;
      this.response = undefined;
      this.handshakeTold = false;
      this.happen('request');
      // What follows a request waits for the answer: only that tells what it is.
      lane.phase = 'held';
      return;
    }
    const status = head.status ?? 0;
    if (status >= 100 && status < 200 && status !== 101) return this.happen('interim');
    this.response = head;
    this.happen(status === 101 ? 'upgrade' : 'refusal');
    this.tellHandshake(events);
    for (const each of [side, other(side)]) this.goOn(each, status === 101, events);
  }

  /** After the answer: frames, or what belongs to a refusal. */
  private goOn(side: Side, upgraded: boolean, events: TranscriptEvent[]): void {
    const lane = this.lanes[side];
    if (lane.phase === 'frames' || lane.phase === 'head' || lane.phase === 'body') return;
    if (upgraded) return this.beginFrames(side, events);
    lane.phase = side === this.client ? 'start' : 'body';
    const held = lane.pending;
    lane.pending = EMPTY;
    this.feed(side, held, events);
  }

  private beginFrames(side: Side, events: TranscriptEvent[]): void {
    const lane = this.lanes[side];
    this.happen('frames');
    lane.phase = 'frames';
    const fromStart = this.response !== undefined || this.request !== undefined;
    const assembler = createAssembler(this.directionOf(side), this.parameters, this.options, fromStart);
    this.assemblers.push(assembler);
    lane.frames = new FrameStream(() => assembler, lane.offset);
    const held = lane.pending;
    lane.pending = EMPTY;
    this.feed(side, held, events);
  }

  private tellHandshake(events: TranscriptEvent[]): void {
    const { request, response } = this;
    const { acceptOf } = this.options;
    const halves = { ...(request && { request }), ...(response && { response }), ...(acceptOf && { acceptOf }) };
    const handshake = readHandshake(halves);
    if (response) this.parameters = handshake.deflate;
    this.handshakeTold = true;
    events.push({ type: 'handshake', direction: response ? 'server' : 'client', handshake });
  }

  private tellFrame(frame: Frame, events: TranscriptEvent[]): void {
    if (frame.close) this.happen(frame.direction === 'client' ? 'client-close' : 'server-close');
    events.push({ type: 'frame', direction: frame.direction, frame });
  }
}

function newLane(): Lane {
  return { phase: 'start', offset: 0, pending: EMPTY };
}

function other(side: Side): Side {
  return side === 0 ? 1 : 0;
}
