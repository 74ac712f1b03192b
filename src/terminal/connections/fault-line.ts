import { escapeText } from '../../describe/escape.js';
import type { RelayFault } from '../../traffic/run-records/relay-fault.js';
import { Clock } from '../clock.js';
import { ARROW } from './words.js';
import type { Look } from '../layout.js';
import { LineBuffer } from '../../describe/line-buffer.js';
import { CONNECTION_ROLES } from '../theme.js';
import { displayWidth, padEnd, truncate } from '../width.js';
import { print, type Printable } from '../../describe/printable.js';

/** From so many columns on times have microseconds, as the lines of frames have. */
const WIDE = 80;

/** Draws the line that tells what was done to a frame on purpose: behind the frame's own. */
export function faultLines(look: Look, since?: () => number | undefined): (fault: RelayFault) => Printable {
  const clock = new Clock({ digits: look.width < WIDE ? 3 : 6, since });
  const { theme } = look;
  return ({ time, connection, direction, fault, index, message }) => {
    const out = new LineBuffer();
    clock.write(time, out);
    const role = CONNECTION_ROLES[connection % CONNECTION_ROLES.length]!;
    const lead = print`${out.takeText()} `;
    const number = print`${padEnd(print`#${connection}`, 3)} ${ARROW[direction]}`;
    const room = look.isOpen ? Infinity : look.width - displayWidth(print`${lead}${number} `);
    const words = truncate(print`fault      ${fault}  frame ${index}: ${escapeText(message)}`, room);
    return print`${lead}${theme[role](number)} ${theme.warning(words)}\n`;
  };
}

/** The same as a record of `--json`. */
export function faultRecord({ time, connection, direction, fault, index, message }: RelayFault): object {
  return { type: 'fault', connection, direction, time, fault, index, message };
}
