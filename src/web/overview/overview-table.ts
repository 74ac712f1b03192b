import { connectionName } from '../../describe/connection-name.js';
import type { TimeLane } from '../../describe/timeline/lanes.js';
import { secondsText } from '../../describe/timeline/ticks.js';
import { el } from '../dom.js';
import { OUTCOME_MARKS, outcomeText } from './outcome-words.js';
import { shortened } from './overview-words.js';
import type { LaneLabel } from '../feed/row-source.js';

const HEADINGS = [
  'connection',
  'target',
  'client',
  'outcome',
  'begins',
  'lasts',
  'frames',
  'bytes',
  'longest ping',
  'errors',
  'warnings',
];

/** The lanes as a table: what the picture shows, in words and numbers. `start` is the first time of all. */
export function lanesTable(
  lanes: readonly TimeLane[],
  labels: ReadonlyMap<number, LaneLabel>,
  start: number,
): HTMLElement {
  const head = HEADINGS.map((text) => el('th', { scope: 'col', text }));
  const rows = lanes.map((lane) => {
    const { connection, first, last, frames, bytes, ping, errors, warnings } = lane;
    const { target = '', client = '' } = labels.get(connection) ?? {};
    const texts = [
      shortened(target),
      client,
      `${OUTCOME_MARKS[lane.outcome]} ${outcomeText(lane)}`,
      timeText(first - start),
      timeText(last - first),
      ...[frames, bytes].map(numberText),
      Number.isNaN(ping) ? 'none' : timeText(ping),
      ...[errors, warnings].map(numberText),
    ];
    const link = el('button', {
      type: 'button',
      class: 'link',
      id: `ov-table-${connection}`,
      'data-connection': connection,
      text: `#${connectionName(connection)}`,
    });
    return el(
      'tr',
      {},
      el('th', { scope: 'row' }, link),
      texts.map((text, i) => el('td', { 'data-label': HEADINGS[i + 1], text })),
    );
  });
  const caption = el('caption', { text: 'Connections: how each began, went and ended' });
  return el('table', { class: 'compared' }, caption, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows));
}

/** Frames over time as a table. */
export function densityTable(counts: Uint32Array, seconds: number): HTMLElement {
  const head = ['from', 'to', 'frames'].map((text) => el('th', { scope: 'col', text }));
  const step = seconds / counts.length;
  const rows = Array.from(counts, (count, i) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', text: timeText(i * step) }),
      el('td', { text: timeText((i + 1) * step) }),
      el('td', { text: count.toLocaleString('en') }),
    ),
  );
  const caption = el('caption', { text: 'Frames over time' });
  return el('table', { class: 'compared' }, caption, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows));
}

function timeText(seconds: number): string {
  return Number.isNaN(seconds) ? 'unknown' : secondsText(seconds, seconds < 1 ? 1e-5 : 1e-3);
}

function numberText(number: number): string {
  return number.toLocaleString('en');
}
