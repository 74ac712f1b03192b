import { isCode } from '../hex/code.js';
import { FIRST_GROUP } from '../hex/line-watch.js';
import { CUT_SHORT } from '../hex/mode.js';
import { encodedFrames, spellsMessages } from './encoded.js';
import { looksLikeFrames, looksLikeWebSocket } from '../../codec/resync/plausible.js';
import { spelled } from './spelled.js';

/** A spelling of bytes that occurs inside of lines. */
export interface LiteralForm {
  readonly pattern: RegExp;
  /** The match in a spelling of `HexSource`; undefined where it is none after all; why it can't be read. */
  readonly spell: (match: RegExpExecArray, line: string) => string | { readonly problem: string } | undefined;
  /** Looks like other things too: it counts only where the line mentions sending, receiving or bytes, or where the bytes are whole frames. */
  readonly isWeak?: (match: RegExpExecArray) => boolean;
  /** Not even the line's words are enough: only whole frames. */
  readonly isFrames?: boolean;
}

const cut = { problem: CUT_SHORT };
const DOTS = /\.\.\.|\xe2\x80\xa6|more (?:bytes|items)/;
const HEX = '[0-9a-fA-F]';
const CAST = '(?:\\((?:s?byte|Byte|u?int8(?:_t)?|(?:unsigned )?char|u8)\\)\\s*)';
const KOTLIN = '(?:\\.to(?:U?Byte|U?Int)\\(\\))?';
const EXPLICIT = `(?:${CAST}(?:0[xX]${HEX}{1,2}|-?\\d{1,3})|0[xX]${HEX}{1,2}${KOTLIN}|0b[01]{1,8}|\\\\x${HEX}{2})`;
const ELEMENT = `(?:${EXPLICIT}|-?\\d{1,3}|${HEX}{2}|'\\\\?[^']{1,3}')(?:_?u8|'[ui]8|[uU])?`;
/** Verilog, Smalltalk, Visual Basic, assemblers. */
const OF_CODE = `(?:8'[hH]${HEX}{1,2}|16r${HEX}{1,2}|(?:&[hH]|\\$)${HEX}{1,2}|0?${HEX}{2}[hH])`;
/** What a string has to hold to be one of bytes beyond doubt. */
const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|[0-3]?[0-7]{1,2}(?![0-9])|[0-3][0-7]{2}|u00[0-9a-fA-F]{2}|u\{)/;
const always = (): boolean => true;

