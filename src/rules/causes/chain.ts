import { headerLength, readHeader, type FrameHeader } from '../../codec/frames/frame.js';
import { keyFromBytes, keyToBytes, unmask } from '../../codec/frames/mask.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { utf8Error } from '../../codec/bytes/utf8.js';
import { isSound } from '../../codec/resync/plausible.js';
import type { Direction } from '../../codec/messages/records.js';
import { printableText } from './quote.js';

/** A frame that was found where it could be. */
export interface Link {
  readonly header: FrameHeader;
  /** Unmasked; shorter than declared where the bytes end before. */
  readonly payload: Uint8Array;
  readonly isWhole: boolean;
}

/** The bytes from a faulty frame on. */
export interface Stretch {
  readonly bytes: Uint8Array;
  /** Nothing follows them: the sender sent no more. */
  readonly isEnd: boolean;
  readonly direction: Direction;
}

const MOST_LINKS = 64;
/** A whole text of N printable bytes or more after a sound header is no accident. */
const LEAST_TEXT = 4;

/**
 * Frames from `at` on, each with a sound header, masked as its sender has to, with well-formed text, up to the end of the
 * bytes. Undefined: something does not fit.
 */
export function chainFrom({ bytes, isEnd, direction }: Stretch, at: number): Link[] | undefined {
  const links: Link[] = [];
  let masked = direction === 'unknown' ? undefined : direction === 'client';
  while (at < bytes.length && links.length < MOST_LINKS) {
    const isCut = at + 2 > bytes.length || at + headerLength(bytes[at + 1]!) > bytes.length;
    if (isCut) return isEnd ? undefined : links;
    const header = readHeader(bytes, at, links.length, at);
    masked ??= header.masked;
    if (header.masked !== masked || !isSound(header)) return undefined;
    const begin = at + header.length;
    const end = begin + header.payloadLength;
    const isWhole = end <= bytes.length;
    if (!isWhole && isEnd) return undefined;
    const payload = unmask(bytes, begin, Math.min(end, bytes.length), header.key);
    if (isWhole && isText(header) && utf8Error(payload) !== undefined) return undefined;
    links.push({ header, payload, isWhole });
    at = end;
  }
  return links;
}

/** Is it more than an accident that these fit? */
export function isTelling(links: readonly Link[]): boolean {
  const whole = links.filter(({ isWhole, header }) => isWhole && !isEmptyFragment(header));
  return (
    whole.length >= 3 ||
    whole.some(
      ({ header, payload }) =>
        isText(header) && payload.length >= LEAST_TEXT && printableText(payload, false) !== undefined,
    )
  );
}

/** Zeros look so. */
const isEmptyFragment = ({ fin, opcode, payloadLength }: FrameHeader): boolean =>
  !fin && opcode === OPCODE.continuation && payloadLength === 0;

/** One text frame with FIN and nothing of an extension. */
export function isText({ fin, rsv, opcode }: FrameHeader): boolean {
  return fin && rsv === 0 && opcode === OPCODE.text;
}

/** The same key with its four bytes in reverse order. */
export function reversedKey(key: number): number {
  return keyFromBytes(keyToBytes(key).reverse());
}
