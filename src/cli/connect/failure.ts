import type { ReportedError } from './display.js';

/** No connection came about. `mayRetry`: another try may succeed. */
export interface ConnectFailure {
  readonly failure: ReportedError;
  readonly mayRetry: boolean;
}

export function failed(failure: ReportedError, mayRetry = false): ConnectFailure {
  return { failure, mayRetry };
}
