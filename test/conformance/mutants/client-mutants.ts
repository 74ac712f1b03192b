import { encodeFrame } from '../../../src/codec/frames/frame-writer.js';
import { OPCODE } from '../../../src/codec/frames/registry.js';
import type { ClientFaults } from './client.js';

/** A deliberately broken client, and all cases that have to see it. */
export type ClientMutant = readonly [what: string, faults: ClientFaults, caught: readonly string[]];

const forgiving = (what: string, forgives: RegExp, ...caught: readonly string[]): ClientMutant => [
  what,
  { forgives },
  caught.map((id) => `${id}: FAILED`),
];

/** A request with something replaced. */
function asking(what: string, from: string | RegExp, to: string): ClientMutant {
  return [what, { request: (text) => text.replace(from, to) }, ['request: FAILED']];
}

const EARLY = encodeFrame({ fin: true, rsv: 0, opcode: OPCODE.text, payload: Buffer.from('early'), key: 1 });

export const CLIENT_MUTANTS: readonly ClientMutant[] = [
  forgiving(
    'accepts any accept value',
    /^response-accept-(?:form|value)$/,
    'accept-empty',
    'accept-key',
    'accept-longer',
    'accept-odd-case',
    'accept-shortened',
    'accept-wrong',
  ),
  forgiving('accepts without an accept value', /^response-accept-missing$/, 'accept-absent', 'fold-smuggled'),
  forgiving('takes the first of two accept values', /^response-accept-repeated$/, 'accept-twice'),
  forgiving('accepts without Upgrade', /^response-upgrade-missing$/, 'upgrade-absent'),
  forgiving('accepts any Upgrade', /^response-upgrade-websocket$/, 'upgrade-longer', 'upgrade-other'),
  forgiving('accepts without Connection', /^response-connection-missing$/, 'connection-absent'),
  forgiving('accepts any Connection', /^response-connection-upgrade$/, 'connection-longer', 'connection-other'),
  forgiving('accepts any extension', /^response-extension-offered$/, 'extension-unoffered'),
  [
    'offers permessage-deflate and does not look at the answer',
    {
      forgives: /^deflate-/,
      request: (text) => text.replace(/\r\n\r\n$/, '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n'),
    },
    ['deflate-bits-7: FAILED', 'deflate-parameter-repeated: FAILED', 'deflate-parameter-unknown: FAILED'],
  ],
  forgiving(
    'accepts broken extensions',
    /^(?:extension-|response-extension-)/,
    'extension-malformed',
    'extension-unoffered',
  ),
  forgiving('accepts any subprotocol', /^response-protocol-offered$/, 'protocol-unoffered'),
  forgiving('accepts any subprotocols', /^response-protocol-/, 'protocol-twice', 'protocol-unoffered'),
  forgiving('accepts any status line', /^head-status-line$/, 'protocol-other'),
  ['takes 200 for 101', { statuses: [200] }, ['status-200: FAILED']],
  [
    'takes any status for 101',
    { statuses: [200, 301, 302, 400, 401, 500] },
    [200, 301, 302, 400, 401, 500].map((status) => `status-${status}: FAILED`),
  ],
  [
    'loses bytes behind the head',
    { dropsRest: true },
    ['half-behind-head: FAILED', 'ping-behind-head: FAILED', 'text-behind-head: FAILED'],
  ],
  ['takes the first bytes for the whole head', { readsOnce: true }, ['byte-by-byte: FAILED']],
  [
    'sends frames that are not masked',
    { unmasked: true },
    ['accepted: FAILED', 'half-behind-head: FAILED', 'ping-behind-head: FAILED', 'text-behind-head: FAILED'],
  ],
  ['does not wait for the answer', { early: EARLY }, ['waits: FAILED']],
  asking('sends no Host', /Host: .*\r\n/, ''),
  asking('sends a key of 15 bytes', 'q1pOXRHYdJDSEfgGZwJ4AA==', 'q1pOXRHYdJDSEfgGZwJ4'),
  asking('sends a version of a draft', 'Version: 13', 'Version: 8'),
  asking('sends no Connection', /Connection: .*\r\n/, ''),
  [
    'sends the key of the RFC',
    { request: (text) => text.replace('q1pOXRHYdJDSEfgGZwJ4AA==', 'dGhlIHNhbXBsZSBub25jZQ==') },
    ['request: NON-STRICT'],
  ],
];
