import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { Duplex } from 'node:stream';
import { acceptKey } from '../../codec/handshake/accept-value.js';
import { HeadReader } from '../../codec/http1/head-reader.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { http2ErrorName } from '../../codec/http2/http2-codes.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';

type Done = (error?: Error | null) => void;

/** RFC 9113 §7. */
const CANCEL = 8;

/**
 * A WebSocket over HTTP/2 as a client of HTTP/1.1 knows it: the head of the request that is written here becomes an
 * extended CONNECT (RFC 8441 §4), and its answer the head of a response; a 2xx becomes 101. After them come the bytes of
 * the stream.
 */
export class Http2ClientStream extends Duplex {
  private stream: ClientHttp2Stream | undefined;
  private isAnswered = false;
  private readonly head = new HeadReader({ kind: 'request', limit: MOST_HEAD });

  constructor(private readonly request: (head: RequestHead) => ClientHttp2Stream) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.stream) return void this.stream.write(chunk, done);
    const read = this.head.push(chunk);
    if (read === undefined) return done();
    const stream = this.begin(read.head as RequestHead);
    if (read.rest.length > 0) stream.write(read.rest, done);
    else done();
  }

  override _final(done: Done): void {
    if (this.stream === undefined || this.stream.destroyed) return done();
    this.stream.end(() => done());
  }

  override _read(): void {
    if (this.isAnswered) this.stream?.resume();
  }

  override _destroy(error: Error | null, done: Done): void {
    const { stream } = this;
    if (stream && !stream.closed && !stream.destroyed) stream.close(CANCEL);
    done(error);
  }

  private begin(head: RequestHead): ClientHttp2Stream {
    const stream = this.request(head);
    this.stream = stream;
    const key = head.headers.find(({ name }) => name.toLowerCase() === 'sec-websocket-key')?.value ?? '';
    stream.on('response', (...[headers, , raw]: [IncomingHttpHeaders, number, (readonly string[])?]) => {
      this.push(answerText(headers, raw ?? pairsOf(headers), key));
      // Not before: what came together with the answer would precede it.
      stream.on('data', (chunk: Buffer) => {
        if (!this.push(chunk)) stream.pause();
      });
      stream.on('end', () => this.push(null));
      this.isAnswered = true;
    });
    stream.on('error', () => undefined);
    stream.on('close', () => this.ended(stream.rstCode ?? 0));
    return stream;
  }

  private ended(code: number): void {
    if (code === 0) {
      this.push(null);
      this.destroy();
    } else this.destroy(new Http2Reset(`the stream was reset (RST_STREAM ${http2ErrorName(code)})`));
  }
}

/** The end of a stream that is none in order. */
class Http2Reset extends Error {
  readonly code = 'H2_RESET';
}

const LEFT_OUT: ReadonlySet<string> = new Set(['connection', 'upgrade', 'keep-alive', 'transfer-encoding']);

/** Names and values in turn, with the status as the first line. */
function answerText(headers: IncomingHttpHeaders, raw: readonly string[], key: string): Buffer {
  const status = Number(headers[':status']);
  const isOpen = status >= 200 && status <= 299;
  const lines = isOpen
    ? [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${acceptKey(key)}`,
      ]
    : [`HTTP/1.1 ${status} `, 'Connection: close'];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (!name.startsWith(':') && !LEFT_OUT.has(name)) lines.push(`${name}: ${raw[i + 1]!}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function pairsOf(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).flatMap((one) => [name, one]),
  );
}
