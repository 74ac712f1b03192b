import type { Endpoints } from '../../codec/bytes/endpoint.js';
import {
  clientFirst,
  otherSide,
  type CloseReason,
  type GapKind,
  type Side,
  type StreamOrigin,
  type StreamTaker,
} from '../../codec/bytes/stream-taker.js';
import { readHandshake } from '../../codec/handshake/handshake.js';
import type { Head } from '../../codec/http1/head.js';
import type { Http2Event, Http2FaultKind, Http2Stream, Http2StreamTaker } from '../../codec/http2/http2-taker.js';
import { malformationOf } from '../../rules/handshake/rules.js';
import { Conversation } from '../../traffic/conversation.js';
import { openHttp2 } from '../../traffic/layers/http2-traffic.js';
import { http2FaultWords } from '../../traffic/layers/http2-words.js';
import type { LayerTaker } from '../../traffic/layers/layers.js';
import { MOST_LAYERS, NO_LAYERS } from '../../traffic/layers/below.js';
import { streamOrigin } from '../../traffic/stream-origin.js';
import type { LiveContext, LiveTaker } from '../sockets/live-connection.js';
import { oncePassed } from './tapped-socket.js';
import { WithoutHidden } from './without-hidden.js';
import type { TapTaker } from '../sockets/tap.js';

/** The end that is ours. */
type OurEnd = 'client' | 'server';

export interface LiveHttp2Taker extends LiveTaker {
  /** The number of a new WebSocket, on this stream: called once for each. */
  number(stream: number): number;
  /** What is to be known of a connection and is not among the records of a WebSocket. */
  notice?(message: string): void;
  /** A WebSocket whose traffic is not for the user: it is neither shown nor recorded. */
  hides?(request: Head): boolean;
}

/** Takes nothing. */
const NOBODY: StreamTaker = { data() {}, gap() {}, fin() {}, reset() {}, close() {} };
const SIDE = { client: 0, server: 1 } as const;

/**
 * An HTTP/2 connection of which one end is ours, as a tap has its bytes: each WebSocket in it (RFC 8441) is read, judged,
 * counted and recorded as a connection of its own.
 */
export class LiveHttp2 implements TapTaker {
  private readonly layer: LayerTaker;
  /** The numbers of its WebSockets, by stream, until they are taken. */
  private readonly numbers = new Map<number, number>();
  private readonly here: Side;
  private readonly origin: StreamOrigin;
  /** Keeps the connection byte by byte, without the frames of hidden streams. */
  private readonly recorded: StreamTaker | undefined;
  private readonly hidden = new Set<number>();
  private readonly kept: readonly [WithoutHidden, WithoutHidden];
  /** Those that are open. */
  private readonly streams = new Map<number, ChosenStream>();
  /** Faults of the connection that were looked at, and those that are among the records of a WebSocket. */
  private known = 0;
  private readonly told = new Set<Http2FaultKind>();
  /** Those that this end reset as a client, which has few. */
  private readonly resets = new Set<number>();
  private ended = false;

  constructor(
    ends: Endpoints,
    we: OurEnd,
    private readonly context: LiveContext,
    private readonly taker: LiveHttp2Taker,
  ) {
    this.here = SIDE[we];
    const { isSecure, recorder } = context;
    // Its number is that of no connection in the records: each WebSocket has its own.
    this.origin = clientFirst(0, ends, isSecure);
    this.kept = [new WithoutHidden(true, this.hidden), new WithoutHidden(false, this.hidden)];
    if (recorder?.openedStream === undefined) this.recorded = recorder?.opened(this.origin, context.now());
    this.layer = openHttp2({
      carriesStream: (stream, time) => this.chosen(stream, time),
      // It begins with the preface.
      carries: () => NOBODY,
    });
  }

  incoming(bytes: Uint8Array): void {
    this.read(otherSide(this.here), bytes);
  }

  outgoing(bytes: Uint8Array): void {
    this.read(this.here, bytes);
  }

  /** The number of the WebSocket on a stream; undefined: its request was not seen. Each is given once. */
  takeNumber(stream: number): number | undefined {
    const number = this.numbers.get(stream);
    this.numbers.delete(stream);
    return number;
  }

  /** The request for a WebSocket on a stream is malformed (RFC 9113 §8.1.1). */
  isMalformed(stream: number): boolean {
    return this.streams.get(stream)?.isMalformed === true;
  }

  /** What was found wrong with the connection, in words. */
  get faultWords(): string | undefined {
    return http2FaultWords(this.layer.faults);
  }

  /** This end has reset the stream. */
  hasReset(stream: number): boolean {
    return this.resets.has(stream);
  }

  /** A stream has closed at this end: nothing of it is read any more, also where the other end may still send something. */
  closeStream(stream: number): void {
    const open = this.streams.get(stream);
    this.streams.delete(stream);
    this.numbers.delete(stream);
    open?.close('reset', this.context.now());
  }

  /** The same, once what was sent last on the stream was read. */
  closeStreamSoon(stream: number): void {
    oncePassed(() => this.closeStream(stream));
  }

  /** The connection has ended. Only the first call counts. */
  end(reason: CloseReason): void {
    if (this.ended) return;
    this.ended = true;
    const time = this.context.now();
    const { recorded, here } = this;
    this.layer.close(reason, time);
    this.nameFaults();
    if (reason === 'reset') recorded?.reset(otherSide(here), time);
    else for (const side of [0, 1] as const) recorded?.fin(side, time);
    recorded?.close(reason, time);
  }

