import { concat } from '../../traffic/toolbox/bytes.js';

/** A message with the end mark of its application protocol (`--terminator`): SignalR's 0x1e, STOMP's NUL. */
export function terminated(message: Uint8Array, mark: number | undefined): Uint8Array {
  return mark === undefined ? message : concat([message, Uint8Array.of(mark)]);
}

/** The messages that a WebSocket message holds, each without its mark; the text after the last mark is one too, unless it is empty. */
export function piecesOf(message: Buffer, mark: number | undefined): Buffer[] {
  if (mark === undefined) return [message];
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = message.indexOf(mark); at >= 0; at = message.indexOf(mark, from)) {
    pieces.push(message.subarray(from, at));
    from = at + 1;
  }
  if (from < message.length || pieces.length === 0) pieces.push(message.subarray(from));
  return pieces;
}
