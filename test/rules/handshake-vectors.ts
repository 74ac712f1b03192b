import { CONNECT, OK, type Fields } from '../codec/http2/http2-bytes.js';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import type { HandshakeCode } from '../../src/rules/handshake/catalogue.js';

const KEY = 'kJXuOKsrl3AR1KeFngRElQ==';

type Lines = readonly string[];

/** A legal pair. Vectors replace lines of it by header name, drop them or add to them. */
const REQUEST: Lines = [
  'GET /chat?room=1 HTTP/1.1',
  'Host: server.example.com:8080',
  'Upgrade: websocket',
  'Connection: keep-alive, Upgrade',
  `Sec-WebSocket-Key: ${KEY}`,
  'Sec-WebSocket-Version: 13',
  'Origin: http://example.com',
  'Sec-WebSocket-Protocol: chat, superchat',
  'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12; client_max_window_bits',
];
const RESPONSE: Lines = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Accept: ${acceptKey(KEY)}`,
  'Sec-WebSocket-Protocol: chat',
  'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12; client_max_window_bits=10',
];

export interface Pair {
  /** Over HTTP/2; `connects`: as the server's SETTINGS have it. */
  readonly http2?: { readonly request?: Fields; readonly response?: Fields; readonly connects?: boolean };
  readonly request?: string;
  readonly response?: string;
}

const text = (lines: Lines): string => [...lines, '', ''].join('\r\n');

/** The first line (a key of `line`), headers replaced (a string or several), dropped (null) or added. */
type Change = Readonly<Record<string, string | readonly string[] | null>>;

function change(lines: Lines, changes: Change): Lines {
  let out = [...lines];
  for (const [name, value] of Object.entries(changes)) {
    if (name === 'line') {
      out[0] = value as string;
      continue;
    }
    const at = out.findIndex((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    const values = value === null ? [] : typeof value === 'string' ? [value] : value;
    const made = values.map((v) => `${name}: ${v}`);
    if (at < 0) out = [...out, ...made];
    else out.splice(at, 1, ...made);
  }
  return out;
}

export const both = (request: Change = {}, response: Change = {}): Pair => ({
  request: text(change(REQUEST, request)),
  response: text(change(RESPONSE, response)),
});
const req = (changes: Change): Pair => ({ request: text(change(REQUEST, changes)) });
const res = (changes: Change): Pair => ({ response: text(change(RESPONSE, changes)) });
const raw = (edit: (request: string) => string): Pair => ({ request: edit(text(REQUEST)) });
const ext = (offer: string | readonly string[], answer: string | readonly string[] = []): Pair =>
  both({ 'Sec-WebSocket-Extensions': offer }, { 'Sec-WebSocket-Extensions': answer });
const pmd = (offer: string, answer: string): Pair => ext(`permessage-deflate${offer}`, `permessage-deflate${answer}`);

const key = (value: string): Pair => req({ 'Sec-WebSocket-Key': value });
const offer = (params: string): Pair => req({ 'Sec-WebSocket-Extensions': `permessage-deflate; ${params}` });
const answer = (params: string): Pair => res({ 'Sec-WebSocket-Extensions': `permessage-deflate; ${params}` });
const headline = (line: string): Pair => ({ request: text(change(REQUEST, { line })) });
const statusLine = (line: string): Pair => ({ response: text(change(RESPONSE, { line })) });

type H2Change = Readonly<Record<string, string | null>>;

function changed(fields: Fields, changes: H2Change): Fields {
  const kept = fields.filter(([name]) => !(name in changes));
  const added = Object.entries(changes).flatMap(([name, value]): Fields => (value === null ? [] : [[name, value]]));
  // Pseudo-header fields first.
  return [
    ...added.filter(([name]) => name.startsWith(':')),
    ...kept,
    ...added.filter(([name]) => !name.startsWith(':')),
  ];
}

/** A legal request over HTTP/2, its fields replaced, dropped or added. */
const h2 = (changes: H2Change, connects = true): Pair => ({ http2: { request: changed(CONNECT, changes), connects } });
/** Its answer. */
const h2res = (changes: H2Change): Pair => ({ http2: { request: CONNECT, response: changed(OK, changes) } });
const h2raw = (...fields: Fields): Pair => ({ http2: { request: [...CONNECT, ...fields] } });

/** For every code: what fires it, and what comes closest without. */
export const VECTORS: Readonly<Record<HandshakeCode, { fires: readonly Pair[]; near: readonly Pair[] }>> = {
  'request-method': {
    fires: [headline('POST / HTTP/1.1'), headline('get / HTTP/1.1')],
    near: [headline('GET / HTTP/1.1')],
  },
  'request-http-version': {
    fires: [headline('GET / HTTP/1.0'), headline('GET / HTTP/0.9')],
    near: [headline('GET / HTTP/1.1'), headline('GET / HTTP/1.2')],
  },
  'request-target': {
    fires: [
      headline('GET ws://a/ HTTP/1.1'),
      headline('GET * HTTP/1.1'),
      headline('GET chat HTTP/1.1'),
      headline('GET /\xe9 HTTP/1.1'),
    ],
    near: [headline('GET / HTTP/1.1'), req({ line: 'GET https://a:1/x?y HTTP/1.1', Host: 'a:1' })],
  },
  'request-target-fragment': { fires: [headline('GET /a#b HTTP/1.1')], near: [headline('GET /a%23b HTTP/1.1')] },
  'request-target-host': {
    fires: [req({ line: 'GET http://a/ HTTP/1.1', Host: 'b' }), req({ line: 'GET http://a/ HTTP/1.1', Host: 'a:81' })],
    near: [
      req({ line: 'GET http://A:80/ HTTP/1.1', Host: 'a' }),
      req({ line: 'GET https://a/ HTTP/1.1', Host: 'a:443' }),
    ],
  },
  'request-host-missing': { fires: [req({ Host: null })], near: [req({ Host: null, HOST: 'a' })] },
  'request-host-repeated': { fires: [req({ Host: ['a', 'a'] })], near: [req({ 'X-Host': 'a' })] },
  'request-host-value': {
    fires: [
      req({ Host: '' }),
      req({ Host: 'a b' }),
      req({ Host: 'http://a' }),
      req({ Host: 'a:b' }),
      req({ Host: '::1' }),
    ],
    near: [req({ Host: '[::1]:9001' }), req({ Host: 'a:' }), req({ Host: '127.0.0.1' })],
  },
  'request-upgrade-missing': { fires: [req({ Upgrade: null })], near: [req({ Upgrade: null, upgrade: 'websocket' })] },
  'request-upgrade-websocket': {
    fires: [req({ Upgrade: 'h2c' }), req({ Upgrade: 'web socket' }), req({ Upgrade: '' })],
    near: [req({ Upgrade: 'h2c, WebSocket' }), req({ Upgrade: ['h2c', 'websocket'] })],
  },
  'request-connection-missing': { fires: [req({ Connection: null })], near: [req({ Connection: 'upgrade' })] },
  'request-connection-upgrade': {
    fires: [req({ Connection: 'keep-alive' }), req({ Connection: 'Upgrade keep-alive' })],
    near: [req({ Connection: ['keep-alive', 'UPGRADE'] }), req({ Connection: ',upgrade ,' })],
  },
  'request-key-missing': { fires: [req({ 'Sec-WebSocket-Key': null })], near: [key('')] },
  'request-key-repeated': { fires: [req({ 'Sec-WebSocket-Key': [KEY, KEY] })], near: [key(KEY)] },
  'request-key-base64': {
    fires: [key(KEY.slice(0, -1)), key(KEY.replace('k', '-')), key('not a key')],
    near: [key(KEY), key('AAAA'), key(` ${KEY} `)],
  },
  'request-key-length': {
    fires: [key(''), key('AAAA'), key('AAAAAAAAAAAAAAAAAAAA'), key('AAAAAAAAAAAAAAAAAAAAAAA=')],
    near: [key(KEY), key(KEY.slice(0, -1))],
  },
  'request-key-canonical': {
    fires: [key('kJXuOKsrl3AR1KeFngRElR=='), key('AAAAAAAAAAAAAAAAAAAAAB==')],
    near: [key('kJXuOKsrl3AR1KeFngRElQ==')],
  },
  'request-key-random': { fires: [key('dGhlIHNhbXBsZSBub25jZQ==')], near: [key('dGhlIHNhbXBsZSBub25jZA==')] },
  'request-version-missing': { fires: [req({ 'Sec-WebSocket-Version': null })], near: [req({})] },
  'request-version-repeated': {
    fires: [req({ 'Sec-WebSocket-Version': ['13', '13'] })],
    near: [req({ 'Sec-WebSocket-Version': '13' })],
  },
  'request-version-value': {
    fires: [
      req({ 'Sec-WebSocket-Version': '14' }),
      req({ 'Sec-WebSocket-Version': '013' }),
      req({ 'Sec-WebSocket-Version': '13, 8' }),
    ],
    near: [req({ 'Sec-WebSocket-Version': ' 13 ' }), req({ 'Sec-WebSocket-Version': '8' })],
  },
  'request-version-draft': {
    fires: [req({ 'Sec-WebSocket-Version': '8' }), req({ 'Sec-WebSocket-Version': '7' })],
    near: [req({ 'Sec-WebSocket-Version': '6' })],
  },
  'request-protocol-empty': {
    fires: [
      req({ 'Sec-WebSocket-Protocol': '' }),
      req({ 'Sec-WebSocket-Protocol': 'a,,b' }),
      req({ 'Sec-WebSocket-Protocol': 'a,' }),
    ],
    near: [req({ 'Sec-WebSocket-Protocol': 'a , b' }), req({ 'Sec-WebSocket-Protocol': null })],
  },
  'request-protocol-token': {
    fires: [req({ 'Sec-WebSocket-Protocol': 'a b' }), req({ 'Sec-WebSocket-Protocol': 'x, http://a' })],
    near: [req({ 'Sec-WebSocket-Protocol': "v1.2!#$%&'*+-^_`|~" })],
  },
  'request-protocol-unique': {
    fires: [req({ 'Sec-WebSocket-Protocol': 'a, b, a' }), req({ 'Sec-WebSocket-Protocol': ['a', 'a'] })],
    near: [req({ 'Sec-WebSocket-Protocol': 'a, A' })],
  },
  'request-body': {
    fires: [req({ 'Content-Length': '5' }), req({ 'Transfer-Encoding': 'chunked' })],
    near: [req({ 'Content-Length': '0' })],
  },
  'request-accept': { fires: [req({ 'Sec-WebSocket-Accept': 'x' })], near: [req({ Accept: '*/*' })] },
  'response-status': { fires: [statusLine('HTTP/1.1 403 Forbidden'), statusLine('HTTP/1.1 200 OK')], near: [res({})] },
  'response-accepted-invalid': {
    fires: [both({ Host: null }), both({ 'Sec-WebSocket-Version': '8' })],
    near: [both(), both({ Host: null }, { line: 'HTTP/1.1 400 Bad Request' }), both({ 'Content-Length': '5' })],
  },
  'response-http-version': {
    fires: [statusLine('HTTP/1.0 101 Switching Protocols')],
    near: [statusLine('HTTP/1.0 400 Bad Request')],
  },
  'response-upgrade-missing': {
    fires: [res({ Upgrade: null })],
    near: [res({ Upgrade: null, line: 'HTTP/1.1 400 Bad Request' })],
  },
  'response-upgrade-websocket': {
    fires: [res({ Upgrade: 'h2c, websocket' }), res({ Upgrade: 'websockets' })],
    near: [res({ Upgrade: 'WebSocket' })],
  },
  'response-connection-missing': { fires: [res({ Connection: null })], near: [res({ Connection: 'upgrade' })] },
  'response-connection-upgrade': {
    fires: [res({ Connection: 'close' })],
    near: [res({ Connection: 'Keep-Alive, upgrade' })],
  },
  'response-accept-missing': {
    fires: [res({ 'Sec-WebSocket-Accept': null })],
    near: [res({ 'Sec-WebSocket-Accept': null, line: 'HTTP/1.1 401 Unauthorized' })],
  },
  'response-accept-repeated': {
    fires: [res({ 'Sec-WebSocket-Accept': [acceptKey(KEY), acceptKey(KEY)] })],
    near: [res({})],
  },
  'response-accept-form': {
    fires: [res({ 'Sec-WebSocket-Accept': 'nonsense' }), res({ 'Sec-WebSocket-Accept': '' })],
    near: [res({ 'Sec-WebSocket-Accept': acceptKey('another key') })],
  },
  'response-accept-value': {
    fires: [both({}, { 'Sec-WebSocket-Accept': acceptKey('another key') }), both({}, { 'Sec-WebSocket-Accept': '' })],
    near: [both({}, { 'Sec-WebSocket-Accept': ` ${acceptKey(KEY)}  ` })],
  },
  'response-key': { fires: [res({ 'Sec-WebSocket-Key': KEY })], near: [res({ 'X-Sec-WebSocket-Key': KEY })] },
  'response-content-length': {
    fires: [res({ 'Content-Length': '0' })],
    near: [res({ line: 'HTTP/1.1 400 Bad Request', 'Content-Length': '0' })],
  },
  'response-transfer-encoding': {
    fires: [res({ 'Transfer-Encoding': 'chunked' })],
    near: [res({ line: 'HTTP/1.1 400 Bad Request', 'Transfer-Encoding': 'chunked' })],
  },
  'response-426-version': {
    fires: [statusLine('HTTP/1.1 426 Upgrade Required')],
    near: [
      res({ line: 'HTTP/1.1 426 Upgrade Required', 'Sec-WebSocket-Version': '13, 8' }),
      statusLine('HTTP/1.1 400 Bad Request'),
    ],
  },
  'response-426-upgrade': {
    fires: [res({ line: 'HTTP/1.1 426 Upgrade Required', Upgrade: null })],
    near: [statusLine('HTTP/1.1 426 Upgrade Required')],
  },
  'response-protocol-repeated': { fires: [res({ 'Sec-WebSocket-Protocol': ['chat', 'chat'] })], near: [res({})] },
  'response-protocol-single': {
    fires: [res({ 'Sec-WebSocket-Protocol': 'chat, superchat' }), res({ 'Sec-WebSocket-Protocol': '' })],
    near: [res({ 'Sec-WebSocket-Protocol': 'chat' }), res({ 'Sec-WebSocket-Protocol': null })],
  },
  'response-protocol-offered': {
    fires: [both({}, { 'Sec-WebSocket-Protocol': 'Chat' }), both({ 'Sec-WebSocket-Protocol': null })],
    near: [both({}, { 'Sec-WebSocket-Protocol': 'superchat' })],
  },
  'response-protocol-none': {
    fires: [both({}, { 'Sec-WebSocket-Protocol': null })],
    near: [
      both({}, { 'Sec-WebSocket-Protocol': 'chat' }),
      both({ 'Sec-WebSocket-Protocol': null }, { 'Sec-WebSocket-Protocol': null }),
      both({}, { line: 'HTTP/1.1 403 Forbidden', 'Sec-WebSocket-Protocol': null }),
    ],
  },
  'extension-grammar': {
    fires: ['', '; a', 'a b', 'a;b=', 'a;b="x', 'a;', '@'].map((value) => ext(value)),
    near: [ext('a; b="x" ; c = d'), ext(',a')],
  },
  'extension-quoted-value': { fires: [ext('a; b="x y"'), ext('a; b=""')], near: [ext('a; b="x\\y"')] },
  'extension-empty-element': { fires: [ext('a,, b'), ext('a,')], near: [ext('a , b'), ext(['a', 'b'])] },
  'extension-unregistered': { fires: [ext('x-webkit-deflate-frame')], near: [ext('permessage-deflate')] },
  'response-extensions-repeated': {
    fires: [ext(['permessage-deflate', 'a'], ['permessage-deflate', 'a'])],
    near: [ext(['permessage-deflate', 'a'], 'permessage-deflate, a')],
  },
  'response-extension-offered': {
    fires: [ext('permessage-deflate', 'a'), ext([], 'permessage-deflate')],
    near: [ext('a, permessage-deflate', 'permessage-deflate'), ext('permessage-deflate', [])],
  },
  'deflate-offer-unknown': { fires: [offer('mystery'), offer('Server_Max_Window_Bits=9')], near: [ext('a; mystery')] },
  'deflate-offer-repeated': {
    fires: [offer('client_max_window_bits; client_max_window_bits=9')],
    near: [ext('permessage-deflate; client_max_window_bits, permessage-deflate; client_max_window_bits=9')],
  },
  'deflate-offer-bits': {
    fires: [
      'client_max_window_bits=7',
      'client_max_window_bits=16',
      'server_max_window_bits',
      'server_max_window_bits=09',
    ].map(offer),
    near: ['client_max_window_bits=8', 'client_max_window_bits', 'server_max_window_bits="15"'].map(offer),
  },
  'deflate-offer-value': {
    fires: [offer('server_no_context_takeover=true')],
    near: [offer('server_no_context_takeover')],
  },
  'deflate-accepted-invalid': {
    fires: [pmd('; server_max_window_bits=7', '')],
    near: [ext('permessage-deflate; server_max_window_bits=7, permessage-deflate', 'permessage-deflate')],
  },
  'deflate-response-twice': {
    fires: [ext('permessage-deflate', 'permessage-deflate, permessage-deflate')],
    near: [ext('permessage-deflate, permessage-deflate', 'permessage-deflate')],
  },
  'deflate-response-unknown': { fires: [answer('mystery')], near: [answer('server_no_context_takeover')] },
  'deflate-response-repeated': {
    fires: [answer('server_max_window_bits=9; server_max_window_bits=9')],
    near: [answer('server_max_window_bits=9; client_max_window_bits=9')],
  },
  'deflate-response-bits': {
    fires: ['client_max_window_bits', 'client_max_window_bits=7', 'server_max_window_bits=16'].map(answer),
    near: ['client_max_window_bits=8', 'server_max_window_bits="15"'].map(answer),
  },
  'deflate-response-value': {
    fires: [answer('client_no_context_takeover=1')],
    near: [answer('client_no_context_takeover')],
  },
  'deflate-server-takeover-missing': {
    fires: [pmd('; server_no_context_takeover', '')],
    near: [
      pmd('; server_no_context_takeover', '; server_no_context_takeover'),
      pmd('; server_no_context_takeover, permessage-deflate', ''),
      pmd('; client_no_context_takeover', ''),
    ],
  },
  'deflate-server-bits-missing': {
    fires: [pmd('; server_max_window_bits=14', '')],
    near: [pmd('; server_max_window_bits=15', ''), pmd('; server_max_window_bits=14', '; server_max_window_bits=14')],
  },
  'deflate-server-bits-greater': {
    fires: [pmd('; server_max_window_bits=10', '; server_max_window_bits=11')],
    near: [pmd('; server_max_window_bits=10', '; server_max_window_bits=9'), pmd('', '; server_max_window_bits=9')],
  },
  'deflate-client-bits-not-offered': {
    fires: [pmd('', '; client_max_window_bits=15')],
    near: [pmd('; client_max_window_bits', '; client_max_window_bits=15'), pmd('; client_max_window_bits', '')],
  },
  'deflate-client-bits-greater': {
    fires: [pmd('; client_max_window_bits=10', '; client_max_window_bits=11')],
    near: [pmd('; client_max_window_bits=10', '; client_max_window_bits=10'), pmd('; client_max_window_bits=10', '')],
  },
  'head-request-line': {
    fires: [headline('GET /'), headline('GET  / HTTP/1.1'), headline('GET /a b HTTP/1.1'), headline('G(T / HTTP/1.1')],
    near: [headline('GET / HTTP/1.1'), headline('GET / HTTP/2')],
  },
  'head-status-line': {
    fires: [statusLine('HTTP/1.1 10 x'), statusLine('HTTP/1.1  101 x'), statusLine('HTTP/1 101 x')],
    near: [statusLine('HTTP/1.1 101 '), statusLine('HTTP/1.1 101')],
  },
  'head-status-space': { fires: [statusLine('HTTP/1.1 101')], near: [statusLine('HTTP/1.1 101 ')] },
  'head-bare-lf': {
    fires: [raw((s) => s.replaceAll('\r\n', '\n')), raw((s) => s.replace('\r\n', '\n'))],
    near: [raw((s) => s)],
  },
  'head-bare-cr': { fires: [req({ X: 'a\rb' })], near: [req({ X: 'a\tb' })] },
  'head-leading-line': { fires: [raw((s) => `\r\n${s}`)], near: [raw((s) => s)] },
  'head-leading-space': {
    fires: [raw((s) => s.replace('Host', ' Host'))],
    near: [raw((s) => s.replace('Upgrade', ' Upgrade'))],
  },
  'head-missing-colon': { fires: [raw((s) => s.replace('Origin: http:', 'Origin'))], near: [req({ Origin: '' })] },
  'head-empty-name': { fires: [raw((s) => s.replace('Origin', ''))], near: [raw((s) => s.replace('Origin', 'O'))] },
  'head-name-character': {
    fires: [raw((s) => s.replace('Origin', 'Or(gin')), raw((s) => s.replace('Origin', 'Or gin'))],
    near: [raw((s) => s.replace('Origin', "O!#$%&'*+-.^_`|~9"))],
  },
  'head-space-before-colon': {
    fires: [raw((s) => s.replace('Origin', 'Origin '))],
    near: [raw((s) => s.replace('Origin: ', 'Origin:'))],
  },
  'head-fold': { fires: [req({ X: 'a\r\n b' })], near: [req({ X: 'a  b' })] },
  'head-control': { fires: [req({ X: 'a\0b' }), req({ X: '\x7f' })], near: [req({ X: 'a\tb' })] },
  'head-non-ascii': { fires: [req({ X: 'caf\xe9' })], near: [req({ X: 'cafe' })] },
  'head-unfinished': { fires: [raw((s) => s.slice(0, -2)), raw((s) => s.slice(0, -10))], near: [raw((s) => s)] },
  'head-too-large': { fires: [req({ X: 'y'.repeat(2260_000) })], near: [req({ X: 'y'.repeat(64_000) })] },
  'http2-upgrade': { fires: [headline('GET / HTTP/2'), statusLine('HTTP/2 400 ')], near: [headline('GET / HTTP/1.2')] },
  'obsolete-location': {
    fires: [res({ 'WebSocket-Location': 'ws://a/' }), res({ 'Sec-WebSocket-Location': 'ws://a/' })],
    near: [res({ Location: 'http://a/', line: 'HTTP/1.1 302 Found' })],
  },
  'obsolete-origin': {
    fires: [res({ 'WebSocket-Origin': 'a' }), req({ 'Sec-WebSocket-Origin': 'a' })],
    near: [req({ Origin: 'http://a' })],
  },
  'obsolete-protocol': { fires: [req({ 'WebSocket-Protocol': 'a' })], near: [req({ 'Sec-WebSocket-Protocol': 'a' })] },
  'obsolete-draft': { fires: [req({ 'Sec-WebSocket-Draft': '2' })], near: [req({})] },
  'obsolete-keys': { fires: [req({ 'Sec-WebSocket-Key1': 'a' }), req({ 'Sec-WebSocket-Key2': 'a' })], near: [req({})] },
  'h2-method': { fires: [h2({ ':method': 'GET' })], near: [h2({}), h2({ ':method': null })] },
  'h2-protocol-missing': { fires: [h2({ ':protocol': null })], near: [h2({})] },
  'h2-protocol-value': { fires: [h2({ ':protocol': 'WebSocket' })], near: [h2({})] },
  'h2-not-announced': { fires: [h2({}, false)], near: [h2({}), { http2: { request: CONNECT } }] },
  'h2-scheme-missing': { fires: [h2({ ':scheme': null })], near: [h2({})] },
  'h2-scheme-value': { fires: [h2({ ':scheme': 'wss' })], near: [h2({ ':scheme': 'http' })] },
  'h2-path-missing': { fires: [h2({ ':path': null })], near: [h2({ ':path': '/' })] },
  'h2-path-value': { fires: [h2({ ':path': 'chat' }), h2({ ':path': '' })], near: [h2({ ':path': '/?a' })] },
  'h2-authority-missing': { fires: [h2({ ':authority': null })], near: [h2({ ':authority': null, host: 'a' })] },
  'h2-key': {
    fires: [h2({ 'sec-websocket-key': KEY }), h2res({ 'sec-websocket-accept': acceptKey(KEY) })],
    near: [h2({ 'x-sec-websocket-key': KEY })],
  },
  'h2-status-missing': { fires: [h2res({ ':status': null }), h2res({ ':status': '20' })], near: [h2res({})] },
  'h2-status': { fires: [h2res({ ':status': '403' })], near: [h2res({ ':status': '204' })] },
  'h2-status-101': { fires: [h2res({ ':status': '101' })], near: [h2res({ ':status': '200' })] },
  'h2-connection-field': {
    fires: [h2({ connection: 'Upgrade' }), h2({ upgrade: 'websocket' }), h2res({ 'transfer-encoding': 'chunked' })],
    near: [h2({ te: 'trailers' })],
  },
  'h2-name-case': { fires: [h2({ Origin: 'a' }), h2res({ 'X-A': 'b' })], near: [h2({ 'x-a': 'B' })] },
  'h2-name-character': {
    fires: [
      h2({ 'x y': 'a' }),
      h2({ 'x\x01': 'a' }),
      h2({ 'x:y': 'a' }),
      h2res({ 'x\xe9': 'a' }),
      h2({ 'x\x7f': 'a' }),
    ],
    near: [h2({ 'x-!#$~': 'a' })],
  },
  'h2-value-character': {
    fires: [h2({ x: 'a\0b' }), h2({ x: 'a\nb' }), h2res({ x: 'a\rb' }), h2({ ':path': '/\0' })],
    near: [h2({ x: 'a\tb\xe9' })],
  },
  'h2-value-blank': {
    fires: [h2({ x: ' a' }), h2({ x: 'a ' }), h2res({ x: '\ta' }), h2({ x: ' ' })],
    near: [h2({ x: 'a b' }), h2({ x: '' })],
  },
  'h2-value-control': { fires: [h2({ x: 'a\x01b' }), h2res({ x: '\x7f' })], near: [h2({ x: 'a\tb' })] },
  'h2-pseudo-unknown': { fires: [h2({ ':version': '1' }), h2res({ ':path': '/' })], near: [h2({})] },
  'h2-pseudo-repeated': { fires: [h2raw([':path', '/b'])], near: [h2raw(['cookie', 'a'], ['cookie', 'b'])] },
  'h2-pseudo-order': { fires: [h2raw([':path', '/b'])], near: [h2({})] },
};
