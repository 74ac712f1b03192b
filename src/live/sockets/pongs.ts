import type { WebSocket } from 'ws';

/** Pongs that wait to be written: bytes. Above that only the most recent ping is answered. */
const MOST_WAITING = 64 * 1024;

/**
 * Answers pings (RFC 6455 §5.5.2), however many there are: each with a pong of its own while the peer reads them, and
 * where it does not, only the most recent one (§5.5.3), so that no burst costs memory or the connection. `ws` itself
 * ends a connection with more than 60 pings in one chunk: its own answers (`autoPong`) have to be off.
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
    // A copy: otherwise the whole chunk would be kept with the payload.
    if (waiting >= MOST_WAITING) latest = Buffer.from(payload);
    else answer(payload);
  });
}
