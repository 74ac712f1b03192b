import { joined, print, type Printable } from '../../describe/printable.js';
import type { Activity } from '../../traffic/tally/activity.js';
import type { LabelledPart } from './lines.js';
import { secondsText } from './words.js';

/** Cells of a sparkline in a list. */
const CELLS = 12;
const BARS = [print`▁`, print`▂`, print`▃`, print`▄`, print`▅`, print`▆`, print`▇`, print`█`];

/** Frames over the time of the connection: a bar a step, blank where there is none. */
export function sparkline({ counts }: Activity): Printable {
  const cells = Array.from({ length: Math.min(CELLS, counts.length) }, () => 0);
  counts.forEach((count, i) => (cells[Math.floor((i * cells.length) / counts.length)]! += count));
  return bars(cells);
}

/** The same with all of its steps, and what a bar stands for; nothing where all came in one step. */
export function activityParts(activity: Activity | undefined): LabelledPart[] {
  if (activity === undefined || activity.counts.length < 2) return [];
  const { counts, step } = activity;
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  return [[bars(counts)], [print`up to ${most} frames in ${secondsText(step)}`, 'dim']];
}

function bars(counts: readonly number[]): Printable {
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  return joined(counts.map((count) => (count === 0 ? print` ` : BARS[Math.ceil((count / most) * BARS.length) - 1]!)));
}
