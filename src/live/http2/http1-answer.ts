import type { ServerHttp2Stream } from 'node:http2';
import { parseHead, type ResponseHead } from '../../codec/http1/head.js';
import { CONNECTION_FIELDS } from '../../codec/http2/http2-codes.js';

/** What HTTP/2 has no use for (RFC 9113 §8.2.2, RFC 8441 §5). */
const LEFT_OUT: ReadonlySet<string> = new Set([...CONNECTION_FIELDS, 'sec-websocket-accept']);

type Write = (chunk: string | Uint8Array, ...args: unknown[]) => boolean;
type End = (chunk?: string | Uint8Array, ...args: unknown[]) => ServerHttp2Stream;

/**
 * Whoever answers a handshake writes the head of an answer over HTTP/1.1 (`ws` does): on this stream it becomes the
 * answer of RFC 8441 §5.1, a 101 becomes 200. What follows are bytes of the stream.
 */
export function takesHttp1Answer(stream: ServerHttp2Stream): void {
  const first = (chunk: string | Uint8Array): Uint8Array => {
    // From now on the methods are those of its class.
    Reflect.deleteProperty(stream, 'write');
    Reflect.deleteProperty(stream, 'end');
    return answer(stream, Buffer.from(chunk as string, 'latin1'));
  };
  stream.write = ((chunk: string | Uint8Array, ...args: unknown[]) => {
    const rest = first(chunk);
    return rest.length === 0 ? true : (stream.write as Write)(rest, ...args);
  }) as typeof stream.write;
  stream.end = ((chunk?: string | Uint8Array, ...args: unknown[]) => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return (stream.close(), stream);
    const rest = first(chunk);
    return (stream.end as End)(rest, ...args);
  }) as typeof stream.end;
}

/** Answers, and gives the bytes after the head. */
function answer(stream: ServerHttp2Stream, bytes: Buffer): Uint8Array {
  const head = parseHead(bytes, { kind: 'response' }) as ResponseHead;
  const fields: Record<string, string | number> = { ':status': head.status === 101 ? 200 : (head.status ?? 500) };
  for (const { name, value } of head.headers) {
    if (!LEFT_OUT.has(name.toLowerCase())) fields[name.toLowerCase()] = value;
  }
  if (!stream.destroyed && !stream.closed) stream.respond(fields);
  // What answers one chunk is sent together: each write would be a DATA frame of its own.
  if (head.status === 101) process.nextTick(() => stream.prependListener('data', () => corkForChunk(stream)));
  return bytes.subarray(head.span.end);
}

function corkForChunk(stream: ServerHttp2Stream): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}
