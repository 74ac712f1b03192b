import { connectionName } from '../describe/connection-name.js';
import { openRoom, type Look } from './layout.js';
import { Clock } from './clock.js';
import { CONNECTION_ROLES } from './theme.js';
import { padEnd } from './width.js';
import { print, type Printable } from '../describe/printable.js';

/** From this many columns on, and where there is no terminal, times have microseconds. */
const WIDE = 80;
/** Columns that a connection's number takes at least; over HTTP/2 there may be others of its TCP connection, as `#4.2`. */
export const LEAST_NUMBER = 3;
const LEAST_STREAM_NUMBER = 5;

/** Of the lines of traffic: frames, and what happens among them. */
export function lineClock(look: Look, since: (() => number | undefined) | undefined): Clock {
  return new Clock({ digits: openRoom(look, look.width) < WIDE ? 3 : 6, since });
}

/** `#0  →`, in the colour of the connection; `stream`: it came over HTTP/2. */
export function connectionMark(
  { theme }: Look,
  { connection, stream }: { readonly connection: number; readonly stream?: number | undefined },
  arrow: Printable,
  least = LEAST_NUMBER,
): Printable {
  const width = stream === undefined ? least : Math.max(least, LEAST_STREAM_NUMBER);
  const role = CONNECTION_ROLES[connection % CONNECTION_ROLES.length]!;
  return theme[role](print`${padEnd(print`#${connectionName(connection)}`, width)} ${arrow}`);
}
