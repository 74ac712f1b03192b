import type { Socket } from 'node:net';

/**
 * Ends a socket with a TCP reset, where it can: TLS has none, and behind a FIN of ours libuv refuses one. Asked for all the
 * same, the descriptor would stay open for good, and the event loop turn round it without rest.
 */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if ('encrypted' in socket || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
