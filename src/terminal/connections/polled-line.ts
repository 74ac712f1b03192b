import type { Polled } from '../../traffic/run-records/polled.js';
import { bytesCell, secondsText } from './words.js';
import { escapeText } from '../../describe/escape.js';
import { ARROW } from '../../describe/view.js';
import { openRoom, type Look } from '../layout.js';
import { LEAST_NUMBER, lineClock } from '../line-lead.js';
import { displayWidth, truncate } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

const GAP = print`  `;
/** Where the lines of frames have a connection's number. */
const NO_NUMBER = print` `.repeat(LEAST_NUMBER + 1);
/** Rather than cut a target below that, figures are left out. */
const SHORTEST = 24;

/** Draws the line of a request for polling, with its answer: among the lines of frames. */
export function polledLines(look: Look, since?: () => number | undefined): (polled: Polled) => Printable {
  const clock = lineClock(look, since);
  const { theme } = look;
  return (polled) => {
    // As all lines do, it has the time at which it is printed.
    const lead = print`${clock.text(polled.time + polled.duration)} ${NO_NUMBER}${ARROW.both} http  `;
    const request = escapeText(`${polled.method} ${polled.target}`);
    const status = polled.status === undefined ? print`gone` : print`${polled.status}`;
    const room = openRoom(look, look.width - displayWidth(print`${lead}${GAP}${status}`));
    const figures = fitting(figuresOf(polled), room - Math.min(SHORTEST, displayWidth(request)));
    const asked = truncate(request, room - displayWidth(figures));
    const isFine = polled.status !== undefined && polled.status < 400;
    return print`${lead}${asked}${GAP}${theme[isFine ? 'ok' : 'warning'](status)}${theme.dim(figures)}\n`;
  };
}

/** The first that fits of: all of them, without the bytes, without the messages too, nothing. */
function fitting(figures: readonly Printable[], room: number): Printable {
  const texts = figures.map((_, from) => joined(figures.slice(from).map((text) => print`${GAP}${text}`)));
  return texts.find((text) => displayWidth(text) <= room) ?? print``;
}

/** The same as a record of `--json`, which has no bytes of it. */
export function polledRecord({ time, client, ...rest }: Polled): object {
  return { type: 'request', time, client, ...rest, exchange: undefined };
}

const sizeOf = (bytes: number): Printable => (bytes === 0 ? print`0 B` : bytesCell(bytes));

/** The value with the least room comes first. */
function figuresOf({ messages, requestBytes, responseBytes, duration }: Polled): Printable[] {
  return [
    print`→ ${sizeOf(requestBytes)} ← ${sizeOf(responseBytes)}`,
    ...(messages === undefined ? [] : [messages === 1 ? print`1 message` : print`${messages} messages`]),
    secondsText(duration),
  ];
}
