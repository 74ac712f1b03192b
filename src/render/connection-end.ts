import { CONNECTION_ROLES } from './theme.js';
import { durationOf, type ConnectionSummary } from '../rules/tally-summary.js';
import { Clock } from './clock.js';
import { closingParts, secondsText } from './connection-words.js';
import type { Look } from './layout.js';
import { LineBuffer } from './line-buffer.js';
import type { Part } from './connection-lines.js';
import { displayWidth, padEnd, truncate } from './width.js';

/** From so many columns on times have microseconds, as the lines of frames have. */
const WIDE = 80;

/** Draws the line that tells that a live connection has ended, and how: among the lines of its frames. */
export function connectionEnds(look: Look, since?: () => number | undefined): (summary: ConnectionSummary) => string {
  const clock = new Clock({ digits: look.width < WIDE ? 3 : 6, since });
  return (summary) => {
    const { connection, lastTime } = summary;
    const out = new LineBuffer();
    clock.write(lastTime, out);
    const number = padEnd(`#${connection}`, 3);
    const duration = durationOf(summary);
    const parts: Part[] = [
      ['ended', 'dim'],
      ...closingParts(summary),
      ...(duration === undefined || summary.endedBy !== undefined
        ? []
        : [[`open for ${secondsText(duration)}`, 'dim'] as const]),
    ];
    const role = CONNECTION_ROLES[connection % CONNECTION_ROLES.length]!;
    const lead = `${new TextDecoder().decode(out.take())} `;
    let room = look.isOpen ? Infinity : look.width - displayWidth(lead) - number.length - 2;
    const words: string[] = [];
    for (const [text, style] of parts) {
      const cut = truncate(text, room);
      if (cut === '') break;
      words.push(style ? look.theme[style](cut) : cut);
      room -= displayWidth(cut) + 2;
      if (room <= 0) break;
    }
    return `${lead}${look.theme[role](`${number} ↔`)} ${words.join('  ')}\n`;
  };
}
