import type { Socket } from 'node:net';
import { concat } from '../../codec/bytes/byte-collector.js';
import { HeadReader } from '../../codec/http1/head-reader.js';
import type { RequestHead } from '../../codec/http1/head.js';
import { startsLikeHead } from '../../codec/http1/head-start.js';
import { otherProtocol } from './other-protocol.js';
import type { PolicyRefusal } from './policy.js';
import { LARGE_HEAD, NO_HTTP } from '../relay/exchanges.js';
import { MOST_HEAD } from '../sockets/ws-limits.js';

/** The first bytes of a client: a request, with all bytes that came so far; or why there is none. */
export type FirstHead =
  | { readonly head: RequestHead; readonly bytes: Uint8Array }
  | { readonly refusal: PolicyRefusal }
  | { readonly left: true };

/** Reads until the head of a request is whole; the socket is paused then. `seconds`: the time limit for it. */
export function firstHead(socket: Socket, seconds: number): Promise<FirstHead> {
  const reader = new HeadReader({ kind: 'request', limit: MOST_HEAD });
  const chunks: Uint8Array[] = [];
  return new Promise((resolve) => {
    const done = (result: FirstHead): void => {
      clearTimeout(late);
      socket.off('data', onData);
      socket.off('end', onEnd);
      socket.off('close', onClose);
      socket.pause();
      resolve(result);
    };
    const late = setTimeout(
      () => done(chunks.length > 0 ? { refusal: lateHead(seconds) } : { left: true }),
      seconds * 1000,
    );
    const onData = (chunk: Uint8Array): void => {
      chunks.push(chunk);
      const other = reader.length <= MOST_START ? otherProtocol(concat(chunks), TLS_OPTIONS, HTTP2_OPTION) : undefined;
      if (other) return done({ refusal: other });
      const result = reader.push(chunk);
      if (result) done({ head: result.head as RequestHead, bytes: concat(chunks) });
      else if (reader.tooLarge) done({ refusal: LARGE_HEAD });
      else if (reader.length <= MOST_START && startsLikeHead(concat(chunks), { anyMethod: true }) === 'no')
        done({ refusal: NO_HTTP });
    };
    const onEnd = (): void => done(chunks.length > 0 ? { refusal: HALF_HEAD } : { left: true });
    const onClose = (): void => done({ left: true });
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('close', onClose);
    socket.resume();
  });
}

/** The options that make a proxy use TLS with its clients. */
const TLS_OPTIONS = '--listen-cert and --listen-key';
const HTTP2_OPTION = '--http2 or --http2=clients';
/** The kind of a head is known after this number of bytes. */
const MOST_START = 1024;
const HALF_HEAD: PolicyRefusal = { status: 400, reason: 'the head of the request is not whole' };

export function lateHead(seconds: number): PolicyRefusal {
  return { status: 408, reason: `the head of a request did not come within ${seconds} s` };
}
