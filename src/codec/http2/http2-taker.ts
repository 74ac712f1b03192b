import {
  through,
  type CarriedOpener,
  type Side,
  type StreamOpener,
  type StreamOrigin,
  type StreamTaker,
} from '../bytes/stream-taker.js';
import type { Head } from '../http1/head.js';

/** What a layer finds in an HTTP/2 connection that does not keep to its rules, or is an attack. */
export type Http2FaultKind =
  /** A field block that can't be decompressed (RFC 9113 §4.3). */
  | 'compression'
  /** Another frame within a field block (RFC 9113 §6.10). */
  | 'block-interrupted'
  /** A field block of more bytes or frames than are read (RFC 9113 §10.5.1). */
  | 'block-too-long'
  /** Few bytes that stand for very many (RFC 9113 §10.5.1). */
  | 'field-section-too-large'
  /** Streams that are reset as soon as they are opened (RFC 9113 §10.5). */
  | 'rapid-reset'
  /** Frames that need an answer, in masses (RFC 9113 §10.5). */
  | 'flood'
  /** A frame of its type that has another length (RFC 9113 §4.2). */
  | 'frame-size'
  /** More WebSockets at one time than are read. */
  | 'too-many-streams'
  /** A stream whose window stays empty (RFC 9113 §5.2). */
  | 'window-exhausted';

/** What is no byte of a stream. `offset`: of the frame's payload in its direction. */
export type Http2Event =
  | { readonly name: 'RST_STREAM'; readonly code: number; readonly offset: number }
  | {
      readonly name: 'GOAWAY';
      readonly code: number;
      readonly lastStream: number;
      /** Text of a peer, cut. */
      readonly debug: string;
      readonly offset: number;
    }
  | {
      readonly name: 'fault';
      readonly kind: Http2FaultKind;
      readonly args: Readonly<Record<string, string | number>>;
      readonly offset: number;
    };

/** Takes what is no byte of a WebSocket over HTTP/2. */
export interface Http2HeadTaker {
  /** The request, or an answer, that `side` sent. */
  head(side: Side, head: Head, time: number): void;
  http2Event(side: Side, event: Http2Event, time: number): void;
}

/** Takes a WebSocket of an HTTP/2 connection (RFC 8441): the bytes are its frames alone, heads come apart from them. */
export interface Http2StreamTaker extends StreamTaker, Http2HeadTaker {}

/** A stream of an HTTP/2 connection, as far as it is known when it opens. */
export interface Http2Stream {
  readonly stream: number;
  /** Which WebSocket of its connection it is, from 0. */
  readonly index: number;
  /** Its request was not captured: whether it is a WebSocket is shown by its bytes alone. */
  readonly isJoined: boolean;
  /** No more bytes of it are wanted. */
  readonly ignore: () => void;
  /** Requests on the connection so far that are no WebSockets. */
  readonly requests: () => number;
}

/** Takes the streams of an HTTP/2 connection. */
export interface Http2Opener extends CarriedOpener {
  carriesStream(stream: Http2Stream, time: number): Http2StreamTaker;
}

/** Keeps WebSockets over HTTP/2 by their heads and bytes. */
export interface Http2StreamOpener {
  /** Before the first head of a stream, of which the origin has the number (`http2`). Undefined: it is not wanted. */
  openedStream(origin: StreamOrigin, time: number): Http2StreamTaker | undefined;
}

/** Keeps what passes. Where it has no `openedStream`, an HTTP/2 connection is kept byte by byte, as any other. */
export interface StreamRecorder extends StreamOpener {
  readonly openedStream?: Http2StreamOpener['openedStream'] | undefined;
}

/** Every call of a stream goes through `pass`, which makes it, or does not. */
export function throughStream(taker: Http2StreamTaker, pass: (call: () => void) => void): Http2StreamTaker {
  return {
    ...through(taker, pass),
    head: (side, head, time) => pass(() => taker.head(side, head, time)),
    http2Event: (side, event, time) => pass(() => taker.http2Event(side, event, time)),
  };
}
