import { readVarint } from '../../forms/protobuf.js';
import { jsonFields, parseJson } from '../../forms/json.js';
import type { AppField } from '../../packet.js';
import { decodeMessage } from './schema.js';

/** A command or a reply, of either form. */
export interface CentrifugoPiece {
  /** Undefined: it is none. */
  readonly members: Readonly<Record<string, unknown>> | undefined;
  readonly bytes: Uint8Array;
  readonly fields: () => readonly AppField[];
  readonly fault?: 'json' | 'protobuf' | 'length';
}

const LF = 0x0a;
/** Pieces of one message that are read. */
const MOST_PIECES = 10_000;

/** JSON objects, one a line; blank lines are allowed. */
export function jsonPieces(bytes: Uint8Array): CentrifugoPiece[] {
  const pieces: CentrifugoPiece[] = [];
  for (let at = 0; at < bytes.length && pieces.length < MOST_PIECES;) {
    const lf = bytes.indexOf(LF, at);
    const end = lf < 0 ? bytes.length : lf + 1;
    const line = bytes.subarray(at, end);
    at = end;
    if (!line.every((byte) => byte === 0x20 || byte === 0x0d || byte === LF)) pieces.push(jsonPiece(line));
  }
  return pieces;
}

function jsonPiece(bytes: Uint8Array): CentrifugoPiece {
  const value = parseJson(bytes)?.value;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const fields = (): AppField[] => [
    { name: 'message', span: { start: 0, end: bytes.length }, value: 'JSON', fields: jsonFields(bytes) },
  ];
  return {
    members: isObject ? (value as Record<string, unknown>) : undefined,
    bytes,
    fields,
    ...(!isObject && { fault: 'json' as const }),
  };
}

/** Messages of that type, each after its length. */
export function protobufPieces(type: 'Command' | 'Reply', bytes: Uint8Array): CentrifugoPiece[] {
  const pieces: CentrifugoPiece[] = [];
  for (let at = 0; at < bytes.length && pieces.length < MOST_PIECES;) {
    const length = readVarint(bytes, at);
    const end = length === undefined ? NaN : length.end + Number(length.value);
    if (length === undefined || !(end <= bytes.length)) {
      pieces.push(unread(bytes.subarray(at), 'length'));
      break;
    }
    pieces.push(protobufPiece(type, bytes.subarray(at, end), length.end - at));
    at = end;
  }
  return pieces;
}

function unread(bytes: Uint8Array, fault: 'protobuf' | 'length'): CentrifugoPiece {
  const field: AppField = { name: 'unread', span: { start: 0, end: bytes.length }, value: `${bytes.length} bytes` };
  return { members: undefined, bytes, fields: () => [field], fault };
}

function protobufPiece(type: 'Command' | 'Reply', bytes: Uint8Array, start: number): CentrifugoPiece {
  const decoded = decodeMessage(type, bytes, start, bytes.length);
  if (decoded === undefined) return unread(bytes, 'protobuf');
  const prefix: AppField = { name: 'length', span: { start: 0, end: start }, value: bytes.length - start };
  return { members: decoded.value, bytes, fields: () => [prefix, ...decoded.fields] };
}
