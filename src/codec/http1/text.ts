import type { Span } from '../bytes/span.js';

/**
 * - `bare-lf`, `bare-cr`: a line end that is not CRLF, a CR inside a line (RFC 9112 §2.2)
 * - `leading-line`, `leading-space`: an empty line before the first line, a blank before the first header (§2.2)
 * - `request-line`, `status-line`, `status-space`: a first line not as the grammar has it (§3, §4)
 * - `space-before-colon`, `missing-colon`, `empty-name`, `name-character`: header lines (§5, §5.1; RFC 9110 §5.1)
 * - `fold`: a header continued on the next line (§5.2)
 * - `control`, `non-ascii`: bytes of a line that are not for text (RFC 9110 §5.5)
 * - `unfinished`, `too-large`: the end is missing, or was not kept
 */
export type HeadFaultKind =
  | 'bare-lf'
  | 'bare-cr'
  | 'leading-line'
  | 'leading-space'
  | 'request-line'
  | 'status-line'
  | 'status-space'
  | 'space-before-colon'
  | 'missing-colon'
  | 'empty-name'
  | 'name-character'
  | 'fold'
  | 'control'
  | 'non-ascii'
  | 'unfinished'
  | 'too-large';

export interface HeadFault {
  readonly kind: HeadFaultKind;
  readonly span: Span;
  readonly args: Readonly<Record<string, string | number>>;
}

/** A line by its positions; `contentEnd` is where CRLF or LF begins. */
export interface LineSpan {
  readonly start: number;
  readonly contentEnd: number;
  readonly end: number;
}

/** RFC 9110 §5.6.2 (the same characters as RFC 2616 §2.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export function isToken(s: string): boolean {
  return TOKEN.test(s);
}

/** Longest piece of a malformed line that goes into a fault's arguments. */
const SHOWN = 80;
const BLOCK = 8192;

/** Fewer bytes are not worth the call of a decoder. */
const LEAST_DECODED = 64;
const UTF8 = new TextDecoder();

/** One character per byte. Not TextDecoder('latin1'): that one is windows-1252. ASCII is the same in UTF-8, whose decoder is fast. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const part = bytes.subarray(start, end);
  if (part.length >= LEAST_DECODED && isAscii(part)) return UTF8.decode(part);
  if (part.length <= BLOCK) return String.fromCharCode(...part);
  const blocks: string[] = [];
  for (let at = 0; at < part.length; at += BLOCK) blocks.push(latin1(part, at, Math.min(part.length, at + BLOCK)));
  return blocks.join('');
}

/** Four bytes at a time: all text that is read passes here. */
function isAscii({ buffer, byteOffset, length }: Uint8Array): boolean {
  const view = new DataView(buffer, byteOffset, length);
  let bits = 0;
  let at = 0;
  for (; at + 4 <= length; at += 4) bits |= view.getUint32(at);
  for (; at < length; at++) bits |= view.getInt8(at);
  return (bits & 0x80808080) === 0;
}

/** A line without its end. */
export function lineText(bytes: Uint8Array, line: LineSpan): string {
  return latin1(bytes, line.start, line.contentEnd);
}

/** The beginning of a text for a fault's arguments. */
export function excerpt(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
