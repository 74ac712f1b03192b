/** A line of a text that shows a handshake, without what the tool that printed it put before it. */
export interface SourceLine {
  readonly text: string;
  /** The place of `text` in the source: line from 1, column from 0. */
  readonly line: number;
  readonly column: number;
  /** The text ends in it, without a line end: it may be cut. */
  readonly isOpen: boolean;
  /** Characters that begin `text` and are not there in the source. */
  readonly shift?: number;
}

export type HeadSide = 'request' | 'response';

/** Lines that belong together: a head, or headers that a browser shows without their first line. */
export interface Block {
  /** The request line or status line; a browser's copy may have none. */
  readonly start: SourceLine | undefined;
  readonly headers: readonly SourceLine[];
  /** What a heading, or the first line, says it is. */
  readonly side: HeadSide | undefined;
  /** The first line and the blank line were both seen: what is not here was not sent. */
  readonly isWhole: boolean;
  /** Lines among the headers that are not headers, and were left out. */
  readonly foreign: readonly SourceLine[];
}

const METHODS = 'GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|CONNECT|TRACE';
/** A request line: with any method where the target looks like one, with or without version where the method is a known one. */
const REQUEST = new RegExp(
  `^(?:(?:${METHODS})[ \\t]+\\S.{0,8000}[ \\t]HTTP/\\d(?:\\.\\d)?` +
    `|[A-Za-z]{1,20}[ \\t]+(?:/|\\*|[a-z]{2,5}://).{0,8000}[ \\t]HTTP/\\d(?:\\.\\d)?` +
    `|(?:${METHODS})[ \\t]+(?:/|\\*|wss?:|https?:)\\S{0,8000})[ \\t]*$`,
);
const RESPONSE = /^HTTP\/\d(?:\.\d)?(?:[ \t]|$)/;
/** A status line as it is believed in the middle of a line: `Proto:HTTP/1.1 ProtoMajor:1` is none. */
const STATUS = /^HTTP\/\d(?:\.\d)?[ \t]+\d{3}(?!\S)/;
const ANY_START = new RegExp(`(?:${METHODS})[ \\t]|HTTP/\\d`);
const START = new RegExp(`^(?:(?:${METHODS})[ \\t]|HTTP/)`);
/** Logs may put each line in quotes. */
const QUOTE = /["'`]$/;
/** Longest thing that a log may put before a line: a time, an arrow, a connection's name, the addresses of both ends. */
const PREFIX = 200;
/** What may directly precede a first line: no letter and no digit, or the dots of a packet's headers shown as text. */
const BOUNDARY = /[^A-Za-z0-9/]/;
const PACKET_TEXT = /\.\.|[^\x20-\x7e]/;
/** The column of digits of a hex dump: what follows is its text column. */
export const HEX_COLUMN = /(?:^|[\s|:])(?:[0-9a-f]{2} +){4}|(?:^|[\s|:])(?:[0-9a-f]{4} ){3}/i;

export function sideOf(line: string): HeadSide | undefined {
  if (RESPONSE.test(line)) return 'response';
  return REQUEST.test(line) ? 'request' : undefined;
}

/** SGR sequences: bold names of `curl -v` copied with their styles. */
// eslint-disable-next-line no-control-regex
const STYLE = /\x1b\[[\d;]{0,20}m/g;

/**
 * The lines of `text` with their places; line ends of any kind are taken off, and so are a byte order mark and styles. Of
 * empty lines that follow each other the first is given.
 */
export function sourceLines(text: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let isAfterEmpty = false;
  // What follows the last line end is no line.
  for (let from = text.startsWith('\ufeff') ? 1 : 0, line = 1; from < text.length; line++) {
    const found = text.indexOf('\n', from);
    const next = found < 0 ? text.length : found;
    let end = next;
    while (end > from && text[end - 1] === '\r') end--;
    const bare = text.slice(from, end);
    const isEmpty = bare === '';
    if (!isEmpty || !isAfterEmpty) {
      const shown = bare.includes('\x1b') ? bare.replaceAll(STYLE, '') : bare;
      lines.push({ text: shown, line, column: 0, isOpen: found < 0 });
    }
    isAfterEmpty = isEmpty;
    from = next + 1;
  }
  return lines;
}

export function cut(line: SourceLine, columns: number): SourceLine {
  return { ...line, text: line.text.slice(columns), column: line.column + columns };
}

/** The quote around what begins at that column; `''` for none. */
export function quoteAt(text: string, column: number): string {
  const quote = text[column - 1] ?? '';
  return QUOTE.test(quote) && text.trimEnd().endsWith(quote) ? quote : '';
}

/** The text from `column` on, without the quote that ends it. */
export function unquoted(line: SourceLine, column: number, quote: string): SourceLine {
  const rest = cut(line, column);
  const text = rest.text.trimEnd();
  return quote !== '' && text.endsWith(quote) ? { ...rest, text: text.slice(0, -1) } : rest;
}

/** Where a first line begins inside a line of a log; -1 when there is none, 0 when nothing precedes it. */
export function startColumn(text: string): number {
  if (sideOf(text) !== undefined) return 0;
  if (!ANY_START.test(text)) return -1;
  for (let i = 1; i <= Math.min(PREFIX, text.length - 1); i++) {
    if (!START.test(text.slice(i, i + 8))) continue;
    const before = text.slice(0, i);
    if (!BOUNDARY.test(text[i - 1] as string) && !PACKET_TEXT.test(before)) continue;
    const rest = text.slice(i);
    const line = quoteAt(text, i) === '' ? rest : rest.trimEnd().slice(0, -1);
    const isStart = STATUS.test(line) || sideOf(line) === 'request';
    if (isStart) return HEX_COLUMN.test(before) ? -1 : i;
  }
  return -1;
}
