import type { Socket } from 'node:net';

/**
 * Ends a socket with a TCP reset, where possible: TLS has none, and after a FIN of ours libuv refuses one. If one were
 * requested nevertheless, the descriptor would stay open for good, and the event loop would run for it without pause.
 */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if ('encrypted' in socket || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
