import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import type { ServedStream } from '../bench/bench.js';
import type { ConnectedClient } from '../bench/client-bench.js';
import { Exchange } from '../bench/exchange.js';
import type { Wire } from '../bench/wire.js';
import { FurtherStreams } from './further-streams.js';
import { beginHttp2, type AnswerForeign } from './http2-begin.js';
import { Http2ClientBench } from './http2-client-bench.js';
import { Http2Link } from './http2-link.js';
import { isConnect, type LinkStream } from './link-stream.js';
import type { DataForm } from './written-frames.js';

/** Seconds for a request of a client. */
const HEAD_TIME = 10;
/** Requests for no WebSocket that are answered on a connection. */
const MOST_OTHERS = 100;
const OTHER = 'this is the testing server: connect by WebSocket (an extended CONNECT, RFC 8441)';
/** Seconds that a client has to take a refusal. */
const REFUSAL_TIME = 2;

export interface Http2ClientsOptions {
  now(this: void): number;
  readonly foreign: AnswerForeign;
}

/** A connection that serves one case: whoever has had it opens another connection for the next one. */
class ServingLink extends Http2Link {
  override data(stream: LinkStream, content: Uint8Array, form: DataForm = {}): void {
    super.data(stream, content, form);
    // In the same turn, so that no further request is sent on it.
    if (form.end && isConnect(stream) && this.goawaySent === undefined) this.sendGoaway(this.nextId - 2);
  }
}

/**
 * Takes a connection of a client over HTTP/2: its first request for a WebSocket is handed on. Those before it are answered, as
 * browsers request WebSockets only on a connection that they have. Those after it get REFUSED_STREAM, unless they are for the
 * same case and that is about several WebSockets.
 */
export async function takeHttp2Client(
  wire: Wire,
  { now, foreign }: Http2ClientsOptions,
  take: (client: ConnectedClient) => void,
): Promise<void> {
  const early = await beginHttp2(wire, foreign);
  if (!early) return;
  const exchange = new Exchange(now, 0);
  let served: ServedStream | undefined;
  let others = 0;
  let wasEager = true;
  const link = new ServingLink({
    role: 'server',
    wire,
    exchange,
    settings: [[HTTP2_SETTING.enableConnectProtocol, 1]],
    opened: (stream) => {
      if (served) return served.further.add(stream);
      if (!isConnect(stream)) {
        others++;
        return answerPlainly(link, stream, 400, OTHER);
      }
      served = { link, stream, wasEager, further: new FurtherStreams(stream) };
      handOn(served, exchange, take);
    },
  });
  link.begin();
  for (const chunk of early) link.bytes(chunk);
  wasEager = false;
  for (let known = -1; known < others && others < MOST_OTHERS;) {
    known = others;
    await link.until(() => served !== undefined || others > known, HEAD_TIME);
  }
  if (served === undefined) wire.drop();
}

/** A text as the whole answer. */
export function answerPlainly(link: Http2Link, stream: LinkStream, status: number, text: string): void {
  link.section(stream, [
    { name: ':status', value: String(status) },
    { name: 'content-type', value: 'text/plain; charset=utf-8' },
  ]);
  stream.write(encodeUtf8(`${text}\n`));
  stream.finish();
}

function handOn(served: ServedStream, exchange: Exchange, take: (client: ConnectedClient) => void): void {
  const { link, stream } = served;
  const fields = stream.head!.fields;
  const head = http2HeadOf('request', fields, { stream: stream.id }) as RequestHead;
  const refuse = async (status: number, reason: string): Promise<void> => {
    answerPlainly(link, stream, status, reason);
    await link.until(() => stream.isOver, REFUSAL_TIME);
    link.wire.drop();
  };
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
