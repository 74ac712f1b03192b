import { parseEndpoint, type Endpoint, type Endpoints } from './endpoint.js';

/** One of the two ends of a stream: 0 is the one that opened it where that is known, else the first that sent anything. */
export type Side = 0 | 1;

export function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/**
 * How a stream ended. `fin`, `reset`: as TCP did; `reused`: a new connection has its ports; `evicted`: it was given up,
 * there were too many; `end`: the input ended first; `failed`: a recording says so (RFC 6455 §7.1.7); `unrecorded`: the
 * recording does not hold how it ended.
 */
export type CloseReason = 'fin' | 'reset' | 'reused' | 'evicted' | 'end' | 'failed' | 'unrecorded';

/**
 * What is known of a gap in what a layer carries: a record of the layer begins after it, and its length is right, or an
 * estimate; in what was read before: a frame of WebSocket begins after it. Undefined: its length is right.
 */
export type GapKind = 'before-record' | 'about' | 'before-frame';

/**
 * Takes one two-way byte stream, in order. What TCP hands up, and what taps, recordings and pasted bytes begin with.
 * Times are seconds since the epoch, NaN where unknown.
 */
export interface StreamTaker {
  /** Bytes `start` to `end` of `bytes`, sent by `side`. They are never written to later on; whoever keeps a view of them keeps the whole chunk in memory. */
  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void;
  /** `length` bytes that `side` sent were not captured. */
  gap(side: Side, length: number, time: number, kind?: GapKind): void;
  /** `side` has ended its direction, and all of it was handed on. */
  fin(side: Side, time: number): void;
  /** A reset from that side. */
  reset(side: Side, time: number): void;
  /** A stall of `side` ends: it took no bytes, because its TCP window was 0, during `seconds`. NaN where times are unknown. */
  stalled?(side: Side, seconds: number, time: number): void;
  /** The last call. */
  close(reason: CloseReason, time: number): void;
}

/** What a stream came through: a tunnel that its packets were in, a proxy that opened it. */
export interface Passage {
  /** A word of our own: `VXLAN`, `SOCKS5`. */
  readonly name: string;
  /** The tunnel's number: VNI, key, label, TEID. */
  readonly id?: number;
  /** Its ends as it states them: those of a tunnel, or of what a proxy carries. They are text of a peer. */
  readonly from?: string;
  readonly to?: string;
}

/** What is known of a stream when a source opens it. More may be known when the stream closes. */
export interface StreamOrigin {
  /** The number that its records have, from 0, in the order of the source. */
  readonly number: number;
  /** False: it is not known yet whether it may be WebSocket. Whoever reads `number` now settles it. */
  readonly isNumbered?: boolean;
  /** Side 0 and side 1; undefined where the source does not say. */
  readonly a: Endpoint | undefined;
  readonly b: Endpoint | undefined;
  /** Side 0 is the client for certain. */
  readonly isClientFirst: boolean;
  /** Its bytes are one sequence, and it is not known which side sent which: all are given as those of side 0. */
  readonly isOneSequence?: boolean;
  /** Outermost first. */
  readonly through?: readonly Passage[] | undefined;
  /** Its heads are those of a recording that may leave headers out: a header that is not there may have been sent. */
  readonly hasPartialHeads?: boolean;
  /** It is WebSocket, and its recording lacks the handshake, or a half of it: what that agreed on is not known. */
  readonly isJoined?: boolean;
  /** Its bytes are frames from the first one on, without holes: none is looked for. */
  readonly isWhole?: boolean;
  /** Each frame's sender is stated: side 0 is the client, whatever it masks. */
  readonly statesSenders?: boolean;
  /** The user stated that it is WebSocket. */
  readonly isPasted?: boolean;
  /** It is TLS (wss); its bytes are decrypted. */
  readonly isSecure?: boolean;
  /** The stream of an HTTP/2 connection that it is, if any: its heads come apart from its bytes. A HAR does not have its number. */
  readonly http2?: { readonly stream: number | undefined } | undefined;
  /** Which of `count` shards it belongs to, from 0: by its addresses. Without them it is the first. */
  shard?(count: number): number;
  /** Which of `count` readers of the same source has it, from 0. */
  share?(count: number): number;
  /** No byte of it is wanted any more, and no further call of its taker, `close` included. */
  ignore(): void;
}

/** A stream that a layer carries: the offsets of its bytes in those of each side, and what it came through; undefined: the layer was none after all. */
export interface Carried {
  readonly passage: Passage | undefined;
  readonly offsets: readonly [number, number];
}

/** Takes the streams that a layer carries. */
export interface CarriedOpener {
  carries(stream: Carried): StreamTaker;
  /** Nothing of it can be read. */
  passes?(): void;
}

/** Takes the streams that a source opens. */
export interface StreamOpener<Origin extends StreamOrigin = StreamOrigin> {
  /** Before the first byte of a stream. Undefined: it is not wanted, the source only counts it. */
  opened(origin: Origin, time: number): StreamTaker | undefined;
}

/** Every call of a stream goes through `pass`, which makes it, or does not. */
export function through(taker: StreamTaker, pass: (call: () => void) => void): StreamTaker {
  return {
    data: (side, bytes, start, end, time) => pass(() => taker.data(side, bytes, start, end, time)),
    gap: (side, length, time, kind) => pass(() => taker.gap(side, length, time, kind)),
    fin: (side, time) => pass(() => taker.fin(side, time)),
    reset: (side, time) => pass(() => taker.reset(side, time)),
    stalled: (side, seconds, time) => pass(() => taker.stalled?.(side, seconds, time)),
    close: (reason, time) => pass(() => taker.close(reason, time)),
  };
}

/** Its number; undefined: it has none so far, and gets none by this. */
export function knownNumber(origin: StreamOrigin): number | undefined {
  return origin.isNumbered === false ? undefined : origin.number;
}

/** A stream that the client opened, side 0. */
export function clientFirst(number: number, { client, server }: Endpoints, isSecure = false): StreamOrigin {
  const a = client === undefined ? undefined : parseEndpoint(client);
  const b = server === undefined ? undefined : parseEndpoint(server);
  return { number, a, b, isClientFirst: true, isSecure, ignore: () => undefined };
}
