import type { Endpoints } from '../../codec/bytes/endpoint.js';
import {
  clientFirst,
  otherSide,
  type CloseReason,
  type Side,
  type StreamOrigin,
  type StreamTaker,
} from '../../codec/bytes/stream-taker.js';
import type { Head } from '../../codec/http1/head.js';
import { HTTP2_TYPE, type Http2Header } from '../../codec/http2/http2-frame.js';
import { Http2Layer } from '../../codec/http2/http2-layer.js';
import type { Http2Flow } from '../../codec/http2/http2-streams.js';
import type { Http2FaultKind, Http2Stream, Http2StreamTaker } from '../../codec/http2/http2-taker.js';
import { Conversation } from '../../traffic/conversation.js';
import { http2FaultWords } from '../../traffic/layers/http2-words.js';
import { MOST_LAYERS, NO_LAYERS } from '../../traffic/layers/below.js';
import { streamOrigin } from '../../traffic/stream-origin.js';
import type { LiveContext, LiveTaker } from '../sockets/live-connection.js';
import { ChosenStream } from './chosen-stream.js';
import { oncePassed } from './tapped-socket.js';
import { WithoutHidden } from './without-hidden.js';
import { allCauses } from '../../traffic/causes/causes.js';
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
/** What ends a stream, and what comes before that. */
const OF_AN_END: ReadonlySet<number> = new Set([HTTP2_TYPE.data, HTTP2_TYPE.rstStream]);
const SIDE = { client: 0, server: 1 } as const;

/**
 * An HTTP/2 connection of which one end is ours, as a tap has its bytes: each WebSocket in it (RFC 8441) is read, judged,
 * counted and recorded as a connection of its own.
 */
export class LiveHttp2 implements TapTaker {
  private readonly layer: Http2Layer;
  /** The numbers of its WebSockets, by stream, until they are taken. */
  private readonly numbers = new Map<number, number>();
  private readonly here: Side;
  private readonly origin: StreamOrigin;
  /** Keeps the connection byte by byte, without the frames of hidden streams. */
  private readonly recorded: StreamTaker | undefined;
  private readonly hidden = new Set<number>();
  /** Streams that a relay ended. */
  private readonly ownEnds = new Set<number>();
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
    const isLeftOut = (header: Http2Header): boolean => this.isLeftOut(header);
    this.kept = [new WithoutHidden(true, isLeftOut), new WithoutHidden(false, isLeftOut)];
    if (recorder?.openedStream === undefined) this.recorded = recorder?.opened(this.origin, context.now());
    this.layer = new Http2Layer({
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

  /** What this end has sent on a stream, and may send. */
  flow(stream: number): Http2Flow | undefined {
    return this.layer.flow(stream, this.here);
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

  /**
   * This end, a relay, ends the stream for itself: what follows on it is not recorded, but for heads, which those of other
   * streams depend on, and no end of the connection that came of it.
   */
  leaveOut(stream: number): void {
    this.ownEnds.add(stream);
  }

  /** The connection has ended; `end`: by neither end, as far as is known, which may be so of a recording alone. Only the first call counts. */
  end(reason: CloseReason, recordedAs = reason): void {
    if (this.ended) return;
    this.ended = true;
    const time = this.context.now();
    this.layer.close(reason, time);
    this.nameFaults();
    this.endRecorded(this.ownEnds.size > 0 ? 'end' : recordedAs, time);
  }

  private endRecorded(reason: CloseReason, time: number): void {
    const { recorded, here } = this;
    if (reason === 'reset') recorded?.reset(otherSide(here), time);
    else if (reason === 'fin') for (const side of [0, 1] as const) recorded?.fin(side, time);
    recorded?.close(reason, time);
  }

  private isLeftOut({ type, stream }: Http2Header): boolean {
    return (type === HTTP2_TYPE.data && this.hidden.has(stream)) || (OF_AN_END.has(type) && this.ownEnds.has(stream));
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
    const { faults } = this.layer;
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

  private open(stream: Http2Stream, time: number): readonly Http2StreamTaker[] {
    const { context, taker } = this;
    const number = taker.number(stream.stream);
    this.numbers.set(stream.stream, number);
    const below = { ...NO_LAYERS, depth: MOST_LAYERS, http2: stream };
    const origin = { ...streamOrigin(this.origin, stream), number };
    const { reading, apps } = context;
    const shown = new Conversation(origin, time, { reading, apps, causes: allCauses }, taker, below);
    const recorded = context.recorder?.openedStream?.({ ...origin, http2: stream }, time);
    return recorded ? [recorded, shown] : [shown];
  }
}
