import type { Duplex } from 'node:stream';

/** The time for which a failure is held back: milliseconds. */
const MOST = 2000;

type Done = (error?: Error | null) => void;
type Methods = Required<Pick<Duplex, '_write' | '_writev'>>;

/**
 * A socket that can't be written to any more (the other end was reset, or has closed) is destroyed by Node.js, and with
 * it the bytes that came before and wait to be read: an early answer, a close frame. From now on the failure of a write
 * is reported only when the other direction was read to its end. Further writes wait for that, so that back-pressure
 * holds.
 */
export function readOut(socket: Duplex): void {
  // The same two functions for all of them: there may be many idle connections.
  socket._write = write;
  if (socket._writev) socket._writev = writev;
}

function write(this: Duplex, ...[chunk, encoding, done]: Parameters<Methods['_write']>): void {
  own(this)._write.call(this, chunk, encoding, held(this, done));
}

function writev(this: Duplex, ...[chunks, done]: Parameters<Methods['_writev']>): void {
  own(this)._writev.call(this, chunks, held(this, done));
}

/** The method of its class. */
function own(socket: Duplex): Methods {
  return Object.getPrototypeOf(socket) as Methods;
}

function held(socket: Duplex, done: Done): Done {
  return (error) => {
    if (!error || socket.destroyed || socket.readableEnded) return done(error);
    const report = (): void => {
      clearTimeout(timer);
      socket.off('end', report);
      socket.off('close', report);
      done(error);
    };
    const timer = setTimeout(report, MOST);
    socket.on('end', report);
    socket.on('close', report);
  };
}
