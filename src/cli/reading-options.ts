import { DEFAULT_PREVIEW, type ReadingOptions } from '../codec/assembling.js';
import { acceptOf, lazyDeflate } from './adapters.js';
import { deflateOf } from './deflate-option.js';
import type { DecodeOptions } from './options.js';

/** How bytes are read, by the options of the command line. */
export function readingOptions(options: DecodeOptions): ReadingOptions {
  const deflate = deflateOf(options.deflate);
  const preview = options.preview ?? DEFAULT_PREVIEW;
  return {
    ...(deflate && { deflate }),
    raw: lazyDeflate,
    acceptOf,
    previewBytes: preview,
    messageBytes: preview,
    ...(options.maxMessage !== undefined && { maxMessageBytes: options.maxMessage }),
  };
}
