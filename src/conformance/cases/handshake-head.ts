import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Case } from '../case.js';
import { headBytes, plusHeader, valueOf, withHeaders, type HeadParts } from '../handshakes/heads.js';
import { judged, meet, requestCase, serverCase, type RequestSpec } from '../handshakes/probe.js';
import {
  EITHER,
  MUST_ACCEPT,
  MUST_REFUSE,
  RATHER_EITHER,
  SHOULD_ACCEPT,
  SHOULD_REFUSE,
  REPORTED,
  openingVerdict,
} from '../handshakes/ruling.js';

/** The request as HTTP/1.1 (RFC 9112): the layout and timing of its bytes. */

const KEY = 'Sec-WebSocket-Key';

/** The request with its key only inside another header's value, after `glue`. */
function smuggled(head: HeadParts, glue: string): HeadParts {
  return { ...withHeaders(head, { [KEY]: undefined, 'X-Other': `a${glue}${KEY}: ${valueOf(head, KEY)}` }) };
}

const NAMES: readonly RequestSpec[] = [
  {
    id: 'names-lower-case',
    rfc: 'RFC 9110 §5.1',
    ruling: MUST_ACCEPT,
    title: 'All header names are in lower case',
    request: (head) => ({ ...head, headers: head.headers.map(([name, value]) => [name.toLowerCase(), value]) }),
  },
  {
    id: 'names-odd-case',
    rfc: 'RFC 9110 §5.1',
    ruling: MUST_ACCEPT,
    title: 'Header names are in odd case: sEC-wEBsOCKET-kEY',
    request: (head) => ({ ...head, headers: head.headers.map(([name, value]) => [oddCase(name), value]) }),
  },
  {
    id: 'header-unknown',
    rfc: 'RFC 6455 §4.2.1',
    ruling: MUST_ACCEPT,
    title: 'There is an unknown header',
    request: (head) => plusHeader(head, 'X-Wsinspect-Unknown', 'a "b", c=d; (e)'),
  },
  {
    id: 'space-before-colon',
    rfc: 'RFC 9112 §5.1',
    ruling: MUST_REFUSE,
    title: 'A space between a header name and its colon',
    request: (head) => plusHeader(head, 'X-Other ', 'a'),
  },
  {
    id: 'colon-absent',
    rfc: 'RFC 9112 §2.2',
    ruling: SHOULD_REFUSE,
    title: 'A header line has no colon',
    request: (head) => replaced(plusHeader(head, 'X-Other', 'a'), 'X-Other: a', 'X-Other a'),
  },
];

function oddCase(name: string): string {
  return name.replace(/[a-zA-Z]/g, (char) => (char < 'a' ? char.toLowerCase() : char.toUpperCase()));
}

function replaced(head: HeadParts, what: string, by: string): Uint8Array {
  return encodeUtf8(textOf(head).replace(what, by));
}

