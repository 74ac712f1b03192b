import { describe, expect, it } from 'vitest';
import { readHandshake } from '../../src/codec/handshake/handshake.js';
import type { Direction } from '../../src/codec/messages/records.js';
import { parseHead, type RequestHead, type ResponseHead } from '../../src/codec/http1/head.js';
import { CONNECTION_CAUSES } from '../../src/rules/causes/connection-catalogue.js';
import { causeOfConnection } from '../../src/rules/causes/connection-cause.js';
import {
  isOrdinary,
  type ConnectionFacts,
  type ConnectionRole,
  type EndFacts,
  type SentMessage,
} from '../../src/rules/causes/connection-facts.js';
import { DIAL_CAUSES } from '../../src/rules/causes/dial-catalogue.js';
import { causeOfDial, type DialFacts } from '../../src/rules/causes/dialing.js';
import { idleEndOf } from '../../src/rules/causes/idle.js';
import { causeOfTunnel, type TunnelFacts } from '../../src/rules/causes/tunnels.js';
import fc from '../fc.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const head = (...lines: string[]): Uint8Array => bytes([...lines, '', ''].join('\r\n'));

const UPGRADE = ['Upgrade: websocket', 'Connection: Upgrade'];
const KEY = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'];
const GET = ['GET /chat HTTP/1.1', 'Host: example.com'];
const REQUEST = [...GET, ...UPGRADE, ...KEY];
const with_ = (...more: string[]): string[] => [...REQUEST, ...more];

function refusal(response: readonly string[], body = '', request: readonly string[] = REQUEST): ConnectionFacts {
  const handshake = readHandshake({
    request: parseHead(head(...request), { kind: 'request' }) as RequestHead,
    ...(response.length > 0 && { response: parseHead(head(...response), { kind: 'response' }) as ResponseHead }),
  });
  const spoke = { spoke: true, unansweredPings: 0 };
  return { handshake, body: bytes(body), client: spoke, server: { ...spoke, spoke: response.length > 0 } };
}

const SWITCHED = ['HTTP/1.1 101 Switching Protocols', ...UPGRADE];
const TEXT: SentMessage = {
  type: 'text',
  length: 70_000,
  isLargest: true,
  isFirstOfType: true,
  isOneOfSeveral: false,
  isSound: true,
};
const BINARY: SentMessage = { ...TEXT, type: 'binary' };

interface Ended extends Partial<ConnectionFacts> {
  readonly sent?: SentMessage;
  readonly fault?: EndFacts['fault'];
  readonly pings?: number;
  readonly response?: readonly string[];
  readonly request?: readonly string[];
}

/** After a handshake; the client sent, the server ended. */
function ended({ sent, fault, pings = 0, response = SWITCHED, request = REQUEST, ...more }: Ended): ConnectionFacts {
  const base = refusal(response, '', request);
  return {
    ...base,
    client: { spoke: true, unansweredPings: 0, ...(sent && { lastMessage: sent }), ...(fault && { fault }) },
    server: { spoke: response.length > 0, unansweredPings: pings },
    ...more,
  };
}

const close = (code: number, isAnswer = true, isAtOpen = false): Pick<ConnectionFacts, 'close'> => ({
  close: { by: 'server', code, isAnswer, isAtOpen },
});
const silent = (silence: number, by: 'client' | 'server' = 'server'): Pick<ConnectionFacts, 'end'> => ({
  end: { how: 'fin', by, silence },
});
const byHttp2 = (name: 'RST_STREAM' | 'GOAWAY', code: number): Pick<ConnectionFacts, 'http2End'> => ({
  http2End: { name, code, by: 'server' },
});
const NOT_UTF8: EndFacts['fault'] = {
  code: 'text-not-utf8',
  span: { start: 0, end: 1 },
  args: { byte: 0, bytes: 'ff' },
};

const DATE = 'Date: Mon, 30 Nov 2026 02:00:00 GMT';
const JSON_TYPE = 'Content-Type: application/json';
const HTML = 'Content-Type: text/html';

