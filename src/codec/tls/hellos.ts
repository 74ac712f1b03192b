import { cipherName, cipherSuite, type CipherSuite } from './cipher-suites.js';
import { certificateNames } from './certificate-names.js';
import { firstCertificate, type ClientHello, type ServerHello } from './handshake-messages.js';
import { TLS13 } from './record-opener.js';
import { versionName, type TlsAlert, type TlsFacts, type TlsReason } from './tls-facts.js';

/** Alerts that are kept. */
const MOST_ALERTS = 4;

/** What the hellos and what follows them say of a session. */
export class Hellos {
  client: ClientHello | undefined;
  server: ServerHello | undefined;
  /** The server requested another ClientHello: early data was refused. */
  isRetried = false;
  /** The server agreed to early data; undefined: it has not said yet. */
  acceptsEarly: boolean | undefined;
  /** The random by which the log has its secrets, where it is not the client's own. */
  loggedRandom: Uint8Array | undefined;
  decrypted = false;
  reason?: TlsReason;
  alpn?: string;
  names?: readonly string[];
  alerts?: TlsAlert[];
  /** Of a session whose hello was lost. */
  private found: CipherSuite | undefined;

  /** By which the log has its secrets. */
  get random(): Uint8Array | undefined {
    return this.loggedRandom ?? this.client?.random;
  }

  get isTls13(): boolean {
    // No version before has a HelloRetryRequest.
    return this.found !== undefined || this.isRetried || this.server?.version === TLS13;
  }

  get suite(): CipherSuite | undefined {
    return this.found ?? (this.server && cipherSuite(this.server.cipher));
  }

  get version(): string | undefined {
    if (this.found !== undefined) return versionName(TLS13);
    return this.server && versionName(this.server.version);
  }

  get cipher(): string | undefined {
    return this.found?.name ?? (this.server && cipherName(this.server.cipher));
  }

  get sni(): string | undefined {
    return this.client?.sni;
  }

  /** TLS 1.3 without a ServerHello: a secret and a suite were found by trial. */
  find(suite: CipherSuite, random: Uint8Array): void {
    this.found = suite;
    this.loggedRandom = random;
  }

  takeServer(hello: ServerHello): void {
    if (hello.isRetry) {
      this.isRetried = true;
      this.acceptsEarly = false;
      return;
    }
    this.server = hello;
    if (hello.alpn !== undefined) this.alpn = hello.alpn;
  }

  takeCertificate(message: Uint8Array): void {
    const certificate = firstCertificate(message, this.isTls13);
    const names = certificate ? certificateNames(certificate) : [];
    if (names.length > 0) this.names = names;
  }

  alert(alert: TlsAlert): void {
    this.alerts ??= [];
    if (this.alerts.length < MOST_ALERTS) this.alerts.push(alert);
  }

  /** As it is now. */
  facts(): TlsFacts {
    const { version, cipher, sni, alpn, names, decrypted, reason, alerts } = this;
    return {
      ...(version !== undefined && { version }),
      ...(cipher !== undefined && { cipher }),
      ...(sni !== undefined && { sni }),
      ...(alpn !== undefined && { alpn }),
      ...(names && { names }),
      decrypted,
      ...(reason && { reason }),
      ...(alerts && { alerts: [...alerts] }),
    };
  }
}
