import { count } from '../../codec/bytes/plural.js';
import { connectionName } from '../../describe/connection-name.js';
import type { LaneTable, TimeLane } from '../../describe/timeline/lanes.js';
import { secondsText } from '../../describe/timeline/ticks.js';
import type { LaneLabel } from '../feed/row-source.js';
import { momentText } from '../format.js';
import { outcomeText } from './outcome-words.js';
import type { AxisView } from './overview-view.js';

const EMPTY = 'Nothing so far.';
const TIMELESS = 'Nothing of this has a time: it is listed in Inspector.';
/** Characters. */
const MOST_TARGET = 60;

/** All lanes in words: how many, since when, and the part that is seen; `view` undefined: all of it. */
export function summaryWords({ all, first, last }: LaneTable, rows: number, view: AxisView | undefined): string {
  if (Number.isNaN(first)) return rows === 0 ? EMPTY : TIMELESS;
  const since = (time: number): string => secondsText(time - first, 1e-3);
  const span = view === undefined ? '' : `; shown: ${since(view.from)} to ${since(view.to)}`;
  return `${count(all.length, 'connection')} in ${since(last)}, from ${momentText(first)}${span}`;
}

/** A lane in words: who it is, how it ended, and what passed. */
export function laneWords(lane: TimeLane, { target = '', client }: LaneLabel): string {
  const { connection, first, last, frames, bytes, ping, errors } = lane;
  const who = shortened(target) + (client === undefined ? '' : ` from ${client}`);
  const begins = Number.isNaN(first) ? '' : `, ${secondsText(last - first, 1e-3)} long`;
  const pings = Number.isNaN(ping) ? '' : `, pings up to ${secondsText(ping, 1e-4)}`;
  const wrong = errors === 0 ? '' : `, ${count(errors, 'error')}`;
  return `#${connectionName(connection)} ${who}: ${outcomeText(lane)}${begins}, ${count(frames, 'frame')}, ${count(bytes, 'byte')}${pings}${wrong}`;
}

/** The beginning of a target, so that what follows it on its line is seen. */
export function shortened(target: string): string {
  return target.length <= MOST_TARGET ? target : `${target.slice(0, MOST_TARGET)}…`;
}