  private read(side: Side, bytes: Uint8Array): void {
    if (this.ended) return;
    const time = this.context.now();
    // First what shows which streams are hidden.
    this.layer.data(side, bytes, 0, bytes.length, time);
    this.nameFaults();
    if (this.recorded === undefined) return;
    const kept = this.kept[side].take(bytes);
    if (kept.length > 0) this.recorded.data(side, kept, 0, kept.length, time);
  }

  /** As soon as they are found, not at the end: a connection that was attacked may stay open for long. */
  private nameFaults(): void {
    const { faults = [] } = this.layer;
    if (faults.length === this.known) return;
    const words = http2FaultWords(faults.slice(this.known).filter((kind) => !this.told.has(kind)));
    this.known = faults.length;
    if (words !== undefined) this.taker.notice?.(`an HTTP/2 connection without open WebSockets has ${words}`);
  }

  private chosen(stream: Http2Stream, time: number): ChosenStream {
    const chosen = new ChosenStream(
      () => this.open(stream, time),
      (head) => this.hides(stream.stream, head),
      (side, event) => {
        if (event.name === 'fault') this.told.add(event.kind);
        // Also where `node:http2` refuses a stream without a word.
        if (event.name !== 'RST_STREAM' || side !== this.here) return;
        if (this.here === SIDE.client) this.resets.add(stream.stream);
        this.closeStreamSoon(stream.stream);
      },
    );
    this.streams.set(stream.stream, chosen);
    return chosen;
  }

  private hides(stream: number, head: Head): boolean {
    const isHidden = this.taker.hides?.(head) === true;
    if (isHidden) this.hidden.add(stream);
    return isHidden;
  }

  private open(stream: Http2Stream, time: number): Http2StreamTaker {
    const { context, taker } = this;
    const number = taker.number(stream.stream);
    this.numbers.set(stream.stream, number);
    const below = { ...NO_LAYERS, depth: MOST_LAYERS, http2: stream };
    const origin = { ...streamOrigin(this.origin, stream), number };
    const shown = new Conversation(
      origin,
      time,
      { reading: context.reading, apps: context.apps },
      taker,
      below,
    );
    const recorded = context.recorder?.openedStream?.({ ...origin, http2: stream }, time);
    return recorded ? new BothStreams(recorded, shown) : shown;
  }
}

/** Two takers of a stream. */
class BothStreams implements Http2StreamTaker {
  constructor(
    private readonly one: Http2StreamTaker,
    private readonly other: Http2StreamTaker,
  ) {}

  head(...args: Parameters<Http2StreamTaker['head']>): void {
    this.one.head(...args);
    this.other.head(...args);
  }

  data(...args: Parameters<Http2StreamTaker['data']>): void {
    this.one.data(...args);
    this.other.data(...args);
  }

  gap(...args: Parameters<Http2StreamTaker['gap']>): void {
    this.one.gap(...args);
    this.other.gap(...args);
  }

  http2Event(...args: Parameters<Http2StreamTaker['http2Event']>): void {
    this.one.http2Event(...args);
    this.other.http2Event(...args);
  }

  fin(...args: Parameters<Http2StreamTaker['fin']>): void {
    this.one.fin(...args);
    this.other.fin(...args);
  }

  reset(...args: Parameters<Http2StreamTaker['reset']>): void {
    this.one.reset(...args);
    this.other.reset(...args);
  }

  close(...args: Parameters<Http2StreamTaker['close']>): void {
    this.one.close(...args);
    this.other.close(...args);
  }
}

/** A stream that is opened with its first head, or its first bytes, unless it is hidden. */
class ChosenStream implements Http2StreamTaker {
  /** Its first head is. */
  isMalformed = false;
  private taker: Http2StreamTaker | undefined;
  private isHidden = false;
  private hasHead = false;

  constructor(
    private readonly open: () => Http2StreamTaker,
    private readonly hides: (head: Head) => boolean,
    /** It was handed on. */
    private readonly told: (side: Side, event: Http2Event) => void,
  ) {}

  head(side: Side, head: Head, time: number): void {
    if (!this.hasHead && head.kind === 'request')
      this.isMalformed = malformationOf(readHandshake({ request: head })) !== undefined;
    this.hasHead = true;
    if (this.taker === undefined && !this.isHidden) this.isHidden = this.hides(head);
    this.opened?.head(side, head, time);
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    this.opened?.data(side, bytes, start, end, time);
  }

  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    this.opened?.gap(side, length, time, kind);
  }

  http2Event(side: Side, event: Http2Event, time: number): void {
    if (this.taker === undefined) return;
    this.taker.http2Event(side, event, time);
    this.told(side, event);
  }

  fin(side: Side, time: number): void {
    this.taker?.fin(side, time);
  }

  reset(side: Side, time: number): void {
    this.taker?.reset(side, time);
  }

  /** Only the first call counts. */
  close(reason: CloseReason, time: number): void {
    const { taker } = this;
    this.taker = undefined;
    this.isHidden = true;
    taker?.close(reason, time);
  }

  private get opened(): Http2StreamTaker | undefined {
    if (!this.isHidden) this.taker ??= this.open();
    return this.taker;
  }
}
