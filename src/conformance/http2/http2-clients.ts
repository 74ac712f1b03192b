import { concat } from '../../codec/bytes/byte-collector.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import { HTTP2_PREFACE } from '../../codec/http2/http2-frame.js';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import type { ServedStream } from '../bench/bench.js';
import type { ConnectedClient } from '../bench/client-bench.js';
import { Condition } from '../bench/condition.js';
import { Exchange } from '../bench/exchange.js';
import type { Wire } from '../bench/wire.js';
import { Http2ClientBench } from './http2-client-bench.js';
import { Http2Link } from './http2-link.js';
import { valueIn, type LinkStream } from './link-stream.js';
import type { DataForm } from './written-frames.js';

/** Seconds for the preface of a client and for its request; and those in which no request may come, as SETTINGS were not sent. */
const HEAD_TIME = 10;
const EAGER_TIME = 0.02;
/** Seconds that a client has to take a refusal. */
const REFUSAL_TIME = 2;
/** Bytes that are kept before SETTINGS are sent. */
const MOST_EARLY = 64 * 1024;
const REFUSED_STREAM = 7;

export interface Http2ClientsOptions {
  now(this: void): number;
  /** The answer to first bytes that do not begin HTTP/2. */
  foreign(this: void, first: Uint8Array): Uint8Array;
}

/** A connection that serves one WebSocket: whoever has had it opens another connection for the next one. */
class ServingLink extends Http2Link {
  override data(stream: LinkStream, content: Uint8Array, form: DataForm = {}): void {
    super.data(stream, content, form);
    // In the same turn, so that no further request is sent on it.
    if (form.end && this.goawaySent === undefined) this.sendGoaway(stream.id);
  }
}

/** Takes a connection of a client over HTTP/2: its first request is handed on, each other one gets REFUSED_STREAM. */
export async function takeHttp2Client(
  wire: Wire,
  { now, foreign }: Http2ClientsOptions,
  take: (client: ConnectedClient) => void,
): Promise<void> {
  const early = await firstBytes(wire);
  const first = concat(early);
  if (!HTTP2_PREFACE.every((byte, i) => byte === first[i])) {
    if (first.length > 0) wire.write(foreign(first));
    wire.finish();
    await wire.flushed();
    return wire.drop();
  }
  const exchange = new Exchange(now, 0);
  let served: LinkStream | undefined;
  let wasEager = true;
  const link = new ServingLink({
    role: 'server',
    wire,
    exchange,
    settings: [[HTTP2_SETTING.enableConnectProtocol, 1]],
    opened: (stream) => {
      if (served) return stream.abort(REFUSED_STREAM);
      served = stream;
      handOn({ link, stream, wasEager }, exchange, take);
    },
  });
  link.begin();
  for (const chunk of early) link.bytes(chunk);
  wasEager = false;
  await link.until(() => served !== undefined, HEAD_TIME);
  if (served === undefined) wire.drop();
}

/** What comes before our SETTINGS: the preface, and what a client sends without having seen them. */
async function firstBytes(wire: Wire): Promise<readonly Uint8Array[]> {
  const early: Uint8Array[] = [];
  let length = 0;
  let isOver = false;
  const condition = new Condition();
  wire.listen({
    bytes: (chunk) => {
      early.push(chunk);
      length += chunk.length;
      if (length > MOST_EARLY) wire.pause();
      condition.notify();
    },
    ended: () => {
      isOver = true;
      condition.notify();
    },
  });
  const isOther = (): boolean =>
    !concat(early).every((byte, i) => i >= HTTP2_PREFACE.length || byte === HTTP2_PREFACE[i]);
  await condition.until(() => length >= HTTP2_PREFACE.length || isOther() || isOver, HEAD_TIME);
  await condition.until(() => isOver || isOther(), EAGER_TIME);
  return early;
}

function handOn(served: ServedStream, exchange: Exchange, take: (client: ConnectedClient) => void): void {
  const { link, stream } = served;
  const fields = stream.head!.fields;
  const head = http2HeadOf('request', fields, { stream: stream.id }) as RequestHead;
  const refuse = async (status: number, reason: string): Promise<void> => {
    link.section(stream, [
      { name: ':status', value: String(status) },
      { name: 'content-type', value: 'text/plain; charset=utf-8' },
    ]);
    stream.write(encodeUtf8(`${reason}\n`));
    stream.finish();
    await link.until(() => stream.isOver, REFUSAL_TIME);
    link.wire.drop();
  };
  if (valueIn(fields, ':protocol') !== 'websocket') {
    return void refuse(400, 'this is the testing server: connect by WebSocket (an extended CONNECT, RFC 8441)');
  }
  const client: ConnectedClient = {
    wire: stream,
    exchange,
    request: asGet(head),
    rest: new Uint8Array(0),
    over: { bench: (options) => new Http2ClientBench(client, served, options), refuse },
  };
  take(client);
}

/** The request over HTTP/1.1 that means the same (RFC 9113 §8.3.1), as far as its headers count. */
function asGet(head: RequestHead): RequestHead {
  const headers = head.headers.flatMap((header) => {
    if (header.name === ':authority') return [{ ...header, name: 'Host' }];
    return header.name.startsWith(':') || header.name === 'host' ? [] : [header];
  });
  return { ...head, method: 'GET', headers };
}
