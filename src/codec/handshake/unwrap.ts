import { fromDissection } from './dissection.js';
import { cut, HEX_COLUMN, sideOf, startColumn, type SourceLine } from './lines.js';

/**
 * What tools make of a head's lines, taken back: each takes the lines of a text, and gives those of the wire, possibly with
 * the tool's own lines among them; undefined where the text is not that tool's.
 */
type Unwrapping = (lines: readonly SourceLine[]) => SourceLine[] | undefined;

const TIME = String.raw`(?:\d\d:\d\d:\d\d(?:\.\d{1,9})?[ \t]{1,4})?(?:\[\S{1,20}\][ \t]{1,4})?`;
/** curl -v, also with --trace-time and --trace-ids: `> ` was sent, `< ` received; everything else is talk. */
const CURL = new RegExp(`^${TIME}[ \\t]{0,20}[<>](?: (.*))?$`);
const SECTION = new RegExp(`^${TIME}(?:=>|<=) (?:Send|Recv) (?:SSL )?(\\w+), \\d+ bytes \\(0x[0-9a-f]+\\)$`);
const TRACE_ROW = /^([0-9a-f]{4,8}): ?(.*)$/;
/** Characters in a row of --trace-ascii. */
const TRACE_WIDTH = 64;

const hasStart = (lines: readonly SourceLine[]): boolean => lines.some((line) => sideOf(line.text) !== undefined);

/** curl's markers taken off, and its other lines left out. */
const fromCurl: Unwrapping = (lines) => {
  const marked = lines.flatMap((line) => {
    const match = CURL.exec(line.text);
    return match === null ? [] : [cut(line, line.text.length - (match[1]?.length ?? 0))];
  });
  return hasStart(marked) ? marked : undefined;
};

/** curl --trace-ascii: the rows of the sections that hold headers. A row is a line, unless it is full and the next one continues it. */
const fromTrace: Unwrapping = (lines) => {
  const out: SourceLine[] = [];
  let section: string | undefined;
  let before = { end: -1, width: 0 };
  for (const line of lines) {
    const heading = SECTION.exec(line.text);
    if (heading !== null) {
      section = heading[1];
      before = { end: -1, width: 0 };
    }
    const row = heading === null && section === 'header' ? TRACE_ROW.exec(line.text) : null;
    if (row === null) continue;
    const [, offset = '', text = ''] = row;
    const at = parseInt(offset, 16);
    const last = out.at(-1);
    const goesOn = last !== undefined && at === before.end && before.width === TRACE_WIDTH;
    if (goesOn) out[out.length - 1] = { ...last, text: last.text + text, isOpen: line.isOpen };
    else out.push(cut(line, line.text.length - text.length));
    before = { end: at + text.length, width: text.length };
  }
  // A full row at the end may have had another after it.
  const last = out.at(-1);
  if (last !== undefined && before.width === TRACE_WIDTH) out[out.length - 1] = { ...last, isOpen: true };
  return hasStart(out) ? out : undefined;
};

