import { BASE64_ALPHABET } from '../bytes/base64.js';

/** What the server appends to the key before it hashes (RFC 6455 §1.3, §4.2.2 step 5). The same for everyone, by design. */
export const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Bytes of the nonce that `Sec-WebSocket-Key` carries (RFC 6455 §4.1 item 7). */
export const KEY_BYTES = 16;

/**
 * - `alphabet`: a character that Base64 does not have, at `at` (RFC 4648 §4)
 * - `padding`: `=` missing, too many, or not at the end
 * - `trailing-bits`: bits after the last byte are not zero: the text is no encoder's output (RFC 4648 §3.5)
 * - `length`: not the required number of bytes
 */
export interface Base64Fault {
  readonly kind: 'alphabet' | 'padding' | 'trailing-bits' | 'length';
  /** Index of the character; for `length` the one after the last. */
  readonly at: number;
  /** The character there, where there is one. */
  readonly char?: string;
}

export interface DecodedKey {
  /** What could be decoded; exactly as many bytes as required where there are no faults. */
  readonly bytes: Uint8Array;
  /** Empty: canonical Base64 of the right length. */
  readonly faults: readonly Base64Fault[];
}

const VALUES: ReadonlyMap<string, number> = new Map([...BASE64_ALPHABET].map((char, value) => [char, value]));

/**
 * Decodes strict Base64 (RFC 4648 §4: no URL alphabet, no line breaks, padding required, zero trailing bits) and says what is
 * wrong with it. `length`: bytes it has to have. Continues after a fault as well as it can; never throws.
 */
export function decodeBase64(text: string, length: number): DecodedKey {
  const faults: Base64Fault[] = [];
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  const body = text.replace(/={1,2}$/, '');
  let count = 0;
  let buffer = 0;
  let bits = 0;
  let digits = 0;
  for (let i = 0; i < body.length; i++) {
    const char = body[i] as string;
    const value = VALUES.get(char);
    if (value === undefined) {
      // One fault for all of them: the first says enough.
      if (!faults.some((f) => f.kind === 'alphabet' || f.kind === 'padding')) {
        const shown = String.fromCodePoint(body.codePointAt(i) ?? 0);
        faults.push({ kind: char === '=' ? 'padding' : 'alphabet', at: i, char: shown });
      }
      continue;
    }
    digits += 1;
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[count] = (buffer >> bits) & 0xff;
      count += 1;
    }
  }
  if (faults.length === 0) {
    const padding = text.length - body.length;
    if (digits % 4 === 1 || padding !== (4 - (digits % 4)) % 4) faults.push({ kind: 'padding', at: body.length });
    else if ((buffer & ((1 << bits) - 1)) !== 0) {
      faults.push({ kind: 'trailing-bits', at: body.length - 1, char: body.at(-1) ?? '' });
    }
  }
  if (count !== length) faults.push({ kind: 'length', at: text.length });
  return { bytes: bytes.slice(0, count), faults };
}

/** Decodes a `Sec-WebSocket-Key`: the canonical Base64 of 16 bytes, or what is wrong with it (RFC 6455 §4.1 item 7). */
export function decodeKey(key: string): DecodedKey {
  return decodeBase64(key, KEY_BYTES);
}

const RANGE = /[^\0-\xff]/;

/** The bytes of a text from a header: one per character (latin1); UTF-8 where that cannot be, for text that never was on a wire. */
export function wireBytes(text: string): Uint8Array {
  if (RANGE.test(text)) return new TextEncoder().encode(text);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
