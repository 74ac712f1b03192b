/** WebSockets of one TCP connection are numbered in steps of this: more connections than any capture has. */
const STEP = 1_000_000_000;

/** The number of a WebSocket of an HTTP/2 connection: the first one has that of its connection, which is the same however captures are shared out. */
export function streamNumber(connection: number, index: number): number {
  return connection + index * STEP;
}

/** The TCP connection that such a number belongs to. */
export function connectionOfStream(number: number): number {
  return number % STEP;
}

/** Which WebSocket of its TCP connection it is, from 1 on. */
export function placeOfStream(number: number): number {
  return Math.floor(number / STEP) + 1;
}

/** Whether a number from `low` to `high` is that of a WebSocket of this connection. */
export function isStreamWithin(connection: number, low: number, high: number): boolean {
  const steps = Math.max(0, Math.ceil((low - connection) / STEP));
  return streamNumber(connection, steps) <= high;
}
