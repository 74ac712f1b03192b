import { characterLength } from '../bytes/utf8.js';

/** Bytes of a text that are looked at: its evidence is full long before. */
const ENOUGH = 512;
/** Tab, line feed, carriage return, escape. */
const BREAKS = new Set([0x09, 0x0a, 0x0d, 0x1b]);
/** What ends messages in STOMP and SignalR. */
const TERMINATORS = new Set([0x00, 0x1e]);

/** What a payload is as text. */
export interface TextLook {
  /** It is UTF-8 (as far as was looked). */
  readonly valid: boolean;
  /** Characters that print, those beyond ASCII among them, those that divide text, and all other controls. */
  readonly printing: number;
  readonly wide: number;
  readonly breaks: number;
  readonly controls: number;
}

const INVALID: TextLook = { valid: false, printing: 0, wide: 0, breaks: 0, controls: 0 };
const unmasked = new Uint8Array(ENOUGH);

/** Looks at `bytes[from, to)` as text under a masking key in network order (0 for none). `cut`: its last character need not be whole. */
export function lookAtText(bytes: Uint8Array, from: number, to: number, key: number, cut = false): TextLook {
  const length = Math.min(to - from, ENOUGH);
  const open = cut || length < to - from;
  for (let i = 0; i < length; i++) unmasked[i] = bytes[from + i]! ^ (key >>> (24 - 8 * (i & 3)));
  const text = unmasked.subarray(0, length);
  let [at, printing, wide, breaks, controls] = [0, 0, 0, 0, 0];
  while (at < length) {
    const byte = text[at]!;
    const size = byte < 0x80 ? 1 : characterLength(text, at);
    if (size === 0 && open && at > length - 4) break;
    if (size === 0) return INVALID;
    at += size;
    if (byte >= 0x20 && byte !== 0x7f) printing++;
    else if (BREAKS.has(byte) || (TERMINATORS.has(byte) && at === length)) breaks++;
    else controls++;
    if (size > 1) wide++;
  }
  return { valid: true, printing, wide, breaks, controls };
}

/** Whether the byte at `at` (0x80 to 0xbf) continues a character of UTF-8 that began up to three bytes before it. */
export function isInsideCharacter(bytes: Uint8Array, at: number): boolean {
  if ((bytes[at]! & 0xc0) !== 0x80) return false;
  for (let back = 1; back <= 3 && back <= at; back++) {
    const byte = bytes[at - back]!;
    if (byte < 0x80) return false;
    if (byte >= 0xc0) return characterLength(bytes, at - back) > back;
  }
  return false;
}
