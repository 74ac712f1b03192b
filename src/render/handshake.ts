import { formatExtensions } from '../codec/extensions.js';
import type { Handshake } from '../codec/handshake.js';
import type { Head } from '../codec/http1.js';
import { escapeText } from './escape.js';
import { hexOffset, INDENT, spread, type Look } from './layout.js';
import { padEnd, truncate } from './width.js';

const LABEL_WIDTH = 13;

/** The opening handshake: both heads as they came, and what they agreed on. Judgements stand below it. */
export function drawHandshake(handshake: Handshake, look: Look): string[] {
  const { theme } = look;
  const start = (handshake.request ?? handshake.response)?.span.start ?? 0;
  return [
    spread(theme.title(handshakeLine(handshake)), theme.dim(`at ${hexOffset(start)}`), look.width),
    ...drawHead('request', handshake.request, look),
    ...drawHead('response', handshake.response, look),
    ...agreed(handshake).map(([label, value, good]) => {
      const paint = good === undefined ? theme.payload : good ? theme.ok : theme.error;
      return `${INDENT}${padEnd(label, LABEL_WIDTH)}${paint(fit(value, look))}`;
    }),
  ];
}

function fit(text: string, look: Look): string {
  return truncate(escapeText(text), Math.max(20, look.width - INDENT.length - LABEL_WIDTH));
}

function drawHead(label: string, head: Head | undefined, look: Look): string[] {
  if (!head) return [];
  const indent = INDENT + ' '.repeat(LABEL_WIDTH);
  const lines = head.headers.map(({ name, value }) => {
    const line = fit(`${name}: ${value}`, look);
    const colon = Math.min(line.length, escapeText(name).length + 1);
    return `${indent}${look.theme.dim(line.slice(0, colon))}${line.slice(colon)}`;
  });
  return [`${INDENT}${padEnd(label, LABEL_WIDTH)}${look.theme.accent(fit(head.line, look))}`, ...lines];
}

type Agreement = readonly [label: string, value: string, good?: boolean | undefined];

function agreed(handshake: Handshake): Agreement[] {
  const { key, accept, expectedAccept, subprotocol, extensions } = handshake;
  const rows: Agreement[] = [];
  if (key !== undefined) rows.push(['key', key]);
  if (accept !== undefined) {
    const good = expectedAccept === undefined ? undefined : accept === expectedAccept;
    const verdict = good === undefined ? '' : good ? ', as the key asks' : `, but the key asks for ${expectedAccept}`;
    rows.push(['accept', accept + verdict, good]);
  } else if (expectedAccept !== undefined) rows.push(['accept', `${expectedAccept} is what the server has to answer`]);
  if (subprotocol !== undefined) rows.push(['subprotocol', subprotocol]);
  if (extensions.length > 0) rows.push(['extensions', formatExtensions(extensions)]);
  return rows;
}

/** The handshake in a line: what was asked for, and the answer. */
export function handshakeLine({ request, response, subprotocol, extensions }: Handshake): string {
  const parts = [
    'handshake',
    ...(request ? [`${request.method} ${request.target}`] : []),
    ...(response ? [`${response.status ?? '?'} ${response.reason}`.trim()] : ['no response seen']),
    ...(subprotocol === undefined ? [] : [subprotocol]),
    ...extensions.map(({ name }) => name),
  ];
  return escapeText(parts.join('  '));
}
