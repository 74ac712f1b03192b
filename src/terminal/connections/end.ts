import { eachDirection, durationOf, type ConnectionSummary } from '../../traffic/tally/summary.js';
import { provenCloser } from '../../traffic/tally/proven.js';
import { isQuietClose } from '../../traffic/tally/close-codes.js';
import { isOfConnection } from '../../rules/causes/catalogue.js';
import { whyLines } from './why.js';
import type { LabelledPart } from './lines.js';
import { closedCell, closingParts, grouped, secondsText } from './words.js';
import { ARROW } from '../../describe/view.js';
import { openRoom, type Look } from '../layout.js';
import { connectionMark, lineClock } from '../line-lead.js';
import { displayWidth, truncate } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

const GAP = print`  `;
const WHY_INDENT = 6;

/** Draws the line that reports that a live connection has ended, and how: among the lines of its frames. */
export function connectionEnds(
  look: Look,
  since?: () => number | undefined,
): (summary: ConnectionSummary) => Printable {
  const clock = lineClock(look, since);
  return (summary) => {
    const lead = print`${clock.text(summary.lastTime)} ${connectionMark(look, summary, ARROW.both)} `;
    const room = openRoom(look, look.width - displayWidth(lead));
    const why =
      summary.cause && isOfConnection(summary.cause.code) ? whyLines(summary.cause, WHY_INDENT, look) : print``;
    return print`${lead}${drawn(fitting(summary, room), look, room)}\n${why}`;
  };
}

/** All that there is to say; in a few columns the code, who, how long and how much: the close frame has its own line. */
function fitting(summary: ConnectionSummary, room: number): LabelledPart[] {
  const all = [ENDED, ...closingParts(summary), ...openFor(summary), ...framesOf(summary)];
  const width = all.reduce((sum, [text]) => sum + displayWidth(text) + GAP.length, -GAP.length);
  if (width <= room) return all;
  const duration = durationOf(summary);
  const time: LabelledPart[] = duration === undefined ? [] : [[secondsText(duration), 'dim']];
  return [ENDED, shortEnd(summary), ...time, ...framesOf(summary)];
}

const ENDED: LabelledPart = [print`ended`, 'dim'];

/** Which end ended TCP is reported with the time. */
function openFor(summary: ConnectionSummary): LabelledPart[] {
  const duration = durationOf(summary);
  if (duration === undefined || summary.endedBy !== undefined) return [];
  return [[print`open for ${secondsText(duration)}`, 'dim']];
}

function shortEnd(summary: ConnectionSummary): LabelledPart {
  const { closedBy, closeCode, ended, endedBy } = summary;
  if (closedBy !== undefined) {
    const text = print`${closeCode ?? print`?`} ${provenCloser(summary) === undefined ? print`from` : print`by`} the ${closedBy}`;
    return isQuietClose(closeCode) ? [text] : [text, 'warning'];
  }
  if (closeCode === undefined || endedBy === undefined) return closedCell(summary);
  return [print`${closeCode} ${ended === 'reset' ? print`RST` : print`FIN`} by the ${endedBy}`, 'warning'];
}

/** `→ 12 ← 3 frames`; nothing of a handshake that was refused. */
function framesOf({ directions, handshake }: ConnectionSummary): LabelledPart[] {
  if (handshake?.upgraded !== true) return [];
  const counts = [...eachDirection(directions)].map(([by, { frames }]) => print`${ARROW[by]} ${grouped(frames)}`);
  return [[print`${joined(counts, print` `)} frames`, 'dim']];
}

/** The last part that has room is cut. */
function drawn(parts: readonly LabelledPart[], { theme }: Look, width: number): Printable {
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
