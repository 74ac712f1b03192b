import type { PerMessageDeflateOptions } from 'ws';
import type { ReadingOptions } from '../../codec/connection/reading-options.js';
import type { DeflateWish } from '../../codec/handshake/deflate-agreement.js';
import { acceptOf, lazyDeflate } from '../host/adapters.js';
import { deflateOf } from '../options/deflate-option.js';
import type { RecordCriteria } from '../../traffic/selection/filters.js';
import { DEFAULT_MAX_MESSAGE } from '../decode/traffic-options.js';
import type { ShowOptions } from '../options/serve-options.js';
import { DEFAULT_PREVIEW } from '../../traffic/toolbox/reading.js';

/** How live traffic is read: what was negotiated is seen in the handshake. */
export function liveReading({ preview = DEFAULT_PREVIEW, grep }: ShowOptions & RecordCriteria): ReadingOptions {
  const kept = grep ? Math.max(preview, DEFAULT_MAX_MESSAGE) : preview;
  return { raw: lazyDeflate, acceptOf, previewBytes: kept, messageBytes: kept };
}

/** `--deflate[=PARAMS]` as what an end wants; compression is off unless it was requested. */
export function deflateWish(option: string | false | undefined): DeflateWish | false {
  if (option === undefined || option === false) return false;
  const parameters = deflateOf(option)!;
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = parameters;
  return {
    // `false` would be no default: the other end may request them (RFC 7692 §7.1.1).
    ...(serverNoContextTakeover && { serverNoContextTakeover }),
    ...(clientNoContextTakeover && { clientNoContextTakeover }),
    ...(serverMaxWindowBits < 15 && { serverMaxWindowBits }),
    ...(clientMaxWindowBits < 15 && { clientMaxWindowBits }),
  };
}

/** The same as a client of `ws` wants it. */
export function perMessageDeflate(option: string | false | undefined): PerMessageDeflateOptions | false {
  const wish = deflateWish(option);
  // A user who inspects compression wants to see it on short messages too.
  return wish && { ...wish, threshold: 0 };
}
