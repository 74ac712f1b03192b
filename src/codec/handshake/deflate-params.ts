import type { Extension, ExtensionParam } from './extensions.js';
import { parseExtensions } from './extensions.js';

/** What both sides of a permessage-deflate connection go by (RFC 7692 §7.1). Window bits: 8 to 15, base-2 logarithm of the LZ77 window. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

export const PERMESSAGE_DEFLATE = 'permessage-deflate';

/** What holds where nothing was said: contexts are taken over, windows of 32 KiB. */
export const DEFAULT_DEFLATE_PARAMETERS: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

export type DeflateParameterName =
  'server_no_context_takeover' | 'client_no_context_takeover' | 'server_max_window_bits' | 'client_max_window_bits';

/** The side that writes the parameters: the client's offer, or the server's response that accepts one. */
export type DeflateRole = 'offer' | 'response';

/**
 * - `unknown`: not a parameter of permessage-deflate (§7)
 * - `repeated`: given before in the same offer or response (§7)
 * - `value-missing`: window bits without a value (§7.1.2; legal only for `client_max_window_bits` in an offer)
 * - `value-illegal`: window bits that are not 8 to 15 in decimal without leading zeros (§7.1.2.1, §7.1.2.2)
 * - `value-unexpected`: a value where none is defined (§7.1.1.1, §7.1.1.2)
 */
export interface DeflateProblem {
  readonly kind: 'unknown' | 'repeated' | 'value-missing' | 'value-illegal' | 'value-unexpected';
  readonly parameter: ExtensionParam;
}

export interface ReadDeflate {
  /** The defaults where nothing, or nothing legal, was said. */
  readonly parameters: DeflateParameters;
  /** Parameters that were given, legal value or not. */
  readonly given: ReadonlySet<DeflateParameterName>;
  /** In the order of the parameters. Empty: legal. */
  readonly problems: readonly DeflateProblem[];
}

type ParameterKey = keyof DeflateParameters;
type Mutable = { -readonly [K in ParameterKey]: DeflateParameters[K] };

/** The parameters: where each goes, what value it takes, and in which role it may have none. */
const PARAMETERS: Readonly<
  Record<DeflateParameterName, { key: ParameterKey; value: 'none' | 'bits'; bareIn?: DeflateRole }>
> = {
  server_no_context_takeover: { key: 'serverNoContextTakeover', value: 'none' },
  client_no_context_takeover: { key: 'clientNoContextTakeover', value: 'none' },
  server_max_window_bits: { key: 'serverMaxWindowBits', value: 'bits' },
  client_max_window_bits: { key: 'clientMaxWindowBits', value: 'bits', bareIn: 'offer' },
};
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

function isParameterName(name: string): name is DeflateParameterName {
  return Object.hasOwn(PARAMETERS, name);
}

/** The problem of one parameter considered alone. */
function valueProblem(
  name: DeflateParameterName,
  value: string | undefined,
  role: DeflateRole,
): DeflateProblem['kind'] | undefined {
  const rule = PARAMETERS[name];
  if (rule.value === 'none') return value === undefined ? undefined : 'value-unexpected';
  if (value === undefined) return rule.bareIn === role ? undefined : 'value-missing';
  return WINDOW_BITS.test(value) ? undefined : 'value-illegal';
}

/** Reads the parameters of one `permessage-deflate` element (RFC 7692 §7.1). Names are compared as they are: tokens there are case-sensitive. */
export function readDeflateParameters(params: readonly ExtensionParam[], role: DeflateRole): ReadDeflate {
  const parameters: Mutable = { ...DEFAULT_DEFLATE_PARAMETERS };
  const given = new Set<DeflateParameterName>();
  const problems: DeflateProblem[] = [];
  for (const parameter of params) {
    const { name, value } = parameter;
    if (!isParameterName(name)) {
      problems.push({ kind: 'unknown', parameter });
      continue;
    }
    const kind = given.has(name) ? 'repeated' : valueProblem(name, value, role);
    given.add(name);
    if (kind !== undefined) {
      problems.push({ kind, parameter });
      continue;
    }
    if (name === 'server_no_context_takeover') parameters.serverNoContextTakeover = true;
    else if (name === 'client_no_context_takeover') parameters.clientNoContextTakeover = true;
    else if (name === 'server_max_window_bits') parameters.serverMaxWindowBits = Number(value);
    else if (value !== undefined) parameters.clientMaxWindowBits = Number(value);
  }
  return { parameters, given, problems };
}

