import { endOfLine } from './line-ends.js';
import type { SecretSpans } from './secret-spans.js';

/** `Bearer TOKEN` and `Basic CREDENTIALS` in any text (RFC 6750 §2.1, RFC 7617 §2). */
function findSchemes(spans: SecretSpans): void {
  for (const found of spans.text.matchAll(/\b(?:bearer|basic)[ \t]{1,4}(?=[\w.~+/=-]{4})/gi)) {
    const start = found.index + found[0].length;
    let end = start;
    while (end < spans.text.length && /[\w.~+/=-]/.test(spans.text[end]!)) end++;
    spans.add('auth', start, end);
  }
}

const LONGEST_USER = 512;

/** The user and password in a URL (RFC 3986 §3.2.1). */
function findUserInfo(spans: SecretSpans): void {
  const { text } = spans;
  for (const { index } of text.matchAll(/:\/\//g)) {
    const start = index + 3;
    let end = start;
    while (end < text.length && end - start < LONGEST_USER && !/[/\s"'<>@?#]/.test(text[end]!)) end++;
    if (text[end] === '@') spans.add('auth', start, end);
  }
}

/** What follows these is a password: lines of IRC (RFC 2812 §3.1.1, §3.1.4) and Redis, the message AUTHENTICATE of WAMP. */
const BEFORE_PASSWORD =
  /(?:^|[\r\n])(?:PASS|AUTH|AUTHENTICATE|OPER[ \t]{1,4}[^\s]{1,64})[ \t]{1,4}(?=[^\s])|^\s{0,8}\[\s{0,8}5\s{0,8},\s{0,8}"(?=[^"]{1,4096}"\s{0,8},\s{0,8}\{)/g;

function findPasswords(spans: SecretSpans): void {
  const { text } = spans;
  for (const found of text.matchAll(BEFORE_PASSWORD)) {
    const start = found.index + found[0].length;
    // The last parameter of IRC may have blanks.
    const stop = found[0].endsWith('"') ? /"/ : /[\s]/;
    let end = start;
    while (end < text.length && !stop.test(text[end]!)) end++;
    spans.add('auth', start, text[start] === ':' ? endOfLine(text, start) : end);
  }
}

/** A service of IRC that gets a command, by a message or by a command of its own. */
const TO_SERVICE =
  /(?<![\w/])(?:(?:PRIVMSG|NOTICE|SQUERY|\/?MSG|\/QUERY)[ \t]{1,4}(?:[a-z]{1,12}serv|[qxl])(?:@[\w.-]{1,64})?[ \t]{1,4}:?|\/?(?:NS|CS|OS|AS|(?:NICK|CHAN|OPER|AUTH|USER|BOT)SERV)[ \t]{1,4}:?)(?:IDENTIFY|ID|LOGIN|AUTH|REGISTER|GHOST|RECOVER|RELEASE|REGAIN|GROUP|DROP|OPER|VERIFY|CONFIRM|PASSWORD|NEWPASS|SET[ \t]{1,4}PASSWORD)[ \t]{1,4}(?=[^\s])/gi;
/** Commands of it without its name, and those of servers (IRCv3 account-registration). SIP has a REGISTER too. */
const AS_COMMAND =
  /(?:^|[\r\n])\/?(?:IDENTIFY|REGISTER|GHOST|RECOVER|REGAIN|LOGIN|VERIFY)[ \t]{1,4}(?![Ss][Ii][Pp][Ss]?:)(?=[^\s])/g;

/** Passwords for services of IRC: all that follows on the line, as the name may precede them or not. */
function findServicePasswords(spans: SecretSpans): void {
  const { text } = spans;
  for (const form of [TO_SERVICE, AS_COMMAND]) {
    let done = 0;
    for (const { 0: command, index } of text.matchAll(form)) {
      if (index < done) continue;
      const start = index + command.length;
      done = endOfLine(text, start);
      spans.add('auth', start, done);
    }
  }
}

/** Keys that say by their first characters whose they are. */
const KNOWN_KEY =
  /(?<![\w-])(?:(?:[srp]k_(?:live|test)_|gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|xapp-|AIza|AKIA|ASIA|sk-|hf_|npm_|pypi-|SG\.|ya29\.|do[opr]_v1_|shp(?:at|ca|pa|ss)_|hv[bsr]\.|tskey-|AGE-SECRET-KEY-)(?=[\w.-]{16})[\w.-]{1,2048}|whsec_(?=[\w+/]{16})[\w+/=]{1,512})/g;

function findKnownKeys(spans: SecretSpans): void {
  for (const { 0: key, index } of spans.text.matchAll(KNOWN_KEY)) {
    if (/\d/.test(key)) spans.add('auth', index, index + key.length);
  }
}

const PEM_BEGIN = /-----BEGIN [A-Z ]{0,24}PRIVATE KEY(?: BLOCK)?-----/g;
/** Their lines, and those of their headers (RFC 1421 §4.6); line ends may be escaped in JSON. */
const PEM_CHARACTER = /[\w+/=\s\\:,.()-]/;
/** Some of them, or what stands for a character in JSON. A slash stays, as it may be escaped. */
const PEM_LINE = /\\{1,8}[rnt/]|[A-Za-z\d+=]{1,4096}/g;

/** Private keys as text (RFC 7468 §10), up to their end or that of the text. */
function findPrivateKeys(spans: SecretSpans): void {
  const { text } = spans;
  for (const found of text.matchAll(PEM_BEGIN)) {
    const start = found.index + found[0].length;
    let end = start;
    while (end < text.length && PEM_CHARACTER.test(text[end]!) && !text.startsWith('-----', end)) end++;
    for (const { index, 0: line } of text.slice(start, end).matchAll(PEM_LINE)) {
      if (!line.startsWith('\\')) spans.add('auth', start + index, start + index + line.length);
    }
  }
}

/** Find credentials by what they follow, or by their form. */
export const CREDENTIAL_FINDERS: readonly ((spans: SecretSpans) => void)[] = [
  findSchemes,
  findUserInfo,
  findPasswords,
  findServicePasswords,
  findKnownKeys,
  findPrivateKeys,
];
