import type { Side } from '../../codec/bytes/stream-taker.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { BadRecord, frameAround, fromBase64, isFields, type Fields } from './record-bytes.js';

/** A message of a HAR as a frame in which it might have come. */
export interface HarMessage {
  readonly side: Side;
  readonly bytes: Uint8Array;
  /** Bytes of its frame that were not kept. */
  readonly missing: number;
  /** Seconds since the epoch, NaN where unknown. */
  readonly time: number;
  /** Nothing says whether it is text or binary. */
  readonly isGuess: boolean;
}

/** What ends a connection: Chrome writes its error as a message of opcode -1. */
export interface HarFailure {
  readonly failure: string;
  readonly time: number;
}

const SIDES: Readonly<Record<string, Side>> = {
  ...{ send: 0, sent: 0, outgoing: 0, client: 0, request: 0 },
  ...{ receive: 1, received: 1, incoming: 1, server: 1, response: 1 },
};
const OPCODES: Readonly<Record<string, number>> = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };
/** September 2001 in seconds. What is less counts from the start of a machine or of a page, and is no date. */
const FIRST_DATE = 1e9;
/** From here on a time is in milliseconds, and from there on in microseconds. */
const [MILLISECONDS, MICROSECONDS] = [1e11, 1e14];

/** A date in seconds since the epoch, from seconds, milliseconds (Playwright), microseconds or ISO 8601; NaN for any other. */
export function dateOf(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) / 1000 : value;
  if (typeof time !== 'number') return NaN;
  const seconds = time >= MICROSECONDS ? time / 1e6 : time >= MILLISECONDS ? time / 1e3 : time;
  return seconds >= FIRST_DATE && seconds < MILLISECONDS ? seconds : NaN;
}

/** `number`: of the messages before it, for its masking key. Throws BadRecord. */
export function harMessage(value: unknown, number: number): HarMessage | HarFailure {
  if (!isFields(value)) throw new BadRecord('no object');
  const time = dateOf(value['time'] ?? value['timestamp']);
  const opcode = opcodeOf(value);
  const type = String(value['type'] ?? value['direction']).toLowerCase();
  if (type === 'error' || opcode === -1) return { failure: textOf(value), time };
  const side = Object.hasOwn(SIDES, type) ? SIDES[type] : undefined;
  if (side === undefined) throw new BadRecord('type is none of send, receive, error');
  const payload = payloadOf(value, opcode ?? OPCODES['text']!);
  const { _bytes: whole } = value;
  const length = Number.isSafeInteger(whole) ? Math.max(whole as number, payload.length) : payload.length;
  const bytes = frameAround(opcode ?? OPCODES['text']!, payload, length, side, number);
  return { side, bytes, missing: length - payload.length, time, isGuess: opcode === undefined };
}

/** Undefined: it says nothing of the kind. */
function opcodeOf(fields: Fields): number | undefined {
  const value = fields['opcode'] ?? fields['opCode'];
  if (value === undefined || value === null || value === 0) return isBase64(fields) ? OPCODES['binary'] : undefined;
  const opcode = typeof value === 'string' ? (OPCODES[value.toLowerCase()] ?? Number(value)) : value;
  if (opcode === -1) return -1;
  if (typeof opcode === 'number' && Number.isInteger(opcode) && opcode >= 1 && opcode <= 10) return opcode;
  throw new BadRecord('opcode is none');
}

function isBase64(fields: Fields): boolean {
  return fields['encoding'] === 'base64' || fields['binary'] === true || fields['isBinary'] === true;
}

/** JSON that a tool has read is written as JSON again. */
function textOf(fields: Fields): string {
  const data = fields['data'] ?? fields['payload'] ?? '';
  if (typeof data === 'string') return data;
  try {
    if (typeof data === 'object') return JSON.stringify(data);
  } catch {
    // Nested too deep to be written.
  }
  throw new BadRecord('data is no text');
}

function payloadOf(fields: Fields, opcode: number): Uint8Array {
  const text = textOf(fields);
  if (opcode === OPCODES['text']) return fields['encoding'] === 'base64' ? fromBase64(text) : encodeUtf8(text);
  if (opcode === OPCODES['binary']) return fromBase64(text);
  if (opcode === OPCODES['close']) return closePayload(fields, text);
  if (opcode < OPCODES['close']!) return fromBase64(text);
  try {
    return fromBase64(text);
  } catch {
    return encodeUtf8(text);
  }
}

/** Some write the code and the reason, some the bytes in Base64. Of a text alone the code is not known. */
function closePayload(fields: Fields, text: string): Uint8Array {
  const code = fields['code'] ?? fields['closeCode'];
  if (typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= 0xffff) {
    const reason = typeof fields['reason'] === 'string' ? fields['reason'] : text;
    return concat([Uint8Array.of(code >> 8, code & 0xff), encodeUtf8(reason)]);
  }
  if (text === '') return new Uint8Array(0);
  // Of groups, an expression for them overflows the stack of its engine where there are millions.
  const bytes = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? fromBase64(text) : undefined;
  const given = bytes && bytes.length >= 2 ? (bytes[0]! << 8) | bytes[1]! : 0;
  if (given >= 1000 && given < 5000) return bytes!;
  throw new BadRecord('a close frame without its code');
}
