import { readCloseBody } from '../codec/messages/close.js';
import { escapeUnseen } from '../codec/bytes/escaping.js';
import { hexOf } from '../codec/bytes/hex.js';
import { isDated } from '../codec/bytes/time.js';
import type { Direction } from '../codec/messages/records.js';
import { closeCodeInfo, OPCODE, opcodeInfo } from '../codec/frames/registry.js';
import { flagNames } from '../describe/header-rows.js';
import type { PlainContent } from '../describe/plain-content.js';
import { characterLength, decodeUtf8, utf8Error } from '../codec/bytes/utf8.js';
import type { FrameItem, HandshakeItem } from './items.js';

const PREVIEW_BYTES = 160;

/** `2025-03-01T10:00:00.000123` in the reader's zone, as its clocks show it: where no day is known, as it was written, whatever the zone. */
function wallClock(time: number): string {
  const whole = Math.floor(time);
  const micros = Math.round((time - whole) * 1e6);
  const date = new Date((whole + Math.floor(micros / 1e6)) * 1000);
  const zone = isDated(time) ? date.getTimezoneOffset() * 60_000 : 0;
  const second = new Date(date.getTime() - zone).toISOString().replace(/\.000Z$/, '');
  return `${second}.${String(micros % 1e6).padStart(6, '0')}`;
}

/** Beyond this, `Date` has no time. */
const LATEST = 8.64e12 - 86_400;

function isShown(time: number | undefined): time is number {
  return time !== undefined && Math.abs(time) < LATEST;
}

/** The time of day to the microsecond. */
export function timeText(time: number | undefined): string {
  return isShown(time) ? wallClock(time).slice(-15) : '';
}

/** `2025-03-01`; empty where no day is known. */
export function dayText(time: number | undefined): string {
  return isShown(time) && isDated(time) ? wallClock(time).slice(0, -16) : '';
}

/** Day and time, as far as both are known. */
export function momentText(time: number | undefined): string {
  return `${dayText(time)} ${timeText(time)}`.trim();
}

export function directionText(direction: Direction): string {
  return { client: 'client to server', server: 'server to client', unknown: 'sender unknown' }[direction];
}

/** The bits that are set, in short. */
export function flagsText({ header, compressed }: FrameItem): string {
  return [...flagNames(header), ...(compressed ? ['deflate'] : [])].join(' ');
}

/** Text of a peer in one line: what is invisible, breaks lines or turns the direction of writing is written out. */
export function visible(text: string): string {
  return escapeUnseen(text);
}

/** The same of text in lines. */
export function visibleLines(text: string): string {
  return escapeUnseen(text, { newline: 'keep' });
}

/** The text of bytes whose end may be cut; undefined if they are no UTF-8. */
export function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  const error = utf8Error(bytes);
  if (error === undefined) return decodeUtf8(bytes);
  if (!isCut || !error.incomplete) return undefined;
  return decodeUtf8(bytes.subarray(0, error.start));
}

/** What is in a frame, in a line; `…` at its end: there is more. */
export function framePreview(item: FrameItem): string {
  const { header, payload, received, compressed, plain } = item;
  if (compressed && plain !== undefined) return plainPreview(plain);
  if (header.opcode === OPCODE.close) return closeText(payload);
  const shown = payload.subarray(0, PREVIEW_BYTES);
  const isText = !compressed && header.opcode !== OPCODE.binary;
  const text = isText ? textOf(shown, shown.length < received) : undefined;
  if (text !== undefined) return visible(text) + moreIf(shown.length < received);
  return hexOf(shown.subarray(0, PREVIEW_BYTES / 4), ' ') + moreIf(received > PREVIEW_BYTES / 4);
}

function plainPreview({ text, hex = '', bytes }: PlainContent): string {
  // No half of a surrogate pair.
  const shown = (text ?? hex).slice(0, PREVIEW_BYTES).replace(/[\ud800-\udbff]$/, '');
  const length = text === undefined ? shown.length / 2 : new TextEncoder().encode(shown).length;
  return visible(shown) + moreIf(length < bytes);
}

function moreIf(isMore: boolean): string {
  return isMore ? '…' : '';
}

function closeText(body: Uint8Array): string {
  if (body.length < 2) return 'no code';
  const { code, reason } = readCloseBody(body);
  return `${code} ${closeCodeInfo(code!).name}${reason === '' ? '' : `: ${visible(reason)}`}`;
}

export function opcodeName({ header }: FrameItem): string {
  const { name } = opcodeInfo(header.opcode);
  return name === 'reserved' ? `0x${header.opcode.toString(16)}` : name;
}

/** Whether the server has opened the WebSocket: by 101, and by any 2xx over HTTP/2 (RFC 8441 §5). */
export function isOpened({ response, http }: Pick<HandshakeItem, 'response' | 'http'>): boolean {
  return (http === undefined ? /^HTTP\/\d\.\d 101\b/ : /^HTTP\/2 2\d\d\b/).test(response?.line ?? '');
}

/** A handshake in a line. */
export function handshakePreview({ request, response, stream }: HandshakeItem): string {
  const asked = request?.line.replace(/ HTTP\/[\d.]+$/, '') ?? '';
  const answered = response?.line.replace(/^HTTP\/[\d.]+ /, '') ?? 'no response seen';
  const where = stream === undefined ? '' : `, stream ${stream}`;
  return visible((asked === '' ? answered : `${asked}  →  ${answered}`) + where);
}

/** Bytes as typed: hex digits in pairs, with blanks, colons, commas, 0x or \x between them; undefined where it is none. */
export function typedBytes(text: string): Uint8Array | undefined {
  const digits = text.replace(/0x|\\x|[\s:,]/gi, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** What each byte of the payload is as text: a character of several bytes is on its first, and the others continue it. */
export function charactersOf(bytes: readonly { readonly plain?: number | undefined }[]): string[] {
  const texts = bytes.map(({ plain }) => (plain === undefined ? '' : charOf(plain)));
  const plain = Uint8Array.from(bytes, (byte) => byte.plain ?? 0);
  for (let at = 0; at < bytes.length; at++) {
    const length = plain[at]! < 0x80 ? 1 : characterLength(plain, at);
    const character = length > 1 ? decodeUtf8(plain.subarray(at, at + length)) : '';
    // What would be invisible, or change what is beside it, stays dots.
    if (character === '' || visible(character) !== character) continue;
    texts.fill('‥', at, at + length);
    texts[at] = character;
    at += length - 1;
  }
  return texts;
}

function charOf(byte: number): string {
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  const short = visible(String.fromCharCode(byte));
  return byte < 0x20 && short.length === 2 ? short : byte === 0x20 ? '␣' : '·';
}
