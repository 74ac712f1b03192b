import { CHARACTER } from './character-bits.js';
import { characterClasses } from './characters.js';

export interface EscapeOptions {
  /** `keep` leaves LF (and a CR directly before one goes) for a view that shows lines; `\n` by default. */
  readonly newline?: 'escape' | 'keep';
  /** Writes a backslash as `\\`, so that the text can be read back; off by default, on for bytes. */
  readonly backslash?: boolean;
}

/** Most text. */
const PLAIN = /^[ -[\]-~]*$/;
const ASCII = /^[ -~]*$/;
/** CI runners find a command anywhere in a line: `##[`, `##vso[`, `##teamcity[`. */
const COMMAND = '##';
/** Letters of the runner's name. */
const MOST_NAME = 16;

/** Combining marks on one letter; Vietnamese has 2, Tibetan and pointed Hebrew up to 5. More are piled up to hide what is around. */
const MOST_MARKS = 5;
/** The longest distance from a joiner back to its letter, with marks between them. */
const MOST_BACK = 8;

const LF = 0x0a;
const NUMBER_SIGN = 0x23;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const ZWNJ = 0x200c;
const ZWJ = 0x200d;
const EMOJI_STYLE = 0xfe0f;
const KEYCAP = 0x20e3;
const SKIN_TONES = [0x1f3fb, 0x1f3ff] as const;

const SHORT: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' };

/** How a code point is spelled: `\n`, `\x1b`, `\u202e`, `\u{e0001}`. */
function spelled(code: number): string {
  const short = SHORT[code];
  if (short !== undefined) return short;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  // Not \x85 for U+0085: that spelling is kept for a byte that is no UTF-8.
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

/**
 * Text from outside, fit to be shown: what moves the cursor, hides, reorders or breaks text is spelled out, and what has
 * no assigned meaning. Joiners stay between letters that join, ZWJ and U+FE0F in an emoji, and a few combining marks
 * on each letter. Text without any of it comes back as it is.
 */
export function escapeUnseen(s: string, { newline = 'escape', backslash = false }: EscapeOptions = {}): string {
  if (PLAIN.test(s) && !s.includes(COMMAND)) return s;
  const keep = newline === 'keep';
  const text = keep ? s.replace(/\r\n/g, '\n') : s;
  if (!(backslash && s.includes('\\')) && !isSuspect(text)) return text;
  return spellOut(text, spelled, (code) => {
    if (code === LF) return keep ? 'shown' : 'spelled';
    return code === BACKSLASH && backslash ? 'spelled' : undefined;
  });
}

/** What `escapeUnseen` spells out, in JSON's own spelling: JSON from `JSON.stringify`, for whose readers nothing changes. */
export function escapeUnseenJson(json: string): string {
  if (ASCII.test(json) && !json.includes(COMMAND)) return json;
  return isSuspect(json) ? spellOut(json, inJson, () => undefined) : json;
}

function inJson(code: number): string {
  const units = code > 0xffff ? [0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff)] : [code];
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

const SUSPECT = CHARACTER.unseen | CHARACTER.mark;

/** Whether there is anything to look at more closely: most text in other scripts has nothing. */
function isSuspect(s: string): boolean {
  // The table of all characters is made for others than these.
  if (ASCII.test(s)) return s.includes(COMMAND);
  const classes = characterClasses();
  for (let at = 0; at < s.length; at++) {
    const unit = s.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdfff) {
      if ((classes[unit]! & SUSPECT) !== 0) return true;
    } else {
      const code = s.codePointAt(at)!;
      if ((classes[code]! & SUSPECT) !== 0) return true;
      at++;
    }
  }
  return s.includes(COMMAND);
}