/** What servers of other protocols send first, what is said of it, and what is close to it and proves nothing. */
const FOREIGN: readonly (readonly [begins: string, has: string, near?: string])[] = [
  [
    'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n',
    'speaks SSH and no HTTP: what it sent begins with "SSH-2.0-OpenSSH_9.2p1',
    'SSH: no',
  ],
  ['220 mail.example ESMTP Postfix\r\n', 'speaks SMTP', '250 mail.example ESMTP\r\n'],
  ['220 (vsFTPd 3.0.3)\r\n', 'speaks FTP', '2200 FTP\r\n'],
  ['220 ready\r\n', 'speaks SMTP or FTP', '220 ready'],
  ['* OK [CAPABILITY IMAP4rev1] ready\r\n', 'speaks IMAP', '* OKAY\r\n'],
  ['+OK POP3 ready\r\n', 'speaks POP3', '+OKAY\r\n'],
  ["-ERR wrong number of arguments for 'get' command\r\n", 'speaks Redis', '-ERR no\r\n'],
  ['RFB 003.008\n', 'speaks VNC (RFB)', 'RFB 3.8\n'],
  ['AMQP\0\0\x09\x01', 'speaks AMQP', 'AMQP 0-9-1'],
  [
    '\x4a\0\0\0\x0a8.0.36-0ubuntu\0',
    'speaks MySQL and no HTTP: what it sent begins with "8.0.36-0ubuntu"',
    '\x4a\0\0\0\x0a8.0',
  ],
];

