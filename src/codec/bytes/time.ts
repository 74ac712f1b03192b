/**
 * Times are seconds since the epoch. Where only the time of day is known (tcpdump's text has no date) they count from here,
 * so that differences are right: the time of day is the rest by a day's seconds.
 */
export const UNDATED = -1000 * 86_400;

/** The day is known, too. */
export function isDated(time: number): boolean {
  return time >= 0;
}
