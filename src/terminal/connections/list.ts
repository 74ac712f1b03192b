import { connectionName } from '../../describe/connection-name.js';
import { sparkline } from './activity.js';
import { eachDirection, type ConnectionSummary, type Counts } from '../../traffic/tally/summary.js';
import { provenUnanswered } from '../../traffic/tally/proven.js';
import { drawGrid, gridWidth, NOTHING, widest, type Column, type LabelledPart } from './lines.js';
import { bytesCell, closedCell, durationText, faultCells, secondsText, shortNumberCell } from './words.js';
import { escapeText } from '../../describe/escape.js';
import type { Look } from '../layout.js';
import { displayWidth } from '../width.js';
import { print, type Printable } from '../../describe/printable.js';

interface Listed extends Pick<Column, 'head' | 'left' | 'ends'> {
  readonly cell: (summary: ConnectionSummary) => LabelledPart;
  /** A value with the columns that it needs to be shown. */
  readonly within?: (summary: ConnectionSummary, width: number) => LabelledPart;
  /** It may be cut to this many columns. */
  readonly least?: number;
  /** Left out where no line has a value of it. */
  readonly isSpare?: true;
}

/** Columns that an IPv4 address with its port takes. */
const ADDRESS = 21;

const LISTED = {
  number: { head: print`#`, cell: ({ connection }) => [connectionName(connection), 'dim'] },
  client: {
    head: print`client`,
    cell: ({ client }) => [escapeText(client ?? '?')],
    left: true,
    ends: true,
    least: ADDRESS,
  },
  server: {
    head: print`server`,
    cell: ({ server }) => [escapeText(server ?? '?')],
    left: true,
    ends: true,
    least: ADDRESS,
  },
  target: {
    head: print`target`,
    cell: ({ handshake }) => [escapeText(handshake?.target ?? NOTHING)],
    left: true,
    least: 16,
  },
  sent: { head: print`→ frames`, cell: ({ directions }) => [shortNumberCell(directions.client.frames)] },
  received: { head: print`← frames`, cell: ({ directions }) => [shortNumberCell(directions.server.frames)] },
  frames: { head: print`frames`, cell: (summary) => [shortNumberCell(sum(summary, 'frames'))] },
  sentBytes: { head: print`→ payload`, cell: ({ directions }) => [bytesCell(directions.client.payloadBytes)] },
  receivedBytes: { head: print`← payload`, cell: ({ directions }) => [bytesCell(directions.server.payloadBytes)] },
  bytes: { head: print`payload`, cell: (summary) => [bytesCell(sum(summary, 'payloadBytes'))] },
  trip: { head: print`ping`, cell: tripCell, isSpare: true },
  activity: {
    head: print`activity`,
    cell: ({ activity }) => [activity ? sparkline(activity) : NOTHING],
    left: true,
    isSpare: true,
  },
  app: { head: print`app`, cell: ({ app }) => [app ? escapeText(app.protocol) : NOTHING], left: true, least: 9 },
  duration: { head: print`duration`, cell: (summary) => [durationText(summary) ?? NOTHING] },
  closed: { head: print`closed`, cell: closedCell, left: true },
  faults: {
    head: print`faults`,
    cell: (summary) => faultCells(summary)[0],
    within: faultsWithin,
    left: true,
    least: 10,
  },
} satisfies Record<string, Listed>;

type Name = keyof typeof LISTED;

/** What is shown: the first that fits. */
const LAYOUTS: readonly (readonly Name[])[] = [
  [
    ...(['number', 'client', 'server', 'target', 'sent', 'received', 'sentBytes', 'receivedBytes'] as const),
    ...(['trip', 'activity', 'duration', 'closed', 'faults'] as const),
  ],
  [
    ...(['number', 'client', 'server', 'sent', 'received', 'sentBytes', 'receivedBytes'] as const),
    ...(['trip', 'activity', 'duration', 'closed', 'faults'] as const),
  ],
  ['number', 'client', 'server', 'frames', 'bytes', 'trip', 'activity', 'duration', 'closed', 'faults'],
  ['number', 'client', 'server', 'sent', 'received', 'sentBytes', 'receivedBytes', 'duration', 'closed', 'faults'],
  ['number', 'client', 'server', 'sent', 'received', 'bytes', 'duration', 'closed', 'faults'],
  ['number', 'client', 'server', 'frames', 'bytes', 'trip', 'duration', 'closed', 'faults'],
  ['number', 'client', 'server', 'frames', 'bytes', 'duration', 'closed', 'faults'],
  ['number', 'client', 'server', 'frames', 'bytes', 'closed', 'faults'],
  ['number', 'client', 'server', 'frames', 'closed', 'faults'],
  ['number', 'client', 'frames', 'closed', 'faults'],
  ['number', 'client', 'closed', 'faults'],
  ['number', 'frames', 'closed', 'faults'],
  ['number', 'closed', 'faults'],
];