/** Facts that prove a cause, what its sentence has, and facts close to them that prove nothing. */
const ROWS: readonly (readonly [code: string, has: string, facts: ConnectionFacts, near: ConnectionFacts])[] = [
  [
    'h2-stream-reset',
    'the server reset the stream of HTTP/2 with RST_STREAM INTERNAL_ERROR (RFC 9113 §7): it failed by itself',
    ended(byHttp2('RST_STREAM', 2)),
    ended(byHttp2('GOAWAY', 2)),
  ],
  [
    'h2-stream-reset',
    'RST_STREAM PROTOCOL_ERROR (RFC 9113 §7): it objects to what the other end sent',
    ended({ ...byHttp2('RST_STREAM', 1), response: [] }),
    ended({ ...byHttp2('RST_STREAM', 1), response: ['HTTP/1.1 403 Forbidden'] }),
  ],
  [
    'h2-goaway',
    'by GOAWAY ENHANCE_YOUR_CALM (RFC 9113 §6.8)',
    ended(byHttp2('GOAWAY', 11)),
    ended({ ...byHttp2('GOAWAY', 11), ...close(1000) }),
  ],
  [
    'upgrade-not-received',
    'with HTTP/1.0 and with Connection: close',
    refusal(['HTTP/1.1 426 Upgrade Required'], '', ['GET / HTTP/1.0', 'Connection: close', ...KEY]),
    refusal(['HTTP/1.1 426 Upgrade Required'], '', ['GET / HTTP/1.1', 'Connection: keep-alive', ...KEY]),
  ],
  [
    'upgrade-not-received',
    'no Upgrade in Connection, and it comes with Connection: close: a proxy in front did not pass Connection on',
    refusal(['HTTP/1.1 426 No'], '', ['GET / HTTP/1.1', 'Connection: close', 'Upgrade: websocket', ...KEY]),
    refusal(['HTTP/1.1 426 No'], '', ['GET / HTTP/1.1', 'Connection: close, Upgrade', 'Upgrade: websocket', ...KEY]),
  ],
  [
    'upgrade-not-received',
    'and it comes with HTTP/1.0: a proxy in front did not pass HTTP/1.1 on. nginx: proxy_http_version 1.1',
    refusal(['HTTP/1.1 400 No'], '', ['GET / HTTP/1.0', 'Connection: Upgrade', 'Upgrade: websocket', ...KEY]),
    refusal(['HTTP/1.1 400 No'], '', ['GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', ...KEY]),
  ],
  [
    'upgrade-removed',
    'proxy_set_header Upgrade $http_upgrade',
    refusal(['HTTP/1.1 426 Upgrade Required', 'Server: nginx/1.26'], 'Upgrade Required'),
    refusal(['HTTP/1.1 426 Upgrade Required', 'Upgrade: TLS/1.2', 'Server: nginx/1.26'], 'Upgrade Required'),
  ],
  [
    'upgrade-removed',
    'proxy_set_header Upgrade $http_upgrade',
    refusal(['HTTP/1.1 426 Upgrade Required', 'Upgrade: websocket', 'Server: nginx/1.26']),
    refusal(['HTTP/1.1 426 ', 'Server: nginx/1.26']),
  ],
  [
    'upgrade-removed',
    'proxy_set_header Upgrade $http_upgrade',
    refusal(['HTTP/1.1 426 Upgrade Required', 'Server: nginx/1.26'], 'You need a WebSocket client.'),
    // `return 426 "…"` of nginx.
    refusal(['HTTP/1.1 426 ', 'Server: nginx/1.26'], 'Upgrade Required'),
  ],
  [
    'upgrade-removed',
    'a proxy in front of the server',
    refusal(['HTTP/1.1 426 Upgrade Required', DATE], 'Upgrade Required'),
    // `http-request return status 426 content-type text/plain string "Upgrade Required"` of HAProxy.
    refusal(['HTTP/1.1 426 Upgrade Required', 'content-type: text/plain'], 'Upgrade Required'),
  ],
  [
    'upgrade-removed',
    'a proxy in front of the server',
    refusal(['HTTP/1.1 426 Upgrade Required', DATE, 'Upgrade: websocket']),
    // The same with `hdr Upgrade websocket`.
    refusal(['HTTP/1.1 426 Upgrade Required', 'upgrade: websocket', 'content-length: 0']),
  ],
  [
    'upgrade-removed',
    'upgrade=websocket',
    refusal(['HTTP/1.1 426 Upgrade Required', 'Server: Apache/2.4'], 'Upgrade Required'),
    refusal(
      ['HTTP/1.1 426 Upgrade Required', 'Server: Apache/2.4'],
      '<title>426 Upgrade Required</title><address>Apache/2.4 Server</address>',
    ),
  ],
  [
    'upgrade-removed',
    'upgrade=websocket',
    refusal(['HTTP/1.1 400 Bad Request', 'Server: Apache/2.4'], 'Can "Upgrade" only to "WebSocket".'),
    refusal(['HTTP/1.1 400 Bad Request', 'Server: Apache/2.4'], 'Bad request'),
  ],
  [
    'upgrade-removed',
    'option httpclose',
    refusal(['HTTP/1.1 400 Bad Request'], 'Missing Upgrade header'),
    refusal(['HTTP/1.1 400 Bad Request'], 'Missing Upgrade header', [...GET, ...KEY]),
  ],
  [
    'upgrade-removed',
    'a proxy in front of the server',
    refusal(['HTTP/1.1 400 Bad Request'], '{"code":3,"message":"Bad request"}', [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      ...REQUEST.slice(1),
    ]),
    refusal(['HTTP/1.1 400 Bad Request'], '{"code":3,"message":"Bad request"}'),
  ],
  [
    'plain-http-to-tls-port',
    'wss://',
    refusal(['HTTP/1.1 400 Bad Request'], '<center>The plain HTTP request was sent to HTTPS port</center>'),
    refusal(['HTTP/1.1 400 Bad Request'], '<center>nginx</center>'),
  ],
  [
    'plain-http-to-tls-port',
    'wss://',
    refusal([], '\x15\x03\x01\0\x02\x02\x46'),
    // Longer than a record may be.
    refusal([], '\x15\x03\x01\x7f\x02\x02\x46'),
  ],
  [
    'version-refused',
    'version 8 of the protocol, and version 13',
    refusal(['HTTP/1.1 426 Upgrade Required', 'Sec-WebSocket-Version: 8']),
    refusal(['HTTP/1.1 400 Bad Request', 'Sec-WebSocket-Version: 13, 8']),
  ],
  [
    'html-page',
    '"Welcome to nginx!"',
    refusal(['HTTP/1.1 200 OK', HTML], '<html><title>Welcome to nginx!</title>'),
    refusal(['HTTP/1.1 200 OK', 'Content-Type: text/plain'], 'pong'),
  ],
  [
    'api-answer',
    '"/chat"',
    refusal(['HTTP/1.1 200 OK', JSON_TYPE], '{"ok":true}'),
    refusal(['HTTP/1.1 200 OK', 'Content-Type: text/plain'], '{ok}'),
  ],
  [
    'redirect-to-tls',
    'wss://example.com/chat',
    refusal(['HTTP/1.1 301 Moved Permanently', 'Location: https://user:secret@example.com/chat#a']),
    refusal(['HTTP/1.1 304 Not Modified', 'Location: https://example.com/chat']),
  ],
  [
    'redirect-to-login',
    '--cookie',
    refusal(['HTTP/1.1 302 Found', 'Location: /accounts/login/?next=/chat']),
    refusal(['HTTP/1.1 302 Found', 'Location: mailto:login@example.com']),
  ],
  [
    'redirected',
    'ws://example.com/chat/',
    refusal(['HTTP/1.1 307 Temporary Redirect', 'Location: /chat/']),
    refusal(['HTTP/1.1 307 Temporary Redirect']),
  ],
  [
    'credentials-wanted',
    '-u USER:PASSWORD',
    refusal(['HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Basic realm="a"']),
    refusal(['HTTP/1.1 402 Payment Required', 'WWW-Authenticate: Basic realm="a"']),
  ],
  [
    'credentials-refused',
    'Bearer',
    refusal(['HTTP/1.1 401 Unauthorized', 'WWW-Authenticate: Bearer'], '', with_('Authorization: Bearer x')),
    refusal(['HTTP/1.1 429 Too Many Requests'], '', with_('Authorization: Bearer x')),
  ],
  [
    'proxy-credentials-wanted',
    'Squid',
    refusal(['HTTP/1.1 407 Proxy Authentication Required', 'Via: 1.1 a (squid/6)', 'Proxy-Authenticate: Basic']),
    refusal(['HTTP/1.1 408 Request Timeout', 'Via: 1.1 a (squid/6)']),
  ],
  [
    'proxy-credentials-refused',
    'user and password',
    refusal(['HTTP/1.1 407 Proxy Authentication Required'], '', with_('Proxy-Authorization: Basic YTpi')),
    refusal(['HTTP/1.1 407 Proxy Authentication Required'], '', with_('Authorization: Basic YTpi')),
  ],
  [
    'origin-missing',
    'connect -o https://example.com',
    refusal(['HTTP/1.1 403 Forbidden']),
    refusal(['HTTP/1.1 403 Forbidden'], '', with_('Origin: https://a.example')),
  ],
  [
    'origin-refused',
    '"https://a.example"',
    refusal(['HTTP/1.1 403 Forbidden'], 'origin not allowed', with_('Origin: https://a.example')),
    refusal(['HTTP/1.1 403 Forbidden'], 'original content is gone', with_('Origin: https://a.example')),
  ],
  [
    'no-such-route',
    'Cannot GET /chat',
    refusal(['HTTP/1.1 404 Not Found', HTML], '<!DOCTYPE html>\n<html><body><pre>Cannot GET /chat</pre></body></html>'),
    refusal(['HTTP/1.1 404 Not Found', HTML], '<html>404</html>'),
  ],
  [
    'no-such-route',
    '{"detail":"Not Found"}',
    refusal(['HTTP/1.1 404 Not Found', JSON_TYPE], '{"detail":"Not Found"}'),
    refusal(['HTTP/1.1 410 Gone', JSON_TYPE], '{"detail":"Gone"}'),
  ],
  [
    'proxy-without-server',
    'comes from HAProxy',
    refusal(
      ['HTTP/1.1 503 Service Unavailable', HTML],
      '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
    ),
    refusal(['HTTP/1.1 503 Service Unavailable', HTML], '<html><body><h1>Closed for lunch</h1></body></html>'),
  ],
  [
    'proxy-without-server',
    'limit_req',
    refusal(['HTTP/1.1 503 Service Temporarily Unavailable', 'Server: nginx/1.22.1']),
    refusal(['HTTP/1.1 429 Too Many Requests', 'Server: nginx/1.22.1']),
  ],
  [
    'proxy-without-server',
    'nginx',
    refusal(['HTTP/1.1 502 Bad Gateway', 'Server: nginx']),
    refusal(['HTTP/1.1 500 Internal Server Error', 'Server: nginx']),
  ],
  [
    'reset-at-request',
    'TLS',
    ended({ response: [], end: { how: 'reset', by: 'server', silence: 0 } }),
    ended({ response: [], end: { how: 'reset', by: 'client', silence: 0 } }),
  ],
  ...FOREIGN.map(([begins, has, near = 'hello']): (typeof ROWS)[number] => [
    'other-protocol',
    has,
    refusal([], begins),
    refusal([], near),
  ]),
  ['other-protocol', 'speaks SSH', refusal(['SSH-2.0-x']), refusal(['HTTP/1.1 404 SSH-2.0-x'])],
  [
    'request-echoed',
    '("GET /chat HTTP/1.1")',
    refusal([], `${REQUEST.join('\r\n')}\r\n\r\n`),
    refusal([], 'GET /other HTTP/1.1\r\n\r\n'),
  ],
  [
    'closed-at-request',
    'TLS',
    ended({ response: [], end: { how: 'fin', by: 'server', silence: 0 } }),
    ended({ response: [], end: { how: 'fin', by: 'client', silence: 0 } }),
  ],
  ['idle-timeout', 'perhaps an idle timeout', ended(silent(60.02)), ended(silent(7.31))],
  [
    'idle-timeout',
    'nginx: proxy_read_timeout',
    ended({ ...silent(2.003), response: [...SWITCHED, 'Server: nginx'] }),
    ended({ ...silent(2.003), ...close(1000), response: [...SWITCHED, 'Server: nginx'] }),
  ],
  [
    'idle-timeout',
    'the client ended',
    ended({ ...silent(5, 'client'), request: with_('X-Forwarded-For: 192.0.2.1') }),
    ended(silent(5, 'client')),
  ],
  [
    'ping-unanswered',
    'a ping that got no pong',
    ended({ ...silent(30), pings: 1 }),
    ended({ ...silent(0.1), pings: 1 }),
  ],
  ['ping-unanswered', '2 pings', ended({ ...close(1011), pings: 2 }), ended({ ...close(1001), pings: 2 })],
  [
    'closed-for-fault',
    'text-not-utf8',
    ended({ ...close(1002), fault: NOT_UTF8 }),
    ended({ ...close(1002), sent: TEXT }),
  ],
  [
    'closed-for-fault',
    '1007',
    ended({ ...close(1007), fault: NOT_UTF8, sent: TEXT }),
    ended({ ...close(1008), fault: NOT_UTF8, sent: TEXT }),
  ],
  [
    'content-refused',
    '70000 bytes',
    ended({ ...close(1007), sent: TEXT }),
    ended({ ...close(1007), sent: { ...TEXT, isSound: false } }),
  ],
  [
    'content-refused',
    '70000 bytes',
    ended({ ...close(1007), sent: TEXT }),
    ended({ ...close(1007), sent: { ...TEXT, isOneOfSeveral: true } }),
  ],
  [
    'content-refused',
    '70000 bytes',
    ended({ ...close(1007), sent: TEXT }),
    ended({ close: { ...close(1007).close!, reason: 'invalid start byte at position 0' }, sent: TEXT }),
  ],
  [
    'type-refused',
    'text messages only',
    ended({ ...close(1003), sent: BINARY }),
    ended({ ...close(1003), sent: { ...BINARY, isFirstOfType: false } }),
  ],
  [
    'message-too-big',
    '70000 bytes',
    ended({ ...close(1009), sent: TEXT }),
    ended({ ...close(1009), sent: { ...TEXT, isLargest: false } }),
  ],
  [
    'handler-failed',
    'binary message',
    ended({ ...close(1011), sent: BINARY }),
    ended({ ...close(1011, false), sent: TEXT }),
  ],
  [
    'handler-failed',
    'on one of the last messages of the client: its handler failed',
    ended({ ...close(1011), sent: { ...TEXT, isOneOfSeveral: true } }),
    ended({ ...close(1011, false), sent: TEXT }),
  ],
  ['failed-at-open', 'log of the server', ended(close(1011, false, true)), ended(close(1011, false, false))],
];

