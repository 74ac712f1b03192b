import { concat } from '../../codec/bytes/byte-collector.js';
import { HTTP2_FLAG } from '../../codec/http2/http2-frame.js';

/** How a field section is written. */
export interface SectionForm {
  /** END_STREAM. */
  readonly end?: boolean;
  /** Bytes of the block in each frame: HEADERS, then CONTINUATION. */
  readonly cut?: number;
  readonly padding?: number;
  /** With the fields of a priority (RFC 9113 §6.2). */
  readonly priority?: boolean;
}

/** How a DATA frame is written. */
export interface DataForm {
  readonly end?: boolean;
  readonly padding?: number;
}

/** Depends on no stream, weight 16. */
const PRIORITY = [0, 0, 0, 0, 15];

/** A payload with its padding and its priority, and the flags for that (RFC 9113 §6.1, §6.2). */
export function contentOf(
  content: Uint8Array,
  padding?: number,
  priority = false,
): { readonly payload: Uint8Array; readonly flags: number } {
  if (padding === undefined && !priority) return { payload: content, flags: 0 };
  const before = [...(padding === undefined ? [] : [padding]), ...(priority ? PRIORITY : [])];
  return {
    payload: concat([Uint8Array.from(before), content, new Uint8Array(padding ?? 0)]),
    flags: (padding === undefined ? 0 : HTTP2_FLAG.padded) | (priority ? HTTP2_FLAG.priority : 0),
  };
}

export function uint32Bytes(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
