import { connectionName } from '../../describe/connection-name.js';
import type { HeadChanges } from '../../traffic/legs/head-changes.js';
import type { LegEnds, ProxyLegs } from '../../traffic/legs/proxy-legs.js';
import { escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';
import { ARROW } from '../../describe/view.js';
import type { Look } from '../layout.js';
import { flow, row, type LabelledPart } from './lines.js';
import { secondsText } from './words.js';

/** What is known of a proxy of which both legs were captured. */
export function drawLegs(legs: ProxyLegs, look: Look): Printable[] {
  const { front, upstream, request, response } = legs;
  return [
    ...flow(print``, [[title(legs), 'title']], look),
    ...row(print`legs`, [[legText(front)], [legText(upstream)]], look),
    ...row(print`request`, changeParts(request), look),
    ...row(print`response`, changeParts(response), look),
    ...row(print`added`, addedParts(legs), look),
    ...row(print`closed`, closedParts(legs), look),
  ];
}

/** The same in a line. */
export function drawLegsLine(legs: ProxyLegs, look: Look): Printable[] {
  return flow(print``, [[title(legs)], ...addedParts(legs), ...closedParts(legs)], look);
}

function title({ front, upstream, provenBy }: ProxyLegs): Printable {
  const basis = provenBy === 'key' ? print`` : print`, by their messages: each has a handshake of its own`;
  return print`#${connectionName(front.connection)} is #${connectionName(upstream.connection)} on the other side${basis}`;
}

function legText({ connection, client, server }: LegEnds): Printable {
  return print`#${connectionName(connection)} ${escapeText(client)} → ${escapeText(server)}`;
}

/** What the proxy did to a head, a header each. */
function changeParts({ line, added, removed, changed }: HeadChanges): LabelledPart[] {
  const header = (sign: Printable, [name, value]: readonly [string, string]): LabelledPart => [
    print`${sign} ${escapeText(name)}: ${escapeText(value)}`,
  ];
  const parts: LabelledPart[] = [
    ...(line ? [changePart(print``, line.from, line.to)] : []),
    ...added.map((each) => header(print`+`, each)),
    ...removed.map((each) => header(print`-`, each)),
    ...changed.map(({ name, from, to }) => changePart(print`${escapeText(name)}: `, from, to)),
  ];
  return parts.length > 0 ? parts : [[print`as it came`, 'dim']];
}

function changePart(name: Printable, from: string, to: string): LabelledPart {
  return [print`≠ ${name}${escapeText(from)} → ${escapeText(to)}`];
}

function addedParts({ provenBy, added: { request, response } }: ProxyLegs): LabelledPart[] {
  const isByKey = provenBy === 'key';
  return [
    [print`${ARROW.client} ${secondsText(request)} to ${isByKey ? print`the request` : print`messages (median)`}`],
    [print`${ARROW.server} ${secondsText(response)} to ${isByKey ? print`the response` : print`messages (median)`}`],
  ];
}

function closedParts({ closedBy }: ProxyLegs): LabelledPart[] {
  return closedBy === undefined ? [] : [[print`first by the ${closedBy}`]];
}
