import { APP_SIGNS, mayHoldPayload, MOST_APP_BYTES, type AppOptions } from '../../traffic/toolbox/apps.js';
import { appUnpacking } from '../host/app-unpacking.js';
import { UsageError } from '../host/exit.js';
import type { DecodeOptions } from '../options/options.js';
import { protoType } from './proto-schema.js';
import { loadApps } from '../entries/load-apps.js';

type AppChoice = Pick<DecodeOptions, 'app' | 'payload' | 'maxMessage' | 'proto' | 'protoType'>;
type StatedReading = NonNullable<AppOptions['payload']>;

/** Shows no application protocol. */
const NONE = 'none';

/** `--app NAME`: which application protocols are read; undefined: none. Without it they are recognised. */
export function appOptions(options: AppChoice): AppOptions | undefined {
  const { app, maxMessage = MOST_APP_BYTES } = options;
  const payload = payloadReading(options);
  const mostKept = Math.min(MOST_APP_BYTES, maxMessage);
  if (app === NONE) {
    return payload.isStated ? { mostKept, open: () => undefined, isPayloadOnly: true, payload } : undefined;
  }
  const names = APP_SIGNS.map(({ protocol }) => protocol);
  if (app !== undefined && !names.includes(app)) {
    throw new UsageError(`--app ${app}: no such protocol (${[...names].sort().join(', ')}, or ${NONE})`);
  }
  return {
    mostKept,
    open: (name, context) => loadApps().openApp(name, context),
    unpack: appUnpacking,
    payload,
    ...(app !== undefined && { stated: app }),
  };
}

/** How messages of no known protocol are read: in the form that is stated, or in one that their bytes prove. */
function payloadReading({ payload, proto, protoType: name }: AppChoice): StatedReading {
  const form = payload ?? (proto === undefined ? undefined : 'protobuf');
  if (proto === undefined && name !== undefined) throw new UsageError('--proto-type needs --proto');
  if (proto !== undefined && form !== 'protobuf')
    throw new UsageError(`--proto is for --payload protobuf, not ${form}`);
  const type = proto === undefined ? undefined : protoType(proto, name);
  return {
    isStated: form !== undefined,
    mayHold: (message) => form !== undefined || mayHoldPayload(message),
    read: (message) => loadApps().payloadPacket(message, form, appUnpacking, type),
  };
}
