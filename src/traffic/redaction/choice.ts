/** What is replaced. `binary`: payloads that are no text, of which it is not known what they hold. */
export const REDACTION_KINDS = ['cookies', 'auth', 'query', 'subprotocols', 'jwt', 'email', 'card', 'binary'] as const;
export type RedactionKind = (typeof REDACTION_KINDS)[number];

/** Gives the places in a JSON value that an expression matches: names and indexes, from the root on. */
export type JsonPlaces = (value: unknown) => readonly (readonly (string | number)[])[];

export interface RedactionChoice {
  readonly kinds: ReadonlySet<RedactionKind>;
  /** Names of fields, compared without regard to case. */
  readonly fields: readonly string[];
  readonly places: readonly JsonPlaces[];
}

/** Under what a replacement is counted. */
export type SecretKind = RedactionKind | 'field' | 'jsonpath' | 'address';

/** What was replaced and left out in a run. */
export class RedactionTally {
  readonly replaced = new Map<SecretKind, number>();
  /** Messages and frames that could not be read whole, and were overwritten. */
  blanked = 0;

  add(kind: SecretKind): void {
    this.replaced.set(kind, (this.replaced.get(kind) ?? 0) + 1);
  }
}

/** Names of headers that hold credentials. */
const SECRET_HEADER =
  /^(?:(?:proxy-)?authorization|(?:www|proxy)-authenticate|(?:proxy-)?authentication-info|dpop)$|api-?key|(?:^|[-_])(?:key|pass|pwd|sid|jwt|[cx]srf)$|token|secret|passw|session|credential|signature|master[-_]?key$|^x-.{0,60}auth/i;
/** Names of fields and parameters that hold credentials. */
const SECRET_NAME =
  /^(?:pass|passwd|pass[-_ ]?(?:word|code|phrase)|pwd?|pin|cv[vc]2?|otp|auth|authenticate|bearer|jwt|oauth|sid|sess|cookies?|set-?cookie|initial-response|[cx]srf|creds?)$|(?:authorization|token|secret|signature|passw(?:or)?d|(?:api|access|private|auth|encryption|signing|secret|master|hmac)[-_]?key(?:[-_]?id)?|session[-_]?(?:id|key)?|sess[-_]?id|credential|card[-_]?cv[vc]|(?:pin|cv[vc]|otp|mfa|totp|sms|auth|verification|confirmation|activation|recovery|security|authorization)[-_]?code)(?:s|\d{1,2}|[-_]?hash|[-_]?value)?$/i;
/** Those that end with a word for a password: `DB_PASS`, `dbPass`, but not `compass`. */
const PASSWORD_LAST = /(?:[-_ ](?:[Pp]ass|PASS|[Pp]wd|PWD)|[a-z\d](?:Pass|Pwd))\d{0,2}$/;
/** Several of them, or how many: `max_tokens`, but not `pass`. */
const PLURAL = /(?<!s)s$/i;
/** What such names have before or after them: `password_confirmation`, `passwordAgain`, `new-pin`. */
const BEFORE = /^(?:new|old|current|previous|confirm|repeat|verify|retype)[-_ ]?/i;
const AFTER =
  /[-_ ]?(?:confirm(?:ation|ed)?|repeat(?:ed)?|again|new|old|current|previous|verify|verification|retyped?|check)$/i;
/** An index in a path of names. */
const INDEX = /^(?:\d{1,6}|-)$/;
/** The same of parameters, where these are no ordinary words. */
const SECRET_PARAMETER = /^(?:sig|ticket|nonce|code|key|state|hash|hmac)$/i;
/** The same of messages, where the value looks random. */
const OFTEN_SECRET = /^(?:sig|ticket|nonce|code|key|hmac|access|refresh)$/i;
/** Values of parameters that look random: letters and digits in a row that no word has. */
const RANDOM_VALUE = /^(?=[^]*[a-z])(?=[^]*\d)[\w+/=.~%-]{16,}$/i;

export function isSecretHeader(name: string): boolean {
  return (SECRET_HEADER.test(name) || PASSWORD_LAST.test(name)) && !/^sec-websocket-/i.test(name);
}

/** Backslashes and the quote that a string begins with. */
const OPENING = /^\\*["']/;

/** Which name a path of names ends with: `user[password][confirmation]`, `/user/password/0`, `user.password`. */
export function lastName(path: string): string {
  const names = path.split(/[.[\]/]/).filter((name) => name !== '');
  return names.findLast((name) => !INDEX.test(name) && name.replace(AFTER, '') !== '') ?? names.at(-1) ?? path;
}

/** The name without what says which of several it is. */
function nucleus(name: string): string {
  return name.replace(AFTER, '').replace(BEFORE, '');
}

function isSaid(name: string, names: RegExp): boolean {
  return names.test(name) || names.test(nucleus(name));
}

function namesSecret(name: string): boolean {
  return isSaid(name, SECRET_NAME) || isSaid(name, PASSWORD_LAST);
}

/** Whether a value of that name is a credential. `value` gives it with its opening quote, and is called where it matters. */
export function isSecretName(name: string, value: () => string): boolean {
  if (isSaid(name, OFTEN_SECRET)) return looksRandom(value().replace(OPENING, ''));
  return namesSecret(name) && !(PLURAL.test(nucleus(name)) && /^-?\d/.test(value()));
}

export function isSecretParameter(name: string): boolean {
  return namesSecret(name) || SECRET_PARAMETER.test(name);
}

export function looksRandom(value: string): boolean {
  return RANDOM_VALUE.test(value);
}
