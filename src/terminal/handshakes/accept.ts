import type { AcceptMistake } from '../../codec/handshake/accept-mistakes.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { KEY_BYTES, WEBSOCKET_GUID, type Base64Fault } from '../../codec/handshake/key.js';
import { escapeText } from '../../describe/escape.js';
import { INDENT, type Look, count } from '../layout.js';
import { displayWidth, padEnd, wrap } from '../width.js';
import { print, type Printable } from '../../describe/printable.js';

/** What the views show of the way from a key to its accept value. */
export interface AcceptResult {
  /** As the user gave it. */
  readonly key: string;
  readonly keyBytes: Uint8Array;
  readonly sha1: Uint8Array;
  readonly accept: string;
  /** The value to compare with, and whether it is the same. */
  readonly expected?: string;
  readonly match?: boolean;
  readonly mistake?: AcceptMistake;
}

const GUID = escapeText(WEBSOCKET_GUID);
const LABEL = 12;
const VALUE_AT = INDENT.length + 3 + LABEL;
/** As wide as titles are (layout.ts): on a wider line the sections at its end are no longer seen. */
const WIDEST = 100;

const ABOUT = print`The value proves that the server understands the WebSocket protocol, not who it is. It cannot be "decrypted" back to the key: SHA-1 works one way. The client computes the same value and compares.`;

/** How a wrong value comes about, as the end of a sentence. */
const MISTAKES: Readonly<Record<AcceptMistake, Printable>> = {
  'key-itself': print`the key itself: it has to be hashed together with the GUID`,
  'no-sha1': print`the key and the GUID without SHA-1: the Base64 is that of their SHA-1`,
  hex: print`the SHA-1 as hex digits: its 20 bytes have to be written in Base64`,
  'hex-in-base64': print`the Base64 of the hex digits: encode the 20 bytes of the SHA-1, not their hex spelling`,
  'base64-twice': print`encoded in Base64 twice: once is enough`,
  base64url: print`in the alphabet for URLs: the value is in plain Base64, with + and /`,
  'no-guid': print`the SHA-1 of the key alone: the GUID ${GUID} has to follow it`,
  'guid-alone': print`the SHA-1 of the GUID alone: the key has to precede it`,
  'guid-lower-case': print`made with the GUID in lower case: its letters are upper case`,
  'guid-first': print`made with the GUID before the key: it has to follow the key`,
  'guid-mistyped': print`made with a mistyped GUID: it is ${GUID}`,
  'guid-no-dashes': print`made with the GUID without its dashes: it is ${GUID}`,
  'after-guid': print`made with a NUL, a line end or a blank after the GUID: nothing follows it`,
  'decoded-key': print`made with the key's decoded bytes: the key is hashed as the text that it is`,
  'key-no-padding': print`made with the key without its ==: the padding belongs to it`,
  'key-quoted': print`made with the key in quotes: only the value of the header counts`,
  'key-letter-case': print`made with the key in another letter case: the key is hashed as it was sent`,
  'leading-blank': print`made with a blank before the key: only the value of the header counts`,
  'line-end': print`made with a line end, blank or NUL after the key: only the value of the header counts`,
  'utf-16': print`made with the text in UTF-16: the key and the GUID are hashed as ASCII`,
  sha256: print`made with SHA-256: it has to be SHA-1`,
  sha512: print`made with SHA-512: it has to be SHA-1`,
  md5: print`made with MD5: it has to be SHA-1`,
  'one-byte-short': print`the Base64 of 19 bytes: the SHA-1 has 20`,
  'cut-at-nul': print`the Base64 of the SHA-1 up to its first zero byte: it is no C string`,
  'extra-byte': print`the Base64 of the SHA-1 and one more byte: it has 20`,
  'no-padding': print`without the = at its end: the padding belongs to it`,
  'letter-case': print`the same but for letter case, which counts in Base64`,
  'rfc-example': print`that of a well-known example: it belongs to another key`,
};

/** A step: its number, name and value, and below it what it is, with its section at the end of the line. */
function step(
  look: Look,
  title: Printable,
  values: readonly Printable[],
  about: Printable,
  rfc: Printable,
): Printable[] {
  const { theme, width } = look;
  const indent = print` `.repeat(VALUE_AT);
  const room = Math.max(20, width - VALUE_AT);
  const words = wrap(about, room);
  const last = words.at(-1) ?? '';
  const fits = displayWidth(last) + 2 + rfc.length <= room;
  const gap = print` `.repeat(Math.max(2, room - displayWidth(last) - rfc.length));
  const notes = fits ? [...words.slice(0, -1), print`${last}${gap}${rfc}`] : [...words, rfc];
  const [first = '', ...rest] = values;
  return [
    print`${INDENT}${padEnd(title, VALUE_AT - INDENT.length)}${first}`,
    ...rest.map((value) => print`${indent}${value}`),
    ...notes.map((note) => print`${indent}${theme.dim(note)}`),
  ];
}