/** How logs spell a CR LF inside a line, or show it at a line's end. */
const MARK =
  /\\r\\n|\[\\r\](?:\[\\n\])?|\\\\r\\\\n|\\x0[dD]\\x0[aA]|\\u000[dD]\\u000[aA]|\\0?15\\0?12|<CR><LF>|<0x0[dD]><0x0[aA]>|␍␊|\^M\$?$|(?<!\[)\\r$|\\n/g;
const MARKED_START =
  /HTTP\/\d(?:\.\d)?(?: \d{3}[^\\[<^␍]{0,80})?(?:\\r|\[\\r\]|\\\\r\\\\n|\\x0[dD]\\x|\\u000[dD]|\\0?15\\|<CR>|<0x0[dD]>|␍|\^M|\\n)/;
const CLOSING = /^["'`)\]},;$]*$/;
const TREE = /^\s*Hypertext Transfer Protocol\s*$/;

/** Line ends that are spelled out: Python's and JavaScript's strings, Apache HttpClient's wire log, socat -v, the trees of tshark -V. */
const fromMarks: Unwrapping = (lines) => {
  if (!lines.some(({ text }) => MARKED_START.test(text))) return undefined;
  const isTree = lines.some(({ text }) => TREE.test(text));
  return lines.flatMap((line) => {
    const marks = [...line.text.matchAll(MARK)];
    if (marks.length === 0 && line.isOpen) return [];
    if (isTree && (marks.length === 0 || line.text.trimStart().startsWith('['))) return [];
    let from = 0;
    const pieces = marks.map((mark) => {
      const piece = cut({ ...line, text: line.text.slice(0, mark.index), isOpen: false }, from);
      from = mark.index + mark[0].length;
      return piece;
    });
    const rest = cut(line, from);
    // A head ends in a line end: what follows the last one closes the string, or is a line that was cut.
    const isOver = marks.length > 0 && (marks.at(-1)?.[0] !== '\\n' || CLOSING.test(rest.text.trim()));
    return isOver ? pieces : [...pieces, rest];
  });
};

/** ngrep: `T 192.0.2.1:80 -> 192.0.2.2:5000 [AP]`, and the packet's text on the same line or in rows of one width. */
const NGREP = /^T .{0,100}\S:\d+ -> \S+:\d+ \[[A-Z]+\](?: #\d+)?/;
const DOTTED_END = /\.\.(?=[A-Za-z][\w-]*:|\.\.|\.?$)/;
const DOTTED = /^(?:[A-Z]+ .{1,8000} )?HTTP\/\d\.\d(?: \d{3}[^.]*)?\.\.[A-Za-z]/;

/** Rows of a packet put together: indented ones continue the row before. */
function joinedRows(lines: readonly SourceLine[]): SourceLine[] {
  const out: SourceLine[] = [];
  let packet: SourceLine[] = [];
  const close = (): void => {
    const [first] = packet;
    if (first !== undefined) out.push({ ...cut(first, 2), text: packet.map(({ text }) => text.slice(2)).join('') });
    packet = [];
  };
  let isOpen = false;
  for (const line of lines) {
    const isRow = isOpen && line.text.startsWith('  ');
    if (isRow) packet.push(line);
    else {
      close();
      out.push(line);
      isOpen = NGREP.test(line.text);
    }
  }
  close();
  return out;
}

/** Heads on one line, their line ends two dots each. */
const fromDots: Unwrapping = (lines) => {
  const rows = lines.some(({ text }) => NGREP.test(text)) ? joinedRows(lines) : lines;
  let found = false;
  const out = rows.flatMap((line) => {
    const text = line.text.trimEnd();
    const at = dottedColumn(text);
    if (at < 0) return [line];
    found = true;
    const pieces: SourceLine[] = [];
    for (let rest = cut({ ...line, text }, at); ;) {
      const end = DOTTED_END.exec(rest.text);
      // What no line end follows was cut.
      if (end === null) return pieces;
      pieces.push({ ...rest, text: rest.text.slice(0, end.index) });
      if (end.index === 0) return pieces;
      rest = cut(rest, end.index + 2);
    }
  });
  return found ? out : undefined;
};

function dottedColumn(text: string): number {
  if (!/HTTP\/\d\.\d/.test(text)) return -1;
  for (const { index } of text.matchAll(/(?:[A-Z]{3,7} \S|HTTP\/)/g)) {
    if (index > 200 || HEX_COLUMN.test(text.slice(0, index))) return -1;
    if (DOTTED.test(text.slice(index))) return index;
  }
  return -1;
}

/** ngrep -W byline, older versions of tcpdump -A: a dot for each CR, so that each line of a head ends in one, and its last is one. */
const fromDotLines: Unwrapping = (lines) => {
  const out = [...lines];
  let found = false;
  for (let i = 0; i < lines.length; i++) {
    const end = dottedLinesEnd(lines, i);
    if (end === undefined) continue;
    found = true;
    for (let j = i; j <= Math.min(end, lines.length - 1); j++) {
      const line = lines[j] as SourceLine;
      if (line.text.endsWith('.')) out[j] = { ...line, text: line.text.slice(0, -1) };
    }
    i = end;
  }
  return found ? out : undefined;
};

/** Index of the line that ends the head of dotted lines that begins at `first`; undefined where none begins. */
function dottedLinesEnd(lines: readonly SourceLine[], first: number): number | undefined {
  const { text } = lines[first] as SourceLine;
  if (!text.endsWith('.') || startColumn(text.slice(0, -1)) < 0) return undefined;
  let end = first;
  while (end < lines.length && lines[end]?.text.endsWith('.') && lines[end]?.text !== '.') end++;
  const last = lines[end];
  // A status line may end in a dot of its own: the following lines decide, unless the text is cut inside the next one.
  const isProven = end > first + 1 || last === undefined || last.text === '.' || last.isOpen;
  return isProven ? end : undefined;
}

/** OkHttp's HttpLoggingInterceptor: a URL for the target, and no version; what it adds later, as Host, need not be there. */
const OKHTTP_REQUEST = /^(?:.{0,100}\s)?--> ([A-Z]{3,7}) https?:\/\/[^\s/?#]{1,255}((?:[/?#]\S*)?)(?: http\/1\.1)?$/;
const OKHTTP_RESPONSE = /^(?:.{0,100}\s)?<-- (\d{3}(?: [\w ]{1,80})?) https?:\/\/\S+ \(\d+ms.{0,80}\)$/;
const OKHTTP_OTHER = /^(?:.{0,100}\s)?(?:-->|<--)/;

const fromOkHttp: Unwrapping = (lines) => {
  if (!lines.some(({ text }) => OKHTTP_REQUEST.test(text) || OKHTTP_RESPONSE.test(text))) return undefined;
  return lines.flatMap((line) => {
    const [, method, target] = OKHTTP_REQUEST.exec(line.text) ?? [];
    if (method !== undefined) return [{ ...line, text: `${method} ${target || '/'} HTTP/1.1` }];
    const status = OKHTTP_RESPONSE.exec(line.text)?.[1];
    if (status !== undefined) return [{ ...line, text: `HTTP/1.1 ${status}` }];
    return OKHTTP_OTHER.test(line.text) ? [] : [line];
  });
};

const UNWRAPPINGS: readonly Unwrapping[] = [
  fromDissection,
  fromOkHttp,
  fromTrace,
  fromCurl,
  fromMarks,
  fromDots,
  fromDotLines,
];

/** What tcpdump says of a packet of port 80 or 8080: it ends in the first line of its text. */
const TCPDUMP_SUMMARY = /\bFlags \[[^\]]{1,12}\],.{0,300}: HTTP: \S/;
const TIMED = /^\s*(?:\d{4}-\d\d-\d\d )?(?:\d\d:\d\d:\d\d\.\d|\d{6,12}\.\d|IP6? |ARP, )/;
const FIRST_ROW = /^\s*(?:0x)?0{4,8}:?\s+(?:[0-9a-f]{2}\s?){2}/i;

/** Without the lines that tcpdump, tshark and Wireshark's export write of a packet before its text or dump, which has the first line itself. */
function withoutSummaries(all: readonly SourceLine[]): readonly SourceLine[] {
  return all.filter(({ text }, index) => {
    const next = all[index + 1]?.text ?? '';
    const row = next === '' ? (all[index + 2]?.text ?? '') : next;
    if (FIRST_ROW.test(row) && startColumn(text) > 0) return false;
    return next === '' || TIMED.test(next) || !TCPDUMP_SUMMARY.test(text);
  });
}

/** The lines as they were on the wire, as far as one of the tools that are known showed them. */
export function unwrapped(all: readonly SourceLine[]): readonly SourceLine[] {
  const lines = withoutSummaries(all);
  for (const unwrap of UNWRAPPINGS) {
    const found = unwrap(lines);
    if (found !== undefined) return found;
  }
  return lines;
}
