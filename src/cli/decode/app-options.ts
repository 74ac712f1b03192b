import { APP_SIGNS, mayHoldPayload, type PayloadForm } from '../../traffic/toolbox/apps.js';
import { MOST_APP_BYTES, type AppOptions } from '../../traffic/toolbox/apps.js';
import { appUnpacking } from '../host/app-unpacking.js';
import { UsageError } from '../host/exit.js';
import type { DecodeOptions } from '../options/options.js';
import { loadApps } from '../entries/load-apps.js';

/** Shows no application protocol. */
const NONE = 'none';

/** `--app NAME`: which application protocols are read; undefined: none. Without it they are recognised. */
export function appOptions({ app, payload }: Pick<DecodeOptions, 'app' | 'payload'>): AppOptions | undefined {
  if (app === NONE) return payload && { open: () => undefined, isPayloadOnly: true, payload: payloadReading(payload) };
  const names = APP_SIGNS.map(({ protocol }) => protocol);
  if (app !== undefined && !names.includes(app)) {
    throw new UsageError(`--app ${app}: no such protocol (${[...names].sort().join(', ')}, or ${NONE})`);
  }
  return {
    open: (name, context) => loadApps().openApp(name, context),
    unpack: appUnpacking,
    payload: payloadReading(payload),
    ...(app !== undefined && { stated: app }),
  };
}

/** How messages of no known protocol are read: in the form that is stated, or in one that their bytes prove. */
function payloadReading(form: PayloadForm | undefined): AppOptions['payload'] {
  return {
    mayHold: (message) => form !== undefined || mayHoldPayload(message),
    read: (message) => loadApps().payloadPacket(message, form, appUnpacking),
  };
}

/** Bytes kept of each message: as many as the readers of application protocols ask for, up to the largest message that is read at all. */
export function keptForApps(messageBytes: number, apps: AppOptions | undefined, maxMessage: number): number {
  return apps === undefined ? messageBytes : Math.max(messageBytes, Math.min(MOST_APP_BYTES, maxMessage));
}
