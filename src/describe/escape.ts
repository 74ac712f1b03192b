import { escapeUnseen, escapeUnseenJson, type EscapeOptions } from '../codec/bytes/escaping.js';
import { characterLength } from '../codec/bytes/utf8.js';
import { joined, print, type Printable } from './printable.js';

/** Text from outside, fit for a terminal, in one line: what must not be shown as it is becomes visible (`\n`, `\x1b`, `\u202e`). */
export function escapeText(s: string, options?: Pick<EscapeOptions, 'backslash'>): Printable {
  return escapeUnseen(s, options) as Printable;
}

/** A line of text from outside between ours: whoever reads it sees whose it is, and no runner of CI takes it for a command. */
export function foreignLine(line: Printable): Printable {
  return print`│ ${line}`;
}

/** Bytes from outside that are text with lines of its own, each as a line. */
export function foreignLines(bytes: Uint8Array): Printable[] {
  const lines: Printable[] = [];
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf(LF, at);
    const end = found < 0 ? bytes.length : found;
    const last = found > at && bytes[end - 1] === CR ? end - 1 : end;
    lines.push(foreignLine(escapeBytes(bytes.subarray(at, last), { backslash: false })));
    at = end + 1;
  }
  return lines;
}

const LF = 0x0a;
const CR = 0x0d;

/** Text of our own that has lines, with what is from outside in them already in one line: all else is escaped. */
export function escapedLines(text: string): Printable {
  return joined(
    text.split('\n').map((line) => escapeText(line)),
    print`\n`,
  );
}

/**
 * A value as compact JSON that is fit for a terminal: what JSON itself leaves as it is (DEL, C1 controls, bidi, invisible
 * characters) is written as `\\uNNNN`, which every reader of JSON takes for the same text.
 */
export function safeJson(value: unknown): Printable {
  return escapeUnseenJson(JSON.stringify(value)) as Printable;
}

/** A record as a line. */
export function jsonLine(value: unknown): Printable {
  return print`${safeJson(value)}\n`;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Bytes as text fit for a terminal, without loss: what is UTF-8 is decoded and escaped, every other byte is `\xNN`
 * (80 to ff; below 80 the spelling means that control character), a backslash is doubled.
 */
export function escapeBytes(bytes: Uint8Array, options: Pick<EscapeOptions, 'backslash'> = {}): Printable {
  const escaping = { backslash: true, ...options };
  try {
    return escapeText(strict.decode(bytes), escaping);
  } catch {
    return escapeBroken(bytes, escaping);
  }
}

function escapeBroken(bytes: Uint8Array, options: Pick<EscapeOptions, 'backslash'>): Printable {
  const parts: Printable[] = [];
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
    parts.push(escapeText(`\\x${(bytes[i] ?? 0).toString(16)}`));
    i += 1;
    valid = i;
  }
  flush();
  return joined(parts);
}
