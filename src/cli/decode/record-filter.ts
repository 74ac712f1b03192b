import { recordFilter, type RecordCriteria, type RecordFilter } from '../../traffic/filters.js';
import type { WindowCriteria } from '../../traffic/record-window.js';
import { UsageError } from '../host/exit.js';
import type { DecodeOptions } from '../options/options.js';
import { viewFor } from './views.js';

const CONTEXT = ['context', 'before', 'after'] as const;

/** Which records are shown, by the options of the command line. What is extracted are messages. */
export function recordFilterOf(
  options: RecordCriteria & WindowCriteria & Pick<DecodeOptions, 'direction' | 'view' | 'extract'>,
  captureStart: () => number | undefined,
): RecordFilter | undefined {
  const around = CONTEXT.find((name) => options[name] !== undefined);
  if (around !== undefined && options.grep === undefined) {
    throw new UsageError(`--${around} shows records around those that --grep matches: it needs --grep`);
  }
  const records = options.extract === undefined ? viewFor(options.view, 'capture').needs.records : 'messages';
  try {
    return recordFilter({ ...options, records }, captureStart);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
