import { MOST_APP_BYTES } from '../../apps/packet.js';
import { mayHoldPayload } from '../../apps/payload-signs.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { unpackedUnit } from '../../codec/deflate/packed-unit.js';
import type { AppOptions } from '../../traffic/apps/app-reading.js';
import { unpackingWith } from '../../traffic/apps/unpacking.js';
import type { DroppedParts } from './dropped-parts.js';

/** Reads the application protocols of a file in the page as `view` does, but for Brotli and zstd: browsers have neither for scripts. */
export function droppedApps(parts: DroppedParts, raw: RawDeflate): AppOptions {
  const unpack = unpackingWith(raw, (form, bytes, limit) =>
    form === 'brotli' || form === 'zstd' ? undefined : unpackedUnit(raw, form, bytes, limit),
  );
  return {
    mostKept: MOST_APP_BYTES,
    open: (...args) => parts.apps().openApp(...args),
    unpack,
    payload: {
      isStated: false,
      mayHold: mayHoldPayload,
      read: (message) => parts.apps().payloadPacket(message, undefined, unpack),
    },
  };
}
