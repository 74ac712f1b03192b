import { otherSide, type CloseReason, type GapKind, type Side } from '../bytes/stream-taker.js';
import type { Head } from '../http1/head.js';
import { HTTP2_ERROR } from './http2-codes.js';
import type { Http2Event, Http2Opener, Http2StreamTaker } from './http2-taker.js';

/** WebSockets of one connection that are read at one time. */
const MOST_OPEN = 4096;
/** Ordinary requests, and streams that were closed, that are remembered. */
const MOST_REMEMBERED = 4096;

/** Streams that were reset by one side and are still read, and for how many seconds. */
const MOST_RESET = 64;
const IN_FLIGHT = 5;

/** RFC 9113 §6.9.2. */
const DEFAULT_WINDOW = 65_535;

type Http2Reset = Extract<Http2Event, { readonly name: 'RST_STREAM' }>;

/** Of a stream whose beginning was seen: bytes of DATA that each side sent, and by how many it opened its own window. */
class StreamFlow {
  readonly sent: [number, number] = [0, 0];
  readonly opened: [number, number] = [0, 0];
}

/** Bytes of DATA of one direction. */
export interface Http2Flow {
  readonly sent: number;
  /** More of them are allowed by the window of the stream. */
  readonly left: number;
}

/** A stream that is open. */
interface OpenStream {
  /** Undefined: an ordinary request, or nothing of it is wanted. */
  taker: Http2StreamTaker | undefined;
  readonly isRequest: boolean;
  readonly ended: [boolean, boolean];
  /** The side that sent an answer. */
  answeredBy: Side | undefined;
  /** When it was reset: what the other side had sent by then may still come. */
  resetAt: number | undefined;
  /** What that is: `fin` where it only says that nothing more is wanted. */
  resetIs: 'fin' | 'reset';
  /** Undefined: it is an ordinary request, or its beginning was not seen. */
  readonly flow: StreamFlow | undefined;
  /** Bytes that may be missing before the next ones: an estimate; 0: none. */
  readonly lost: [number, number];
}

function openStream(flow: StreamFlow | undefined): OpenStream {
  return {
    taker: undefined,
    isRequest: false,
    answeredBy: undefined,
    ended: [false, false],
    resetAt: undefined,
    resetIs: 'reset',
    flow,
    lost: [0, 0],
  };
}

/** The streams of one HTTP/2 connection: its WebSockets, and how many other requests there were. */
export class Http2Streams {
  /** Requests that are no WebSockets. */
  requests = 0;
  /** WebSockets that were opened. */
  webSockets = 0;
  /** Requests may have been missed. */
  isBlind = false;
  /** The window that each side gives new streams (RFC 9113 §6.5.2). */
  readonly initial: [number, number] = [DEFAULT_WINDOW, DEFAULT_WINDOW];
  private readonly open = new Map<number, OpenStream>();
  /** Those that were reset, and of which something may still come. */
  private readonly dying = new Map<number, OpenStream>();
  private openRequests = 0;
  /** The last ones. */
  private readonly closed = new Set<number>();

  constructor(private readonly opener: Http2Opener) {}

  isOpen(stream: number): boolean {
    return this.open.has(stream);
  }

  /** A request without an answer so far. */
  isUnanswered(stream: number): boolean {
    const entry = this.open.get(stream);
    // Where the request of a WebSocket was not seen, its answer need not have been either.
    return entry !== undefined && (entry.isRequest || entry.flow !== undefined) && entry.answeredBy === undefined;
  }

  /** Those that were seen, of any kind. */
  get begun(): number {
    return this.requests + this.webSockets;
  }

  /** Its taker; undefined: it is no WebSocket, or is not open. */
  takerOf(stream: number): Http2StreamTaker | undefined {
    return this.open.get(stream)?.taker;
  }

  /** Those of WebSockets that are open. */
  *takers(): Generator<Http2StreamTaker> {
    for (const { taker } of this.open.values()) if (taker) yield taker;
  }

  /** A request that is no WebSocket. */
  request(stream: number): void {
    this.requests++;
    if (this.openRequests >= MOST_REMEMBERED) this.forgetRequest();
    this.openRequests++;
    this.open.set(stream, { ...openStream(undefined), isRequest: true });
  }

  /** Opens a WebSocket, or what may be one; false: there are too many. */
  webSocket(stream: number, isJoined: boolean, time: number): boolean {
    if (this.open.size - this.openRequests >= MOST_OPEN) return false;
    const entry = openStream(isJoined || this.isBlind ? undefined : new StreamFlow());
    const ignore = (): void => void (entry.taker = undefined);
    const requests = (): number => this.requests;
    this.open.set(stream, entry);
    entry.taker = this.opener.carriesStream({ stream, index: this.webSockets++, isJoined, ignore, requests }, time);
    return true;
  }

  head(stream: number, side: Side, head: Head, time: number): void {
    const entry = this.open.get(stream);
    // Its bytes follow its head.
    if (entry) entry.lost[side] = 0;
    if (entry && head.kind === 'response') entry.answeredBy = side;
    entry?.taker?.head(side, head, time);
  }

  data(stream: number, side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    const entry = this.open.get(stream) ?? this.unknown(stream, time);
    if (entry?.taker === undefined) return;
    if (entry.lost[side] > 0) this.tellLoss(entry, side, time);
    entry.taker.data(side, bytes, start, end, time);
  }

