import { sideOf, type SourceLine } from './lines.js';

/** A part of a head that a line of a dissection has: its first line, a header, or that the blank line is there. */
type Part =
  { readonly kind: 'start' | 'header'; readonly text: string; readonly at: number } | { readonly kind: 'end' };

interface DissectedHead {
  readonly start: SourceLine;
  readonly headers: SourceLine[];
  isWhole: boolean;
}

const STRING = String.raw`(?:[^"\\]|\\(?!r\\n")["\\/bfnrtu])`;
/**
 * JSON of tshark and Wireshark. The first line is a key (`-T json`) or the first of a list (`-T ek`), with its CR LF as
 * Wireshark spells it; a header is a value, with its CR LF as JSON spells it.
 */
const JSON_PARTS = new RegExp(
  [
    String.raw`(?:^\s{1,99}|"text":\s?\[?\s?)"((?:[A-Z]{3,20} |HTTP\/\d)${STRING}{1,8000}?)\\\\r\\\\n"(?=: \{|[,\]])`,
    String.raw`(?:^\s{1,99}|[[,]|"http[._](?:http_)?(?:request|response)[._]line": ?\[?)"([!-9;-~]{1,100}:${STRING}{0,16000})\\r\\n"`,
    String.raw`"(\\\\r\\\\n)"`,
  ].join('|'),
  'g',
);
/** PDML: an element for each field. */
const PDML_PARTS =
  /<field name="" show="((?:[A-Z]{3,20} |HTTP\/\d)[^"]{1,8000}?)\\r\\n"|<field name="http\.(?:request|response)\.line" showname="([^"]{1,16000}?)\\r\\n"|<field name="" show="(\\r\\n)"/g;
const IS_JSON = /"http[._](?:http_)?(?:request|response)[._]line": ?["[]/;
const IS_PDML = /<field name="http\.(?:request|response)\.line"/;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const ofJson = (text: string): string => {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
};
const ofXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|(\w{1,5}));/gi, (whole, code: string | undefined, name: string | undefined) =>
    code === undefined ? (ENTITIES[name!] ?? whole) : String.fromCharCode(parseInt(code, 16)),
  );

function partsOf(text: string, pattern: RegExp, plain: (text: string) => string): Part[] {
  return [...text.matchAll(pattern)].map((match): Part => {
    const [whole, start, header] = match;
    const shown = start ?? header;
    if (shown === undefined) return { kind: 'end' };
    const at = match.index + whole.indexOf(shown);
    return { kind: start === undefined ? 'header' : 'start', text: plain(shown), at };
  });
}

/** The heads that tshark and Wireshark took apart: `-T json`, `-T ek`, `-T pdml`, and what Wireshark exports as JSON or XML. */
export function fromDissection(lines: readonly SourceLine[]): SourceLine[] | undefined {
  const isJson = lines.some(({ text }) => IS_JSON.test(text));
  if (!isJson && !lines.some(({ text }) => IS_PDML.test(text))) return undefined;
  const heads: DissectedHead[] = [];
  for (const line of lines) {
    const parts = isJson ? partsOf(line.text, JSON_PARTS, ofJson) : partsOf(line.text, PDML_PARTS, ofXml);
    for (const part of parts) {
      const head = heads.at(-1);
      if (part.kind === 'end') {
        // Where the blank line comes before the headers, a line that is cut may have lost some.
        if (head !== undefined) head.isWhole = !line.isOpen || head.headers.length > 0;
        continue;
      }
      const own: SourceLine = { text: part.text, line: line.line, column: part.at, isOpen: false };
      if (part.kind === 'header') head?.headers.push(own);
      else if (sideOf(part.text) !== undefined) heads.push({ start: own, headers: [], isWhole: false });
    }
  }
  return heads.flatMap(({ start, headers, isWhole }) => {
    const end: SourceLine[] = isWhole ? [{ text: '', line: start.line, column: 0, isOpen: false }] : [];
    return headers.length === 0 ? [] : [start, ...headers, ...end];
  });
}
