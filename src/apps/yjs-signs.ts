import { utf8Error } from '../codec/bytes/utf8.js';
import type { LookedAt } from './signs.js';

type Test = (seen: LookedAt) => boolean;

/** `prefix`, a length (varint), and that many bytes up to the end of the message. */
function isLengthAfter(bytes: Uint8Array, prefix: readonly number[]): boolean {
  if (!prefix.every((byte, i) => bytes[i] === byte)) return false;
  let length = 0;
  let at = prefix.length;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) return false;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return length > 0 && at + length === bytes.length;
  }
  return false;
}

/** A step of Yjs, or an update: it begins with a number of clients, each of which has three bytes at least. */
export const isYjs: Test = ({ message: { isText: asText, bytes }, isWhole: whole }) => {
  if (asText || !whole || bytes[0] !== 0 || bytes[1]! > 2 || !isLengthAfter(bytes, [0, bytes[1]!])) return false;
  const body = bytes.subarray(bytes.findIndex((byte, i) => i > 1 && byte < 0x80) + 1);
  return bytes[1] === 0 ? body[0]! * 2 < body.length : body.length > 1 && body[0]! * 3 < body.length;
};

/** The step 1 of Yjs: its state vector has a count, and two numbers for each. */
export const isYjsStep1: Test = ({ message: { isText: asText, bytes }, isWhole: whole }) => {
  if (asText || !whole || !isLengthAfter(bytes, [0, 0])) return false;
  const vector = bytes.subarray(bytes.findIndex((byte, i) => i > 1 && byte < 0x80) + 1);
  const ends = vector.reduce((count, byte) => count + (byte < 0x80 ? 1 : 0), 0);
  return vector[0]! < 0x80 && vector.at(-1)! < 0x80 && ends === 1 + 2 * vector[0]!;
};

/** Text without control characters, but for the NUL before the id of a session. */
function isName(bytes: Uint8Array, start: number, end: number): boolean {
  const name = bytes.subarray(start, end);
  const [first = 0] = name;
  const controls = name.reduce((count, byte) => count + (byte < 0x20 || byte === 0x7f ? 1 : 0), 0);
  return first > 0x20 && controls === (name.includes(0) ? 1 : 0) && utf8Error(name) === undefined;
}

/** A document's name, a type, and what that has: mostly a length, and that many bytes up to the end. */
export const isHocuspocus: Test = ({ message: { isText: asText, bytes }, isWhole: whole }) => {
  const length = bytes[0] ?? 0;
  if (asText || !whole || length < 3 || length > 100) return false;
  const rest = bytes.subarray(1 + length);
  return hasHocuspocusType(rest) && isName(bytes, 1, 1 + length);
};

function hasHocuspocusType(rest: Uint8Array): boolean {
  const [type = 0xff, second = 0xff] = rest;
  // Sync, SyncReply and Auth have types of their own; QueryAwareness and SyncStatus are too short to prove anything.
  if (type === 0 || type === 4 || type === 2)
    return second <= 2 && rest.length >= 4 && isLengthAfter(rest, [type, second]);
  return type !== 3 && type <= 7 && rest.length > 4 && isLengthAfter(rest, [type]);
}

/** The first message of a Hocuspocus client: a document's name, Auth, Token, then a token and, in some releases, a version to the end. */
export const isHocuspocusToken: Test = ({ message: { isText: asText, bytes }, isWhole: whole, fromClient }) => {
  const length = bytes[0] ?? 0;
  if (asText || !whole || !fromClient || length < 1 || length > 100) return false;
  const rest = bytes.subarray(1 + length);
  if (rest[0] !== 2 || rest[1] !== 0 || !isName(bytes, 1, 1 + length)) return false;
  if (isLengthAfter(rest, [2, 0])) return true;
  const size = rest[2] ?? 0x80;
  const [at, token] = size < 0x80 ? [3, size] : [4, (size & 0x7f) + (rest[3] ?? 0x80) * 128];
  return (rest[at - 1] ?? 0x80) < 0x80 && isLengthAfter(rest.subarray(at + token), []);
};
