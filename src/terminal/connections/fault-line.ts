import { escapeText } from '../../describe/escape.js';
import type { RelayFault } from '../../traffic/run-records/relay-fault.js';
import { ARROW } from '../../describe/view.js';
import { connectionMark, lineClock } from '../line-lead.js';
import { openRoom, type Look } from '../layout.js';
import { displayWidth, truncate } from '../width.js';
import { print, type Printable } from '../../describe/printable.js';

/** Draws the line that reports what was done to a frame on purpose, after the frame's own, or that a request was refused here. */
export function faultLines(look: Look, since?: () => number | undefined): (fault: RelayFault) => Printable {
  const clock = lineClock(look, since);
  const { theme } = look;
  return (record) => {
    const { time, direction, fault, index, message } = record;
    const lead = print`${clock.text(time)} ${connectionMark(look, record, ARROW[direction])} `;
    const room = openRoom(look, look.width - displayWidth(lead));
    const what = index === undefined ? print`refused by the proxy` : print`fault      ${fault}  frame ${index}`;
    const words = truncate(print`${what}: ${escapeText(message)}`, room);
    return print`${lead}${theme.warning(words)}\n`;
  };
}

/** The same as a record of `--json`. */
export function faultRecord({ time, connection, direction, fault, index, message }: RelayFault): object {
  return { type: 'fault', connection, direction, time, fault, ...(index !== undefined && { index }), message };
}
