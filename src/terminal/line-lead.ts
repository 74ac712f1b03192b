import { openRoom, type Look } from './layout.js';
import { Clock } from './clock.js';
import { CONNECTION_ROLES } from './theme.js';
import { padEnd } from './width.js';
import { print, type Printable } from '../describe/printable.js';

/** From this many columns on, and where there is no terminal, times have microseconds. */
const WIDE = 80;
/** Columns that a connection's number takes at least. */
export const LEAST_NUMBER = 3;

/** Of the lines of traffic: frames, and what happens among them. */
export function lineClock(look: Look, since: (() => number | undefined) | undefined): Clock {
  return new Clock({ digits: openRoom(look, look.width) < WIDE ? 3 : 6, since });
}

/** `#0  →`, in the colour of the connection. */
export function connectionMark({ theme }: Look, connection: number, arrow: Printable, width = LEAST_NUMBER): Printable {
  const role = CONNECTION_ROLES[connection % CONNECTION_ROLES.length]!;
  return theme[role](print`${padEnd(print`#${connection}`, width)} ${arrow}`);
}
