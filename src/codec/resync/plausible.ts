import { headerLength, minimalForm, readHeader, type FrameHeader } from '../frames/frame.js';
import { startsLikeHead } from '../http1/head-start.js';
import { OPCODE, opcodeInfo } from '../frames/registry.js';

/**
 * Whether bytes may be the beginning of a chain of frames: every header defined and minimal, all masked or none. `least`
 * headers have to be there, or the chain has to end where the bytes end. For streams joined in their middle.
 */
export function looksLikeFrames(bytes: Uint8Array, least = 2): boolean {
  let at = 0;
  let masked: boolean | undefined;
  for (let count = 0; count < 64; count++) {
    if (at === bytes.length) return count > 0;
    if (at + 2 > bytes.length || at + headerLength(bytes[at + 1]!) > bytes.length) return count >= least;
    const header = readHeader(bytes, at, 0, 0);
    masked ??= header.masked;
    if (header.masked !== masked || !isSound(header)) return false;
    at += header.length + header.payloadLength;
    if (at > bytes.length) return count + 1 >= least;
  }
  return true;
}

/**
 * Whether bytes are whole frames, the first of a message among them, fragments in order (RFC 6455 §5.4), none that is
 * empty and not the last: numbers such as `82000000` are none.
 */
export function areMessages(bytes: Uint8Array): boolean {
  if (!looksLikeFrames(bytes, Infinity)) return false;
  let isOpen = false;
  let at = 0;
  while (at + 2 <= bytes.length && at + headerLength(bytes[at + 1]!) <= bytes.length) {
    const { control, fin, opcode, length, payloadLength } = readHeader(bytes, at, 0, 0);
    if (!fin && payloadLength === 0) return false;
    if (!control && isOpen !== (opcode === OPCODE.continuation)) return false;
    if (!control) isOpen = !fin;
    at += length + payloadLength;
  }
  return at === bytes.length;
}

/** Bytes that do not continue a chain of frames. */
export const BROKEN = -1;

/**
 * Follows the frames from `from` to `to`: 0 where the last one ends at `to`, the number of its payload bytes that are to
 * come after `to`, or `BROKEN` where a header is cut or not sound.
 */
export function chainLeft(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    if (to - at < 2 || at + headerLength(bytes[at + 1]!) > to) return BROKEN;
    const header = readHeader(bytes, at, 0, 0);
    if (!isSound(header)) return BROKEN;
    at += header.length + header.payloadLength;
  }
  return at - to;
}

/** A header that RFC 6455 and permessage-deflate allow. */
export function isSound({ control, fin, rsv, opcode, payloadLength, lengthForm }: FrameHeader): boolean {
  if (opcodeInfo(opcode).name === 'reserved' || lengthForm !== minimalForm(payloadLength)) return false;
  if (control) return fin && rsv === 0 && payloadLength <= 125;
  return rsv === 0 || (rsv === 4 && opcode !== OPCODE.continuation);
}

/** Whether bytes begin what can be read here: an HTTP head, or a chain of frames. */
export function looksLikeWebSocket(bytes: Uint8Array, least = 2): boolean {
  return startsLikeHead(bytes) !== 'no' || looksLikeFrames(bytes, least);
}
