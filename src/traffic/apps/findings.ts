import type { Judged } from '../judged.js';

/** Whether a rule of an application's protocol is broken: where that was stated, or with `strict` in any case. */
export function hasAppFinding(record: Judged, strict: boolean): boolean {
  if (record.type === 'app-end') return strict || record.end.severity === 'error';
  if (record.type !== 'frame' || record.packets === undefined) return false;
  return record.packets.some(({ diagnostics, severity }) => diagnostics.length > 0 && (strict || severity === 'error'));
}
