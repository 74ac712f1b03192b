import { largest } from '../../codec/bytes/lists.js';
import { escapeText } from '../../describe/escape.js';
import type { ComparedTransport } from '../../traffic/run-records/compared-transport.js';
import { grouped } from './words.js';
import type { Look } from '../layout.js';
import { padEnd, padStart } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

const COLUMNS: readonly (readonly [head: Printable, cell: (figures: ComparedTransport) => Printable])[] = [
  [print`messages`, ({ messages }) => grouped(messages)],
  [print`requests`, ({ requests }) => grouped(requests)],
  [print`bytes up`, ({ bytesUp }) => grouped(bytesUp)],
  [print`bytes down`, ({ bytesDown }) => grouped(bytesDown)],
  [print`overhead`, ({ overheadPerMessage }) => print`${grouped(Math.round(overheadPerMessage))} B`],
  [print`delay`, ({ delayMedianMs }) => print`${escapeText(delayMedianMs.toFixed(1))} ms`],
  [print`at most`, ({ delayMaxMs }) => print`${escapeText(delayMaxMs.toFixed(1))} ms`],
];
const NAME_WIDTH = 14;
const WIDEST_BAR = 60;
/** Eighths of a column. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** The same conversation over several transports: a table, and a bar for the overhead of each. */
export function drawComparison(transports: readonly ComparedTransport[], { theme, width }: Look): Printable {
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
  const row = (name: Printable, at: number): Printable =>
    print`${padEnd(escapeText(name), NAME_WIDTH)}${joined(
      cells.slice(0, fitting).map((column) => print`  ${column[at]!}`),
    )}`;
  const most = largest(
    transports.map(({ overheadPerMessage }) => overheadPerMessage),
    1,
  );
  const room = Math.min(WIDEST_BAR, Math.max(10, width - NAME_WIDTH - 12));
  const bar = ({ name, overheadPerMessage }: ComparedTransport): Printable => {
    const eighths = Math.max(1, Math.round((overheadPerMessage / most) * room * 8));
    const drawn = print`${print`█`.repeat(eighths >> 3)}${PARTS[(eighths & 7) as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7]}`;
    return print`${padEnd(escapeText(name), NAME_WIDTH)}  ${theme.flow0(drawn)} ${grouped(Math.round(overheadPerMessage))} B`;
  };
  return joined(
    [
      theme.dim(row(print``, 0)),
      ...transports.map(({ name }, i) => row(escapeText(name), i + 1)),
      print``,
      theme.dim(print`bytes on the wire for each message, without the message itself`),
      ...transports.map(bar),
      print``,
    ],
    print`\n`,
  );
}
