import { encodeBase64 } from '../../codec/bytes/base64.js';
import type { Bench } from '../bench/bench.js';
import type { Case } from '../case.js';
import { plusHeader, valueOf, withHeaders, withLine, type HeadParts } from '../handshakes/heads.js';
import { answered, requestCase, type Met, type RequestSpec } from '../handshakes/probe.js';
import {
  MUST_ACCEPT,
  MUST_REFUSE,
  SHOULD_ACCEPT,
  SHOULD_REFUSE,
  type Remark,
  type Ruling,
} from '../handshakes/ruling.js';

/** What a server has to check in a request before it sends 101 (RFC 6455 §4.2.1). */

const READING = 'RFC 6455 §4.2.1';
const HOST = 'RFC 9112 §3.2';

type Change = Readonly<Record<string, string | undefined>>;

/** A request with other headers: without `undefined`, instead of those of the same name. */
function other(id: string, rfc: string, ruling: Ruling, title: string, change: Change): RequestSpec {
  return { id, rfc, ruling, title, request: (head) => withHeaders(head, change) };
}

function line(
  id: string,
  rfc: string,
  ruling: Ruling,
  title: string,
  change: Parameters<typeof withLine>[1],
): RequestSpec {
  return { id, rfc, ruling, title, request: (head) => withLine(head, change) };
}

/** Without a request for a WebSocket, a web server may answer with a page. */
const plain = (spec: RequestSpec): RequestSpec => ({
  ...spec,
  plain: true,
  expected: 'the server does not switch: any status but 101, or the end of the connection',
});

const FIRST_LINE: readonly RequestSpec[] = [
  plain(line('method-post', READING, MUST_REFUSE, 'The method is POST', { method: 'POST' })),
  plain(
    line('method-lower-case', READING, MUST_REFUSE, 'The method is get: methods are case-sensitive', { method: 'get' }),
  ),
  plain(line('http-1.0', READING, MUST_REFUSE, 'The version is HTTP/1.0', { version: 'HTTP/1.0' })),
  line('http-1.2', 'RFC 9110 §2.5', SHOULD_ACCEPT, 'The version is HTTP/1.2, which is treated as 1.1', {
    version: 'HTTP/1.2',
  }),
  line('http-2.0', 'RFC 9110 §15.6.6', SHOULD_REFUSE, 'The version is HTTP/2.0, in the form of HTTP/1', {
    version: 'HTTP/2.0',
  }),
  line('http-version-malformed', READING, MUST_REFUSE, 'The version is HTTP/one', { version: 'HTTP/one' }),
  line('protocol-other', READING, MUST_REFUSE, 'The protocol is FTP/1.1', { version: 'FTP/1.1' }),
];

const HOSTS: readonly RequestSpec[] = [
  other('host-absent', HOST, MUST_REFUSE, 'There is no Host header', { Host: undefined }),
  {
    ...other('host-twice', HOST, MUST_REFUSE, 'There are two Host headers with different hosts', {}),
    request: (head) => plusHeader(head, 'Host', 'wsinspect.invalid'),
  },
  other('host-malformed', HOST, MUST_REFUSE, 'The Host header is no host: a@b/c d', { Host: 'a@b/c d' }),
];

const UPGRADES: readonly RequestSpec[] = [
  plain(other('upgrade-absent', READING, MUST_REFUSE, 'There is no Upgrade header', { Upgrade: undefined })),
  plain(other('upgrade-other', READING, MUST_REFUSE, 'Upgrade is h2c', { Upgrade: 'h2c' })),
  plain(
    other('upgrade-longer', READING, MUST_REFUSE, 'Upgrade is websockets, a longer word', { Upgrade: 'websockets' }),
  ),
  other('upgrade-mixed-case', READING, MUST_ACCEPT, 'Upgrade is WebSocket, in mixed case', { Upgrade: 'WebSocket' }),
  other('upgrade-list', 'RFC 6455 §4.1', SHOULD_ACCEPT, 'Upgrade is a list: foo, websocket', {
    Upgrade: 'foo, websocket',
  }),
  plain(other('connection-absent', READING, MUST_REFUSE, 'There is no Connection header', { Connection: undefined })),
  plain(other('connection-other', READING, MUST_REFUSE, 'Connection is keep-alive', { Connection: 'keep-alive' })),
  plain(
    other('connection-longer', READING, MUST_REFUSE, 'Connection is x-upgrade, a longer word', {
      Connection: 'x-upgrade',
    }),
  ),
  other('connection-list', READING, MUST_ACCEPT, 'Connection is a list: keep-alive, Upgrade', {
    Connection: 'keep-alive, Upgrade',
  }),
  other('connection-lower-case', READING, MUST_ACCEPT, 'Connection is upgrade, in lower case', {
    Connection: 'upgrade',
  }),
  {
    ...other('connection-several', 'RFC 9110 §5.3', MUST_ACCEPT, 'There are two Connection headers: one list', {}),
    request: (head) => plusHeader(withHeaders(head, { Connection: 'keep-alive' }), 'Connection', 'Upgrade'),
  },
];

function keyOf(bench: Bench, bytes: number): string {
  return encodeBase64(Uint8Array.from({ length: bytes }, () => Math.floor(bench.random() * 256)));
}

