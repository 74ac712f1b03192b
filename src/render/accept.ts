import type { AcceptMistake } from '../codec/accept-mistakes.js';
import { hexOf } from '../codec/hex.js';
import { KEY_BYTES, WEBSOCKET_GUID, type Base64Fault } from '../codec/handshake-key.js';
import { escapeText } from './escape.js';
import { INDENT, type Look } from './layout.js';
import { count } from '../codec/plural.js';
import { displayWidth, padEnd, wrap } from './width.js';

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

const LABEL = 12;
const VALUE_AT = INDENT.length + 3 + LABEL;
/** As wide as titles are (layout.ts): on a wider line the sections at its end are no longer seen. */
const WIDEST = 100;

const ABOUT =
  'The value proves that the server understands the WebSocket protocol, not who it is. It cannot be "decrypted" back ' +
  'to the key: SHA-1 works one way. The client computes the same value and compares.';

/** How a wrong value comes about, as the end of a sentence. */
const MISTAKES: Readonly<Record<AcceptMistake, string>> = {
  'key-itself': 'the key itself: it has to be hashed together with the GUID',
  hex: 'the SHA-1 as hex digits: its 20 bytes have to be written in Base64',
  'hex-in-base64': 'the Base64 of the hex digits: encode the 20 bytes of the SHA-1, not their hex spelling',
  'no-guid': `the SHA-1 of the key alone: the GUID ${WEBSOCKET_GUID} has to stand behind it`,
  'guid-lower-case': 'made with the GUID in lower case: its letters are upper case',
  'guid-first': 'made with the GUID in front: it has to stand behind the key',
  'guid-mistyped': `made with a mistyped GUID: it is ${WEBSOCKET_GUID}`,
  'decoded-key': "made with the key's decoded bytes: the key is hashed as the text that it is",
  'line-end': 'made with a line end or blank behind the key: only the value of the header counts',
  'no-padding': 'without the = at its end: the padding belongs to it',
  'letter-case': 'the same but for letter case, which counts in Base64',
};

/** A step: its number, name and value, and below it what it is, with its section at the end of the line. */
function step(look: Look, title: string, values: readonly string[], about: string, rfc: string): string[] {
  const { theme, width } = look;
  const indent = ' '.repeat(VALUE_AT);
  const room = Math.max(20, width - VALUE_AT);
  const words = wrap(about, room);
  const last = words.at(-1) ?? '';
  const fits = displayWidth(last) + 2 + rfc.length <= room;
  const gap = ' '.repeat(Math.max(2, room - displayWidth(last) - rfc.length));
  const notes = fits ? [...words.slice(0, -1), `${last}${gap}${rfc}`] : [...words, rfc];
  const [first = '', ...rest] = values;
  return [
    `${INDENT}${padEnd(title, VALUE_AT - INDENT.length)}${first}`,
    ...rest.map((value) => indent + value),
    ...notes.map((note) => indent + theme.dim(note)),
  ];
}

function byteRows(bytes: Uint8Array, room: number): string[] {
  if (bytes.length === 0) return ['(none)'];
  const perRow = room >= 16 * 3 - 1 ? 16 : 8;
  const rows: string[] = [];
  for (let i = 0; i < bytes.length; i += perRow) rows.push(hexOf(bytes.subarray(i, i + perRow), ' '));
  return rows;
}

/** All steps from key to accept value, each with its section, and what the value means and does not mean. */
export function drawAccept(result: AcceptResult, given: Look): string[] {
  const look = { ...given, width: Math.min(given.width, WIDEST) };
  const { theme, width } = look;
  const room = width - VALUE_AT;
  const key = escapeText(result.key);
  const joined =
    displayWidth(key) + WEBSOCKET_GUID.length <= room
      ? [theme.key(key) + theme.mask(WEBSOCKET_GUID)]
      : [theme.key(key), theme.mask(WEBSOCKET_GUID)];
  const bytes = byteRows(result.keyBytes, room).map(theme.key);
  const { length } = result.keyBytes;
  const size = length === KEY_BYTES ? `${length} random bytes` : `${count(length, 'byte')}, not ${KEY_BYTES}`;
  return [
    theme.title('From Sec-WebSocket-Key to Sec-WebSocket-Accept'),
    '',
    ...step(look, '1  key', [theme.key(key)], 'as the client sends it, in Base64', 'RFC 6455 §4.1'),
    ...step(look, '   decoded', bytes, `${size}; not used below`, 'RFC 6455 §4.1'),
    ...step(look, '2  + GUID', joined, 'the key as text, the fixed GUID behind it', 'RFC 6455 §4.2.2'),
    ...step(look, '3  SHA-1', [theme.payload(hexOf(result.sha1))], '20 bytes', 'RFC 6455 §4.2.2'),
    ...step(look, '4  Base64', [theme.accent(result.accept)], 'of these 20 bytes', 'RFC 4648 §4'),
    '',
    `${INDENT}${theme.dim('Sec-WebSocket-Accept:')} ${result.accept}`,
    ...(result.expected === undefined ? [] : ['', ...drawComparison(result, look).map((line) => INDENT + line)]),
    '',
    ...wrap(ABOUT, width - INDENT.length).map((line) => INDENT + theme.dim(line)),
  ];
}

/** The verdict of `--verify`; both values where they differ, and what went wrong where that is known. */
export function drawComparison(result: AcceptResult, look: Look): string[] {
  const { theme } = look;
  if (result.match === true) return [theme.ok('match: the value is the right one')];
  const given = escapeText(result.expected ?? '');
  const hint =
    result.mistake === undefined ? [] : wrap(`The given value is ${MISTAKES[result.mistake]}.`, look.width - 4);
  return [
    theme.error('mismatch'),
    `${INDENT}computed  ${result.accept}`,
    `${INDENT}given     ${given === '' ? '(empty)' : given}`,
    ...hint.map((line) => INDENT + line),
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
      return 'the padding is wrong: the Base64 of 16 bytes is 22 digits and ==';
    case 'trailing-bits':
      return `'${fault.char ?? ''}' has bits that belong to no byte: no Base64 encoder writes it at the end of 16 bytes`;
    case 'length':
      return `the key has ${bytes} bytes, not 16`;
  }
}
