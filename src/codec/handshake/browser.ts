import type { Block, HeadSide, SourceLine } from './lines.js';

export const HEADING =
  /^(?:general|(request|response) headers?|headers?)(?:[ \t]*\(\d[^)]*\)|[ \t]+(?:view source|raw|view parsed))*[ \t]*:?$/i;
/** Chrome's warning above headers that were never sent. */
const PROVISIONAL = /provisional headers are shown/i;
/** What the panels of browsers show beside headers, its value after a colon or on the next line. */
const GENERAL =
  /^(?:request url|request method|status code|remote address|referrer policy|request version|scheme|transferred|filename)(?::(.*))?$/i;
const NAME = /^(:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:/;
const NAME_ALONE = /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+:?$/;
const OURS = /^:?(?:host|upgrade|connection|sec-websocket-[a-z0-9]+|authority|method|status)$/i;
/** Headers that show which half a block without a first line is. */
const SIDE_OF_HEADER: Readonly<Record<string, HeadSide>> = {
  'sec-websocket-key': 'request',
  'sec-websocket-accept': 'response',
  host: 'request',
  ':authority': 'request',
  ':method': 'request',
  origin: 'request',
  ':status': 'response',
  server: 'response',
};

export function nameOf(line: SourceLine): string {
  return (NAME.exec(line.text)?.[1] ?? line.text.replace(/:$/, '')).toLowerCase();
}

/** New versions of Chrome copy a name on one line and its value on the next. */
export function arePairs(lines: readonly SourceLine[]): boolean {
  const names = lines.filter((_, i) => i % 2 === 0);
  return (
    lines.length % 2 === 0 &&
    names.length > 0 &&
    names.every(({ text }) => NAME_ALONE.test(text)) &&
    names.some((line) => OURS.test(nameOf(line)))
  );
}

/** Names and values in turn under a heading, or facts of the panel alone. */
export function areHeaderPairs(lines: readonly SourceLine[]): boolean {
  const headers = withoutGeneral(lines.filter(({ text }) => !HEADING.test(text.trim())).map(trimmed));
  return headers.length === 0 || arePairs(headers);
}

const trimmed = (line: SourceLine): SourceLine => ({ ...line, text: line.text.trim() });

/** Names and values on lines in turn, without a name at the end whose value is cut off; undefined where they are none. */
export function pairsOf(lines: readonly SourceLine[]): readonly SourceLine[] | undefined {
  const even = lines.slice(0, lines.length - (lines.length % 2));
  return arePairs(even) ? even : undefined;
}

/** Which half a block is; undefined for anything else. */
export function sideOfBlock({ side, headers }: Pick<Block, 'side' | 'headers'>): HeadSide | undefined {
  if (side !== undefined) return side;
  const pairs = arePairs(headers);
  const names = headers.filter(({ text }, i) => (pairs ? i % 2 === 0 : NAME.test(text))).map(nameOf);
  const decisive = names.find((name) => name === 'sec-websocket-key' || name === 'sec-websocket-accept');
  const known =
    decisive ??
    (names.some((name) => OURS.test(name)) ? names.find((name) => Object.hasOwn(SIDE_OF_HEADER, name)) : undefined);
  return known === undefined ? undefined : SIDE_OF_HEADER[known];
}

/** What a browser shows above the headers, left out. */
function withoutGeneral(lines: readonly SourceLine[]): SourceLine[] {
  const kept: SourceLine[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as SourceLine;
    const general = GENERAL.exec(line.text.trim());
    if (general !== null && (general[1]?.trimStart() ?? '') === '') i += 1;
    else if (general === null && !PROVISIONAL.test(line.text)) kept.push(line);
  }
  return kept;
}

/**
 * Where the second half begins in headers of both: browsers sort each half by name, so that the order falls back there,
 * between the key and the accept value, and no later than at the second header of a name that both halves have.
 */
function borderOf(lines: readonly SourceLine[]): number {
  const width = arePairs(lines) ? 2 : 1;
  const names = lines.filter((_, i) => i % width === 0).map(nameOf);
  const [key, accept] = [names.indexOf('sec-websocket-key'), names.indexOf('sec-websocket-accept')];
  if (key < 0 || accept < 0) return lines.length;
  const from = Math.min(key, accept) + 1;
  const seen = new Set(names.slice(0, from));
  let to = from;
  while (to < Math.max(key, accept) && !seen.has(names[to] as string)) seen.add(names[to++] as string);
  for (let i = from; i <= to; i++) if ((names[i] as string) < (names[i - 1] as string)) return i * width;
  return to * width;
}

/** A name and a value with a tab between them, as proxies' tables are copied; and the names of such columns. */
const ROW = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\t+(\S.*)$/;
const COLUMNS = /^(?:key|name|header)\t+value$/i;

/** The rows of a table as headers; other lines as they are. */
function fromTable(lines: readonly SourceLine[]): readonly SourceLine[] {
  const rows = lines.filter(({ text }) => !COLUMNS.test(text.trim()));
  if (!rows.every(({ text }) => ROW.test(text)) || !rows.some(({ text }) => OURS.test(ROW.exec(text)![1]!)))
    return lines;
  return rows.map((line) => {
    const [, name = '', value = ''] = ROW.exec(line.text)!;
    const column = line.column + line.text.length - value.length;
    return { ...line, text: `${name}: ${value}`, column, shift: name.length + 2 };
  });
}

/** Lines without a first line, as a browser's panels give them: one half, or both without anything between them. */
export function browserBlocks(all: readonly SourceLine[], side: HeadSide | undefined): Block[] {
  const headers = withoutGeneral(fromTable(all));
  const lines = pairsOf(headers) ?? headers;
  const border = borderOf(lines);
  const isBoth = border < lines.length;
  return [lines.slice(0, border), lines.slice(border)]
    .filter((half) => half.length > 0)
    .map((headers) => ({ start: undefined, headers, side: isBoth ? undefined : side, isWhole: false, foreign: [] }));
}