/** An invalid key. */
function key(id: string, ruling: Ruling, title: string, value: (bench: Bench) => string | undefined): RequestSpec {
  const request = (head: HeadParts, bench: Bench): HeadParts =>
    withHeaders(head, { 'Sec-WebSocket-Key': value(bench) });
  return { id, rfc: READING, ruling, title, request };
}

// §4.2.2 step 4 leaves it to the server whether it decodes the key: a fault that only decoding shows is reported.
const KEYS: readonly RequestSpec[] = [
  key('key-absent', MUST_REFUSE, 'There is no Sec-WebSocket-Key', () => undefined),
  key('key-empty', MUST_REFUSE, 'Sec-WebSocket-Key is empty', () => ''),
  key('key-15-bytes', SHOULD_REFUSE, 'Sec-WebSocket-Key has 15 bytes', (bench) => keyOf(bench, 15)),
  key('key-17-bytes', SHOULD_REFUSE, 'Sec-WebSocket-Key has 17 bytes', (bench) => keyOf(bench, 17)),
  key('key-not-base64', SHOULD_REFUSE, 'Sec-WebSocket-Key is not Base64', () => '!!!!!!!!!!!!!!!!!!!!!!=='),
  {
    ...key('key-twice', MUST_REFUSE, 'There are two Sec-WebSocket-Key headers with different keys', () => ''),
    rfc: 'RFC 6455 §11.3.1',
    request: (head, bench) => plusHeader(head, 'Sec-WebSocket-Key', keyOf(bench, 16)),
  },
];

/** RFC 6455 §4.4: a refusal names the supported versions. */
function namesVersions(met: Met): Remark | undefined {
  if (met.outcome !== 'refused') return undefined;
  const { head } = met.answer;
  const versions = answered(met, 'Sec-WebSocket-Version');
  if (head === undefined) return { behavior: 'NON-STRICT', text: 'no answer names a version' };
  if (versions === '') return { behavior: 'NON-STRICT', text: 'the answer has no Sec-WebSocket-Version' };
  if (!/(?:^|[\s,])13(?:$|[\s,])/.test(versions)) {
    return { behavior: 'NON-STRICT', text: 'Sec-WebSocket-Version of the answer lacks 13' };
  }
  return undefined;
}

const NAMING = 'the server refuses it, as with 426, and names the version 13 in Sec-WebSocket-Version';

/** Another version. */
function version(id: string, ruling: Ruling, title: string, value: string | undefined): RequestSpec {
  return other(id, READING, ruling, title, { 'Sec-WebSocket-Version': value });
}

const naming = (spec: RequestSpec): RequestSpec => ({
  ...spec,
  rfc: 'RFC 6455 §4.2.2, §4.4',
  expected: NAMING,
  also: namesVersions,
});

const VERSIONS: readonly RequestSpec[] = [
  version('version-absent', MUST_REFUSE, 'There is no Sec-WebSocket-Version', undefined),
  // A server may support that draft, too.
  naming(version('version-8', SHOULD_REFUSE, 'Sec-WebSocket-Version is 8, that of a draft', '8')),
  naming(version('version-99', MUST_REFUSE, 'Sec-WebSocket-Version is 99, which there is not', '99')),
  version('version-list', MUST_REFUSE, 'Sec-WebSocket-Version is a list: 13, 8', '13, 8'),
  version('version-zero-padded', MUST_REFUSE, 'Sec-WebSocket-Version is 013, which the grammar does not have', '013'),
  version('version-hexadecimal', MUST_REFUSE, 'Sec-WebSocket-Version is 0xd, which the grammar does not have', '0xd'),
  {
    ...version('version-twice', MUST_REFUSE, 'There are two Sec-WebSocket-Version headers: 13 and 8', '13'),
    rfc: 'RFC 6455 §11.3.5',
    request: (head) => plusHeader(head, 'Sec-WebSocket-Version', '8'),
  },
];

const TARGETS: readonly RequestSpec[] = [
  {
    id: 'target-absolute',
    rfc: 'RFC 9112 §3.2.2',
    ruling: MUST_ACCEPT,
    title: 'The target is an absolute URL with the host of the Host header',
    request: (head, { isSecure }) => {
      const [, target = '/'] = head.line.split(' ');
      const origin = `${isSecure ? 'https' : 'http'}://${valueOf(head, 'Host')}`;
      return withLine(head, { target: target.startsWith('/') ? origin + target : target });
    },
  },
  {
    id: 'target-long',
    rfc: 'RFC 9112 §3',
    ruling: SHOULD_ACCEPT,
    title: 'The first line has 8000 bytes, which everyone should support',
    request: (head) => {
      const [, target = '/'] = head.line.split(' ');
      const query = `${target}${target.includes('?') ? '&' : '?'}`;
      return withLine(head, { target: query.padEnd(8000 - (head.line.length - target.length), 'x') });
    },
  },
];

export const REQUEST_CASES: readonly Case[] = [
  ...FIRST_LINE,
  ...TARGETS,
  ...HOSTS,
  ...UPGRADES,
  ...KEYS,
  ...VERSIONS,
].map((spec) => requestCase({ ...spec, id: `handshake.${spec.id}` }));
