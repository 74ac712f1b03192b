import { DEFAULT_PREVIEW, type ReadingOptions } from '../codec/assembling.js';
import { MOST_SHOWN } from '../render/frame-content.js';
import { acceptOf, lazyDeflate } from './adapters.js';
import { deflateOf } from './deflate-option.js';
import type { DecodeOptions } from './options.js';

/** Bytes that a compressed message may have where nothing is said; extracted and searched ones are kept whole up to that. */
export const DEFAULT_MAX_MESSAGE = 64 * 1024 * 1024;

/** How bytes are read, by the options of the command line. */
export function readingOptions(options: DecodeOptions): ReadingOptions {
  const deflate = deflateOf(options.deflate);
  const { maxMessage = DEFAULT_MAX_MESSAGE, extract, grep, preview = DEFAULT_PREVIEW } = options;
  const whole = Math.max(preview, maxMessage);
  return {
    ...(deflate && { deflate }),
    // What is read of a file is not written to: whatever nobody asks for need not be unmasked.
    payloads: 'view',
    raw: lazyDeflate,
    acceptOf,
    previewBytes: grep ? whole : preview,
    messageBytes: grep || extract !== undefined ? whole : preview,
    maxMessageBytes: maxMessage,
  };
}

/** The same for a capture, of which millions of lines are drawn by default: nothing is kept that no line shows. */
export function captureReadingOptions(options: DecodeOptions): ReadingOptions {
  const reading = readingOptions(options);
  const { view = 'summary', json, grep, extract, preview } = options;
  if (view !== 'summary' || json || grep || extract !== undefined || preview !== undefined) return reading;
  return { ...reading, previewBytes: MOST_SHOWN, messageBytes: MOST_SHOWN };
}
