import { decodeKey } from '../../codec/handshake/key.js';
import { headersNamed, listElements } from '../../codec/handshake/handshake.js';
import { isToken } from '../../codec/http1/text.js';
import type { Base64Fault } from '../../codec/handshake/key.js';
import type { Header, RequestHead } from '../../codec/http1/head.js';
import { absent, atHeader, joined, once, present, shown, type Check, type Result } from './check.js';
import type { REQUEST_RULES } from './request-catalogue.js';

/** A check on the request; without one there is nothing to judge. */
function onRequest(judge: (request: RequestHead) => Result): readonly Check[] {
  return [{ side: 'request', judge: ({ request }) => request && judge(request) }];
}

/** A check on the first header of that name; undefined without it. */
function onHeader(name: string, judge: (header: Header) => Result): readonly Check[] {
  return onRequest((request) => {
    const [header] = headersNamed(request, name);
    return header && judge(header);
  });
}

/** Whether a list header has a token, in any letter case. */
function includes(name: string, token: string): readonly Check[] {
  return onRequest((request) => {
    const headers = headersNamed(request, name);
    const all = joined(headers);
    if (all === undefined) return undefined;
    const found = listElements(headers).some(({ text }) => text.toLowerCase() === token);
    return found ? [] : [{ span: all.span, args: { value: all.value } }];
  });
}

function version(request: RequestHead): Result {
  const [, major, minor = '0'] = /^HTTP\/(\d{1,3})(?:\.(\d{1,3}))?$/.exec(request.version) ?? [];
  if (major === undefined) return undefined;
  const enough = Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 1);
  return enough ? [] : [{ span: request.lineSpan, args: { version: request.version } }];
}

