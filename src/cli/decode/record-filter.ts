import { recordFilter, type RecordFilter } from '../../traffic/filters.js';
import { UsageError } from '../host/exit.js';

/** Which records are shown, by the options of the command line. */
export function recordFilterOf(...args: Parameters<typeof recordFilter>): RecordFilter | undefined {
  try {
    return recordFilter(...args);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
