import type { Duplex } from 'node:stream';

/**
 * The system passes up to 32 chunks of a socket to us at once, and those of all other sockets too, before signals and
 * timers are handled. A peer that floods would delay all of that for seconds. So a socket that brought much at once is
 * not read again before the next turn of the event loop.
 */

/** A chunk below that was everything that was there; of TLS each record is a chunk. */
const MUCH = 16 * 1024 - 256;

interface Turn {
  /** The next turn of the event loop has to come first. */
  isResting: boolean;
  /** A read was requested meanwhile. */
  isWanted: boolean;
  /** Bytes that are still read; Infinity: no end. */
  left: number;
}

type Methods = Pick<Duplex, 'push' | '_read'>;

const turns = new WeakMap<Duplex, Turn>();

/** From now on this socket is read in turns. */
export function takeTurns(socket: Duplex): void {
  if (turns.has(socket)) return;
  turns.set(socket, { isResting: false, isWanted: false, left: Infinity });
  // The same two functions for all of them: there may be many idle connections.
  socket.push = push;
  socket._read = read;
}

/** Ends the reading of a socket after this number of further bytes: a peer that continues to send after that loses the connection. */
export function readAtMost(socket: Duplex, bytes: number): void {
  takeTurns(socket);
  turns.get(socket)!.left = bytes;
}

function push(this: Duplex, ...[chunk, encoding]: Parameters<Methods['push']>): boolean {
  const { push: pushOn } = own(this);
  const turn = turns.get(this)!;
  if (!(chunk instanceof Uint8Array)) return pushOn.call(this, chunk, encoding);
  turn.left -= chunk.length;
  if (turn.left < 0) {
    this.destroy();
    return false;
  }
  const mayGoOn = chunk.length < MUCH;
  if (!mayGoOn && !turn.isResting) {
    turn.isResting = true;
    setImmediate(goOn, this, turn);
  }
  return pushOn.call(this, chunk, encoding) && mayGoOn;
}

function read(this: Duplex, size: number): void {
  const turn = turns.get(this)!;
  if (turn.isResting) turn.isWanted = true;
  else own(this)._read.call(this, size);
}

function goOn(socket: Duplex, turn: Turn): void {
  turn.isResting = false;
  if (!turn.isWanted) return;
  turn.isWanted = false;
  if (!socket.destroyed) own(socket)._read.call(socket, 0);
}

/** The method of its class. */
function own(socket: Duplex): Methods {
  return Object.getPrototypeOf(socket) as Methods;
}
