import { characterLength } from '../codec/utf8.js';

/**
 * What must never reach a terminal as it came: it moves the cursor, hides, reorders or breaks text.
 * As the inside of a character class with the `u` flag (where D800-DFFF matches lone surrogates only).
 */
const UNSAFE = [
  '\\x00-\\x1f\\x7f', // C0 controls (ESC starts CSI and OSC), DEL
  '\\x80-\\x9f', // C1 controls: 9B is CSI in one character
  '\\xad\\u115f\\u1160\\u180e\\u3164\\uffa0', // soft hyphen, fillers: invisible
  '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069', // bidi marks, overrides, isolates
  '\\u200b-\\u200d\\u2060-\\u2064\\u206a-\\u206f\\ufeff', // zero width, byte order mark
  '\\u2028\\u2029', // line and paragraph separator
  '\\ufff9-\\ufffb', // interlinear annotation
  '\\u{e0000}-\\u{e007f}', // tags: invisible text
  '\\ud800-\\udfff', // lone surrogates
].join('');

const UNSAFE_ANY = new RegExp(`[${UNSAFE}]`, 'u');
const UNSAFE_ALL = new RegExp(`[${UNSAFE}]`, 'gu');
const UNSAFE_OR_BACKSLASH_ANY = new RegExp(`[\\\\${UNSAFE}]`, 'u');
const UNSAFE_OR_BACKSLASH_ALL = new RegExp(`[\\\\${UNSAFE}]`, 'gu');

/** Most text; the long classes are compiled only for what is not. */
const PLAIN = /^[ -[\]-~]*$/;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

export interface EscapeOptions {
  /** `keep` leaves LF (and a CR directly before one goes) for a view that shows lines; `\n` by default. */
  readonly newline?: 'escape' | 'keep';
  /** Writes a backslash as `\\`, so that the text can be read back; off by default, on for bytes. */
  readonly backslash?: boolean;
}

function escapeChar(char: string): string {
  const short = SHORT[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  // Not \x85 for U+0085: that spelling is kept for a byte that is no UTF-8.
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

/**
 * Text from outside, fit for a terminal: controls, escape sequences, bidi and invisible characters become visible
 * (`\n`, `\x1b`, `\u202e`). Text without them comes back as it is, after one test.
 */
export function escapeText(s: string, options: EscapeOptions = {}): string {
  if (PLAIN.test(s)) return s;
  const { newline = 'escape', backslash = false } = options;
  if (!(backslash ? UNSAFE_OR_BACKSLASH_ANY : UNSAFE_ANY).test(s)) return s;
  const all = backslash ? UNSAFE_OR_BACKSLASH_ALL : UNSAFE_ALL;
  if (newline === 'escape') return s.replace(all, escapeChar);
  return s.replace(/\r\n/g, '\n').replace(all, (char) => (char === '\n' ? char : escapeChar(char)));
}

/**
 * A value as compact JSON that is fit for a terminal: what JSON itself leaves as it is (DEL, C1 controls, bidi, invisible
 * characters) is written as `\\uNNNN`, which every reader of JSON takes for the same text.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE_ALL, (char) =>
    Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Bytes as text fit for a terminal, without loss: what is UTF-8 is decoded and escaped, every other byte is `\xNN`
 * (80 to ff; below 80 the spelling means that control character), a backslash is doubled.
 */
export function escapeBytes(bytes: Uint8Array, options: EscapeOptions = {}): string {
  const escaping = { backslash: true, ...options };
  try {
    return escapeText(strict.decode(bytes), escaping);
  } catch {
    return escapeBroken(bytes, escaping);
  }
}

function escapeBroken(bytes: Uint8Array, options: EscapeOptions): string {
  const parts: string[] = [];
  let valid = 0;
  let i = 0;
  const flush = (): void => {
    if (i > valid) parts.push(escapeText(lenient.decode(bytes.subarray(valid, i)), options));
  };
  while (i < bytes.length) {
    const length = characterLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    flush();
    parts.push(`\\x${(bytes[i] ?? 0).toString(16)}`);
    i += 1;
    valid = i;
  }
  flush();
  return parts.join('');
}
