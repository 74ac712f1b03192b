import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** RFC 9113 §7. */
const CANCEL = 8;

/**
 * Ends a socket with a TCP reset, where possible: TLS has none, and after a FIN of ours libuv refuses one. If one were
 * requested nevertheless, the descriptor would stay open for good, and the event loop would run for it without pause.
 */
export function reset(socket: Socket | ServerHttp2Stream): void {
  if (socket.destroyed) return;
  // RFC 8441 §5: what a reset is to TCP.
  if ('rstCode' in socket) return socket.close(CANCEL);
  if ('encrypted' in socket || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
