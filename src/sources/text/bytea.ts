/** What PostgreSQL prints of bytes: in quotes, or in the column of a table. */
const BYTEA = /^[^\\]*(?:(?<![bBrR])['"]|[\s|,(])\\{1,2}x(?:[0-9a-fA-F]{2}){2,}(?:['"\s|,)]|$)/;

export const BYTEA_IN_DOUBT =
  'this may be one escape and characters, or the bytea of PostgreSQL: leave out \\x if all of it is hex';

/** Where the backslash is of what may be one escape and characters, or bytes of PostgreSQL; -1: there is none. */
export function byteaAt(line: string): number {
  const at = line.indexOf('\\');
  return at >= 0 && BYTEA.test(line) ? at : -1;
}