function textOf({ line, headers }: HeadParts): string {
  return [line, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
}

const VALUES: readonly RequestSpec[] = [
  {
    id: 'key-blanks',
    rfc: 'RFC 9112 §5.1',
    ruling: MUST_ACCEPT,
    title: 'Blanks around Sec-WebSocket-Key, which are not part of it',
    expected: 'the server accepts it, with the accept value of the key without blanks',
    request: (head) => withHeaders(head, { [KEY]: ` \t${valueOf(head, KEY)} \t` }),
    also: judged(/^response-accept-/),
  },
  {
    id: 'fold',
    rfc: 'RFC 9112 §5.2',
    ruling: EITHER,
    title: 'An unknown header is folded over two lines',
    request: (head) => plusHeader(head, 'X-Other', 'a\r\n b'),
  },
  {
    id: 'fold-key',
    rfc: 'RFC 9112 §5.2',
    ruling: EITHER,
    title: 'Sec-WebSocket-Key is on a separate folded line',
    expected: 'the server refuses it, or reads it as one line and accepts it with the accept value of this key',
    request: (head) => withHeaders(head, { [KEY]: `\r\n ${valueOf(head, KEY)}` }),
    also: judged(/^response-accept-/),
  },
  {
    id: 'fold-smuggled',
    rfc: 'RFC 9112 §5.2',
    ruling: MUST_REFUSE,
    title: 'The only key is on the folded line of another header, and is part of that one',
    request: (head) => smuggled(head, '\r\n '),
  },
  {
    id: 'leading-blank',
    rfc: 'RFC 9112 §2.2',
    ruling: MUST_REFUSE,
    title: 'The only key is on a first header line that begins with a blank, which is ignored',
    request: (head) => {
      const headers = head.headers.filter(([name]) => name.toLowerCase() !== KEY.toLowerCase());
      return { ...head, headers: [[` ${KEY}`, valueOf(head, KEY)], ...headers] };
    },
  },
  {
    id: 'bare-cr',
    rfc: 'RFC 9112 §2.2',
    ruling: MUST_REFUSE,
    title: 'The only key follows a bare CR in another header, which does not end a line',
    request: (head) => smuggled(head, '\r'),
  },
  {
    id: 'nul',
    rfc: 'RFC 9110 §5.5',
    ruling: MUST_REFUSE,
    title: 'A NUL in Upgrade: websocket, NUL, x',
    request: (head) => withHeaders(head, { Upgrade: 'websocket\0x' }),
  },
  {
    id: 'nul-unknown',
    rfc: 'RFC 9110 §5.5',
    ruling: EITHER,
    title: 'A NUL in an unknown header',
    request: (head) => plusHeader(head, 'X-Other', 'a\0b'),
  },
];

const LINES: readonly RequestSpec[] = [
  {
    id: 'leading-line',
    rfc: 'RFC 9112 §2.2',
    ruling: SHOULD_ACCEPT,
    title: 'An empty line before the request',
    request: (head) => encodeUtf8(`\r\n${textOf(head)}`),
  },
  {
    id: 'bare-lf',
    rfc: 'RFC 9112 §2.2',
    ruling: REPORTED,
    title: 'All lines end with a bare LF, which a server may accept',
    // A server that waits for CRLF has no request yet.
    seconds: 1,
    request: (head) => encodeUtf8(textOf(head).replaceAll('\r\n', '\n')),
  },
  {
    id: 'byte-by-byte',
    rfc: 'RFC 6455 §4.2.1',
    ruling: MUST_ACCEPT,
    title: 'The request comes byte by byte',
    request: headBytes,
    chop: 1,
  },
];

const LARGE =
  'the server accepts it, or refuses it with 4xx as 431, or ends the connection; it does not leave it hanging';

const SIZES: readonly RequestSpec[] = [
  {
    id: 'header-large',
    rfc: 'RFC 9110 §5.4',
    ruling: EITHER,
    title: 'A header has 100 000 bytes',
    expected: LARGE,
    request: (head) => plusHeader(head, 'X-Large', 'x'.repeat(100_000)),
  },
  {
    id: 'headers-many',
    rfc: 'RFC 9110 §5.4',
    ruling: EITHER,
    title: 'There are 2000 headers',
    expected: LARGE,
    request: (head) => ({
      ...head,
      headers: [...head.headers, ...Array.from({ length: 2000 }, (_, i) => [`X-${i}`, 'x'] as const)],
    }),
  },
  {
    id: 'head-endless',
    rfc: 'RFC 9110 §17.5',
    ruling: { ...RATHER_EITHER, accepted: 'NON-STRICT' },
    title: 'A head of 8 MiB does not end',
    expected: 'the server refuses it at some size, or ends the connection',
    traits: ['unsafe'],
    chop: 65_536,
    request: (head) => headBytes(plusHeader(head, 'X-Endless', 'x'.repeat(8 * 1024 * 1024))).subarray(0, -4),
  },
];

/** TCP ends in the middle of the request. */
const CUT = serverCase(
  {
    id: 'handshake.head-cut',
    rfc: 'RFC 9112 §8',
    ruling: SHOULD_REFUSE,
    title: 'The request ends in its middle, and so does TCP',
    expected: 'the server ends the connection, or answers with 4xx',
  },
  async (bench) => {
    const bytes = headBytes(bench.head());
    const { outcome, actual } = await meet(bench, bytes.subarray(0, bytes.length >> 1), { ending: true });
    return openingVerdict(SHOULD_REFUSE[outcome], actual);
  },
);

export const HEAD_CASES: readonly Case[] = [
  ...[...NAMES, ...VALUES, ...LINES, ...SIZES].map((spec) => requestCase({ ...spec, id: `handshake.${spec.id}` })),
  CUT,
];
