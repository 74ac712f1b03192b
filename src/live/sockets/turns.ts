import type { Socket } from 'node:net';

/**
 * The system hands up to 32 chunks of a socket to us in one go, and those of all other sockets too, before anything else
 * has its turn: signals, timers. A peer that floods would hold up all of that for seconds. So a socket that brought much
 * at once is not read again before the event loop has been round.
 */

/** A chunk below that was all that there was; of TLS each record is a chunk. */
const MUCH = 16 * 1024 - 256;

interface Turn {
  /** The event loop has to come round first. */
  isResting: boolean;
  /** Somebody wants to read meanwhile. */
  isWanted: boolean;
  /** Bytes that are still read; Infinity: no end. */
  left: number;
}

type Methods = Pick<Socket, 'push' | '_read'>;

const turns = new WeakMap<Socket, Turn>();

/** From now on this socket is read in turns. */
export function takeTurns(socket: Socket): void {
  if (turns.has(socket)) return;
  turns.set(socket, { isResting: false, isWanted: false, left: Infinity });
  // The same two functions for all of them: idle connections are many.
  socket.push = push;
  socket._read = read;
}

/** Ends the reading of a socket after so many bytes more: whoever goes on sending after that loses the connection. */
export function readAtMost(socket: Socket, bytes: number): void {
  takeTurns(socket);
  turns.get(socket)!.left = bytes;
}

function push(this: Socket, ...[chunk, encoding]: Parameters<Methods['push']>): boolean {
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

function read(this: Socket, size: number): void {
  const turn = turns.get(this)!;
  if (turn.isResting) turn.isWanted = true;
  else own(this)._read.call(this, size);
}

function goOn(socket: Socket, turn: Turn): void {
  turn.isResting = false;
  if (!turn.isWanted) return;
  turn.isWanted = false;
  if (!socket.destroyed) own(socket)._read.call(socket, 0);
}

/** How its class does it. */
function own(socket: Socket): Methods {
  return Object.getPrototypeOf(socket) as Methods;
}
