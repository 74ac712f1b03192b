import { parseEndpoint, type Endpoint, type Endpoints } from '../../codec/bytes/endpoint.js';
import type { Head } from '../../codec/http1/head.js';
import type { Http2Event, Http2HeadTaker } from '../../codec/http2/http2-taker.js';
import type {
  CloseReason,
  GapKind,
  Side,
  StreamOpener,
  StreamOrigin,
  StreamTaker,
} from '../../codec/bytes/stream-taker.js';

/** The ends of a recorded connection. */
export interface RecordedEnds extends Endpoints {
  /** It is TLS (wss); the bytes are decrypted. */
  readonly secure?: true;
  /** The recording may leave out headers, or the answer: what is not in it may have been sent. */
  readonly partialHeads?: true;
  /** It was joined in its middle, or half of its handshake is missing. */
  readonly joined?: true;
  /** It was a stream of an HTTP/2 connection, and which, where the recording has that. */
  readonly http2?: true;
  readonly stream?: number;
}

/** How a connection of a recording ended. */
export interface RecordedEnd extends RecordedEnds {
  readonly reason: CloseReason;
  /** The end that sent the first FIN, or the RST, and when. */
  readonly by?: Side;
  readonly at?: number;
  /** Why it failed, in the words of whoever recorded it: `reason` is `failed`. */
  readonly failure?: string;
}

/** Takes the bytes of a recorded stream. */
export interface RecordedTaker extends StreamTaker, Partial<Http2HeadTaker> {
  /** It failed, in the words of whoever recorded it; `close` follows. */
  fail(failure: string, time: number): void;
}

/** Takes the streams of a recording, and what else is to be said of it. Times are NaN where unknown. */
export interface RecordingTaker extends StreamOpener<RecordedStream> {
  opened(origin: RecordedStream, time: number): RecordedTaker | undefined;
  /** Worth reporting. */
  notice(message: string): void;
  /** A part that can't be read and is left out, as `line 3, column 1: no JSON`: reading continues. */
  damage(message: string): void;
  /** It can't be read from here on; no call follows. */
  problem(message: string): void;
}

/** A stream of a recording, as its reader writes it. The client opened it: side 0. */
export class RecordedStream implements StreamOrigin {
  readonly isClientFirst = true;
  readonly hasPartialHeads: boolean;
  readonly isJoined: boolean;
  readonly http2: StreamOrigin['http2'];
  a: Endpoint | undefined;
  b: Endpoint | undefined;
  private readonly taker: RecordedTaker | undefined;
  private isIgnored = false;

  constructor(
    taker: RecordingTaker,
    /** The number that the recording has for it. */
    readonly number: number,
    readonly ends: RecordedEnds,
    time: number,
    readonly statesSenders = false,
  ) {
    this.hasPartialHeads = ends.partialHeads === true;
    this.isJoined = ends.joined === true;
    this.http2 = ends.http2 === true || ends.stream !== undefined ? { stream: ends.stream } : undefined;
    this.name(ends);
    this.taker = taker.opened(this, time);
  }

  bytes(side: Side, bytes: Uint8Array, time: number): void {
    if (!this.isIgnored) this.taker?.data(side, bytes, 0, bytes.length, time);
  }

  /** A head over HTTP/2. */
  head(side: Side, head: Head, time: number): void {
    if (!this.isIgnored) this.taker?.head?.(side, head, time);
  }

  http2Event(side: Side, event: Http2Event, time: number): void {
    if (!this.isIgnored) this.taker?.http2Event?.(side, event, time);
  }

  /** `length` bytes were not recorded. */
  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    if (!this.isIgnored) this.taker?.gap(side, length, time, kind);
  }

  /** The last call. */
  close({ reason, by, at = NaN, failure, ...ends }: RecordedEnd, time: number): void {
    this.name(ends);
    const taker = this.isIgnored ? undefined : this.taker;
    if (by !== undefined) taker?.[reason === 'reset' ? 'reset' : 'fin'](by, at);
    if (failure !== undefined) taker?.fail(failure, time);
    taker?.close(reason, time);
  }

  ignore(): void {
    this.isIgnored = true;
  }

  private name({ client, server }: RecordedEnds): void {
    if (client !== undefined) this.a = parseEndpoint(client);
    if (server !== undefined) this.b = parseEndpoint(server);
  }
}

/** An incremental reader of a recording that is no capture of packets. Never throws on any input; memory is bounded. */
export interface RecordingReader {
  push(chunk: Uint8Array, taker: RecordingTaker): void;
  end(taker: RecordingTaker): void;
}
