import type { WebSocket } from 'ws';

/** Pongs that wait to be written: bytes. Beyond that only the most recent ping is answered. */
const MOST_WAITING = 64 * 1024;

/**
 * Answers pings (RFC 6455 §5.5.2), as many as there are: each with a pong of its own while the peer takes them, and
 * where it does not, only the most recent one (§5.5.3), so that no burst costs memory or the connection. `ws` itself
 * ends a connection with more than 60 pings in one piece: its own answers (`autoPong`) are to be off.
 */
export function answerPings(socket: WebSocket): void {
  let waiting = 0;
  let latest: Buffer | undefined;
  const answer = (payload: Buffer): void => {
    const size = payload.length + 14;
    waiting += size;
    socket.pong(payload, undefined, () => {
      waiting -= size;
      if (latest === undefined || waiting > 0) return;
      const next = latest;
      latest = undefined;
      if (socket.readyState === socket.OPEN) answer(next);
    });
  };
  socket.on('ping', (payload: Buffer) => {
    if (socket.readyState !== socket.OPEN) return;
    // A copy: the whole chunk would live as long as the payload.
    if (waiting >= MOST_WAITING) latest = Buffer.from(payload);
    else answer(payload);
  });
}
