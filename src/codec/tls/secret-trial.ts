import { suitesOfSecret, type CipherSuite } from './cipher-suites.js';
import type { ServerHello } from './handshake-messages.js';
import { Tls13Opener } from './record-opener.js';
import type { LoggedSecret, SecretLabel, TlsSecrets } from './secrets.js';
import type { Fit, TagTrials, TriedRecord } from './tag-trials.js';
import { APPLICATION_SECRET, HANDSHAKE_SECRET, legacyOpeners, UPDATED_SECRET, type TlsRole } from './tls-keys.js';
import type { TlsCrypto } from './tls-crypto.js';

/** A fit, and whose secret it was. */
export interface SecretFit extends Fit {
  readonly random: Uint8Array;
  readonly role: TlsRole;
  readonly suite: CipherSuite;
}

/** What deriving keys costs, in trials. */
const DERIVING = 8;
/** Record numbers that are tried with every secret before others: up to 64 first, and how many KeyUpdates were before them. */
const PASSES = [
  { from: 0, to: 64, updates: [0, 0] },
  { from: 64, to: 1024, updates: [0, 0] },
  { from: 0, to: 256, updates: [1, 3] },
  { from: 1024, to: 16_384, updates: [0, 0] },
  { from: 16_384, to: 2 ** 20, updates: [0, 0] },
] as const;
type Pass = (typeof PASSES)[number];

export interface TrialTools {
  readonly crypto: TlsCrypto;
  readonly secrets: TlsSecrets;
  readonly trials: TagTrials;
}

/** The session's client random is not in the log (Encrypted Client Hello logs the inner one): whose secret opens its first sealed record? */
export function fitOfHandshake(
  tools: TrialTools,
  suite: CipherSuite,
  role: TlsRole,
  record: TriedRecord,
): SecretFit | undefined {
  const { crypto, secrets, trials } = tools;
  const length = suite.hash === 'sha384' ? 48 : 32;
  for (const { random, secret } of secrets.each(HANDSHAKE_SECRET[role])) {
    if (trials.left <= 0) return undefined;
    if (secret.length !== length) continue;
    trials.left -= DERIVING;
    const fit = trials.fit(new Tls13Opener(crypto, suite, secret), record, 0, 0);
    if (fit) return { ...fit, random: random.slice(), role, suite };
  }
  return undefined;
}

/** The ClientHello of TLS 1.2 is lost: whose master secret opens this record, as one of the first `most`? */
export function fitOfMaster(
  { crypto, secrets, trials }: TrialTools,
  suite: CipherSuite,
  hello: ServerHello,
  role: TlsRole,
  record: TriedRecord,
  most: number,
): SecretFit | undefined {
  for (const { random, secret } of secrets.each('CLIENT_RANDOM')) {
    if (trials.left <= 0) return undefined;
    trials.left -= DERIVING;
    const opener = legacyOpeners(crypto, suite, hello, random, secret)[role];
    const fit = trials.fit(opener, record, 0, most);
    if (fit) return { ...fit, random: random.slice(), role, suite };
  }
  return undefined;
}

/** No hello was captured: a secret of the log, a suite that it fits and a record number are looked for. */
export function fitOfAny(
  tools: TrialTools,
  roles: readonly TlsRole[],
  record: TriedRecord,
  most: number,
): SecretFit | undefined {
  const { trials } = tools;
  const floor = Math.max(0, trials.left - most);
  for (const pass of PASSES) {
    for (const [logged, role] of applicationSecrets(tools.secrets, roles)) {
      if (trials.left <= floor) return undefined;
      const fit = fitOfSecret(tools, logged, role, record, pass);
      if (fit) return fit;
    }
  }
  return undefined;
}

function* applicationSecrets(secrets: TlsSecrets, roles: readonly TlsRole[]): Generator<[LoggedSecret, TlsRole]> {
  for (const role of roles) {
    const labels: readonly SecretLabel[] = [APPLICATION_SECRET[role], UPDATED_SECRET[role]];
    for (const label of labels) for (const logged of secrets.each(label)) yield [logged, role];
  }
}

function fitOfSecret(
  { crypto, trials }: TrialTools,
  { random, secret }: LoggedSecret,
  role: TlsRole,
  record: TriedRecord,
  { from, to, updates: [fewest, most] }: Pass,
): SecretFit | undefined {
  for (const suite of suitesOfSecret(secret.length)) {
    if (!crypto.supports(suite)) continue;
    trials.left -= DERIVING;
    let opener = new Tls13Opener(crypto, suite, secret);
    for (let updates = 0; updates <= most; updates++) {
      const fit = updates < fewest ? undefined : trials.fit(opener, record, from, to - 1);
      if (fit) return { ...fit, random: random.slice(), role, suite };
      if (updates < most) opener = opener.next();
    }
  }
  return undefined;
}
