import { largest } from '../codec/lists.js';
import type { ComparedTransport } from '../rules/compared-transport.js';
import { grouped } from './connection-words.js';
import type { Look } from './layout.js';
import { padEnd, padStart } from './width.js';

const COLUMNS: readonly (readonly [head: string, cell: (figures: ComparedTransport) => string])[] = [
  ['messages', ({ messages }) => grouped(messages)],
  ['requests', ({ requests }) => grouped(requests)],
  ['bytes up', ({ bytesUp }) => grouped(bytesUp)],
  ['bytes down', ({ bytesDown }) => grouped(bytesDown)],
  ['overhead', ({ overheadPerMessage }) => `${grouped(Math.round(overheadPerMessage))} B`],
  ['delay', ({ delayMedianMs }) => `${delayMedianMs.toFixed(1)} ms`],
  ['at most', ({ delayMaxMs }) => `${delayMaxMs.toFixed(1)} ms`],
];
const NAME_WIDTH = 14;
const WIDEST_BAR = 60;
/** Eighths of a column. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** The same conversation over several transports: a table, and a bar for the overhead of each. */
export function drawComparison(transports: readonly ComparedTransport[], { theme, width }: Look): string {
  const cells = COLUMNS.map(([head, cell]) => {
    const texts = transports.map(cell);
    const room = largest(
      texts.map((text) => text.length),
      head.length,
    );
    return [head, ...texts].map((text) => padStart(text, room));
  });
  // What does not fit is left out from the right: the last columns say least.
  let fitting = cells.length;
  const widthOf = (count: number): number =>
    cells.slice(0, count).reduce((sum, [head]) => sum + 2 + head!.length, NAME_WIDTH);
  while (fitting > 1 && widthOf(fitting) > width) fitting--;
  const row = (name: string, at: number): string =>
    padEnd(name, NAME_WIDTH) +
    cells
      .slice(0, fitting)
      .map((column) => `  ${column[at]}`)
      .join('');
  const most = largest(
    transports.map(({ overheadPerMessage }) => overheadPerMessage),
    1,
  );
  const room = Math.min(WIDEST_BAR, Math.max(10, width - NAME_WIDTH - 12));
  const bar = ({ name, overheadPerMessage }: ComparedTransport): string => {
    const eighths = Math.max(1, Math.round((overheadPerMessage / most) * room * 8));
    const drawn = '█'.repeat(eighths >> 3) + PARTS[eighths & 7]!;
    return `${padEnd(name, NAME_WIDTH)}  ${theme.flow0(drawn)} ${grouped(Math.round(overheadPerMessage))} B`;
  };
  return [
    theme.dim(row('', 0)),
    ...transports.map(({ name }, i) => row(name, i + 1)),
    '',
    theme.dim('bytes on the wire for each message, without the message itself'),
    ...transports.map(bar),
    '',
  ].join('\n');
}
