import type { Case } from '../case.js';
import type { ConnectedClient } from '../bench/client-bench.js';
import { plusHeader, valueOf, withHeaders } from '../handshakes/heads.js';
import { answerCase, offeredProtocol, type AnswerSpec } from '../handshakes/probe-client.js';
import { MUST_ACCEPT, MUST_REFUSE, RATHER_EITHER, REPORTED, type Ruling } from '../handshakes/ruling.js';

/** What a client has to check in an answer before it continues (RFC 6455 §4.1). */

const CHECKING = 'RFC 6455 §4.1';
const ACCEPT = 'Sec-WebSocket-Accept';
const PROTOCOL = 'Sec-WebSocket-Protocol';
const EXTENSIONS = 'Sec-WebSocket-Extensions';

type Change = Readonly<Record<string, string | undefined>>;

/** A 101 with other headers: without `undefined`, instead of those of the same name. */
function other(id: string, ruling: Ruling, title: string, change: Change, rfc = CHECKING): AnswerSpec {
  return { id, rfc, ruling, title, answer: (head) => withHeaders(head, change) };
}

/** The accept value, changed. */
function accept(id: string, ruling: Ruling, title: string, change: (value: string) => string): AnswerSpec {
  const answer: AnswerSpec['answer'] = (head) => withHeaders(head, { [ACCEPT]: change(valueOf(head, ACCEPT)) });
  return { id, rfc: CHECKING, ruling, title, answer };
}

/** A well-formed value that is never correct. */
const WRONG = 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=';

const ACCEPTS: readonly AnswerSpec[] = [
  other('accept-absent', MUST_REFUSE, 'There is no Sec-WebSocket-Accept', { [ACCEPT]: undefined }),
  other('accept-empty', MUST_REFUSE, 'Sec-WebSocket-Accept is empty', { [ACCEPT]: '' }),
  other('accept-wrong', MUST_REFUSE, 'Sec-WebSocket-Accept is that of another key', { [ACCEPT]: WRONG }),
  accept('accept-odd-case', MUST_REFUSE, 'Sec-WebSocket-Accept has its letters in the other case', (value) =>
    value.replace(/[a-zA-Z]/g, (char) => (char < 'a' ? char.toLowerCase() : char.toUpperCase())),
  ),
  accept('accept-shortened', MUST_REFUSE, 'Sec-WebSocket-Accept lacks its last characters', (value) =>
    value.slice(0, 10),
  ),
  accept(
    'accept-longer',
    MUST_REFUSE,
    'Sec-WebSocket-Accept has more characters after the value',
    (value) => `${value}AAAA`,
  ),
  {
    ...accept('accept-key', MUST_REFUSE, 'Sec-WebSocket-Accept is the key itself', () => ''),
    answer: (head, _bench, { request }) =>
      withHeaders(head, {
        [ACCEPT]: valueOf(
          { line: '', headers: request.headers.map(({ name, value }) => [name, value]) },
          'Sec-WebSocket-Key',
        ),
      }),
  },
  {
    ...accept(
      'accept-twice',
      MUST_REFUSE,
      'There are two Sec-WebSocket-Accept headers: the right one, a wrong one',
      String,
    ),
    rfc: 'RFC 6455 §4.1, §11.3.3',
    answer: (head) => plusHeader(head, ACCEPT, WRONG),
  },
  accept('accept-blanks', MUST_ACCEPT, 'Blanks around Sec-WebSocket-Accept', (value) => ` \t${value} \t`),
];

const UPGRADES: readonly AnswerSpec[] = [
  other('upgrade-absent', MUST_REFUSE, 'There is no Upgrade header', { Upgrade: undefined }),
  other('upgrade-other', MUST_REFUSE, 'Upgrade is h2c', { Upgrade: 'h2c' }),
  other('upgrade-longer', MUST_REFUSE, 'Upgrade is websockets, a longer word', { Upgrade: 'websockets' }),
  other('upgrade-mixed-case', MUST_ACCEPT, 'Upgrade is WebSocket, in mixed case', { Upgrade: 'WebSocket' }),
  other('connection-absent', MUST_REFUSE, 'There is no Connection header', { Connection: undefined }),
  other('connection-other', MUST_REFUSE, 'Connection is keep-alive', { Connection: 'keep-alive' }),
  other('connection-longer', MUST_REFUSE, 'Connection is x-upgrade, a longer word', { Connection: 'x-upgrade' }),
  other('connection-lower-case', MUST_ACCEPT, 'Connection is upgrade, in lower case', { Connection: 'upgrade' }),
  other('connection-list', MUST_ACCEPT, 'Connection is a list: keep-alive, Upgrade', {
    Connection: 'keep-alive, Upgrade',
  }),
];