const LEAF = { names: ['DNS:a.example', 'DNS:b.example'], validFrom: 'Jan  1 2026', validTo: 'Jan  2 2026' };
const CERTIFICATE = { ...LEAF, issuer: 'Some CA', subject: 'a.example' };
const dialing = (code: string, more: Partial<DialFacts> = {}): DialFacts => ({
  code,
  host: 'c.example',
  port: 443,
  tried: [],
  certificate: CERTIFICATE,
  ...more,
});
const ODD = dialing('ERR_SSL_BAD_SIGNATURE');

const DIALS: readonly (readonly [code: string, has: string, facts: DialFacts, near: DialFacts])[] = [
  ['certificate-expired', 'until Jan  2 2026', dialing('CERT_HAS_EXPIRED'), dialing('CRL_HAS_EXPIRED')],
  ['certificate-not-yet-valid', 'from Jan  1 2026', dialing('CERT_NOT_YET_VALID'), dialing('CRL_NOT_YET_VALID')],
  [
    'certificate-name',
    'for a.example, b.example and not for c.example',
    dialing('ERR_TLS_CERT_ALTNAME_INVALID'),
    dialing('ERR_TLS_CERT_ALTNAME_FORMAT'),
  ],
  ['certificate-self-signed', '--cacert', dialing('DEPTH_ZERO_SELF_SIGNED_CERT'), dialing('CERT_REVOKED')],
  ['certificate-authority-unknown', 'Some CA', dialing('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), dialing('CERT_REJECTED')],
  ['certificate-authority-unknown', 'Some CA', dialing('SELF_SIGNED_CERT_IN_CHAIN'), dialing('CERT_UNTRUSTED')],
  [
    'certificate-name',
    'not for the proxy c.example',
    dialing('ERR_TLS_CERT_ALTNAME_INVALID', { isProxy: true }),
    dialing('ERR_TLS_CERT_ALTNAME_FORMAT', { isProxy: true }),
  ],
  [
    'certificate-self-signed',
    'of the proxy c.example (a.example) is signed by itself: trust it with NODE_EXTRA_CA_CERTS=FILE',
    dialing('DEPTH_ZERO_SELF_SIGNED_CERT', { isProxy: true }),
    dialing('CERT_REVOKED', { isProxy: true }),
  ],
  [
    'certificate-expired',
    'until Jan  2 2026: renew it',
    dialing('CERT_HAS_EXPIRED', { isProxy: true }),
    dialing('CRL_HAS_EXPIRED', { isProxy: true }),
  ],
  ['tls-version', 'client and proxy have', dialing('ERR_SSL_UNSUPPORTED_PROTOCOL', { isProxy: true }), ODD],
  ['name-unknown', 'no address for the proxy c.example', dialing('ENOTFOUND', { isProxy: true }), ODD],
  ['nothing-listens', 'c.example:443: start the proxy', dialing('ECONNREFUSED', { isProxy: true }), ODD],
  ['tls-version', 'TLS 1.2', dialing('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), ODD],
  ['alpn-mismatch', 'HTTP/2', dialing('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'), ODD],
  ['name-unknown', 'c.example', dialing('ENOTFOUND'), dialing('EAI_AGAIN')],
  [
    'nothing-listens',
    '[::1]:443 and 127.0.0.1:443',
    dialing('ECONNREFUSED', { tried: ['[::1]:443', '127.0.0.1:443'] }),
    dialing('ETIMEDOUT', { tried: ['127.0.0.1:443'] }),
  ],
];

function tunnel(hasCredentials: boolean, ...response: string[]): TunnelFacts {
  const head_ = parseHead(head(...response), { kind: 'response' }) as ResponseHead;
  return { response: head_, target: 'c.example:80', hasCredentials };
}

const TUNNELS: readonly (readonly [code: string, has: string, facts: TunnelFacts, near: TunnelFacts])[] = [
  [
    'proxy-credentials-wanted',
    'the proxy (Apache) asks for credentials (Basic)',
    tunnel(false, 'HTTP/1.0 407 No', 'Server: Apache/2.4', 'Proxy-Authenticate: Basic realm="a"'),
    tunnel(true, 'HTTP/1.0 407 No', 'Server: Apache/2.4', 'Proxy-Authenticate: Basic realm="a"'),
  ],
  [
    'proxy-credentials-refused',
    'it takes a scheme that it does not name',
    tunnel(true, 'HTTP/1.1 407 No'),
    tunnel(true, 'HTTP/1.1 401 No', 'WWW-Authenticate: Basic'),
  ],
  [
    'proxy-forbids-target',
    'a tunnel to c.example:80',
    tunnel(false, 'HTTP/1.1 403 No'),
    tunnel(false, 'HTTP/1.1 405 No'),
  ],
  [
    'proxy-without-target',
    'does not reach c.example:80',
    tunnel(false, 'HTTP/1.1 503 No', 'Via: 1.1 a (squid/6)'),
    tunnel(false, 'HTTP/1.1 500 No', 'Via: 1.1 a (squid/6)'),
  ],
];

describe('the cause of a connection that was refused or dropped', () => {
  it.each(ROWS)('%s: %s', (code, has, facts, near) => {
    const cause = causeOfConnection(facts);
    expect(cause?.code).toBe(code);
    expect(cause?.message).toContain(has);
    expect(cause?.message).not.toMatch(/[{}]\w+[{}]|undefined|secret/);
    expect(causeOfConnection(near)?.code).not.toBe(code);
  });

  it.each(DIALS)('%s: %s', (code, has, facts, near) => {
    const cause = causeOfDial(facts);
    expect(cause?.code).toBe(code);
    expect(cause?.message).toContain(has);
    expect(causeOfDial(near)).toBeUndefined();
  });

  it('names no option that a proxy does not have', () => {
    for (const [, , facts] of DIALS.filter(([, , { isProxy }]) => isProxy))
      expect(causeOfDial(facts)?.message).not.toMatch(/\(-k|--cacert|the server/);
  });

  it.each(TUNNELS)('%s: %s, of a tunnel', (code, has, facts, near) => {
    const cause = causeOfTunnel(facts);
    expect(cause?.code).toBe(code);
    expect(cause?.message).toContain(has);
    expect(causeOfTunnel(near)?.code).not.toBe(code);
  });

  it('has a row for each cause', () => {
    const LIVE_HTTP2 = ['h2-connect-not-enabled', 'h2-ended-here', 'h2-window-shut'];
    const shown = [...ROWS, ...DIALS, ...TUNNELS].map(([code]) => code);
    // Those before a request of HTTP/2 are known without facts: http2-connect.test.ts.
    expect(new Set([...shown, 'h2-alpn-refused', ...LIVE_HTTP2])).toEqual(
      new Set(Object.keys({ ...CONNECTION_CAUSES, ...DIAL_CAUSES })),
    );
  });

  it('is never looked for where there is none: an ordinary connection has no cause, and what has one is not ordinary', () => {
    for (const [, , facts] of ROWS) expect(isOrdinary(facts)).toBe(false);
    expect(isOrdinary(ended(close(1000)))).toBe(true);
    expect(isOrdinary(ended({}))).toBe(true);
    const picked = <T>(...all: T[]): fc.Arbitrary<T> => fc.constantFrom(...all);
    const spoken = fc.record({
      response: picked<readonly string[]>(SWITCHED, ['HTTP/1.1 400 Bad Request'], []),
      request: picked<readonly string[]>(REQUEST, with_('X-Forwarded-For: 1.2.3.4')),
      pings: picked(0, 1),
      sent: picked(undefined, TEXT, BINARY),
      fault: picked(undefined, NOT_UTF8),
      code: picked(0, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 3000, 4999),
      by: picked<Direction>('client', 'server', 'unknown'),
      isAnswer: fc.boolean(),
      isAtOpen: fc.boolean(),
      end: picked<ConnectionRole | undefined>(undefined, 'client', 'server'),
      how: picked<'fin' | 'reset'>('fin', 'reset'),
      silence: picked(0, 1, 29.97, 60, 61.2),
      http2: picked<'RST_STREAM' | 'GOAWAY' | undefined>(undefined, 'RST_STREAM', 'GOAWAY'),
    });
    let ordinary = 0;
    fc.assert(
      fc.property(spoken, ({ sent, fault, code, by, isAnswer, isAtOpen, end, how, silence, http2, ...heads }) => {
        const facts = ended({
          ...heads,
          ...(sent && { sent }),
          ...(fault && { fault }),
          ...(code !== 0 && { close: { by, code, isAnswer, isAtOpen } }),
          ...(end && { end: { how, by: end, silence } }),
          ...(http2 && { http2End: { name: http2, code: 8, by: 'server' as const } }),
        });
        if (!isOrdinary(facts)) return;
        ordinary++;
        expect([causeOfConnection(facts), idleEndOf(facts)]).toEqual([undefined, undefined]);
      }),
      { numRuns: 2000 },
    );
    expect(ordinary).toBeGreaterThan(20);
  });

  it('says nothing of an upgrade that went well', () => {
    expect(causeOfConnection(ended(close(1000)))).toBeUndefined();
    expect(causeOfConnection(ended({}))).toBeUndefined();
  });
});
