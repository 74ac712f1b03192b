/**
 * - `error`: a MUST is broken.
 * - `warning`: a SHOULD is broken, or something that works is not what the standard requires (a finding with `--strict`);
 *   also what a MUST of another standard (HTTP) requires of senders only, where it lets receivers accept it.
 * - `notice`: information, never a finding.
 */
export type Severity = 'error' | 'warning' | 'notice';

/** An entry of the catalogue. */
export interface Rule {
  /** Document and section, as in `RFC 6455 §5.2`. */
  readonly rfc: string;
  readonly severity: Severity;
  /** The close code that the RFC asks the receiver to fail the connection with. */
  readonly closeCode?: number;
  /** Framing is lost: nothing after this point can be read. */
  readonly fatal?: true;
  /** What the standard asks for, one plain sentence, positive: it is a row of the checklist and of docs/rules.md. */
  readonly requirement: string;
  /** What is wrong, one plain sentence. `{name}` is replaced by the argument of that name. */
  readonly message: string;
}
