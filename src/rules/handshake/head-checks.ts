import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Head, HeadFault, HeadFaultKind } from '../../codec/http1/head.js';
import type { HEAD_RULES } from './head-catalogue.js';
import type { OBSOLETE_RULES } from './obsolete-catalogue.js';
import type { HeadSide } from '../../codec/handshake/lines.js';
import { absent, type BrokenRequirement, type Check, type Result } from './check.js';

type HeadCode = keyof typeof HEAD_RULES;

/** The parser's facts and the rules that they break. */
const BY_FAULT: Readonly<Record<HeadFaultKind, HeadCode>> = {
  'request-line': 'head-request-line',
  'status-line': 'head-status-line',
  'status-space': 'head-status-space',
  'bare-lf': 'head-bare-lf',
  'bare-cr': 'head-bare-cr',
  'leading-line': 'head-leading-line',
  'leading-space': 'head-leading-space',
  'missing-colon': 'head-missing-colon',
  'empty-name': 'head-empty-name',
  'name-character': 'head-name-character',
  'space-before-colon': 'head-space-before-colon',
  fold: 'head-fold',
  control: 'head-control',
  'non-ascii': 'head-non-ascii',
  unfinished: 'head-unfinished',
  'too-large': 'head-too-large',
};

/** Faults that come line by line: reported once, with their number. A broken head must not make a thousand diagnostics. */
const TOLD_ONCE: ReadonlySet<HeadFaultKind> = new Set(['bare-lf', 'fold']);
const MOST = 10;
/** How tools write the first line of HTTP/2 and HTTP/3, which have none. */
const LATER_HTTP = /^HTTP\/[23](?:\.0)?$/;

function findings(head: Head | undefined, kind: HeadFaultKind): Result {
  if (head === undefined) return undefined;
  if (kind === 'request-line' || kind === 'status-line') {
    if (!head.hasStartLine || kind.startsWith('request') !== (head.kind === 'request')) return undefined;
    if (LATER_HTTP.test(head.version)) return undefined;
  }
  const faults = head.faults.filter((fault) => fault.kind === kind);
  const [first] = faults;
  if (first !== undefined && TOLD_ONCE.has(kind)) return [{ span: first.span, args: { count: faults.length } }];
  return faults.slice(0, MOST).map(({ span, args }: HeadFault): BrokenRequirement => ({ span, args }));
}

function laterHttp(head: Head | undefined): Result {
  if (head === undefined || head.version === '') return undefined;
  return LATER_HTTP.test(head.version) ? [{ span: head.lineSpan, args: { version: head.version } }] : [];
}

/** One check for each half. */
function either(judge: (head: Head | undefined) => Result): readonly Check[] {
  const sides: readonly HeadSide[] = ['request', 'response'];
  return sides.map((side) => ({ side, judge: (handshake: Handshake) => judge(handshake[side]) }));
}

export const HEAD_CHECKS: Readonly<Record<HeadCode, readonly Check[]>> = {
  ...(Object.fromEntries(
    (Object.keys(BY_FAULT) as HeadFaultKind[]).map((kind) => [BY_FAULT[kind], either((head) => findings(head, kind))]),
  ) as Record<Exclude<HeadCode, 'http2-upgrade'>, readonly Check[]>),
  'http2-upgrade': either(laterHttp),
};

export const OBSOLETE_CHECKS: Readonly<Record<keyof typeof OBSOLETE_RULES, readonly Check[]>> = {
  'obsolete-location': either((head) => absent(head, 'WebSocket-Location', 'Sec-WebSocket-Location')),
  'obsolete-origin': either((head) => absent(head, 'WebSocket-Origin', 'Sec-WebSocket-Origin')),
  'obsolete-protocol': either((head) => absent(head, 'WebSocket-Protocol')),
  'obsolete-draft': either((head) => absent(head, 'Sec-WebSocket-Draft')),
  'obsolete-keys': either((head) => absent(head, 'Sec-WebSocket-Key1', 'Sec-WebSocket-Key2')),
};