/** Another status, with all that a 101 has: only the status refuses. */
function status(code: number, reason: string, change: Change = {}): AnswerSpec {
  return {
    id: `status-${code}`,
    rfc: CHECKING,
    ruling: MUST_REFUSE,
    title: `The status is ${code}, with all the headers of a 101`,
    expected: 'the client does not take the connection as open: it sends no frame',
    plain: true,
    answer: (head) =>
      withHeaders({ ...head, line: `HTTP/1.1 ${code} ${reason}` }, { 'Content-Length': '0', ...change }),
  };
}

const STATUSES: readonly AnswerSpec[] = [
  status(200, 'OK'),
  status(301, 'Moved Permanently'),
  status(302, 'Found', { Location: 'http://wsinspect.invalid/' }),
  status(400, 'Bad Request'),
  status(401, 'Unauthorized', { 'WWW-Authenticate': 'Basic realm="wsinspect"' }),
  status(500, 'Internal Server Error'),
];

const UNOFFERED = 'x-wsinspect-unoffered';

/** An extension in the answer; permessage-deflate with that may also be refused by a client that offered it. */
function extension(id: string, title: string, value: string, rfc = CHECKING): AnswerSpec {
  return other(id, MUST_REFUSE, title, { [EXTENSIONS]: value }, rfc);
}

const NEGOTIATED: readonly AnswerSpec[] = [
  extension('extension-unoffered', 'An extension is accepted that was not offered', UNOFFERED),
  extension('extension-malformed', 'The accepted extensions break the grammar', 'x; =1, ;;', 'RFC 6455 §9.1'),
  extension(
    'deflate-parameter-unknown',
    'permessage-deflate is accepted with a parameter that it does not have',
    'permessage-deflate; x=1',
    'RFC 7692 §7',
  ),
  extension(
    'deflate-parameter-repeated',
    'permessage-deflate is accepted with a parameter twice',
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'RFC 7692 §7',
  ),
  extension(
    'deflate-bits-7',
    'permessage-deflate is accepted with a window of 7 bits',
    'permessage-deflate; server_max_window_bits=7',
    'RFC 7692 §7.1.2.1',
  ),
  other('protocol-unoffered', MUST_REFUSE, 'A subprotocol is chosen that was not offered', { [PROTOCOL]: UNOFFERED }),
  {
    ...other('protocol-twice', MUST_REFUSE, 'Two subprotocols are chosen in two headers', {}, 'RFC 6455 §11.3.4'),
    answer: (head, _bench, caller: ConnectedClient) =>
      plusHeader(withHeaders(head, { [PROTOCOL]: offeredProtocol(caller) ?? 'x-wsinspect' }), PROTOCOL, UNOFFERED),
  },
];

const VERSIONS: readonly AnswerSpec[] = [
  {
    ...other('http-1.0', REPORTED, 'The 101 has the version HTTP/1.0, which has no 101', {}, 'RFC 9110 §15.2'),
    answer: (head) => ({ ...head, line: head.line.replace('HTTP/1.1', 'HTTP/1.0') }),
  },
  {
    ...other('protocol-other', MUST_REFUSE, 'The status line begins with FTP/1.1', {}),
    answer: (head) => ({ ...head, line: head.line.replace('HTTP', 'FTP') }),
  },
  {
    ...other(
      'content-length',
      RATHER_EITHER,
      'The 101 has a Content-Length, which does not count',
      {},
      'RFC 9112 §6.3',
    ),
    expected: 'the client takes the connection as open, or ends TCP; it takes no frames for a body',
    answer: (head) => withHeaders(head, { 'Content-Length': '1000' }),
  },
];

export const RESPONSE_CASES: readonly Case[] = [...ACCEPTS, ...UPGRADES, ...STATUSES, ...NEGOTIATED, ...VERSIONS].map(
  (spec) => answerCase({ ...spec, id: `handshake-client.${spec.id}` }),
);
