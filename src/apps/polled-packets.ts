import { decodeBase64 } from '../codec/bytes/base64.js';
import { concat } from '../codec/bytes/byte-collector.js';
import { encodeUtf8, decodeUtf8 } from '../codec/bytes/utf8.js';

/** A packet of Engine.IO as HTTP long-polling carries it, in the form that it has as a message. */
export interface PolledPacket {
  readonly isText: boolean;
  readonly bytes: Uint8Array;
}

/** More packets than a payload has. */
const MOST = 10_000;
/** What separates packets (Engine.IO 4). */
const SEPARATOR = '\x1e';
const BINARY = 'b';
/** Of a message: what its bytes begin with in Engine.IO 3. */
const MESSAGE = 4;
const END_OF_LENGTH = 0xff;

/** The version of Engine.IO that a request states in its target. */
export function engineVersion(target: string): 3 | 4 {
  return /[?&]EIO=3(?:&|$)/.test(target) ? 3 : 4;
}

/** The packets of a payload (Engine.IO 3 and 4, "Payload encoding"); undefined: it is none. */
export function polledPackets(body: Uint8Array, version: 3 | 4, isBinary: boolean): PolledPacket[] | undefined {
  if (version === 3 && isBinary) return fromBytes(body);
  const text = decodeUtf8(body);
  return version === 3 ? fromLengths(text) : fromSeparated(text);
}

function fromSeparated(text: string): PolledPacket[] | undefined {
  const parts = text.split(SEPARATOR, MOST);
  const packets = parts.map((part) => (part.startsWith(BINARY) ? binaryPacket(part.slice(1)) : textPacket(part)));
  return packets.every((packet) => packet !== undefined) ? packets : undefined;
}

/** `<characters>:<packet>`, one after the other; characters are UTF-16 code units. */
function fromLengths(text: string): PolledPacket[] | undefined {
  const packets: PolledPacket[] = [];
  for (let at = 0; at < text.length && packets.length < MOST;) {
    const [, digits] = /^(\d{1,9}):/.exec(text.slice(at, at + 11)) ?? [];
    if (digits === undefined) return undefined;
    const start = at + digits.length + 1;
    at = start + Number(digits);
    if (at > text.length) return undefined;
    const part = text.slice(start, at);
    const packet = part.startsWith(`${BINARY}${MESSAGE}`) ? binaryPacket(part.slice(2), MESSAGE) : textPacket(part);
    if (packet === undefined) return undefined;
    packets.push(packet);
  }
  return packets;
}

/** 0 (text) or 1 (bytes), the digits of the length as numbers 0 to 9, 255, the packet. */
function fromBytes(body: Uint8Array): PolledPacket[] | undefined {
  const packets: PolledPacket[] = [];
  for (let at = 0; at < body.length && packets.length < MOST;) {
    const isText = body[at] === 0;
    const end = body.indexOf(END_OF_LENGTH, at + 1);
    const digits = body.subarray(at + 1, end);
    if (body[at]! > 1 || end < 0 || digits.length === 0 || digits.length > 9 || digits.some((digit) => digit > 9)) {
      return undefined;
    }
    const start = end + 1;
    at = start + Number(digits.join(''));
    if (at > body.length || at === start) return undefined;
    packets.push({ isText, bytes: body.slice(start, at) });
  }
  return packets;
}

/** Its type is a digit. */
function textPacket(text: string): PolledPacket | undefined {
  return /^[0-6]/.test(text) ? { isText: true, bytes: encodeUtf8(text) } : undefined;
}

function binaryPacket(base64: string, type?: number): PolledPacket | undefined {
  const bytes = decodeBase64(base64);
  if (bytes === undefined) return undefined;
  return { isText: false, bytes: type === undefined ? bytes : concat([Uint8Array.of(type), bytes]) };
}
