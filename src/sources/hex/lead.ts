import { latin1 } from '../../codec/http1/text.js';
import { ArrayElements } from './array.js';
import { isCode } from './code.js';
import { BareEscapes } from './escapes.js';
import { LineComment } from './comment.js';
import { failAt, type HexContext, type HexMode } from './mode.js';
import { PlainHex } from './plain.js';
import { StringLiteral } from './string.js';
import { showChar } from '../text/place.js';

/** As much of what stands around the bytes is looked at in one piece. */
const WINDOW = 1024;
/** The first length of it: many short literals must not be copied repeatedly. */
const PIECE = 64;
/** The length of a bracket or a quote and what follows that may suffice. */
const SHORT = 32;

/** Text that may come before and after bytes, and has no meaning. Tried in this order, each as often as it matches. */
const WRAPPERS: readonly RegExp[] = [
  /(?:[\s;,)\]}+]|\xef\xbb\xbf|\xc2\xa0)+/y,
  /\\\r?\n/y,
  /\/\*[^]*?\*\//y,
  /(?:\/\/|#).*\n/y,
  /[A-Za-z_][\w\s]*len(?:gth)?\s*=\s*\d+\s*;/y,
  /(?![0-9a-fA-F\s,:;-]*\n|[0-9a-fA-F]{2}[\s,:;-]+[0-9a-fA-F]{2}\b|(?:[0-9a-fA-F]{2}){3,}\b)[A-Za-z_](?:\[[\w\s;]*\]|[^="'`{}()[\]\\#;/])*(?<![<!>])=(?=\s*[^\s=>])/y,
  /"type"\s*:\s*"Buffer"/y,
  /["'](?:hex|latin1|binary|ascii)["']\s*(?=\))/y,
  /\.[a-z]\w*\([^()]*\)/y,
  /\[\s*(?:(?:\d+(?:\.\.\.)?|\.\.\.|_)\s*)?\]\s*(?:byte|uint8|int8|u8)\s*(?=\{)/y,
  /(?:new\s+)?s?byte\s*\[\s*(?:\d+\s*)?\]\s*(?=\{)/y,
  /[A-Za-z]\w*\s*\(\s*\d+\s*\)\s*(?=[["'])/y,
  /(?:array\.)?array\s*\(\s*(?:"[bB]"|'[bB]')\s*,\s*(?=\[)/y,
  /\[byte\[\]\]\s*(?:@\s*)?(?=\()/iy,
  /(?:[dD][bB]|\.?byte|BYTE)\s+(?=0[xX][0-9a-fA-F])/y,
  /(?!(?:struct\.)?pack\b)(?:new\s+)?[A-Za-z_$][\w$.:]*!?\s*(?=\()/y,
  /vec!\s*(?=\[)|&(?:mut\s+)?|return\s+|>>>\s+/y,
  /printf\s+(?=["'$\\])|echo(?:\s+-\w+)*\s+(?=["'$\\])/y,
  /\((?!\s*-?\d)/y,
];

/** The beginning of something that more text would complete, or turn into something else: no reason to decide yet. */
const UNFINISHED: readonly RegExp[] = [
  /[A-Za-z_][\w\s]*len(?:gth)?\s*=\s*(?:\d+\s*)?$/y,
  /"type"\s*(?::\s*(?:"[^"\n]*)?)?$/y,
  /["'](?:hex|latin1|binary|ascii)["']\s*$/y,
  /\.(?:[a-z]\w*(?:\([^()]*)?)?$/y,
  /\[\s*(?:\d+\s*|_\s*)?(?:\.+\s*)?(?:\]\s*(?:(?:byte|uint8|int8|u8)\s*)?)?$/y,
  /\[byte(?:\[(?:\](?:\]\s*(?:@\s*)?)?)?)?$/iy,
  /[A-Za-z]\w*\s*\(\s*(?:\d+\s*)?(?:\)\s*)?$/y,
  /\(\s*-?$/y,
  /\{\s*(?:"[\w\s":,]*)?$/y,
];

interface Opener {
  readonly kind: string;
  readonly pattern: RegExp;
  /** The mode after what the pattern matched. */
  readonly open: (context: HexContext, match: RegExpExecArray, before: string) => HexMode;
}

const json = (context: HexContext): HexMode =>
  new ArrayElements(context, () => new HexLead(context, 'bytes'), 'decimal');
const array = (context: HexContext, _: RegExpExecArray, before: string): HexMode =>
  new ArrayElements(context, () => new HexLead(context, 'bytes'), undefined, isCode(before));
const literal = (context: HexContext, match: RegExpExecArray): HexMode =>
  new StringLiteral(context, match[2]!.charCodeAt(0), /r/i.test(match[1]!), () => new HexLead(context, 'literal'));
const quotedHex = (context: HexContext, match: RegExpExecArray): HexMode =>
  new PlainHex(context, match[2]!.charCodeAt(0), () => new HexLead(context, 'bytes'));
const hexlified = (context: HexContext, match: RegExpExecArray): HexMode => {
  context.events.notice('the literal has only hex digits: read as the bytes that they spell, not as characters');
  return quotedHex(context, match);
};

/**
 * The beginning of the bytes. Quotes after `b` hold characters (unless they are hex digits throughout, as
 * `binascii.hexlify` prints them); quotes without it hold characters where there is an escape among them, hex digits
 * otherwise.
 */
const OPENERS: readonly Opener[] = [
  { kind: 'Buffer as JSON', pattern: /\{\s*(?:"type"\s*:\s*"Buffer"\s*,\s*)?"data"\s*:\s*\[/y, open: json },
  {
    kind: 'Node.js Buffer',
    pattern: /<(?:Slow)?Buffer\b/y,
    open: (context) => new PlainHex(context, 0x3e, () => new HexLead(context, 'bytes')),
  },
  {
    kind: 'packed list of bytes',
    pattern: /(?:struct\.)?pack\s*\(\s*(["'])[!@=<>]?\d*[BbCc][\d*BbCc]*\1\s*,/y,
    open: (context) => new ArrayElements(context, () => new HexLead(context, 'bytes'), 'decimal', true),
  },
  {
    kind: 'packed hex',
    pattern: /pack\s*(?:\(\s*)?(["'])H[\d*]*\1\s*,\s*(["'])/y,
    open: (context, match) => quotedHex(context, match),
  },
  { kind: 'list of bytes', pattern: /[[{(]/y, open: array },
  {
    kind: 'hex in a bytes literal',
    pattern: /([bB])(["'])(?=[0-9a-fA-F]{2}(?:[ :-]?[0-9a-fA-F]{2})+(?:\2|$))/y,
    open: hexlified,
  },
  { kind: 'Python bytes literal', pattern: /([rR]?[bB][rR]?)(')/y, open: literal },
  { kind: 'bytes literal', pattern: /([rR]?[bB][rR]?)(")/y, open: literal },
  { kind: 'escaped string', pattern: /(u8|[uULc@$]?)(["'`])(?=(?:(?!\2)[^\n\\])*\\)/y, open: literal },
  { kind: 'quoted hex', pattern: /(u8|[uULc@$]?)(["'`])/y, open: quotedHex },
  { kind: 'escaped bytes', pattern: /(?=\\[xX0-7abefnrtv\\])/y, open: (context) => new BareEscapes(context) },
];
/** Quotes up to what shows whether they hold characters or digits. */
const QUOTED = /(?:u8|[uULc@$bBrR]{0,2})(["'`])(?:(?!\1)[^\n\\])*(?:\1|\\)/y;
const BRACKET = /[[{(]/y;
/** After a literal: its neighbours are literals too, whatever they hold. */
const LITERALS = /([rR]?[bB]?[rR]?|u8|[uULc@$])(["'`])/y;

/** A first line, after a single blank: what `od -An -x` prints, and hardly any other tool. */
const OD_WORDS = /^[0-9a-f]{4}(?: [0-9a-f]{4})*(?:\r?\n|(?: [0-9a-f]{0,3})?$)/;
const OD_NOTICE =
  'groups of four digits are read from left to right: if od -An -x printed them, the bytes of each are swapped (use od -An -t x1)';

/** What begins a comment. */
const COMMENT = /^(?:\/[/*]|#)/;

/** A line of hex digits and what may separate them, as far as it goes. */
const HEX_LINE = /(?:0[xX](?=[0-9a-fA-F])|[0-9a-fA-F\s:,;-])+(?:[#/.\n]|\xc2\xa0|$)/y;

/**
 * The text before the bytes: names, types, calls, brackets. It recognises the spelling of the bytes and switches to its
 * mode; after them it continues, until the text ends or the next ones begin.
 */
export class HexLead implements HexMode {
  private text = '';
  private bytes = new Uint8Array(PIECE);
  private length = 0;
  /** Offset of the first byte in `bytes`. */
  private start = 0;
  /** With this length of the text it was too early to decide. */
  private judged = 0;
  /** The end of what was passed over so far. */
  private passed = '';
  /** What ends the comment that we are in. */
  private comment: '*/' | '\n' | undefined;
  private readonly line: LineComment;

  /** `behind`: what has come already, so that hex digits can't begin without a sign. */
  constructor(
    private readonly context: HexContext,
    private readonly behind?: 'bytes' | 'literal',
  ) {
    this.line = new LineComment(context.events);
  }

  read(chunk: Uint8Array, from: number, base: number): number {
    if (this.length === 0) this.start = base + from;
    const part = chunk.subarray(from, from + Math.min(Math.max(this.length, PIECE), WINDOW - this.length));
    this.grow(this.length + part.length);
    this.bytes.set(part, this.length);
    this.length += part.length;
    this.text += latin1(part);
    this.look(false);
    return from + part.length;
  }

  end(): void {
    if (this.length > 0) this.look(true);
    if (this.comment !== '\n') return;
    this.line.add(this.text);
    this.line.end();
  }

  /** Goes as far as the text at hand allows; `final`: no more will come. */
  private look(final: boolean): void {
    let at = 0;
    while (at < this.length && !this.context.events.failed) {
      const next = this.step(at, final);
      if (next === 'open') return;
      if (next === at) break;
      at = next;
    }
    this.drop(at);
  }

  /** Passes over text without a meaning at `at`: the index after it, `at` itself where more text is needed, `open` when another mode took over. */
  private step(at: number, final: boolean): number | 'open' {
    if (this.comment !== undefined) return this.skipComment(at);
    const blank = match(WRAPPERS[0]!, this.text, at);
    const next = blank !== null ? at + blank[0].length : (this.startComment(at) ?? this.decide(at, final));
    this.judged = next === at ? this.length - at : 0;
    return next;
  }

  /**
   * Decides on the shortest beginning of the text that suffices. The beginnings that are tried depend on the text
   * alone, and each is read alone, so that the length of the available text does not matter.
   */
  private decide(at: number, final: boolean): number | 'open' {
    const length = this.length - at;
    for (const end of beginnings(this.text, at, length)) {
      if (end <= this.judged || end >= WINDOW) continue;
      const next = this.judge(at, this.text.slice(at, at + end), end === SHORT);
      if (next !== at) return next;
    }
    return final || length === WINDOW ? this.conclude(at, this.text.slice(at)) : at;
  }

  /** What `text`, which is at `at` and continues after its end, shows; `at` where that is not enough. */
  private judge(at: number, text: string, short: boolean): number | 'open' {
    if (short && text[SHORT - 1] !== '\n' && !this.quicklyTold(text)) return at;
    if (UNFINISHED.some((pattern) => match(pattern, text, 0) !== null)) return at;
    const wrapper = this.pass(text);
    if (wrapper > 0) return at + wrapper;
    if (this.opens(at, text)) return 'open';
    return this.mayBecomeName(text) ? at : this.otherwise(at, text);
  }

  /** The same with all the text that will be looked at. */
  private conclude(at: number, text: string): number | 'open' {
    const wrapper = this.pass(text);
    if (wrapper > 0) return at + wrapper;
    return this.opens(at, text) ? 'open' : this.otherwise(at, text);
  }

  private pass(text: string): number {
    const length = wrapperLength(text, 0);
    if (length > 0) this.passed = `${this.passed} ${text.slice(0, length)}`.slice(-WINDOW);
    return length;
  }

  /** Brackets and quotes don't take a line. */
  private quicklyTold(text: string): boolean {
    if (match(BRACKET, text, 0) !== null) return true;
    return match(this.behind === 'literal' ? LITERALS : QUOTED, text, 0) !== null;
  }

  /** A name that is not complete yet, rather than hex digits. */
  private mayBecomeName(text: string): boolean {
    return /^[A-Za-z_]/.test(text) && (this.behind !== undefined || match(HEX_LINE, text, 0) === null);
  }

  private opens(at: number, text: string): boolean {
    // `[129, 5] (2)`: how many they are, and no list of its own.
    if (this.behind !== undefined && /^\(\s*\d+\s*\)/.test(text)) return false;
    const neighbour = this.behind === 'literal' ? match(LITERALS, text, 0) : null;
    if (neighbour !== null) return this.handOver(literal(this.context, neighbour), at + neighbour[0].length);
    for (const { kind, pattern, open } of OPENERS) {
      const found = match(pattern, text, 0);
      if (found === null) continue;
      this.context.kind ??= kind;
      return this.handOver(open(this.context, found, this.passed), at + found[0].length);
    }
    return false;
  }

  /** Nothing known begins here: plain digits, or a problem. */
  private otherwise(at: number, text: string): 'open' {
    if (this.behind === undefined) {
      this.context.kind ??= 'hex';
      if (this.start + at === 1 && OD_WORDS.test(text)) this.context.events.notice(OD_NOTICE);
      this.handOver(new PlainHex(this.context, -1, undefined, this.context.watch), at);
    } else {
      this.walk(at);
      const shown = showChar(this.text.charCodeAt(at));
      failAt(this.context, this.start + at, `${shown} after the bytes is neither their end nor the beginning of more`);
    }
    return 'open';
  }

  private handOver(mode: HexMode, at: number): true {
    this.walk(at);
    this.context.replay(mode, this.bytes.slice(at, this.length), this.start + at);
    this.length = 0;
    this.text = '';
    return true;
  }

  /** The index after the sign that a comment begins with, where one does. */
  private startComment(at: number): number | undefined {
    const sign = COMMENT.exec(this.text.slice(at, at + 2))?.[0];
    if (sign === undefined) return undefined;
    this.comment = sign === '/*' ? '*/' : '\n';
    return at + sign.length;
  }

  private skipComment(at: number): number {
    const end = this.text.indexOf(this.comment!, at);
    // The sign of the end may be cut.
    const to = end < 0 ? Math.max(at, this.length - 1) : end;
    if (this.comment === '\n') this.line.add(this.text.slice(at, to));
    if (end < 0) return to;
    this.line.end();
    const behind = end + this.comment!.length;
    this.comment = undefined;
    return behind;
  }

  private grow(length: number): void {
    if (length <= this.bytes.length) return;
    const grown = new Uint8Array(Math.min(WINDOW, 2 * length));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  /** Forgets the text before `at`. */
  private drop(at: number): void {
    this.walk(at);
    this.bytes.copyWithin(0, at, this.length);
    this.length -= at;
    this.start += at;
    this.text = this.text.slice(at);
  }

  private walk(to: number): void {
    this.context.place.walk(this.bytes, 0, to, this.start);
  }
}

/** Whether bytes are spelled in `line`, or it at least begins as such a text does. */
export function isHexLine(line: string): boolean {
  let at = 0;
  for (let skipped = -1; skipped !== 0; at += skipped) {
    if (at === line.length) return at > 0;
    if (OPENERS.some(({ pattern }) => match(pattern, line, at) !== null)) return true;
    skipped = wrapperLength(line, at);
  }
  return match(HEX_LINE, line, at)?.[0].length === line.length - at;
}

/**
 * The lengths of the beginnings of `text` from `at` on that are worth a look, ascending: the first line, the first two,
 * four, eight, and so on, and SHORT. `length`: what is at hand.
 */
function beginnings(text: string, at: number, length: number): number[] {
  const found: number[] = [];
  let line = 0;
  for (let next = 1, end = text.indexOf('\n', at) + 1; end > 0; end = text.indexOf('\n', end) + 1) {
    if (++line < next) continue;
    next *= 2;
    if (end - at > SHORT && (found.at(-1) ?? 0) < SHORT) found.push(SHORT);
    found.push(end - at);
  }
  if (length >= SHORT && (found.at(-1) ?? 0) < SHORT) found.push(SHORT);
  return found;
}

/** How long the wrapper is that stands at `at`; 0 where there is none. */
function wrapperLength(text: string, at: number): number {
  for (const pattern of WRAPPERS) {
    const found = match(pattern, text, at);
    if (found !== null && found[0].length > 0) return found[0].length;
  }
  return 0;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
