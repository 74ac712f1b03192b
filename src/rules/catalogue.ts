import type { Span } from '../codec/bytes/span.js';
import { CAPTURE_RULES } from './frames/capture-catalogue.js';
import { DEFLATE_RULES } from './frames/deflate-catalogue.js';
import { FRAME_RULES } from './frames/catalogue.js';
import { RECORDING_RULES } from './frames/recording-catalogue.js';
import { HANDSHAKE_RULES } from './handshake/catalogue.js';
import { HTTP2_RULES } from './http2/catalogue.js';
import type { Rule, Severity } from './rule.js';

const CATALOGUE = {
  ...HANDSHAKE_RULES,
  ...FRAME_RULES,
  ...DEFLATE_RULES,
  ...CAPTURE_RULES,
  ...RECORDING_RULES,
  ...HTTP2_RULES,
} as const;

export type DiagnosticCode = keyof typeof CATALOGUE;

/** The one list of what can be wrong, by code. docs/rules.md is made from it. */
export const RULES: Readonly<Record<DiagnosticCode, Rule>> = CATALOGUE;

export type DiagnosticArgs = Readonly<Record<string, string | number>>;

/** A broken rule: its place, and the values for its wording, which is in the catalogue. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** Absolute offsets in the stream that the record belongs to. */
  readonly span: Span;
  readonly args: DiagnosticArgs;
}

/** A diagnostic in words. */
export interface Explanation {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly rfc: string;
  readonly message: string;
  /** The close code that the RFC asks the receiver to answer with. */
  readonly closeCode?: number;
}

export function explain({ code, args }: Diagnostic): Explanation {
  const { severity, rfc, closeCode, message: wording } = RULES[code];
  const message = wording.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
  return { code, severity, rfc, message, ...(closeCode !== undefined && { closeCode }) };
}

/** A broken rule, in words: its place in its direction's stream, in bytes. */
export interface PlainDiagnostic extends Explanation {
  readonly start: number;
  readonly end: number;
  /** Of a handshake: the half that it is about. */
  readonly side?: 'request' | 'response';
}

export function plainDiagnostic(diagnostic: Diagnostic & Pick<PlainDiagnostic, 'side'>): PlainDiagnostic {
  const { span, side } = diagnostic;
  return { ...explain(diagnostic), start: span.start, end: span.end, ...(side && { side }) };
}

/** Whether a diagnostic makes the verdict negative: an error, or with `strict` a warning too. */
export function isFinding(diagnostic: Pick<Diagnostic, 'code'>, strict: boolean): boolean {
  const { severity } = RULES[diagnostic.code];
  return severity === 'error' || (strict && severity === 'warning');
}
