import type { ReadingOptions } from '../../codec/connection/reading-options.js';
import type { AppOptions } from '../../traffic/toolbox/apps.js';
import { appOptions } from '../decode/app-options.js';
import type { ShowOptions } from '../options/serve-options.js';
import { liveReading } from './live-reading.js';

/** Bytes of a message that are kept for the readers of applications, and bytes that these may hold: of each connection, of which there may be a thousand. */
const MOST_LIVE_BYTES = 64 * 1024;

/** How live traffic is read, and which application protocols. */
export function liveLook(options: ShowOptions & { grep?: RegExp }): {
  readonly reading: ReadingOptions;
  readonly apps: AppOptions | undefined;
} {
  const reading = liveReading(options);
  const apps = appOptions(options);
  if (apps === undefined) return { reading, apps };
  // To try a form takes longer than to send a message: what a peer sends must not decide about it.
  const payload = apps.payload?.isStated === true ? apps.payload : undefined;
  return {
    reading,
    apps: { ...apps, payload, mostKept: MOST_LIVE_BYTES, mostHeld: 4 * MOST_LIVE_BYTES },
  };
}
