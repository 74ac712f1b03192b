import { escapeUnseen, escapeUnseenJson, type EscapeOptions } from '../codec/escaping.js';
import { characterLength } from '../codec/utf8.js';

/** Text from outside, fit for a terminal: what must not be shown as it is becomes visible (`\n`, `\x1b`, `\u202e`). */
export function escapeText(s: string, options?: EscapeOptions): string {
  return escapeUnseen(s, options);
}

/**
 * A value as compact JSON that is fit for a terminal: what JSON itself leaves as it is (DEL, C1 controls, bidi, invisible
 * characters) is written as `\\uNNNN`, which every reader of JSON takes for the same text.
 */
export function safeJson(value: unknown): string {
  return escapeUnseenJson(JSON.stringify(value));
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
