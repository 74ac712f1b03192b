import type { Script } from '../../live/replay/script.js';
import { deflateExtension, formatExtensions } from '../../traffic/toolbox/builders.js';
import { isToken } from '../../traffic/toolbox/bytes.js';
import { UsageError } from '../host/exit.js';
import type { DiffOptions, ReplayOptions } from '../options/replay-options.js';

/** Throws a UsageError where an option applies to a replay, and there is none. */
export function checkReplay(options: ReplayOptions & DiffOptions): void {
  const { replay, diff } = options;
  const [first] = (['speed', 'connection', 'diff'] as const).filter((name) => options[name] !== undefined);
  if (replay === undefined && first !== undefined) throw new UsageError(`--${first} is for --replay FILE`);
  if (replay === undefined && options.replayKeylog) throw new UsageError('--replay-keylog is for --replay FILE');
  if (diff) return;
  if (options.ignore) throw new UsageError('--ignore is for --replay FILE --diff');
  if (options.ignoreJson) throw new UsageError('--ignore-json is for --replay FILE --diff');
}

interface Negotiable {
  readonly subprotocol?: string[];
  readonly deflate?: string | false;
}

/** What was offered, or accepted, in the recorded handshake: used again, unless the options state otherwise. */
export function asRecorded(
  { handshake }: Script,
  side: 'client' | 'server',
  { subprotocol, deflate }: Negotiable,
): Negotiable {
  const { subprotocolsOffered = [], subprotocol: taken, deflate: agreed } = handshake ?? {};
  const names = side === 'client' ? subprotocolsOffered.filter(isToken) : taken === undefined ? [] : [taken];
  return {
    ...(subprotocol === undefined && names.length > 0 && { subprotocol: [...new Set(names)] }),
    ...(deflate === undefined && agreed && { deflate: formatExtensions([deflateExtension(agreed)]) }),
  };
}
