import { MOST_APP_BYTES } from '../../apps/packet.js';
import { mayHoldPayload } from '../../apps/payload-signs.js';
import type * as readers from '../../apps/readers.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import { unpackedUnit } from '../../codec/deflate/packed-unit.js';
import type { AppOptions } from '../../traffic/apps/app-reading.js';
import { unpackingWith } from '../../traffic/apps/unpacking.js';

/** Reads the application protocols of a file in the page as `view` does, but for Brotli and zstd: browsers have neither for scripts. */
export function droppedApps({ openApp, payloadPacket }: typeof readers, raw: RawDeflate): AppOptions {
  const unpack = unpackingWith(raw, (form, bytes, limit) =>
    form === 'brotli' || form === 'zstd' ? undefined : unpackedUnit(raw, form, bytes, limit),
  );
  return {
    mostKept: MOST_APP_BYTES,
    open: openApp,
    unpack,
    payload: {
      isStated: false,
      mayHold: mayHoldPayload,
      read: (message) => payloadPacket(message, undefined, unpack),
    },
  };
}