  /** Streams that were reset are still read. */
  get hasDying(): boolean {
    return this.dying.size > 0;
  }

  /** Bytes of the stream that were not captured. */
  gap(stream: number, side: Side, length: number, time: number, kind?: GapKind): void {
    this.open.get(stream)?.taker?.gap(side, length, time, kind);
  }

  /** Bytes of the connection were lost: each stream that is open may have lost some of them. */
  lose(side: Side, length: number): void {
    const all = [...this.open.values()].filter(({ taker }) => taker !== undefined);
    const going = all.filter(({ ended }) => !ended[side]).length;
    // Where a side sends DATA after END_STREAM, a loss before it counts as well.
    for (const { lost, ended } of all) lost[side] += ended[side] ? 1 : Math.max(1, Math.round(length / going));
  }

  /** A DATA frame of that length, padding included. */
  sent(stream: number, side: Side, length: number): void {
    const flow = this.open.get(stream)?.flow;
    if (flow) flow.sent[side] += length;
  }

  /** What `side` has sent on a stream, and what the other one still takes; undefined: its beginning was not seen. */
  flow(stream: number, side: Side): Http2Flow | undefined {
    const flow = this.open.get(stream)?.flow;
    return flow && { sent: flow.sent[side], left: this.windowLeft(flow, side) };
  }

  /** `side` takes that many more bytes. */
  opened(stream: number, side: Side, increment: number): void {
    const flow = this.open.get(stream)?.flow;
    if (flow) flow.opened[side] += increment;
  }

  /** END_STREAM of one side. */
  end(stream: number, side: Side, time: number): void {
    const entry = this.open.get(stream);
    if (entry === undefined || entry.ended[side]) return;
    entry.ended[side] = true;
    entry.taker?.fin(side, time);
    if (entry.ended[0] && entry.ended[1]) this.close(stream, entry, 'fin', time);
  }

  /** A reset ends both directions; only of a WebSocket something may still come that was sent before the other side knew of it. */
  reset(stream: number, side: Side, event: Http2Reset, time: number): void {
    const entry = this.open.get(stream);
    if (entry === undefined) return;
    // It gives up what it never could send. A window that was used up may be about to be opened.
    if (entry.resetAt === undefined && entry.flow?.sent[side] === 0) this.tellWindow(stream, side, entry, time);
    if (entry.resetAt === undefined) {
      entry.resetAt = time;
      // RFC 9113 §8.1: the answer is whole, and what the client would send is not wanted.
      const isWhole = entry.answeredBy === side && entry.ended[side] && event.code === HTTP2_ERROR.noError;
      entry.taker?.http2Event(side, event, time);
      if (isWhole) entry.resetIs = 'fin';
      else entry.taker?.reset(side, time);
    }
    entry.ended[side] = true;
    if (entry.taker === undefined || (entry.ended[0] && entry.ended[1]))
      return this.close(stream, entry, entry.resetIs, time);
    this.dying.set(stream, entry);
    if (this.dying.size > MOST_RESET) this.expire(Infinity);
  }

  /** Closes what was reset long before `time`. */
  expire(time: number): void {
    for (const [stream, entry] of this.dying) {
      if (time - entry.resetAt! > IN_FLIGHT) this.close(stream, entry, entry.resetIs, entry.resetAt!);
    }
  }

  closeAll(reason: CloseReason, time: number): void {
    for (const [stream, entry] of [...this.open]) this.close(stream, entry, reason, time);
  }

  /** Bytes of a stream whose request may have been missed. */
  private unknown(stream: number, time: number): OpenStream | undefined {
    if (!this.isBlind || this.closed.has(stream) || !this.webSocket(stream, true, time)) return undefined;
    return this.open.get(stream);
  }

  private windowLeft({ sent, opened }: StreamFlow, side: Side): number {
    const receiver = otherSide(side);
    return this.initial[receiver] + opened[receiver] - sent[side];
  }

  /** A window that is used up at the end, and keeps a side from sending more. */
  private tellWindow(stream: number, side: Side, { flow, taker, ended }: OpenStream, time: number): void {
    if (flow === undefined || this.isBlind || ended[side] || this.windowLeft(flow, side) > 0) return;
    const args = { stream, bytes: flow.sent[side] };
    taker?.http2Event(otherSide(side), { name: 'fault', kind: 'window-exhausted', args, offset: 0 }, time);
  }

  private tellLoss({ taker, lost }: OpenStream, side: Side, time: number): void {
    const length = lost[side];
    lost[side] = 0;
    taker?.gap(side, length, time, 'about');
  }

  private close(stream: number, entry: OpenStream, reason: CloseReason, time: number): void {
    this.open.delete(stream);
    this.dying.delete(stream);
    if (entry.isRequest) this.openRequests--;
    const [oldest] = this.closed.size >= MOST_REMEMBERED ? this.closed : [];
    if (oldest !== undefined) this.closed.delete(oldest);
    this.closed.add(stream);
    for (const side of [0, 1] as const) this.tellWindow(stream, side, entry, time);
    entry.taker?.close(entry.resetAt === undefined ? reason : entry.resetIs, entry.resetAt ?? time);
  }

  private forgetRequest(): void {
    for (const [stream, { isRequest }] of this.open) {
      if (!isRequest) continue;
      this.open.delete(stream);
      this.openRequests--;
      return;
    }
  }
}
