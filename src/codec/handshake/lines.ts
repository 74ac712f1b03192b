/** A line of a text that shows a handshake, without what the tool that printed it put in front. */
export interface SourceLine {
  readonly text: string;
  /** Where `text` stands in the source: line from 1, column from 0. */
  readonly line: number;
  readonly column: number;
}

/** Lines that belong together: up to an empty line, the next first line of a head, or a heading. */
export interface Block {
  /** The request line or status line; a browser's copy may have none. */
  readonly start: SourceLine | undefined;
  readonly headers: readonly SourceLine[];
  /** What a heading, or the first line, says it is. */
  readonly side: 'request' | 'response' | undefined;
}

const METHODS = 'GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|CONNECT|TRACE';
/** A request line: with any method where the target looks like one, with or without version where the method is a known one. */
const REQUEST = new RegExp(
  `^(?:(?:${METHODS})[ \\t]+\\S.{0,8000}[ \\t]HTTP/\\d(?:\\.\\d)?` +
    `|[A-Za-z]{1,20}[ \\t]+(?:/|\\*|[a-z]{2,5}://).{0,8000}[ \\t]HTTP/\\d(?:\\.\\d)?` +
    `|(?:${METHODS})[ \\t]+(?:/|\\*|wss?:|https?:)\\S{0,8000})[ \\t]*$`,
);
const RESPONSE = /^HTTP\/\d(?:\.\d)?(?:[ \t]|$)/;
/** curl -v, also with --trace-time: `> ` was sent, `< ` received; everything else is talk. */
const CURL = /^(?:\d\d:\d\d:\d\d(?:\.\d{1,9})?[ \t]{1,4})?[ \t]{0,20}[<>](?: (.*))?$/;
const HEADING =
  /^(?:general|(request|response) headers?|headers?)(?:[ \t]*\(\d+\)|[ \t]+(?:view source|raw|view parsed))*[ \t]*:?$/i;
/** Chrome's warning above headers that were never sent. */
const PROVISIONAL = /provisional headers are shown/i;
const ANY_START = new RegExp(`(?:${METHODS})[ \\t]|HTTP/\\d`);
const START = new RegExp(`^(?:(?:${METHODS})[ \\t]|HTTP/)`);
/** Longest thing that a log may put in front of a line: a time, an arrow, a connection's name. */
const PREFIX = 100;

export function sideOf(line: string): 'request' | 'response' | undefined {
  if (RESPONSE.test(line)) return 'response';
  return REQUEST.test(line) ? 'request' : undefined;
}

/** The lines of `text` with their places; line ends of any kind are taken off, and so is a byte order mark. */
export function sourceLines(text: string): SourceLine[] {
  const lines = (text.startsWith('\ufeff') ? text.slice(1) : text).split('\n');
  return lines.map((line, i) => {
    let end = line.length;
    while (end > 0 && line[end - 1] === '\r') end--;
    return { text: line.slice(0, end), line: i + 1, column: 0 };
  });
}

function cut(line: SourceLine, columns: number): SourceLine {
  return { text: line.text.slice(columns), line: line.line, column: line.column + columns };
}

/** curl's markers taken off, and its other lines left out; undefined where the text is no output of curl. */
function fromCurl(lines: readonly SourceLine[]): SourceLine[] | undefined {
  const marked = lines.flatMap((line) => {
    const match = CURL.exec(line.text);
    return match === null ? [] : [cut(line, line.text.length - (match[1]?.length ?? 0))];
  });
  return marked.some((line) => sideOf(line.text) !== undefined) ? marked : undefined;
}

/** Where a first line begins inside a line of a log; -1 when there is none, 0 when nothing stands in front. */
function startColumn(text: string): number {
  if (sideOf(text) !== undefined) return 0;
  if (!ANY_START.test(text)) return -1;
  for (let i = 1; i <= Math.min(PREFIX, text.length - 1); i++) {
    const before = text[i - 1] as string;
    if (!/[\s:\]|>)-]/.test(before) || !/[A-Z]/.test(text[i] as string)) continue;
    const rest = text.slice(i);
    if (START.test(rest) && sideOf(rest) !== undefined) return i;
  }
  return -1;
}

const shape = (prefix: string): string => prefix.replace(/\d/g, '0');

/** What a log puts in front of every line (a time may count on in it) taken off, as the first line of each head shows it. */
function fromLog(lines: readonly SourceLine[]): SourceLine[] {
  let prefix = '';
  return lines.map((line) => {
    const start = startColumn(line.text);
    if (start >= 0) prefix = shape(line.text.slice(0, start));
    const front = line.text.slice(0, prefix.length);
    if (prefix === '') return line;
    if (shape(front) === prefix) return cut(line, prefix.length);
    // An empty line of a log may have lost its trailing blanks.
    return shape(front.trimEnd()) === prefix.trimEnd() ? cut(line, line.text.length) : line;
  });
}

/** The text in blocks. What is neither a head nor headers (a body, a log's own lines) is left in blocks of its own. */
export function blocksOf(text: string): Block[] {
  const all = sourceLines(text);
  const lines = fromCurl(all) ?? fromLog(all);
  const blocks: Block[] = [];
  let start: SourceLine | undefined;
  let headers: SourceLine[] = [];
  let heading: Block['side'];
  const close = (): void => {
    if (start !== undefined || headers.length > 0) {
      const side = start === undefined ? heading : sideOf(start.text);
      blocks.push({ start, headers: dedent(headers), side });
    }
    start = undefined;
    headers = [];
  };
  for (const line of lines) {
    const headingMatch = HEADING.exec(line.text.trim());
    if (headingMatch !== null) {
      close();
      heading = headingMatch[1]?.toLowerCase() as Block['side'];
    } else if (line.text.trim() === '') {
      close();
    } else if (sideOf(line.text) !== undefined) {
      close();
      start = line;
    } else if (!PROVISIONAL.test(line.text)) {
      headers.push(line);
    }
  }
  close();
  return blocks;
}

/** Headers that are all indented (the first can not continue another) lose that indentation. */
function dedent(lines: readonly SourceLine[]): readonly SourceLine[] {
  const indent = /^[ \t]*/.exec(lines[0]?.text ?? '')?.[0] ?? '';
  if (indent === '') return lines;
  return lines.map((line) => (line.text.startsWith(indent) ? cut(line, indent.length) : line));
}
