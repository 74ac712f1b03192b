import { UNDATED } from '../../codec/bytes/time.js';

/** `2026-11-22 16:52:02.420165` (`/` and `,` too): year, month, day, hour, minute, second, fraction. */
const DATED = /(\d{4})[-/](\d\d)[-/](\d\d) (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/;
/** `1795366322.420165`: seconds since the epoch. */
const EPOCH = /(?:^|\s)(\d{9,11}\.\d{3,9})(?=\s|$)/;

/** `16:52:02.420165` before a packet, possibly after its number: the time of an unknown day. */
const TIME_OF_DAY = /^\s*(?:\d+\s+)?(\d\d):(\d\d):(\d\d)[.,](\d{1,9})(?=\s)/;

/**
 * The time in `text`, in seconds since the epoch; from `UNDATED` on where it has no date, undefined where there is
 * none. A date's time zone is never printed: the local one is assumed, as the tools print it.
 */
export function timeIn(text: string): number | undefined {
  const dated = DATED.exec(text);
  if (dated !== null) {
    const [year, month, day, hour, minute, second] = dated.slice(1, 7).map(Number);
    const seconds = new Date(year!, month! - 1, day, hour, minute, second).getTime() / 1000;
    return seconds + Number(`0.${dated[7] ?? '0'}`);
  }
  const epoch = EPOCH.exec(text);
  if (epoch !== null) return Number(epoch[1]);
  const [hour, minute, second] = TIME_OF_DAY.exec(text)?.slice(1, 4).map(Number) ?? [];
  if (hour === undefined) return undefined;
  return UNDATED + hour * 3600 + minute! * 60 + second! + Number(`0.${TIME_OF_DAY.exec(text)![4]}`);
}