function byteRows(bytes: Uint8Array, room: number): Printable[] {
  if (bytes.length === 0) return [print`(none)`];
  const perRow = room >= 16 * 3 - 1 ? 16 : 8;
  const rows: Printable[] = [];
  for (let i = 0; i < bytes.length; i += perRow) rows.push(escapeText(hexOf(bytes.subarray(i, i + perRow), ' ')));
  return rows;
}

/** All steps from key to accept value, each with its section, and what the value means and does not mean. */
export function drawAccept(result: AcceptResult, given: Look): Printable[] {
  const look = { ...given, width: Math.min(given.width, WIDEST) };
  const { theme, width } = look;
  const room = width - VALUE_AT;
  const key = escapeText(result.key);
  const whole =
    displayWidth(key) + WEBSOCKET_GUID.length <= room
      ? [print`${theme.key(key)}${theme.mask(GUID)}`]
      : [theme.key(key), theme.mask(GUID)];
  const bytes = byteRows(result.keyBytes, room).map(theme.key);
  const { length } = result.keyBytes;
  const size = length === KEY_BYTES ? print`${length} random bytes` : print`${count(length, 'byte')}, not ${KEY_BYTES}`;
  return [
    theme.title(print`From Sec-WebSocket-Key to Sec-WebSocket-Accept`),
    print``,
    ...step(look, print`1  key`, [theme.key(key)], print`as the client sends it, in Base64`, print`RFC 6455 §4.1`),
    ...step(look, print`   decoded`, bytes, print`${size}; not used below`, print`RFC 6455 §4.1`),
    ...step(look, print`2  + GUID`, whole, print`the key as text, followed by the fixed GUID`, print`RFC 6455 §4.2.2`),
    ...step(
      look,
      print`3  SHA-1`,
      [theme.payload(escapeText(hexOf(result.sha1)))],
      print`20 bytes`,
      print`RFC 6455 §4.2.2`,
    ),
    ...step(
      look,
      print`4  Base64`,
      [theme.accent(escapeText(result.accept))],
      print`of these 20 bytes`,
      print`RFC 4648 §4`,
    ),
    print``,
    print`${INDENT}${theme.dim(print`Sec-WebSocket-Accept:`)} ${escapeText(result.accept)}`,
    ...(result.expected === undefined
      ? []
      : [print``, ...drawComparison(result, look).map((line) => print`${INDENT}${line}`)]),
    print``,
    ...wrap(ABOUT, width - INDENT.length).map((line) => print`${INDENT}${theme.dim(line)}`),
  ];
}

/** The verdict of `--verify`; both values where they differ, and what went wrong where that is known. */
export function drawComparison(result: AcceptResult, look: Look): Printable[] {
  const { theme } = look;
  if (result.match === true) return [theme.ok(print`match: the value is the right one`)];
  const given = escapeText(result.expected ?? '');
  const hint =
    result.mistake === undefined ? [] : wrap(print`The given value is ${MISTAKES[result.mistake]}.`, look.width - 4);
  return [
    theme.error(print`mismatch`),
    print`${INDENT}computed  ${escapeText(result.accept)}`,
    print`${INDENT}given     ${given === '' ? print`(empty)` : given}`,
    ...hint.map((line) => print`${INDENT}${line}`),
  ];
}

/** The `accept` record. */
export function acceptRecord(result: AcceptResult): { type: 'accept' } & Record<string, unknown> {
  const { key, accept, keyBytes, sha1, expected, match } = result;
  return {
    type: 'accept',
    key,
    accept,
    keyBytes: hexOf(keyBytes),
    concatenated: key + WEBSOCKET_GUID,
    sha1: hexOf(sha1),
    ...(expected !== undefined && { expected }),
    ...(match !== undefined && { match }),
  };
}

/** What is wrong with a key, in one line. */
export function keyFaultText(fault: Base64Fault, bytes: number): string {
  switch (fault.kind) {
    case 'alphabet':
      return `'${fault.char ?? ''}' is not a Base64 digit: the key has to be the Base64 of 16 bytes`;
    case 'padding':
      return `the padding is wrong: the Base64 of 16 bytes is 22 digits and ==`;
    case 'trailing-bits':
      return `'${fault.char ?? ''}' has bits that belong to no byte: no Base64 encoder writes it at the end of 16 bytes`;
    case 'length':
      return `the key has ${bytes} bytes, not 16`;
  }
}
