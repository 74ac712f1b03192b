import { type Endpoints } from '../../codec/bytes/endpoint.js';
import { clientFirst, type Side } from '../../codec/bytes/stream-taker.js';
import { HeadReader } from '../../codec/http1/head-reader.js';
import type { RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import type { Http2Event, Http2Stream, Http2StreamTaker } from '../../codec/http2/http2-taker.js';
import { Conversation } from '../../traffic/conversation.js';
import { MOST_LAYERS, NO_LAYERS } from '../../traffic/layers/below.js';
import type { TcpEnd } from '../../traffic/tally/tally.js';
import { BodyMeter, responseBody } from '../server/body-meter.js';
import { http2Answer } from '../http2/http2-fields.js';
import type { LiveContext, LiveTaker } from '../sockets/live-connection.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';
import { allCauses } from '../../traffic/causes/causes.js';
import type { RelayWatcher } from './connection.js';

const SIDE = { client: 0, server: 1 } as const;

/** A WebSocket of a client of HTTP/2. */
export interface WatchedStream {
  readonly number: number;
  readonly head: RequestHead;
  /** That HTTP/1.1 needs. */
  readonly key: string | undefined;
  readonly ends: Endpoints;
}

/**
 * What passes a stream of a client: its request as it came, the answer as it goes to the client, and the bytes of both
 * as they came from their senders. The relay has both heads in the form of HTTP/1.1.
 */
export class StreamWatch implements RelayWatcher {
  private readonly takers: readonly Http2StreamTaker[];
  private readonly recorded: Http2StreamTaker | undefined;
  private readonly request = new HeadReader({ kind: 'request', limit: MOST_HEAD });
  private answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
  /** Of an answer that refuses. */
  private body: BodyMeter | undefined;
  private isAnswered = false;
  private ended = false;

  constructor(
    private readonly watched: WatchedStream,
    private readonly context: LiveContext,
    taker: LiveTaker,
  ) {
    const { number, head, ends } = watched;
    const time = context.now();
    const stream = head.http2!.stream!;
    const http2: Http2Stream = { stream, index: 0, isJoined: false, ignore: () => undefined, requests: () => 0 };
    const origin = clientFirst(number, ends, context.isSecure);
    const below = { ...NO_LAYERS, depth: MOST_LAYERS, http2 };
    const options = { reading: context.reading, apps: context.apps, causes: allCauses };
    this.recorded = context.recorder?.openedStream?.({ ...origin, http2 }, time);
    const { recorded } = this;
    // Recorded first: the display of it may break off, the record may not.
    this.takers = [...(recorded ? [recorded] : []), new Conversation(origin, time, options, taker, below)];
    for (const each of this.takers) each.head(SIDE.client, head, time);
  }

  incoming(bytes: Uint8Array): void {
    const read = this.request.push(bytes);
    if (read && read.rest.length > 0) this.data(SIDE.client, read.rest);
  }

  outgoing(bytes: Uint8Array): void {
    if (this.body) return void this.body.take(bytes);
    if (this.isAnswered) return this.data(SIDE.server, bytes);
    const read = this.answer.push(bytes);
    if (read === undefined) return;
    this.takeAnswer(read.head as ResponseHead);
    if (read.rest.length > 0) this.outgoing(read.rest);
  }

  event(side: Side, event: Http2Event): void {
    if (!this.ended) for (const each of this.takers) each.http2Event(side, event, this.context.now());
  }

  end(reason: 'fin' | 'reset' | 'end', by?: TcpEnd, code?: number): void {
    if (this.ended) return;
    const time = this.context.now();
    const side = SIDE[by?.by === 'server' ? 'server' : 'client'];
    if (reason === 'reset' && code !== undefined) this.event(side, { name: 'RST_STREAM', code, offset: 0 });
    this.ended = true;
    for (const each of this.takers) {
      if (by) each[reason === 'reset' ? 'reset' : 'fin'](side, by.time);
      // What neither of them did is recorded as the end of neither.
      each.close(each === this.recorded && !by ? 'end' : reason, time);
    }
  }

  private takeAnswer(head: ResponseHead): void {
    const { key, head: request } = this.watched;
    const answer = http2Answer(head, key);
    if (answer.kind === 'interim') {
      this.answer = new HeadReader({ kind: 'response', limit: MOST_HEAD });
      return;
    }
    this.isAnswered = true;
    const isOpen = answer.kind === 'open';
    const refused = { ':status': answer.kind === 'none' ? String(answer.refusal.status) : '' };
    const fields = Object.entries(answer.kind === 'none' ? refused : answer.fields).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: one })),
    );
    const shown = http2HeadOf('response', fields, { stream: request.http2!.stream });
    for (const each of this.takers) each.head(SIDE.server, shown, this.context.now());
    if (!isOpen) {
      const length = answer.kind === 'none' ? ({ kind: 'bytes', length: 0 } as const) : responseBody(head, 'GET');
      this.body = new BodyMeter(length, (bytes) => this.data(SIDE.server, bytes));
    }
  }

  private data(side: Side, bytes: Uint8Array): void {
    if (this.ended) return;
    const time = this.context.now();
    for (const each of this.takers) each.data(side, bytes, 0, bytes.length, time);
  }
}
