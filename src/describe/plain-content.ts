import type { Frame } from '../codec/messages/records.js';
import { hexOf } from '../codec/bytes/hex.js';
import { OPCODE } from '../codec/frames/registry.js';
import { previewText } from './preview-text.js';

/** The content of a message that was compressed or in several frames, as records for a page have it. */
export interface PlainContent {
  /** Frames that the message has. */
  readonly frames: number;
  /** Of all of it. */
  readonly bytes: number;
  readonly text?: string;
  readonly hex?: string;
}

/** The message that the frame completes, up to `most` bytes of it; undefined: the frame has all of it as it is, or nothing is known. */
export function plainContent({ compressed, message }: Frame, most: number): PlainContent | undefined {
  if (message?.bytes === undefined || !(compressed || message.frames > 1)) return undefined;
  const { bytes, opcode, frames } = message;
  const plain = message.payload.subarray(0, most);
  const text = opcode === OPCODE.text ? previewText(plain, plain.length < bytes) : undefined;
  return text === undefined ? { bytes, frames, hex: hexOf(plain) } : { bytes, frames, text };
}

const encoder = new TextEncoder();

/** Whether all of it is there. */
export function isWholeContent({ bytes, text, hex = '' }: PlainContent): boolean {
  return (text === undefined ? hex.length / 2 : encoder.encode(text).length) >= bytes;
}
