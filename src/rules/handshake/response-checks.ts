import { decodeBase64 } from '../../codec/handshake/key.js';
import { headersNamed, listElements, type Handshake } from '../../codec/handshake/handshake.js';
import type { ResponseHead } from '../../codec/http1/head.js';
import { isToken } from '../../codec/http1/text.js';
import { absent, joined, once, present, shown, type Check, type Result } from './check.js';
import type { RESPONSE_RULES } from './response-catalogue.js';

/** A check on any response. */
function onResponse(judge: (response: ResponseHead) => Result): readonly Check[] {
  return [{ side: 'response', judge: ({ response }) => response && judge(response) }];
}

/** A check on a response that switches protocols: a refusal need not have any of this. */
function onUpgrade(judge: (response: ResponseHead, handshake: Handshake) => Result): readonly Check[] {
  return [
    {
      side: 'response',
      judge: (handshake) =>
        handshake.response !== undefined && handshake.upgraded ? judge(handshake.response, handshake) : undefined,
    },
  ];
}

function on426(name: string): readonly Check[] {
  return onResponse((response) => (response.status === 426 ? present(response, name) : undefined));
}

const SHA1_BYTES = 20;

function acceptForm(response: ResponseHead, handshake: Handshake): Result {
  const [header] = headersNamed(response, 'Sec-WebSocket-Accept');
  if (header === undefined) return undefined;
  if (decodeBase64(header.value, SHA1_BYTES).faults.length === 0) return [];
  const finding = { span: header.valueSpan, args: { value: shown(header.value) } };
  // Where the right value is known, comparing says it all.
  return [handshake.expectedAccept === undefined ? finding : { ...finding, toldBy: 'response-accept-value' }];
}

function acceptValue(response: ResponseHead, { key, expectedAccept }: Handshake): Result {
  const [header] = headersNamed(response, 'Sec-WebSocket-Accept');
  if (header === undefined || key === undefined || expectedAccept === undefined) return undefined;
  if (header.value === expectedAccept) return [];
  return [{ span: header.valueSpan, args: { accept: shown(header.value), key: shown(key), expected: expectedAccept } }];
}

function protocolSingle(response: ResponseHead): Result {
  const [header] = headersNamed(response, 'Sec-WebSocket-Protocol');
  if (header === undefined) return undefined;
  return isToken(header.value) ? [] : [{ span: header.valueSpan, args: { value: shown(header.value) } }];
}

function protocolOffered(response: ResponseHead, { request, subprotocolsOffered }: Handshake): Result {
  const [header] = headersNamed(response, 'Sec-WebSocket-Protocol');
  if (header === undefined || request === undefined) return undefined;
  // Subprotocol names are compared as they are written (RFC 6455 §4.1: it has to be one of those).
  const strange = listElements([header]).filter(({ text }) => !subprotocolsOffered.includes(text));
  if (strange.length > 0 && !request.complete) return undefined;
  return strange.map(({ text, span }) => ({ span, args: { protocol: shown(text) } }));
}

/** A server may (RFC 6455 §4.2.2), and a browser fails the connection: other clients hardly notice. */
function protocolNone(response: ResponseHead, { request, subprotocolsOffered }: Handshake): Result {
  if (request === undefined || subprotocolsOffered.length === 0 || !response.complete) return undefined;
  if (headersNamed(response, 'Sec-WebSocket-Protocol').length > 0) return [];
  return [{ span: response.lineSpan, args: { offered: shown(subprotocolsOffered.join(', ')) } }];
}

export const RESPONSE_CHECKS: Readonly<
  Record<Exclude<keyof typeof RESPONSE_RULES, 'response-accepted-invalid'>, readonly Check[]>
> = {
  'response-status': onResponse(({ status, lineSpan }) => {
    if (status === undefined) return undefined;
    return status === 101 ? [] : [{ span: lineSpan, args: { status } }];
  }),
  'response-http-version': onUpgrade(({ version, lineSpan }) => {
    if (version === '') return undefined;
    return /^HTTP\/(?:0\.|1\.0$)/.test(version) ? [{ span: lineSpan, args: { version } }] : [];
  }),
  'response-upgrade-missing': onUpgrade((response) => present(response, 'Upgrade')),
  'response-upgrade-websocket': onUpgrade((response) => {
    const all = joined(headersNamed(response, 'Upgrade'));
    if (all === undefined) return undefined;
    return all.value.toLowerCase() === 'websocket' ? [] : [{ span: all.span, args: { value: all.value } }];
  }),
  'response-connection-missing': onUpgrade((response) => present(response, 'Connection')),
  'response-connection-upgrade': onUpgrade((response) => {
    const headers = headersNamed(response, 'Connection');
    const all = joined(headers);
    if (all === undefined) return undefined;
    const found = listElements(headers).some(({ text }) => text.toLowerCase() === 'upgrade');
    return found ? [] : [{ span: all.span, args: { value: all.value } }];
  }),
  'response-accept-missing': onUpgrade((response) => present(response, 'Sec-WebSocket-Accept')),
  'response-accept-repeated': onUpgrade((response) => once(response, 'Sec-WebSocket-Accept')),
  'response-accept-form': onUpgrade(acceptForm),
  'response-accept-value': onUpgrade(acceptValue),
  'response-key': onResponse((response) => absent(response, 'Sec-WebSocket-Key')),
  'response-content-length': onUpgrade((response) => absent(response, 'Content-Length')),
  'response-transfer-encoding': onUpgrade((response) => absent(response, 'Transfer-Encoding')),
  'response-426-version': on426('Sec-WebSocket-Version'),
  'response-426-upgrade': on426('Upgrade'),
  'response-protocol-repeated': onUpgrade((response) => once(response, 'Sec-WebSocket-Protocol')),
  'response-protocol-single': onUpgrade(protocolSingle),
  'response-protocol-offered': onUpgrade(protocolOffered),
  'response-protocol-none': onUpgrade(protocolNone),
};
