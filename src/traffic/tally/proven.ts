import type { Direction } from '../../codec/messages/records.js';
import type { ConnectionSummary, Directions, DirectionSummary } from './summary.js';

/**
 * The end that closed first. Undefined where the last bytes of the other end were not captured, or not read, and no close
 * frame of it was seen: it may have been that one.
 */
export function provenCloser({ closedBy, directions }: ConnectionSummary): Direction | undefined {
  if (closedBy === undefined || closedBy === 'unknown') return closedBy;
  return mayHaveClosed(directions[other(closedBy)]) ? undefined : closedBy;
}

/** The pings of `direction` that were not answered; 0 where bytes of the other one are missing, which may be the pongs. */
export function provenUnanswered(directions: Directions<DirectionSummary>, direction: Direction): number {
  const { ping } = directions[direction] ?? {};
  if (ping === undefined || (direction !== 'unknown' && isIncomplete(directions[other(direction)]))) return 0;
  return ping.unanswered;
}

/** Bytes of it were not captured, or not read. */
const isIncomplete = ({ gaps, otherBytes }: DirectionSummary): boolean => gaps + otherBytes > 0;

/** No close frame was seen, and one may be among what was not. */
export const mayHaveClosed = ({ close, isEndUnseen }: DirectionSummary): boolean =>
  close === undefined && isEndUnseen === true;

const other = (direction: 'client' | 'server'): 'client' | 'server' => (direction === 'client' ? 'server' : 'client');
