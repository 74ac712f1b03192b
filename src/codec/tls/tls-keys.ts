import type { CipherSuite } from './cipher-suites.js';
import type { ClientHello, ServerHello } from './handshake-messages.js';
import { keyBlock } from './key-schedule.js';
import { legacyOpener, Tls13Opener, type RecordOpener } from './record-opener.js';
import type { SecretLabel, TlsSecrets } from './secrets.js';
import type { TlsCrypto } from './tls-crypto.js';

export type TlsRole = 'client' | 'server';

/** The keys that a direction of TLS 1.3 goes through, in their order; a missing one: its secret is not in the log. */
export interface Epochs {
  readonly early?: RecordOpener | undefined;
  readonly handshake?: RecordOpener | undefined;
  readonly application?: RecordOpener | undefined;
}

const SECRETS13: Readonly<Record<TlsRole, readonly [handshake: SecretLabel, application: SecretLabel]>> = {
  client: ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0'],
  server: ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0'],
};

export const HANDSHAKE_SECRET = { client: SECRETS13.client[0], server: SECRETS13.server[0] } as const;
export const APPLICATION_SECRET = { client: SECRETS13.client[1], server: SECRETS13.server[1] } as const;
export const UPDATED_SECRET = { client: 'CLIENT_TRAFFIC_SECRET_N', server: 'SERVER_TRAFFIC_SECRET_N' } as const;

/** What opens the records of one role of a TLS 1.3 session, by its client random. */
export function epochsOf(
  crypto: TlsCrypto,
  secrets: TlsSecrets,
  suite: CipherSuite,
  random: Uint8Array,
  role: TlsRole,
): Epochs {
  const opener = (label: SecretLabel): RecordOpener | undefined => {
    const length = suite.hash === 'sha384' ? 48 : 32;
    const secret = secrets.of(label, random).findLast((each) => each.length === length);
    return secret && new Tls13Opener(crypto, suite, secret);
  };
  const [handshake, application] = SECRETS13[role];
  return {
    early: role === 'client' ? opener('CLIENT_EARLY_TRAFFIC_SECRET') : undefined,
    handshake: opener(handshake),
    application: opener(application),
  };
}

/** Master secrets of TLS 1.2 by what a client resumes with: session IDs and tickets. Bounded. */
export class ResumableSessions {
  private readonly masters = new Map<string, Uint8Array>();

  constructor(private readonly most = 10_000) {}

  remember(name: Uint8Array, master: Uint8Array): void {
    if (name.length === 0) return;
    const key = keyOf(name);
    this.masters.delete(key);
    this.masters.set(key, master);
    const [oldest] = this.masters.size > this.most ? this.masters.keys() : [];
    if (oldest !== undefined) this.masters.delete(oldest);
  }

  masterOf(name: Uint8Array): Uint8Array | undefined {
    return name.length === 0 ? undefined : this.masters.get(keyOf(name));
  }
}

/** Long tickets differ in their first bytes: a name, and initialisation vectors. */
function keyOf(name: Uint8Array): string {
  return name.subarray(0, 64).join();
}

/** What opens the records of both roles of TLS 1.0 to 1.2, with this master secret. */
export function legacyOpeners(
  crypto: TlsCrypto,
  suite: CipherSuite,
  hello: ServerHello,
  clientRandom: Uint8Array,
  master: Uint8Array,
): Record<TlsRole, RecordOpener> {
  const { version, random: serverRandom, encryptThenMac } = hello;
  const keys = keyBlock(crypto, { suite, version, master, clientRandom, serverRandom });
  const of = (role: TlsRole): RecordOpener => legacyOpener(crypto, suite, keys[role], version, encryptThenMac);
  return { client: of('client'), server: of('server') };
}

/** The master secret of a session of TLS 1.0 to 1.2: by its random, or that of the session that it resumes. */
export function masterOf(
  secrets: TlsSecrets,
  resumable: ResumableSessions,
  client: ClientHello,
  server: ServerHello,
): Uint8Array | undefined {
  const own = secrets.of('CLIENT_RANDOM', client.random).at(-1);
  if (own !== undefined) return own;
  const isSameId = client.sessionId.length > 0 && client.sessionId.join() === server.sessionId.join();
  return isSameId
    ? (resumable.masterOf(client.ticket) ?? resumable.masterOf(client.sessionId))
    : resumable.masterOf(client.ticket);
}