/** The parameters as an extension element, for an offer or a response; what is the default is left out. */
export function deflateExtension(parameters: DeflateParameters): Extension {
  const params: ExtensionParam[] = [];
  if (parameters.serverNoContextTakeover) params.push({ name: 'server_no_context_takeover', quoted: false });
  if (parameters.clientNoContextTakeover) params.push({ name: 'client_no_context_takeover', quoted: false });
  if (parameters.serverMaxWindowBits !== 15) {
    params.push({ name: 'server_max_window_bits', value: String(parameters.serverMaxWindowBits), quoted: false });
  }
  if (parameters.clientMaxWindowBits !== 15) {
    params.push({ name: 'client_max_window_bits', value: String(parameters.clientMaxWindowBits), quoted: false });
  }
  return { name: PERMESSAGE_DEFLATE, params };
}

export type DeflateOption =
  | { readonly ok: true; readonly parameters: DeflateParameters; readonly given: ReadonlySet<DeflateParameterName> }
  | { readonly ok: false; readonly reason: string; readonly column: number };

const REASONS: Readonly<Record<DeflateProblem['kind'], (p: ExtensionParam) => string>> = {
  unknown: (p) => `'${p.name}' is no parameter of permessage-deflate (${Object.keys(PARAMETERS).join(', ')})`,
  repeated: (p) => `'${p.name}' is given twice`,
  'value-missing': (p) => `'${p.name}' needs a value from 8 to 15`,
  'value-illegal': (p) => `'${p.value ?? ''}' is no value of '${p.name}': 8 to 15, without leading zeros`,
  'value-unexpected': (p) => `'${p.name}' takes no value`,
};

/**
 * Reads the value of `--deflate=PARAMS`: parameters as in the header, separated by `;` or `,`; a leading `permessage-deflate`
 * is tolerated; an empty text means the defaults. A reason names the parameter, `column` counts from 1.
 */
export function parseDeflateOption(text: string): DeflateOption {
  // The same length, so that columns stay true; the grammar requires the leading name.
  const prefix = `${PERMESSAGE_DEFLATE};`;
  const hasName = /^\s*permessage-deflate\s*(?:[;,]|$)/.test(text);
  const separated = withoutEnd(text.replaceAll(',', ';'));
  const full = hasName ? separated : separated.trim() === '' ? PERMESSAGE_DEFLATE : prefix + separated;
  const shift = hasName ? 0 : prefix.length;
  const { extensions, faults } = parseExtensions(full);
  const fault = faults[0];
  const at = (start: number): number => Math.max(1, start - shift + 1);
  if (fault !== undefined) {
    return {
      ok: false,
      reason: `'${text.slice(fault.span.start - shift, fault.span.end - shift)}' is not NAME or NAME=VALUE`,
      column: at(fault.span.start),
    };
  }
  const read = readDeflateParameters(extensions[0]?.params ?? [], 'offer');
  const problem = read.problems[0];
  if (problem !== undefined) {
    return {
      ok: false,
      reason: REASONS[problem.kind](problem.parameter),
      column: at(problem.parameter.span?.start ?? 0),
    };
  }
  return { ok: true, parameters: read.parameters, given: read.given };
}

/** Without the separators and blanks at its end. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ';' || text[end - 1]!.trim() === '')) end--;
  return text.slice(0, end);
}
