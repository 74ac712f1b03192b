/** `2026-11-22 16:52:02.420165` (`/` and `,` too): year, month, day, hour, minute, second, fraction. */
const DATED = /(\d{4})[-/](\d\d)[-/](\d\d) (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/;
/** `1795366322.420165`: seconds since the epoch. */
const EPOCH = /(?:^|\s)(\d{9,11}\.\d{3,9})(?=\s|$)/;

/**
 * The time that stands in `text`, in seconds since the epoch; undefined where there is none, or none with a date. A
 * date's time zone is never printed: it is taken for UTC, so that what is shown in UTC shows the clock of the dump.
 */
export function timeIn(text: string): number | undefined {
  const dated = DATED.exec(text);
  if (dated !== null) {
    const [year, month, day, hour, minute, second] = dated.slice(1, 7).map(Number);
    const seconds = Date.UTC(year!, month! - 1, day, hour, minute, second) / 1000;
    return seconds + Number(`0.${dated[7] ?? '0'}`);
  }
  const epoch = EPOCH.exec(text);
  return epoch === null ? undefined : Number(epoch[1]);
}
