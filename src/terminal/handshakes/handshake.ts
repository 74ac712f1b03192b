import { formatExtensions } from '../../codec/handshake/extensions.js';
import type { Handshake } from '../../codec/handshake/handshake.js';
import { count } from '../layout.js';
import type { Head, ResponseHead } from '../../codec/http1/head.js';
import { escapeText } from '../../describe/escape.js';
import { drawTitle, hexOffset, INDENT, openRoom, type Look } from '../layout.js';
import { padEnd, truncate, wrap } from '../width.js';
import { joined, print, type Printable } from '../../describe/printable.js';

const LABEL_WIDTH = 13;

/** The opening handshake: both heads as they came, and what they agreed on. Judgements follow it. `origin` ends the title. */
export function drawHandshake(handshake: Handshake, look: Look, origin: readonly Printable[] = []): Printable[] {
  const { theme } = look;
  const start = (handshake.request ?? handshake.response)?.span.start ?? 0;
  return [
    ...drawTitle([...handshakeWords(handshake), ...origin], print`at ${hexOffset(start)}`, look),
    ...drawHead(print`request`, handshake.request, look),
    ...drawHead(print`response`, handshake.response, look),
    ...agreed(handshake).flatMap(([label, value, good]) => {
      const paint = good === undefined ? theme.payload : good ? theme.ok : theme.error;
      const lines = wrap(escapeText(value), room(look)).map((line) => paint(truncate(line, room(look))));
      return lines.map((line, i) => print`${INDENT}${padEnd(i === 0 ? label : print``, LABEL_WIDTH)}${line}`);
    }),
  ];
}

function fit(text: string, look: Look): Printable {
  return truncate(escapeText(text), room(look));
}

function room(look: Look): number {
  return openRoom(look, Math.max(20, look.width - INDENT.length - LABEL_WIDTH));
}

function drawHead(label: Printable, head: Head | undefined, look: Look): Printable[] {
  if (!head) return [];
  const indent = print`${INDENT}${print` `.repeat(LABEL_WIDTH)}`;
  const lines = head.headers.map(({ name, value }) => {
    const line = fit(`${name}: ${value}`, look);
    const colon = Math.min(line.length, escapeText(name).length + 1);
    return print`${indent}${look.theme.dim(line.slice(0, colon))}${line.slice(colon)}`;
  });
  const { unknown = 0 } = head.http2 ?? {};
  // The compression table holds them, and the part of it that they are in was not captured.
  if (unknown > 0) lines.push(print`${indent}${look.theme.dim(print`${count(unknown, 'field')} not known`)}`);
  return [print`${INDENT}${padEnd(label, LABEL_WIDTH)}${look.theme.accent(fit(head.line, look))}`, ...lines];
}

type Agreement = readonly [label: Printable, value: string, good?: boolean | undefined];

function agreed(handshake: Handshake): Agreement[] {
  const { key, accept, expectedAccept, subprotocol, extensions } = handshake;
  const rows: Agreement[] = [];
  if (key !== undefined) rows.push([print`key`, key]);
  if (accept !== undefined) {
    const good = expectedAccept === undefined ? undefined : accept === expectedAccept;
    const verdict = good === undefined ? '' : good ? ', as the key asks' : `, but the key asks for ${expectedAccept}`;
    rows.push([print`accept`, accept + verdict, good]);
  } else if (expectedAccept !== undefined) rows.push([print`accept`, `the server has to answer ${expectedAccept}`]);
  if (subprotocol !== undefined) rows.push([print`subprotocol`, subprotocol]);
  if (extensions.length > 0) rows.push([print`extensions`, formatExtensions(extensions)]);
  return rows;
}

const statusNotSeen = ({ hasStartLine }: ResponseHead): string => (hasStartLine ? '?' : 'status not seen');

/** The handshake in a few words: the request, and the answer. */
export function handshakeWords({ request, response, subprotocol, extensions }: Handshake): Printable[] {
  const words = [
    'handshake',
    ...(request ? [`${request.method} ${request.target}`.trim()].filter((words) => words !== '') : []),
    ...(response ? [`${response.status ?? statusNotSeen(response)} ${response.reason}`.trim()] : ['no response seen']),
    ...(subprotocol === undefined ? [] : [subprotocol]),
    ...extensions.map(({ name }) => name),
  ];
  return words.map((word) => escapeText(word));
}

/** The same in one line. */
export function handshakeLine(handshake: Handshake): Printable {
  return joined(handshakeWords(handshake), print`  `);
}