const ABSOLUTE = /^https?:\/\/([^/?#]+)/i;
const VISIBLE = /^[\x21-\x7e]+$/;

function target(request: RequestHead): Result {
  const { target } = request;
  if (target === '') return undefined;
  const legal = (target.startsWith('/') || ABSOLUTE.test(target)) && VISIBLE.test(target);
  return legal ? [] : [{ span: request.lineSpan, args: { target: shown(target) } }];
}

function fragment(request: RequestHead): Result {
  if (request.target === '') return undefined;
  if (!request.target.includes('#')) return [];
  return [{ span: request.lineSpan, args: { target: shown(request.target) } }];
}

/** RFC 9110 §4.2.3: the default port may be written or not. */
function authority(text: string, scheme: string): string {
  return text.toLowerCase().replace(scheme.toLowerCase() === 'https' ? /:(?:443)?$/ : /:(?:80)?$/, '');
}

function targetHost(request: RequestHead): Result {
  const [host] = headersNamed(request, 'Host');
  const [, named] = ABSOLUTE.exec(request.target) ?? [];
  if (host === undefined || named === undefined) return undefined;
  const scheme = request.target.slice(0, request.target.indexOf(':'));
  if (authority(named, scheme) === authority(host.value, scheme)) return [];
  return [{ span: host.valueSpan, args: { host: shown(host.value), authority: shown(named) } }];
}

/** RFC 3986 §3.2.2, §3.2.3: a name or IPv4 address, or an IPv6 address in brackets; a port. */
const HOST = /^(?:\[[0-9A-Za-z:.%\-_~]+\]|[0-9A-Za-z\-._~!$&'()*+,;=%]+)(?::\d*)?$/;

function keyFault(...kinds: readonly Base64Fault['kind'][]): readonly Check[] {
  return onHeader('Sec-WebSocket-Key', ({ value, valueSpan }) => {
    const { bytes, faults } = decodeKey(value);
    const [first] = faults;
    // What is not Base64 is not checked further.
    const noBase64 = first?.kind === 'alphabet' || first?.kind === 'padding';
    if (noBase64 && !kinds.includes(first.kind)) return undefined;
    const fault = faults.find(({ kind }) => kinds.includes(kind));
    if (fault === undefined) return [];
    const start = valueSpan.start + (fault.kind === 'length' ? 0 : Math.min(fault.at, value.length));
    const end = fault.kind === 'length' ? valueSpan.end : Math.min(start + 1, valueSpan.end);
    return [{ span: { start, end }, args: { column: fault.at + 1, bytes: bytes.length, value: shown(value) } }];
  });
}

/** Keys that programs copied from a text instead of making one: RFC 6455 §1.2, and an encyclopedia's example. */
const EXAMPLE_KEYS = new Set(['dGhlIHNhbXBsZSBub25jZQ==', 'x3JJHMbDL1EzLkh9GBhXDw==', 'AAAAAAAAAAAAAAAAAAAAAA==']);

const DRAFTS: Readonly<Record<string, string>> = { '7': 'the draft hybi-07', '8': 'the drafts hybi-08 to hybi-12' };

function protocols(judge: (texts: readonly { text: string; index: number }[]) => readonly number[]): readonly Check[] {
  return onRequest((request) => {
    const elements = listElements(headersNamed(request, 'Sec-WebSocket-Protocol'));
    if (elements.length === 0) return undefined;
    return judge(elements.map(({ text }, index) => ({ text, index }))).map((index) => ({
      span: elements[index]?.span ?? request.lineSpan,
      args: { protocol: shown(elements[index]?.text ?? '') },
    }));
  });
}

export const REQUEST_CHECKS: Readonly<Record<keyof typeof REQUEST_RULES, readonly Check[]>> = {
  'request-method': onRequest(({ method, lineSpan }) => {
    if (method === '') return undefined;
    return method === 'GET' ? [] : [{ span: lineSpan, args: { method: shown(method) } }];
  }),
  'request-http-version': onRequest(version),
  'request-target': onRequest(target),
  'request-target-fragment': onRequest(fragment),
  'request-target-host': onRequest(targetHost),
  'request-host-missing': onRequest((request) => present(request, 'Host')),
  'request-host-repeated': onRequest((request) => once(request, 'Host')),
  'request-host-value': onHeader('Host', (header) => (HOST.test(header.value) ? [] : [atHeader(header)])),
  'request-upgrade-missing': onRequest((request) => present(request, 'Upgrade')),
  'request-upgrade-websocket': includes('Upgrade', 'websocket'),
  'request-connection-missing': onRequest((request) => present(request, 'Connection')),
  'request-connection-upgrade': includes('Connection', 'upgrade'),
  'request-key-missing': onRequest((request) => present(request, 'Sec-WebSocket-Key')),
  'request-key-repeated': onRequest((request) => once(request, 'Sec-WebSocket-Key')),
  'request-key-base64': keyFault('alphabet', 'padding'),
  'request-key-length': keyFault('length'),
  'request-key-canonical': keyFault('trailing-bits'),
  'request-key-random': onHeader('Sec-WebSocket-Key', (header) =>
    EXAMPLE_KEYS.has(header.value) ? [{ span: header.valueSpan, args: { value: header.value } }] : [],
  ),
  'request-version-missing': onRequest((request) => present(request, 'Sec-WebSocket-Version')),
  'request-version-repeated': onRequest((request) => once(request, 'Sec-WebSocket-Version')),
  'request-version-value': onHeader('Sec-WebSocket-Version', ({ value, valueSpan }) => {
    if (value === '13') return [];
    const finding = { span: valueSpan, args: { value: shown(value) } };
    return [Object.hasOwn(DRAFTS, value) ? { ...finding, toldBy: 'request-version-draft' } : finding];
  }),
  'request-version-draft': onHeader('Sec-WebSocket-Version', ({ value, valueSpan }) => {
    const draft = Object.hasOwn(DRAFTS, value) ? DRAFTS[value] : undefined;
    return draft === undefined ? [] : [{ span: valueSpan, args: { value, draft } }];
  }),
  'request-protocol-empty': protocols((all) => all.filter(({ text }) => text === '').map(({ index }) => index)),
  'request-protocol-token': protocols((all) =>
    all.filter(({ text }) => text !== '' && !isToken(text)).map(({ index }) => index),
  ),
  'request-protocol-unique': protocols((all) => {
    const seen = new Set<string>();
    const again: number[] = [];
    for (const { text, index } of all) {
      if (text !== '' && seen.has(text)) again.push(index);
      seen.add(text);
    }
    return again;
  }),
  'request-body': onRequest((request) => {
    const found = absent(request, 'Content-Length', 'Transfer-Encoding');
    // A length of 0 announces nothing.
    return found?.filter(({ args }) => !/^0+$/.test(String(args?.['value'])));
  }),
  'request-accept': onRequest((request) => absent(request, 'Sec-WebSocket-Accept')),
};