function spellOut(
  s: string,
  spell: (code: number) => string,
  own: (code: number) => 'spelled' | 'shown' | undefined,
): string {
  const classes = characterClasses();
  let out = '';
  let done = 0;
  /** Marks since the last character that can have some; at the start, after what is spelled out and after a quote none can. */
  let marks = Infinity;
  for (let at = 0; at < s.length;) {
    const code = s.codePointAt(at)!;
    const next = at + (code > 0xffff ? 2 : 1);
    const isMark = (classes[code]! & CHARACTER.mark) !== 0;
    if (isMark) marks++;
    const wanted = own(code) ?? (isShown(s, at, next, code, classes, marks) ? 'shown' : 'spelled');
    if (wanted === 'spelled') {
      out += s.slice(done, at) + spell(code);
      done = next;
      marks = Infinity;
    } else if (!isMark && code !== EMOJI_STYLE && code !== ZWJ && code !== ZWNJ)
      marks = code === LF || code === QUOTE ? Infinity : 0;
    at = next;
  }
  return done === 0 ? s : out + s.slice(done);
}

function isShown(s: string, at: number, next: number, code: number, classes: Uint8Array, marks: number): boolean {
  if (code === BRACKET) return !endsCommand(s, at);
  const bits = classes[code]!;
  if ((bits & CHARACTER.mark) !== 0) return marks <= MOST_MARKS;
  if ((bits & CHARACTER.unseen) === 0) return true;
  // What is spelled out has nothing that could be joined to it.
  if (marks === Infinity) return false;
  if (code === EMOJI_STYLE) return asksForStyle(s, at, next, classes);
  if (code === ZWJ && joinsEmoji(s, at, next, classes)) return true;
  return (code === ZWJ || code === ZWNJ) && joinsLetters(s, at, next, classes);
}

/** The text before the bracket at `at` makes it a command. */
function endsCommand(s: string, at: number): boolean {
  let begin = at;
  while (at - begin < MOST_NAME && isLetter(s.charCodeAt(begin - 1))) begin--;
  return s.charCodeAt(begin - 1) === NUMBER_SIGN && s.charCodeAt(begin - 2) === NUMBER_SIGN;
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
}

/** The code point that ends at `at`, NaN at the start. */
function codeBefore(s: string, at: number): number {
  const unit = s.charCodeAt(at - 1);
  const isPair = (unit & 0xfc00) === 0xdc00 && (s.charCodeAt(at - 2) & 0xfc00) === 0xd800;
  return isPair ? s.codePointAt(at - 2)! : unit;
}

/** After a character that has an emoji style; after a digit, `#` and `*` only in a keycap. */
function asksForStyle(s: string, at: number, next: number, classes: Uint8Array): boolean {
  const before = codeBefore(s, at);
  if (((classes[before] ?? 0) & CHARACTER.emojiStyle) === 0) return false;
  return before > 0x7f || s.charCodeAt(next) === KEYCAP;
}

/** Between two pictographs (UAX #29, GB11). */
function joinsEmoji(s: string, at: number, next: number, classes: Uint8Array): boolean {
  const after = classes[s.codePointAt(next) ?? -1] ?? 0;
  if ((after & CHARACTER.pictographic) === 0) return false;
  let end = at;
  let before = codeBefore(s, end);
  if (before === EMOJI_STYLE) before = codeBefore(s, --end);
  if (before >= SKIN_TONES[0] && before <= SKIN_TONES[1]) before = codeBefore(s, end - 2);
  return ((classes[before] ?? 0) & CHARACTER.pictographic) !== 0;
}

/** Where a joiner changes how the letters around it look (as RFC 5892, A.1 and A.2): at a virama, or between cursive letters. */
function joinsLetters(s: string, at: number, next: number, classes: Uint8Array): boolean {
  const after = s.codePointAt(next) ?? -1;
  const before = codeBefore(s, at);
  const [left, right] = [classes[before] ?? CHARACTER.unseen, classes[after] ?? CHARACTER.unseen];
  if (((left | right) & CHARACTER.virama) !== 0) {
    const isOfOneScript = before >> 7 === after >> 7;
    const isLetter = (bits: number): boolean => (bits & (CHARACTER.unseen | CHARACTER.mark)) === 0;
    return isOfOneScript && (isLetter(left) || isLetter(right));
  }
  let end = at;
  let letter = before;
  for (let back = 0; back < MOST_BACK && ((classes[letter] ?? 0) & CHARACTER.mark) !== 0; back++) {
    end -= letter > 0xffff ? 2 : 1;
    letter = codeBefore(s, end);
  }
  return ((classes[letter] ?? 0) & CHARACTER.joinsNext) !== 0 && (right & CHARACTER.joinsPrevious) !== 0;
}
