import { acceptKey } from '../../../src/codec/handshake/accept-key.js';
import { headersNamed } from '../../../src/codec/handshake/handshake.js';
import type { ServerFaults } from './server.js';

/** A deliberately broken server, and all cases that have to see it. */
export type ServerMutant = readonly [what: string, faults: ServerFaults, caught: readonly string[]];

const forgiving = (what: string, forgives: RegExp, ...caught: readonly string[]): ServerMutant => [
  what,
  { forgives },
  caught,
];

const latin1 = (chunk: Uint8Array): string => Buffer.from(chunk).toString('latin1');
const reading = (change: (text: string) => string) => (chunk: Uint8Array) =>
  chunk.length > 20_000 ? chunk : Buffer.from(change(latin1(chunk)), 'latin1');
const KNOWN = /(?<=\r\n)(host|upgrade|connection|sec-websocket-(?:key|version))(?=:)/gi;

export const SERVER_MUTANTS: readonly ServerMutant[] = [
  // The key of fold-smuggled is none where it is read as it should be.
  forgiving('accepts without a key', /^request-key-missing$/, 'fold-smuggled: FAILED', 'key-absent: FAILED'),
  forgiving(
    'does not look into the key',
    /^request-key-(?:base64|length)$/,
    'key-15-bytes: NON-STRICT',
    'key-17-bytes: NON-STRICT',
    'key-empty: FAILED',
    'key-not-base64: NON-STRICT',
  ),
  forgiving('takes the first of two keys', /^request-key-repeated$/, 'key-twice: FAILED'),
  forgiving('accepts the version 8', /^request-version-draft$/, 'version-8: NON-STRICT'),
  forgiving(
    'accepts any version',
    /^request-version-(?:value|draft)$/,
    'version-8: NON-STRICT',
    'version-99: FAILED',
    'version-hexadecimal: FAILED',
    'version-list: FAILED',
    'version-zero-padded: FAILED',
  ),
  forgiving('accepts without a version', /^request-version-missing$/, 'version-absent: FAILED'),
  forgiving('takes the first of two versions', /^request-version-repeated$/, 'version-twice: FAILED'),
  forgiving('accepts without Upgrade', /^request-upgrade-missing$/, 'upgrade-absent: FAILED'),
  forgiving('accepts any Upgrade', /^request-upgrade-websocket$/, 'upgrade-longer: FAILED', 'upgrade-other: FAILED'),
  forgiving('accepts without Connection', /^request-connection-missing$/, 'connection-absent: FAILED'),
  forgiving(
    'accepts any Connection',
    /^request-connection-upgrade$/,
    'connection-longer: FAILED',
    'connection-other: FAILED',
  ),
  forgiving('accepts any method', /^request-method$/, 'method-lower-case: FAILED', 'method-post: FAILED'),
  forgiving('accepts HTTP/1.0', /^request-http-version$/, 'http-1.0: FAILED'),
  forgiving('accepts HTTP/2.0 as HTTP/1', /^http2-upgrade$/, 'http-2.0: NON-STRICT'),
  forgiving(
    'accepts any first line',
    /^(?:head-request-line|request-target)$/,
    'http-version-malformed: FAILED',
    'protocol-other: FAILED',
  ),
  forgiving(
    'does not look at Host',
    /^request-host-/,
    'host-absent: FAILED',
    'host-malformed: FAILED',
    'host-twice: FAILED',
  ),
  forgiving('passes over blanks before a colon', /^head-space-before-colon$/, 'space-before-colon: FAILED'),
  forgiving('passes over lines without a colon', /^head-missing-colon$/, 'colon-absent: NON-STRICT'),
  forgiving(
    'accepts broken offers of extensions',
    /^extension-/,
    'extension-malformed: FAILED',
    'extension-quote-open: FAILED',
  ),
  forgiving('accepts broken offers of subprotocols', /^request-protocol-/, 'protocol-malformed: NON-STRICT'),
  [
    'takes a folded line for a header',
    { reads: reading((text) => text.replaceAll('\r\n ', '\r\n')) },
    ['fold-smuggled: FAILED', 'leading-blank: FAILED'],
  ],
  [
    'takes a bare CR for a line end',
    { reads: reading((text) => text.replace(/\r(?=[^\n])/g, '\r\n')) },
    ['bare-cr: FAILED'],
  ],
  ['ends values at a NUL', { reads: reading((text) => text.replace(/\0[^\r]*/g, '')) }, ['nul: FAILED']],
  [
    'compares header names with their case',
    {
      reads: reading((text) =>
        text.replace(KNOWN, (name) => (/^(?:Host|Upgrade|Connection|Sec-)/.test(name) ? name : 'X')),
      ),
    },
    ['names-lower-case: FAILED', 'names-odd-case: FAILED'],
  ],
  [
    'compares Upgrade with its case',
    { reads: reading((text) => text.replace('Upgrade: WebSocket', 'Upgrade: x')) },
    ['upgrade-mixed-case: FAILED'],
  ],
  [
    'compares Connection with its case',
    { reads: reading((text) => text.replace('Connection: upgrade', 'Connection: x')) },
    ['connection-lower-case: FAILED'],
  ],
  [
    'takes Connection for one word',
    { reads: reading((text) => text.replace(/Connection: [^\r]*,[^\r]*/, 'Connection: x')) },
    ['connection-list: FAILED'],
  ],
  [
    'reads the first of several headers only',
    {
      reads: reading((text) => text.replace('Connection: keep-alive\r\nConnection: Upgrade', 'Connection: keep-alive')),
    },
    ['connection-several: FAILED'],
  ],
  [
    'knows no absolute URL',
    { reads: reading((text) => text.replace(/^GET http/, 'GET *http')) },
    ['target-absolute: FAILED'],
  ],
  [
    'knows no empty line in front',
    { reads: reading((text) => text.replace(/^\r\n/, 'x\r\n')) },
    ['leading-line: NON-STRICT'],
  ],
  ['knows HTTP/1.1 only', { reads: reading((text) => text.replace('HTTP/1.2', 'HTTP/0.9')) }, ['http-1.2: NON-STRICT']],
  [
    'has a small buffer for the first line',
    { reads: reading((text) => (/^[^\r]{4097}/.test(text) ? `${text.slice(0, 4096)}\r\n\r\n` : text)) },
    ['target-long: NON-STRICT'],
  ],
  [
    'knows no list in Upgrade',
    { reads: reading((text) => text.replace('foo, websocket', 'foo')) },
    ['upgrade-list: NON-STRICT'],
  ],
  [
    'hashes the blanks around the key',
    { reads: reading((text) => text.replace(/: {2}\t.{24} \t/, ': AAAAAAAAAAAAAAAAAAAAAA==')) },
    ['key-blanks: FAILED'],
  ],
  [
    'computes some accept values wrong',
    { acceptOf: (key) => acceptKey(key.replaceAll('++', '  ')) },
    ['accept-values: FAILED'],
  ],
  ['sends another Upgrade', { upgradeLine: 'Upgrade: web-socket' }, ['accepted: FAILED']],
  ['sends a Content-Length', { headers: () => ['Content-Length: 0'] }, ['accepted: NON-STRICT']],
  [
    'chooses a subprotocol of its own',
    { headers: ({ subprotocolsOffered }) => (subprotocolsOffered.length > 0 ? ['Sec-WebSocket-Protocol: chat'] : []) },
    ['protocol-unknown: FAILED'],
  ],
  [
    'always chooses a subprotocol',
    { headers: () => ['Sec-WebSocket-Protocol: chat'] },
    ['accepted: FAILED', 'protocol-unknown: FAILED'],
  ],
  [
    'chooses all subprotocols',
    {
      headers: ({ subprotocolsOffered }) =>
        subprotocolsOffered.length > 0 ? [`Sec-WebSocket-Protocol: ${subprotocolsOffered.join(', ')}`] : [],
    },
    ['protocol-unknown: FAILED'],
  ],
  [
    'chooses by the first header only',
    {
      headers: ({ request }) =>
        headersNamed(request, 'Sec-WebSocket-Protocol')
          .slice(0, 1)
          .map(({ value }) => `Sec-WebSocket-Protocol: ${value.split(', ').at(-1)}`),
    },
    ['protocol-headers: FAILED'],
  ],
  [
    'accepts all extensions',
    {
      headers: ({ request }) =>
        headersNamed(request, 'Sec-WebSocket-Extensions').map(({ value }) => `Sec-WebSocket-Extensions: ${value}`),
    },
    [
      'deflate-bits-16: FAILED',
      'deflate-bits-7: FAILED',
      'deflate-bits-absent: FAILED',
      'deflate-bits-zero: FAILED',
      'deflate-fallback: FAILED',
      'deflate-offered-twice: FAILED',
      'deflate-parameter-repeated: FAILED',
      'deflate-parameter-unknown: FAILED',
      'deflate-takeover-value: FAILED',
      'extension-unknown: FAILED',
    ],
  ],
  [
    'accepts permessage-deflate without looking',
    {
      headers: ({ request }) =>
        headersNamed(request, 'Sec-WebSocket-Extensions').some(({ value }) => value.startsWith('permessage-deflate'))
          ? ['Sec-WebSocket-Extensions: permessage-deflate']
          : [],
    },
    [
      'deflate-bits-16: FAILED',
      'deflate-bits-7: FAILED',
      'deflate-bits-absent: FAILED',
      'deflate-bits-zero: FAILED',
      // What was requested is missing in its answer.
      'deflate-offered: FAILED',
      'deflate-parameter-repeated: FAILED',
      'deflate-parameter-unknown: FAILED',
      'deflate-takeover-value: FAILED',
      // It looks at the beginning of each header.
      'extension-headers: FAILED',
      'extension-quoted: FAILED',
    ],
  ],
  ['loses bytes behind the head', { dropsRest: true }, ['early-frame: NON-STRICT']],
  ['takes a body for frames', { ignoresBody: true }, ['body: NON-STRICT']],
  [
    'refuses without its versions',
    { refusal: 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n' },
    ['version-8: NON-STRICT', 'version-99: NON-STRICT'],
  ],
  ['takes a head of any size', { unlimited: true }, ['head-endless: NON-STRICT']],
];
