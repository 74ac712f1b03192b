const DOUBLED = /\\\\(?:x[0-9a-fA-F]{2}|u00[0-9a-fA-F]{2}|[0-3][0-7]{2})/;
/** A backslash that is not doubled, before an escape of a byte. */
const SINGLE = /(?<!\\)(?:\\\\)*\\[xu0-7]/;

/** What a logger wrote into the strings of an object of JSON, member by member; undefined where the line is none. */
export function textOfJson(line: string): string | undefined {
  const text = line.trim().replace(/,$/, '');
  if (!text.startsWith('{"') || !text.endsWith('}')) return undefined;
  try {
    const members = Object.entries(JSON.parse(text) as Record<string, unknown>);
    const strings = members.filter((member): member is [string, string] => typeof member[1] === 'string');
    return strings.map(([name, value]) => `${name}: ${asLine(value)}`).join('  ');
  } catch {
    return undefined;
  }
}

/** The line with one backslash for two, where every escape in it is written twice. */
export function withoutDoubled(line: string): string | undefined {
  return DOUBLED.test(line) && !SINGLE.test(line) ? line.replaceAll('\\\\', '\\') : undefined;
}

/** Characters of Latin-1 that are printed, as all lines have them. */
const asLine = (value: string): string => value.replace(/[^ -\xff]/gu, (char) => (char < ' ' ? ' ' : '?')).trim();
