import { HTTP2_ERROR } from '../../codec/http2/http2-codes.js';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** An end of a stream of HTTP/2 that is used as a socket. */
export interface Http2End {
  /** The code of a RST_STREAM that came. */
  readonly resetCode: number | undefined;
  /** Sends one. */
  resetWith(code: number): void;
  /** A relay ends the stream for itself: no recording has what follows. */
  endsHere?(): void;
}

/** A stream ended because this end ended its connection, for what the other end did. */
export class PeerFault extends Error {
  override readonly name = 'PeerFault';
  constructor(
    message: string,
    /** That is not forbidden, but too much. */
    readonly isLimit: boolean,
  ) {
    super(message);
  }
}

/**
 * Ends a socket with a TCP reset, where possible: TLS has none, and after a FIN of ours libuv refuses one. If one were
 * requested nevertheless, the descriptor would stay open for good, and the event loop would run for it without pause.
 * Over HTTP/2 it is a RST_STREAM with `code`.
 */
export function reset(
  socket: Socket | ServerHttp2Stream | (Duplex & Http2End),
  code: number = HTTP2_ERROR.cancel,
): void {
  if (socket.destroyed) return;
  // RFC 8441 §5: what a reset is to TCP.
  if ('resetWith' in socket) return socket.resetWith(code);
  if ('rstCode' in socket) return socket.close(code);
  if ('encrypted' in socket || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
