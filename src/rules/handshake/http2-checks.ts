import { headersNamed, type Handshake } from '../../codec/handshake/handshake.js';
import type { HeadSide } from '../../codec/handshake/lines.js';
import type { Head, Header, RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { CONNECTION_FIELDS } from '../../codec/http2/http2-codes.js';
import { absent, atHeader, present, shown, type Check, type Result } from './check.js';
import type { HTTP2_HANDSHAKE_RULES } from './http2-catalogue.js';

/** Pseudo-header fields that are defined (RFC 9113 §8.3.1, §8.3.2; RFC 8441 §4). */
const PSEUDO: Readonly<Record<HeadSide, ReadonlySet<string>>> = {
  request: new Set([':method', ':scheme', ':authority', ':path', ':protocol']),
  response: new Set([':status']),
};
const SCHEMES: ReadonlySet<string> = new Set(['http', 'https']);

function onRequest(judge: (request: RequestHead) => Result): readonly Check[] {
  return [{ side: 'request', judge: ({ request }) => request && judge(request) }];
}

function onResponse(judge: (response: ResponseHead) => Result): readonly Check[] {
  return [{ side: 'response', judge: ({ response }) => response && judge(response) }];
}

function either(judge: (head: Head, side: HeadSide) => Result): readonly Check[] {
  const sides: readonly HeadSide[] = ['request', 'response'];
  return sides.map((side) => ({
    side,
    judge: (handshake: Handshake) => {
      const head = handshake[side];
      return head && judge(head, side);
    },
  }));
}

/** A check on the value of a request's pseudo-header field; without the field there is nothing to judge. */
function onValue(name: string, isLegal: (value: string) => boolean): readonly Check[] {
  return onRequest((request) => {
    const [field] = headersNamed(request, name);
    if (field === undefined) return undefined;
    return isLegal(field.value) ? [] : [atHeader(field)];
  });
}

/** `:authority`, or the Host that may stand for it where a request was made out of one of HTTP/1.1 (RFC 9113 §8.3.1). */
function authority(request: RequestHead): Result {
  return headersNamed(request, 'Host').length > 0 ? [] : present(request, ':authority');
}

function isPseudo({ name }: Header): boolean {
  return name.startsWith(':');
}

function found(headers: readonly Header[], args: Readonly<Record<string, string>> = {}): Result {
  return headers.map((header) => ({ span: header.nameSpan, args: { name: shown(header.name), ...args } }));
}

function repeated({ headers }: Head): Result {
  const seen = new Set<string>();
  const again = headers.filter((header) => {
    const isAgain = isPseudo(header) && seen.has(header.name);
    seen.add(header.name);
    return isAgain;
  });
  return found(again.slice(0, 1));
}

function misplaced({ headers }: Head): Result {
  const first = headers.findIndex((header) => !isPseudo(header));
  return found(first < 0 ? [] : headers.slice(first).filter(isPseudo).slice(0, 1));
}

/** RFC 9113 §8.2.1, but for upper case. */
function hasIllegal(name: string): boolean {
  return /[^!-~]/.test(name) || name.includes(':', 1);
}

function isBlankEdged(value: string): boolean {
  return /^[ \t]|[ \t]$/.test(value);
}

/** NUL, LF, CR. */
function isMalforming(code: number): boolean {
  return code === 0 || code === 0x0a || code === 0x0d;
}

function isControl(code: number): boolean {
  return (code < 0x20 && code !== 0x09) || code === 0x7f;
}

/** The first field whose value has such a byte. */
function withCode(headers: readonly Header[], test: (code: number) => boolean): Result {
  for (const header of headers) {
    for (let i = 0; i < header.value.length; i++) {
      const code = header.value.charCodeAt(i);
      if (test(code)) return found([header], { byte: `0x${code.toString(16).padStart(2, '0')}` });
    }
  }
  return [];
}

export const HTTP2_CHECKS: Readonly<Record<keyof typeof HTTP2_HANDSHAKE_RULES, readonly Check[]>> = {
  'h2-method': onValue(':method', (value) => value === 'CONNECT'),
  'h2-protocol-missing': onRequest((request) => present(request, ':protocol')),
  'h2-protocol-value': onValue(':protocol', (value) => value === 'websocket'),
  'h2-not-announced': onRequest((request) => {
    const [field] = headersNamed(request, ':protocol');
    const connects = request.http2?.connects;
    if (field === undefined || connects === undefined) return undefined;
    return connects ? [] : [atHeader(field)];
  }),
  'h2-scheme-missing': onRequest((request) => present(request, ':scheme')),
  'h2-scheme-value': onValue(':scheme', (value) => SCHEMES.has(value)),
  'h2-path-missing': onRequest((request) => present(request, ':path')),
  'h2-path-value': onValue(':path', (value) => value.startsWith('/')),
  'h2-authority-missing': onRequest(authority),
  'h2-key': either((head) => absent(head, 'Sec-WebSocket-Key', 'Sec-WebSocket-Accept')),
  'h2-status-missing': onResponse((response) => {
    if (response.status !== undefined) return [];
    return response.complete || headersNamed(response, ':status').length > 0
      ? [{ span: response.lineSpan }]
      : undefined;
  }),
  'h2-status': [
    {
      side: 'response',
      judge: ({ response, upgraded }) => {
        if (response?.status === undefined || response.status === 101) return undefined;
        return upgraded ? [] : [{ span: response.lineSpan, args: { status: response.status } }];
      },
    },
  ],
  'h2-status-101': onResponse(({ status, lineSpan }) => {
    if (status === undefined) return undefined;
    return status === 101 ? [{ span: lineSpan }] : [];
  }),
  'h2-connection-field': either((head) =>
    found(head.headers.filter(({ name }) => CONNECTION_FIELDS.has(name.toLowerCase()))),
  ),
  'h2-name-case': either(({ headers }) => found(headers.filter(({ name }) => /[A-Z]/.test(name)).slice(0, 1))),
  'h2-name-character': either(({ headers }) => found(headers.filter(({ name }) => hasIllegal(name)).slice(0, 1))),
  'h2-value-character': either(({ headers }) => withCode(headers, isMalforming)),
  'h2-value-blank': either(({ headers }) => found(headers.filter(({ value }) => isBlankEdged(value)).slice(0, 1))),
  'h2-value-control': either(({ headers }) => withCode(headers, (code) => isControl(code) && !isMalforming(code))),
  'h2-pseudo-unknown': either(({ headers }, head) =>
    found(
      headers.filter((header) => isPseudo(header) && !PSEUDO[head].has(header.name)),
      { head },
    ),
  ),
  'h2-pseudo-repeated': either(repeated),
  'h2-pseudo-order': either(misplaced),
};
