import { TimedExpressions } from '../../live/replies/timed-expressions.js';
import {
  recordFilter,
  type RecordCriteria,
  type RecordFilter,
  type TextSearch,
} from '../../traffic/selection/filters.js';
import type { WindowCriteria } from '../../traffic/selection/record-window.js';
import { UsageError } from '../host/exit.js';
import type { DecodeOptions } from '../options/options.js';
import { viewFor } from './views.js';

/** Texts for which `--grep` may take its time, which is a second each. */
const MOST_SLOW = 10;
/** They show packets of applications. */
const OF_PACKETS = { appType: '--app-type', appName: '--app-name', slow: '--slow' } as const;
const CONTEXT = ['context', 'before', 'after'] as const;

/** Which records are shown, by the options of the command line. What is extracted are messages. */
export function recordFilterOf(
  options: RecordCriteria & WindowCriteria & Pick<DecodeOptions, 'direction' | 'view' | 'extract' | 'app' | 'payload'>,
  captureStart: () => number | undefined,
  slowTexts = MOST_SLOW,
): RecordFilter | undefined {
  const around = CONTEXT.find((name) => options[name] !== undefined);
  if (around !== undefined && options.grep === undefined) {
    throw new UsageError(`--${around} shows records around those that --grep matches: it needs --grep`);
  }
  const ofPackets = Object.entries(OF_PACKETS).find(([name]) => options[name as keyof typeof OF_PACKETS] !== undefined);
  if (ofPackets !== undefined && options.app === 'none' && options.payload === undefined) {
    throw new UsageError(`${ofPackets[1]} shows packets of applications, and --app none reads none`);
  }
  const records = options.extract === undefined ? viewFor(options.view, 'capture').needs.records : 'messages';
  try {
    return recordFilter({ ...options, records }, captureStart, (grep) => searchFor(grep, slowTexts));
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function searchFor(grep: RegExp, times: number): TextSearch {
  const expressions = new TimedExpressions([grep], () => undefined, { times });
  return (text) => {
    const index = expressions.first(text);
    return index === undefined ? undefined : index === 0;
  };
}
