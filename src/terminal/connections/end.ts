import { eachDirection, durationOf, type ConnectionSummary } from '../../traffic/tally/summary.js';
import { isQuietClose } from '../../traffic/tally/run.js';
import { Clock } from '../clock.js';
import type { Part } from './lines.js';
import { ARROW, closedCell, closingParts, grouped, secondsText } from './words.js';
import type { Look } from '../layout.js';
import { LineBuffer } from '../../describe/line-buffer.js';
import { CONNECTION_ROLES } from '../theme.js';
import { displayWidth, padEnd, truncate } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

/** From so many columns on times have microseconds, as the lines of frames have. */
const WIDE = 80;
const GAP = print`  `;

/** Draws the line that tells that a live connection has ended, and how: among the lines of its frames. */
export function connectionEnds(
  look: Look,
  since?: () => number | undefined,
): (summary: ConnectionSummary) => Printable {
  const clock = new Clock({ digits: look.width < WIDE ? 3 : 6, since });
  return (summary) => {
    const { connection, lastTime } = summary;
    const out = new LineBuffer();
    clock.write(lastTime, out);
    const number = padEnd(print`#${connection}`, 3);
    const role = CONNECTION_ROLES[connection % CONNECTION_ROLES.length]!;
    const lead = print`${out.takeText()} `;
    const room = look.isOpen ? Infinity : look.width - displayWidth(lead) - number.length - 3;
    return print`${lead}${look.theme[role](print`${number} ↔`)} ${drawn(fitting(summary, room), look, room)}\n`;
  };
}

/** All that there is to say; in a few columns the code, who, how long and how much: the close frame has its own line. */
function fitting(summary: ConnectionSummary, room: number): Part[] {
  const all = [ENDED, ...closingParts(summary), ...openFor(summary), ...framesOf(summary)];
  const width = all.reduce((sum, [text]) => sum + displayWidth(text) + GAP.length, -GAP.length);
  if (width <= room) return all;
  const duration = durationOf(summary);
  const time: Part[] = duration === undefined ? [] : [[secondsText(duration), 'dim']];
  return [ENDED, shortEnd(summary), ...time, ...framesOf(summary)];
}

const ENDED: Part = [print`ended`, 'dim'];

/** Who ended TCP is told with the time. */
function openFor(summary: ConnectionSummary): Part[] {
  const duration = durationOf(summary);
  if (duration === undefined || summary.endedBy !== undefined) return [];
  return [[print`open for ${secondsText(duration)}`, 'dim']];
}

function shortEnd(summary: ConnectionSummary): Part {
  const { closedBy, closeCode, ended, endedBy } = summary;
  if (closedBy !== undefined) {
    const text = print`${closeCode ?? print`?`} by the ${closedBy}`;
    return isQuietClose(closeCode) ? [text] : [text, 'warning'];
  }
  if (closeCode === undefined || endedBy === undefined) return closedCell(summary);
  return [print`${closeCode} ${ended === 'reset' ? print`RST` : print`FIN`} by the ${endedBy}`, 'warning'];
}

/** `→ 12 ← 3 frames`; nothing of a handshake that was refused. */
function framesOf({ directions, handshake }: ConnectionSummary): Part[] {
  if (handshake?.upgraded !== true) return [];
  const counts = [...eachDirection(directions)].map(([by, { frames }]) => print`${ARROW[by]} ${grouped(frames)}`);
  return [[print`${joined(counts, print` `)} frames`, 'dim']];
}

/** The last part that has room is cut. */
function drawn(parts: readonly Part[], { theme }: Look, width: number): Printable {
  const words: Printable[] = [];
  let room = width;
  for (const [text, style] of parts) {
    if (room <= 1) break;
    const cut = truncate(text, room);
    words.push(style ? theme[style](cut) : cut);
    room -= displayWidth(cut) + GAP.length;
  }
  return joined(words, GAP);
}
