import type { RunReport } from './report.js';
export function htmlReport(runs: readonly RunReport[]): string {
  return JSON.stringify(runs);
}
