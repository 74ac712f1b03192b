import type { Handshake } from '../../codec/handshake/handshake.js';
import type { Span } from '../../codec/bytes/span.js';
import { HANDSHAKE_RULES, HTTP1_CODES, HTTP2_CODES, type HandshakeCode } from './catalogue.js';
import type { HeadSide } from '../../codec/handshake/lines.js';
import type { Check } from './check.js';
import { HEAD_CHECKS, OBSOLETE_CHECKS } from './head-checks.js';
import { MALFORMING } from './http2-catalogue.js';
import { HTTP2_CHECKS } from './http2-checks.js';
import { NEGOTIATION_CHECKS } from './negotiation-checks.js';
import { REQUEST_CHECKS } from './request-checks.js';
import { RESPONSE_CHECKS } from './response-checks.js';
import type { Rule } from '../rule.js';

export interface HandshakeDiagnostic {
  readonly code: HandshakeCode;
  /** Offsets in the stream of the half that `side` names: the request is the client's, the response the server's. */
  readonly span: Span;
  readonly args: Readonly<Record<string, string | number>>;
  readonly side: HeadSide;
}

/** A requirement and its result. */
export interface ChecklistRow {
  readonly code: HandshakeCode;
  readonly rfc: string;
  readonly requirement: string;
  /**
   * `fail` for an error; with a warning or notice only, `pass` with diagnostics. `not-seen` when the half that it needs
   * was not given, or has nothing that the requirement is about (no subprotocol, a refusal in place of a 101).
   */
  readonly result: 'pass' | 'fail' | 'not-seen';
  readonly diagnostics: readonly HandshakeDiagnostic[];
  /** The rule whose diagnostic explains why this one fails: a fault is reported once, by the most specific rule. */
  readonly toldBy?: HandshakeCode;
}

interface Judgement {
  readonly diagnostics: readonly HandshakeDiagnostic[];
  readonly toldBy?: HandshakeCode;
}

/** Undefined where there was nothing to judge. */
type OptionalJudgement = Judgement | undefined;

/** Everything but `response-accepted-invalid`, which is about what the others found. */
const CHECKS: Readonly<Record<Exclude<HandshakeCode, 'response-accepted-invalid'>, readonly Check[]>> = {
  ...REQUEST_CHECKS,
  ...RESPONSE_CHECKS,
  ...NEGOTIATION_CHECKS,
  ...HEAD_CHECKS,
  ...OBSOLETE_CHECKS,
  ...HTTP2_CHECKS,
};

function isError(code: HandshakeCode): boolean {
  const rule: Rule = HANDSHAKE_RULES[code];
  return rule.severity === 'error';
}

function run(code: HandshakeCode, checks: readonly Check[], handshake: Handshake): OptionalJudgement {
  let seen = false;
  let toldBy: HandshakeCode | undefined;
  const diagnostics: HandshakeDiagnostic[] = [];
  for (const { side, judge } of checks) {
    const result = judge(handshake);
    seen ||= result !== undefined;
    for (const { span, args = {}, toldBy: other } of result ?? []) {
      if (other === undefined) diagnostics.push({ code, span, args, side });
      else toldBy ??= other;
    }
  }
  return seen ? { diagnostics, ...(toldBy && { toldBy }) } : undefined;
}

/** A server has to refuse the request for it (RFC 6455 §4.2.1). A bad offer of an extension is declined, not refused. */
export function isToBeRefused({ side, code }: HandshakeDiagnostic): boolean {
  return side === 'request' && isError(code) && !code.startsWith('deflate-');
}

/** RFC 6455 §4.2.1: a server has to stop at a request that is not as described there. */
function acceptedInvalid(handshake: Handshake, all: ReadonlyMap<HandshakeCode, OptionalJudgement>): OptionalJudgement {
  const { request, response, upgraded } = handshake;
  if (request === undefined || response === undefined || !upgraded) return undefined;
  const errors = [...all.values()].flatMap((judged) => judged?.diagnostics ?? []).filter(isToBeRefused);
  // A head that was cut short is not judged.
  const refused = errors.filter(({ code }) => !/^head-(?:unfinished|too-large)/.test(code));
  const [first] = refused;
  if (first === undefined) return { diagnostics: [] };
  const args = { count: refused.length, first: first.code };
  return { diagnostics: [{ code: 'response-accepted-invalid', side: 'response', span: response.lineSpan, args }] };
}

function judgeAll(handshake: Handshake): Map<HandshakeCode, OptionalJudgement> {
  const all = new Map<HandshakeCode, OptionalJudgement>();
  for (const code of handshake.http2 ? HTTP2_CODES : HTTP1_CODES) {
    all.set(code, code === 'response-accepted-invalid' ? undefined : run(code, CHECKS[code], handshake));
  }
  if (handshake.http2) return all;
  return all.set('response-accepted-invalid', acceptedInvalid(handshake, all));
}

/** Judges either half or both: RFC 6455 §4, §9.1, §11.3, RFC 7692 §5 and §7, and HTTP as far as these ask for it. In the order of the catalogue. */
export function judgeHandshake(handshake: Handshake): HandshakeDiagnostic[] {
  return [...judgeAll(handshake).values()].flatMap((judged) => judged?.diagnostics ?? []);
}

/** The first finding by which a message over HTTP/2 is malformed (RFC 9113 §8.1.1). */
export function malformationOf(handshake: Handshake): HandshakeDiagnostic | undefined {
  return MALFORMING.flatMap((code) => run(code, CHECKS[code], handshake)?.diagnostics ?? [])[0];
}

/** Every requirement with its result, in the order of the catalogue. */
export function handshakeChecklist(handshake: Handshake): ChecklistRow[] {
  return [...judgeAll(handshake)].map(([code, judged]) => {
    const { rfc, requirement }: Rule = HANDSHAKE_RULES[code];
    const { diagnostics = [], toldBy }: Partial<Judgement> = judged ?? {};
    const failed = isError(code) && (diagnostics.length > 0 || toldBy !== undefined);
    const result = judged === undefined ? 'not-seen' : failed ? 'fail' : 'pass';
    return { code, rfc, requirement, result, diagnostics, ...(toldBy && { toldBy }) };
  });
}

/** A refusal breaks no rule, but it is no handshake either. Headers without their status line show none. */
export function isRefused({ response, upgraded }: Handshake): boolean {
  return response !== undefined && !upgraded && (response.hasStartLine || response.status !== undefined);
}
