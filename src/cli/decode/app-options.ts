import {
  APP_SIGNS,
  mayHoldPayload,
  MOST_APP_BYTES,
  type AppOptions,
  type PayloadForm,
} from '../../traffic/toolbox/apps.js';
import { appUnpacking } from '../host/app-unpacking.js';
import { UsageError } from '../host/exit.js';
import type { DecodeOptions } from '../options/options.js';
import { loadApps } from '../entries/load-apps.js';

/** Shows no application protocol. */
const NONE = 'none';

/** `--app NAME`: which application protocols are read; undefined: none. Without it they are recognised. */
export function appOptions({
  app,
  payload,
  maxMessage = MOST_APP_BYTES,
}: Pick<DecodeOptions, 'app' | 'payload' | 'maxMessage'>): AppOptions | undefined {
  const mostKept = Math.min(MOST_APP_BYTES, maxMessage);
  if (app === NONE) {
    return payload && { mostKept, open: () => undefined, isPayloadOnly: true, payload: payloadReading(payload) };
  }
  const names = APP_SIGNS.map(({ protocol }) => protocol);
  if (app !== undefined && !names.includes(app)) {
    throw new UsageError(`--app ${app}: no such protocol (${[...names].sort().join(', ')}, or ${NONE})`);
  }
  return {
    mostKept,
    open: (name, context) => loadApps().openApp(name, context),
    unpack: appUnpacking,
    payload: payloadReading(payload),
    ...(app !== undefined && { stated: app }),
  };
}

/** How messages of no known protocol are read: in the form that is stated, or in one that their bytes prove. */
function payloadReading(form: PayloadForm | undefined): AppOptions['payload'] {
  return {
    isStated: form !== undefined,
    mayHold: (message) => form !== undefined || mayHoldPayload(message),
    read: (message) => loadApps().payloadPacket(message, form, appUnpacking),
  };
}