/** The spellings that occur inside of lines, the most certain first. */
export const LITERAL_FORMS: readonly LiteralForm[] = [
  // Jetty's buffers: what is still to be read stands between the marks, stale bytes around them.
  {
    pattern:
      /(?:(?:\w+@[0-9a-f]+\[(?:[pcl]=\d+,){0,3})?\br=(\d+)\]=\{[^<]{0,4096})?<<<(.*?)>>>(?:[^<>]{0,4096}?\}|[^<>]*$|.*\})/g,
    spell: ([, length, text]) => {
      const quoted = characters(text!.replace(/'/g, "\\'"));
      return length !== undefined && spelled(quoted).bytes.length !== Number(length) ? cut : quoted;
    },
  },
  // NSData of today, and of the past.
  {
    pattern: /\{\s*length\s*=\s*(\d+)\s*,\s*bytes\s*=\s*0x([^}]*)\}/gi,
    spell: ([, length, digits]) => {
      const bare = digits!.replace(/\s/g, '');
      return bare.length === 2 * Number(length) && /^[0-9a-fA-F]+$/.test(bare) ? bare : cut;
    },
  },
  // What consoles print of typed arrays and array buffers, and JSON of them.
  {
    pattern: /\((\d+)\) \[((?:\d{1,3}, )*\d{1,3}), buffer: [^\]]*(?:\][^\]]*)?\]/g,
    spell: ([, length, elements]) => (elements!.split(',').length === Number(length) ? decimals(elements!) : cut),
  },
  {
    pattern: /\[Uint8Contents\]: <([0-9a-fA-F ]*)([^>]*)>/g,
    spell: ([, digits, more]) => (more === '' && digits !== '' ? digits : cut),
  },
  {
    pattern: /\{"0":\d{1,3}(?:,\s?"\d+":\d{1,3})*\}/g,
    spell: ([text]) => {
      const pairs = [...text.matchAll(/"(\d+)":(\d+)/g)];
      return pairs.every(([, index], at) => Number(index) === at)
        ? decimals(pairs.map(([, , value]) => value).join())
        : cut;
    },
  },
  { pattern: /<<((?:"(?:[^"\\]|\\.)*"|[^<>"])+)>>/g, spell: ([, text]) => binary(text!) },
  {
    pattern: /<(?:Slow)?Buffer(?: [0-9a-fA-F]{2})*[^>]*>/g,
    spell: ([text]) => (DOTS.test(text) ? cut : text),
  },
  {
    pattern: /<([0-9a-fA-F]{4,8}(?: [0-9a-fA-F]{2,8})*)( ?\.\.\.[^>]*)?>/g,
    // PowerShell's Format-Hex names what it shows by its hash.
    spell: ([, digits, more], line) => (/^\s*Label: /.test(line) ? undefined : more ? cut : digits),
    // One group alone may be any number.
    isWeak: ([, digits]) => !digits!.includes(' '),
  },
  {
    pattern: /<([0-9a-fA-F]{2}(?:(?: |, ?|:|-)[0-9a-fA-F]{2})+)>/g,
    spell: ([, digits]) => digits,
    isWeak: always,
  },
  { pattern: /(?:<[0-9a-fA-F]{2}>)+(?:.*$)?/g, spell: angles },
  // Strings with escapes, and those that are said to be of bytes.
  {
    pattern:
      /(?<![A-Za-z0-9_])([rR]?[bB][rR]?|u8|[uUL@$])?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)(\.\.\.|\xe2\x80\xa6)?/g,
    spell: ({ 0: text, 2: quoted, 3: dots, index }, line) => {
      if (dots !== undefined) return cut;
      if (isWordOfJson(line, index, text.length, quoted!) || /^[bB]?(?:""|'')$/.test(text)) return undefined;
      return /^[bBrR]/.test(text) ? text : (ofCommand(quoted!) ?? encodedFrames(quoted!) ?? quoted);
    },
    isWeak: ([, prefix = '', quoted]) => !/b/i.test(prefix) && !ESCAPE.test(quoted!),
  },
  {
    pattern: new RegExp(
      `[[{]\\s*(${ELEMENT}(?:[\\s,;]+${ELEMENT})+)\\s*,?\\s*(\\.\\.\\.[^\\]}]*|\\xe2\\x80\\xa6[^\\]}]*)?[\\]}]`,
      'g',
    ),
    spell: ({ 1: elements, 2: dots, index }, line) =>
      dots !== undefined ? cut : list(elements!, isCode(line.slice(0, index))),
    isWeak: ([, elements]) => !new RegExp(EXPLICIT).test(elements!) && !/^\s*(?:-\d|1[2-9]\d|2\d\d)/.test(elements!),
  },
  {
    pattern: new RegExp(`(?<![\\w.])${EXPLICIT}(?:\\s*,\\s*${EXPLICIT})+,?`, 'g'),
    spell: (match, line) => (isPart(match, line) ? PART : list(match[0])),
  },
  {
    pattern: new RegExp(`(?<![\\w.$&])${OF_CODE}(?:\\s*,\\s*${OF_CODE})+(?![\\w.,])`, 'g'),
    spell: ([text]) => list(text),
    isWeak: always,
    isFrames: true,
  },
  {
    pattern: /(?<![\w])[01]{8}(?:[ ,_]+[01]{8})+(?![\w])/g,
    spell: ([text]) => bits(text),
  },
  {
    pattern:
      /(?<!\\\d{1,3})(?:\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2})(?:\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2}|\\[\\abefnrtv0]|[^\s\\"'`])*(\s+\S)?/g,
    spell: ([text, more]) =>
      more === undefined
        ? `'${text.trimEnd().replace(/'/g, "\\'")}'`
        : { problem: 'nothing tells where the escaped bytes end: a blank may be one of them' },
  },
  {
    pattern:
      /(?<![\w:.-])[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2})+(?![\w:-])|(?<![\w:.-])[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){3,}(?![\w:-])/g,
    // Six are the address of a network card, three a date.
    spell: ([text]) =>
      (text.length === 17 && !/^[089cC]/.test(text)) || (text.length === 8 && !/^8|[a-f]/i.test(text))
        ? undefined
        : text,
    isWeak: always,
  },
  {
    pattern: /(?<![\w.'"-])(?<![0-9a-fA-F]{2},\s?)[0-9a-fA-F]{2}(?:,\s?[0-9a-fA-F]{2})+(?![\w.'"-]|,\s?\w)/g,
    spell: ([text]) => (/[a-fA-F]|(?<!\d)0/.test(text) ? list(text) : undefined),
    isWeak: always,
  },
  {
    pattern:
      /(?:\b(?:bytes|data|payload|hex|frame|raw|buf|buffer|packet|msg|message|content|body|dump|sent|send|recv|received|read|write|wrote|rx|tx)\b\s*[:=]?\s*)(?:0x)?((?:[0-9a-fA-F]{2}){2,})(\.\.\.|\xe2\x80\xa6)?(?![\w.-]|\s+(?:0x)?(?:[0-9a-fA-F]{2})+(?:\s|$))/gi,
    spell: ([text, digits, dots]) => (dots !== undefined ? cut : isNumber(text, digits!) ? undefined : digits),
    isWeak: always,
  },
  {
    pattern:
      /(?<=^|[\s:=\](>])(?<!(?:^|\s)(?:0x)?[0-9a-fA-F]{2} )(?:0x)?[0-9a-fA-F]{2}(?: (?:0x)?[0-9a-fA-F]{2})+(\s?(?:\.\.\.|\xe2\x80\xa6))?(?=\s*$|\s{2,}|\s*[|\])])/g,
    spell: ({ 0: text, 1: dots, index }, line) =>
      dots !== undefined ? cut : /[A-Za-z]/.test(line.slice(0, index)) ? afterCount(text) : text,
    isWeak: always,
  },
  {
    pattern:
      /(?<![\w.:'"-])(?<!(?:^|\s)-?\d{1,3}[ ,;]\s{0,8})-?\d{1,3}(?:(?:\s?[,;]\s{0,8}|[ \t]{1,8})-?\d{1,3})+,?(?![\w.:'"-])/g,
    spell: ({ 0: text, index }, line) => numbers(text, isCode(line.slice(0, index))),
    isWeak: always,
  },
  {
    pattern: /(?<![\w.-])(?:0x)?((?:[0-9a-fA-F]{2}){4,})(?![\w.-])/g,
    spell: ([, digits]) => digits,
    isWeak: always,
    isFrames: true,
  },
];

/** The bits of eight-digit groups, as hex. */
export function bits(text: string): string {
  return text
    .match(/[01]{8}/g)!
    .map((byte) => parseInt(byte, 2).toString(16).padStart(2, '0'))
    .join(' ');
}

/** Elements that can only be decimal, as JSON has them. */
const decimals = (elements: string): string => `{"data":[${elements}]}`;

/** `isOfCode`: bare elements are decimal there, as in Go's literals. */
function list(elements: string, isOfCode = false): string {
  const plain = elements.replace(new RegExp(`${CAST}|\\.to\\w+\\(\\)`, 'g'), '').replace(/\\x/g, '0x');
  return `${isOfCode ? '[]byte' : ''}{${plain}}`;
}

/** Erlang's and Elixir's binaries: `<<129,5,"Hello">>`, `<<16#81>>`, `<<0x81, 5>>`. */
function binary(text: string): string | { readonly problem: string } | undefined {
  if (DOTS.test(text)) return cut;
  const bytes: string[] = [];
  for (const [, string, radix, digits, rest] of text.matchAll(
    /\s*(?:("(?:[^"\\]|\\.)*")(?:\/\w+|::\w+)?|(?:(0x|16#|2#|0b)?([0-9a-fA-F]+)))\s*(?:,|$)|([^])/g,
  )) {
    if (rest !== undefined) return undefined;
    if (string !== undefined)
      for (const byte of spelled(characters(string.slice(1, -1), '"')).bytes) bytes.push(hex(byte));
    else {
      const value = parseInt(digits!, radix === '0x' || radix === '16#' ? 16 : radix === undefined ? 10 : 2);
      if (!(value <= 255) || (radix === undefined && /\D/.test(digits!))) return undefined;
      bytes.push(hex(value));
    }
  }
  return bytes.length === 0 ? undefined : bytes.join(' ');
}

/** `<81><05>Hello`, as less and vim show what can't be seen: up to the end of the line, where it begins the line or follows a colon. */
function angles([text]: RegExpExecArray, line: string): string | { readonly problem: string } | undefined {
  const body = text.trimEnd();
  const isAll = /^(?:<[0-9a-fA-F]{2}>)+$/.test(body);
  if (isAll && body.length < 8 && body !== line.trim()) return undefined;
  const lead = line.slice(0, line.indexOf(text));
  if (!isAll && lead.trim() !== '' && !/[:=>]\s$/.test(lead)) return undefined;
  if (/[\x80-\xff]/.test(body)) return { problem: 'a character beyond ASCII stands among the bytes' };
  const cells = body.match(/<[0-9a-fA-F]{2}>|\^[@-_?]|[^]/g)!;
  return cells
    .map((cell) =>
      cell.length === 4 ? cell.slice(1, 3) : hex(cell.length === 2 ? cell.charCodeAt(1) ^ 0x40 : cell.charCodeAt(0)),
    )
    .join(' ');
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** A string whose characters are never taken for hex digits: a backslash that joins two lines is in it. */
function characters(text: string, quote = "'"): string {
  return `${quote}${text}\\\n${quote}`;
}

/** `189B` is a number of bytes, and `buf=0x7fffffffe000` an address, unless it is a whole frame. */
function isNumber(text: string, digits: string): boolean {
  const mayBe = /^\d{1,5}B$/.test(digits) || (/=0x/.test(text) && digits.length <= 16);
  return mayBe && !looksLikeFrames(Uint8Array.from(spelled(digits).bytes), Infinity);
}

/** After words the number of the bytes may come before them (`TX 12 81 0a …`), and looks like one of them: what gives whole frames counts. */
function afterCount(text: string): string | { readonly problem: string } {
  const [first = '', ...others] = text.trim().split(' ');
  const rest = others.join(' ');
  if (rest === '' || looksLikeWebSocket(Uint8Array.from(spelled(text).bytes), 1) || !spellsMessages(rest)) return text;
  return Number(first) === others.length ? rest : { problem: FIRST_GROUP };
}

/** `'print "\x81…"'`: a program in quotes, with the bytes that it prints in its own. */
const COMMAND =
  /^(["'])[^"'\\]*\b(?:print|printf|echo|say|puts|write|syswrite|send|sendall|from)(?:\s+-\w{1,3})?\s*\(?\s*(b?)(?!\1)(["'])(\\(?:[^\\]|\\.)*?)(?<!\\)\3[^"'\\]*\1$/;

function ofCommand(quoted: string): string | undefined {
  const [, , prefix = '', quote = '', inner] = COMMAND.exec(quoted) ?? [];
  return inner === undefined ? undefined : `${prefix}${quote}${inner}${quote}`;
}

/** Some elements of a list are of no spelling that is read. */
export const PART = { problem: 'the list has elements that can not be read as bytes' };

/** Elements of another spelling are before or after it. */
function isPart({ 0: text, index }: RegExpExecArray, line: string): boolean {
  const after = line.slice(index + text.length);
  return (
    /[\w)\]}"']\s?,\s{0,8}$/.test(line.slice(0, index)) ||
    (text.endsWith(',') && /^\s*[\w(]/.test(after)) ||
    /^\.\w/.test(after)
  );
}

/** A name or a value of JSON that spells no bytes. */
function isWordOfJson(line: string, from: number, length: number, quoted: string): boolean {
  if (!/[{,]\s{0,8}"/.test(line) || ESCAPE.test(quoted)) return false;
  const isName = /^\s{0,8}:/.test(line.slice(from + length));
  const isValue = /(?:":|[[,])\s{0,8}$/.test(line.slice(0, from));
  return isName || (isValue && !/^.(?:0x)?(?:[0-9a-fA-F]{2}[ :-]?){2,}.$/.test(quoted));
}

/** Decimal numbers, some of them signed: undefined where they could be hex digits, or are no bytes; a few have to be whole frames. */
const MANY = 4;

function numbers(text: string, isOfCode: boolean): string | undefined {
  const values = text.match(/-?\d+/g)!;
  const isDecimal =
    isOfCode ||
    (values.some((value) => value.length > 2 || value.startsWith('-')) &&
      !values.some((value) => /^-?0\d/.test(value)));
  if (!isDecimal || !values.every((value) => Number(value) >= -128 && Number(value) <= 255)) return undefined;
  const bytes = Uint8Array.from(values, (value) => Number(value) & 0xff);
  return values.length < MANY && !looksLikeFrames(bytes, Infinity) ? undefined : decimals(values.join());
}