/** Before how it closed, where there is room for who it is. */
function withApp(layout: readonly Name[]): Name[] {
  return layout.flatMap((name): Name[] => (name === 'closed' && layout.includes('client') ? ['app', name] : [name]));
}

/** Round-trip times of pings: the median of the side that has more of them. */
function tripCell({ directions }: ConnectionSummary): LabelledPart {
  const pings = [...eachDirection(directions)].flatMap(([, { ping }]) => ping ?? []);
  const unanswered = [...eachDirection(directions)].reduce((n, [side]) => n + provenUnanswered(directions, side), 0);
  const [most] = pings.filter(({ times }) => times).sort((a, b) => b.answered - a.answered);
  if (most?.times !== undefined) {
    const text = secondsText(most.times.median);
    return unanswered > 0 ? [text, 'warning'] : [text];
  }
  return unanswered > 0 ? [print`none`, 'warning'] : [NOTHING];
}

function sum({ directions }: ConnectionSummary, name: keyof Counts): number {
  return [...eachDirection(directions)].reduce((total, [, counts]) => total + counts[name], 0);
}

function faultsWithin(summary: ConnectionSummary, width: number): LabelledPart {
  const cells = faultCells(summary);
  return cells.find(([text]) => displayWidth(text) <= width) ?? cells.at(-1)!;
}

interface Fitting extends Column, Pick<Listed, 'within' | 'isSpare'> {
  readonly least: number;
}

/** A line for each of them; without the server where it is the same for all, which is then shown above. */
export function drawLines(summaries: readonly ConnectionSummary[], hasOneServer: boolean, look: Look): Printable[] {
  const columns = new Map<Name, Fitting>();
  const columnOf = (name: Name): Fitting => {
    const made = columns.get(name) ?? fitting(LISTED[name], summaries);
    columns.set(name, made);
    return made;
  };
  const room = look.width + 2;
  let chosen: Fitting[] = [];
  const hasApps = summaries.some(({ app }) => app !== undefined);
  for (const layout of LAYOUTS) {
    chosen = (hasApps ? withApp(layout) : layout)
      .filter((name) => !(hasOneServer && name === 'server'))
      .map(columnOf)
      .filter(({ isSpare, cells }) => !isSpare || cells.some(([text]) => text !== NOTHING));
    if (gridWidth(chosen.map(narrowest)) <= room) break;
  }
  const fitted = widened(chosen, room).map(({ within, ...column }, i) => {
    if (within === undefined) return column;
    // Nothing follows the last column.
    if (look.isOpen) return { ...column, width: chosen[i]!.width };
    return { ...column, cells: summaries.map((summary) => within(summary, column.width)) };
  });
  const leads = summaries.map(() => print``);
  // Without the gap before the first column.
  return drawGrid(fitted, leads, look).map((line) => line.slice(2));
}

function fitting(listed: Listed, summaries: readonly ConnectionSummary[]): Fitting {
  const cells = summaries.map(listed.cell);
  const width = widest(listed.head, cells);
  return { ...listed, cells, width, least: Math.min(width, listed.least ?? width) };
}

function narrowest(column: Fitting): Fitting {
  return { ...column, width: column.least };
}

/** Gives what room is left to the columns that would take more, one after the other. */
function widened(columns: readonly Fitting[], room: number): Fitting[] {
  let left = room - gridWidth(columns.map(narrowest));
  return columns.map((column) => {
    const more = Math.max(0, Math.min(left, column.width - column.least));
    left -= more;
    return { ...column, width: column.least + more };
  });
}
