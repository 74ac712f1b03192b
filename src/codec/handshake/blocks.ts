import { append } from '../bytes/lists.js';
import { browserBlocks, HEADING, pairsOf } from './browser.js';
import { cut, quoteAt, sideOf, sourceLines, startColumn, unquoted } from './lines.js';
import type { Block, HeadSide, SourceLine } from './lines.js';
import { joinedPanels } from './panel.js';
import { unwrapped } from './unwrap.js';

/** Headers of an upgrade: where one of them begins, the text before it is the log's. */
const KNOWN =
  /^(?:host|upgrade|connection|sec-websocket-[a-z0-9]+|origin|user-agent|server|date|accept(?:-[a-z]+)?|cache-control|pragma|cookie|content-(?:length|type)|transfer-encoding)[ \t]*:/i;
/** A header as a line of a log may hold one; a time or a URL is not one. */
const HEADER = /^:?[A-Za-z!#$%&'*+^_`|~][!#$%&'*+\-.^_`|~0-9A-Za-z]*:(?!\/\/)/;
/** Like a header, but not right: what a faulty head has. */
const FAULTY = /^[^\s:]{1,60}[ \t]*:|^(?:host|upgrade|connection|sec-websocket-[a-z0-9]+)[ \t=]/i;
/** Lines after a first line in which its first header is looked for. */
const NEAR = 8;
const LONGEST_PREFIX = 200;

/** A pattern of the text before each line of a log: numbers in it may change. */
function patternOf(prefix: string): string {
  return prefix.replaceAll(/[A-Za-z0-9]+|[^A-Za-z0-9]/gu, (run) => {
    if (/\d/.test(run)) return /^[0-9a-f]+$/i.test(run) ? '[0-9a-fA-F]+' : '[0-9A-Za-z]+';
    return /[A-Za-z]/.test(run) ? run : `\\u{${(run.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** What distinguishes the lines of a head from others, and is removed from them. */
interface LineFrame {
  readonly prefix: RegExp;
  /** The same without blanks at its end: an empty line of a log may have lost them. */
  readonly blank: RegExp;
  readonly quote: string;
}

function frameOf(prefix: string, quote: string): LineFrame {
  return {
    prefix: new RegExp(`^${patternOf(prefix)}`, 'u'),
    blank: new RegExp(`^${patternOf(prefix.trimEnd())}\\s*$`, 'u'),
    quote,
  };
}

/** The line as the head has it; undefined: it is another's. */
function within(line: SourceLine, { prefix, blank, quote }: LineFrame): SourceLine | undefined {
  const match = prefix.exec(line.text);
  if (match !== null) return unquoted(line, match[0].length, quote);
  return blank.test(line.text) ? cut(line, line.text.length) : undefined;
}

/** Where in a line a known header begins; -1 for none. */
function knownColumn(text: string): number {
  if (!text.includes(':')) return -1;
  for (let i = 0; i < Math.min(LONGEST_PREFIX, text.length); i++) {
    if ((i === 0 || /[^A-Za-z0-9-]/.test(text[i - 1] as string)) && KNOWN.test(text.slice(i, i + 60))) return i;
  }
  return -1;
}

/** The text before the headers that follow a first line, which may differ from the text before that line. */
function frameAfter(lines: readonly SourceLine[], first: number, column: number): LineFrame {
  const { text } = lines[first] as SourceLine;
  const own = frameOf(text.slice(0, column), quoteAt(text, column));
  for (const line of lines.slice(first + 1, first + 1 + NEAR)) {
    if (startColumn(line.text) >= 0) break;
    const rest = within(line, own);
    if (rest !== undefined && (HEADER.test(rest.text) || rest.text.trim() === '')) return own;
    const known = knownColumn(line.text);
    if (known >= 0) return frameOf(line.text.slice(0, known), quoteAt(line.text, known));
    if (HEADER.test(line.text)) return frameOf('', '');
  }
  return own;
}

/** The head that begins in a line, and the first line that is not its own. */
function headAt(lines: readonly SourceLine[], first: number, column: number): { block: Block; next: number } {
  const line = lines[first] as SourceLine;
  const start = unquoted(line, column, quoteAt(line.text, column));
  const frame = frameAfter(lines, first, column);
  const body: SourceLine[] = [];
  let isWhole = false;
  let others = 0;
  let next = first + 1;
  for (; next < lines.length && !isWhole; next++) {
    const following = lines[next] as SourceLine;
    const rest = within(following, frame);
    if (isStart(rest ?? following)) break;
    if (rest === undefined) others += 1;
    else if (rest.text.trim() === '') isWhole = !rest.isOpen;
    else body.push(rest);
  }
  const isAlone = first === 0 && column === 0 && isWhole && others === 0;
  const { headers, foreign } = isAlone ? { headers: body, foreign: [] } : sorted(dedent(body), isWhole);
  return { block: { start, headers: dedent(headers), side: sideOf(start.text), isWhole, foreign }, next };
}

/** A known header's value may look like a first line. */
function isStart({ text }: SourceLine): boolean {
  const column = startColumn(text);
  return column === 0 || (column > 0 && !KNOWN.test(text));
}

/** Headers, and lines of a log among and after them. A faulty header is believed only in a head that was seen whole. */
function sorted(body: readonly SourceLine[], isWhole: boolean): Pick<Block, 'headers' | 'foreign'> {
  const pairs = pairsOf(body);
  if (pairs !== undefined) return { headers: pairs, foreign: [] };
  const isHeader = ({ text }: SourceLine): boolean => HEADER.test(text) || KNOWN.test(text);
  const lastKnown = body.findLastIndex(({ text }) => KNOWN.test(text));
  const firstOther = body.findIndex((line) => !isHeader(line));
  const end = firstOther > lastKnown && !isWhole ? firstOther : body.length;
  const headers: SourceLine[] = [];
  const foreign: SourceLine[] = [];
  body.forEach((line, i) => {
    const isFold = i > 0 && /^[ \t]/.test(line.text);
    const isFaulty = isWhole && i < lastKnown && (isFold || FAULTY.test(line.text));
    const belongs = isHeader(line) || isFaulty;
    if (i < end && belongs) headers.push(line);
    else foreign.push(line);
  });
  // What follows the head is not read.
  const last = headers.at(-1)?.line ?? Infinity;
  return { headers, foreign: foreign.filter(({ line }) => line < last) };
}

/** Lines up to the next first line, blank line or heading, of which nothing says what they are. */
function looseAt(lines: readonly SourceLine[], first: number): { lines: SourceLine[]; next: number } {
  const loose: SourceLine[] = [];
  let next = first;
  for (; next < lines.length; next++) {
    const line = lines[next] as SourceLine;
    if (line.text.trim() === '' || HEADING.test(line.text.trim()) || startColumn(line.text) >= 0) break;
    loose.push(line);
  }
  return { lines: dedent(loose), next };
}

/** The text in blocks: heads, and what may be headers without a first line. */
export function blocksOf(text: string): Block[] {
  const lines = joinedPanels(unwrapped(sourceLines(text)));
  const blocks: Block[] = [];
  let heading: HeadSide | undefined;
  for (let i = 0; i < lines.length;) {
    const { text } = lines[i] as SourceLine;
    const match = HEADING.exec(text.trim());
    const column = startColumn(text);
    if (match !== null) heading = match[1]?.toLowerCase() as HeadSide | undefined;
    if (match !== null || text.trim() === '') i += 1;
    else if (column >= 0) {
      const { block, next } = headAt(lines, i, column);
      blocks.push(block);
      i = next;
    } else {
      const loose = looseAt(lines, i);
      append(blocks, browserBlocks(loose.lines, heading));
      i = loose.next;
    }
  }
  return blocks;
}

/** Headers that are all indented (the first can not continue another) lose that indentation. */
function dedent(lines: readonly SourceLine[]): SourceLine[] {
  const indent = /^[ \t]*/.exec(lines[0]?.text ?? '')?.[0] ?? '';
  return lines.map((line) => (indent !== '' && line.text.startsWith(indent) ? cut(line, indent.length) : line));
}
