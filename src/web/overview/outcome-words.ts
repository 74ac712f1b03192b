import { closeCodeInfo } from '../../codec/frames/registry.js';
import type { TimeLane } from '../../describe/timeline/lanes.js';

export const OUTCOME_MARKS = { open: '▸', closed: '■', trouble: '✕', refused: '⊘', unknown: '?' } as const;

const ENDLESS = 'how it ended is not in the file';

/** How a connection ended, in few words. */
export function outcomeText(lane: TimeLane): string {
  const { outcome, code } = lane;
  if (outcome === 'refused') return 'refused';
  const trouble = outcome === 'trouble' ? 'trouble: ' : '';
  if (lane.isEndless) return trouble + ENDLESS;
  if (outcome === 'unknown') return 'its end is not known: later records are left out';
  if (outcome === 'open') return 'open';
  return trouble + ended(lane, code === 0 ? '' : ` ${closeCodeInfo(code).name}`);
}

/** The same in fewer: beside its mark, and where there is room for about 20 characters. */
export function shortOutcome(lane: TimeLane): string {
  if (lane.outcome === 'refused') return 'refused';
  if (lane.isEndless) return 'end not in the file';
  if (lane.outcome === 'unknown') return 'end not known';
  return lane.outcome === 'open' ? 'open' : ended(lane, '');
}

function ended({ code, closedBy }: TimeLane, name: string): string {
  const by = closedBy === undefined ? '' : ` by the ${closedBy}`;
  return `${code === 0 ? 'no close code' : code}${name}${by}`;
}
