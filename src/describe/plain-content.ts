import type { Frame } from '../codec/messages/records.js';
import { hexOf } from '../codec/bytes/hex.js';
import { OPCODE } from '../codec/frames/registry.js';
import { previewText } from './preview-text.js';

/** The content of a compressed message, as records for a page have it. */
export interface PlainContent {
  /** Of all of it. */
  readonly bytes: number;
  readonly text?: string;
  readonly hex?: string;
}

/** What the compressed message that the frame completes inflates to, up to `most` bytes of it; undefined: nothing is known. */
export function plainContent({ compressed, message }: Frame, most: number): PlainContent | undefined {
  if (!compressed || message?.bytes === undefined) return undefined;
  const { bytes, opcode } = message;
  const plain = message.payload.subarray(0, most);
  const text = opcode === OPCODE.text ? previewText(plain, plain.length < bytes) : undefined;
  return text === undefined ? { bytes, hex: hexOf(plain) } : { bytes, text };
}
