import { exec } from 'jsonpath-rfc9535';
import { joined, print, type Printable } from '../../describe/printable.js';
import { count } from '../../terminal/layout.js';
import { Addresses } from '../../traffic/redaction/addresses.js';
import { REDACTION_KINDS, RedactionTally, type JsonPlaces } from '../../traffic/redaction/choice.js';
import type { Redaction } from '../../traffic/redaction/redactor.js';
import { builtin } from '../entries/builtin.js';
import { UsageError } from '../host/exit.js';
import type { RedactOptions } from '../options/redact-options.js';

/** What `--redact` and `--redact-addresses` request. Throws a UsageError for a wrong expression. */
export function redactionOf({ redact, redactAddresses }: RedactOptions): Redaction | undefined {
  if (redact === undefined && redactAddresses !== true) return undefined;
  const { kinds = [], fields = [], paths = [] } = redact ?? {};
  const named = kinds.length > 0 || redact === undefined ? kinds : REDACTION_KINDS;
  return {
    choice: { kinds: new Set(named), fields, places: paths.map(jsonPathPlaces) },
    tally: new RedactionTally(),
    addresses: redactAddresses === true ? new Addresses(randomKey()) : undefined,
  };
}

type Json = Parameters<typeof exec>[0];

/** The places that a JSONPath matches. Throws a UsageError where it is none. */
export function jsonPathPlaces(path: string): JsonPlaces {
  try {
    exec({}, path, () => undefined);
  } catch (error) {
    const hint = path.startsWith('$') ? '' : ' (it begins with $, as in $.user.name or $..id)';
    throw new UsageError(`--redact jsonpath:${path}: not a JSONPath${hint}: ${(error as Error).message}`);
  }
  return (value) => {
    const places: (string | number)[][] = [];
    exec(value as Json, path, (_, place) => void places.push([...place]));
    return places;
  };
}

function randomKey(): Uint8Array {
  return (builtin('node:crypto') as { randomBytes(size: number): Uint8Array }).randomBytes(32);
}

/** The line of what was replaced, for stderr. */
export function redactionLine({ replaced, blanked }: RedactionTally): Printable {
  const parts = [...replaced].map(([kind, times]) => print`${times} ${kind}`);
  const secrets = parts.length === 0 ? print`nothing` : joined(parts, print`, `);
  const rest = blanked === 0 ? print`` : print`; overwrote ${count(blanked, 'part')} that could not be read`;
  return print`redacted: ${secrets}${rest}\n`;
}

/** The same as a record of `--json`. */
export function redactionRecord({ replaced, blanked }: RedactionTally): object {
  return { type: 'redaction', replaced: Object.fromEntries(replaced), ...(blanked > 0 && { overwritten: blanked }) };
}
