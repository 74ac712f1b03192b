import type { Cause } from './catalogue.js';
import { dialCauseBy, type DIAL_CAUSES } from './dial-catalogue.js';

/** What a certificate says. Dates as OpenSSL writes them. */
export interface CertificateFacts {
  /** Of the subject: as `DNS:a.example`, `IP Address:192.0.2.1`. */
  readonly names: readonly string[];
  readonly validFrom?: string;
  readonly validTo?: string;
  /** Common names. */
  readonly issuer?: string;
  readonly subject?: string;
}

/** What is known where no connection came about. */
export interface DialFacts {
  /** The system's or the TLS library's code, as `ECONNREFUSED`, `CERT_HAS_EXPIRED`. */
  readonly code: string;
  /** What was to be reached. */
  readonly host: string;
  readonly port?: number;
  /** The addresses that were tried, as `[::1]:80`. */
  readonly tried: readonly string[];
  /** The other end's. */
  readonly certificate?: CertificateFacts;
  /** It is a proxy on the way to the server. */
  readonly isProxy?: boolean;
}

const PASSES = ' (-k passes it over)';
const OF_SERVER = {
  end: 'the server',
  other: 'server',
  start: 'start the server',
  use: ' for WebSocket',
  pass: PASSES,
  trust: `--cacert FILE${PASSES}`,
};
/** `--cacert` and `-k` are about the server. */
const OF_PROXY: typeof OF_SERVER = {
  end: 'the proxy',
  other: 'proxy',
  start: 'start the proxy (--proxy or a variable of the environment names it)',
  use: '',
  pass: '',
  trust: 'NODE_EXTRA_CA_CERTS=FILE in the environment',
};

const MOST_NAMES = 8;
const MOST_TEXT = 200;
const UNKNOWN = 'a date unknown';

const BY_CODE: Readonly<Record<string, keyof typeof DIAL_CAUSES>> = {
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-authority-unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-authority-unknown',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-authority-unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-authority-unknown',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'tls-version',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls-version',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'alpn-mismatch',
  ENOTFOUND: 'name-unknown',
  ECONNREFUSED: 'nothing-listens',
};

/** Why no connection came about, where more is known than the error says. */
export function causeOfDial({ code, host, port, tried, certificate, isProxy = false }: DialFacts): Cause | undefined {
  if (!Object.hasOwn(BY_CODE, code)) return undefined;
  const { names = [], validFrom = UNKNOWN, validTo = UNKNOWN, issuer, subject } = certificate ?? {};
  const isWhole = code === 'SELF_SIGNED_CERT_IN_CHAIN';
  const { trust, ...words } = isProxy ? OF_PROXY : OF_SERVER;
  return dialCauseBy(BY_CODE[code]!, {
    ...words,
    trust,
    host: isProxy ? `the proxy ${host}` : host,
    from: validFrom,
    until: validTo,
    names: namesText(names),
    subject: subject === undefined ? '' : ` (${cut(subject)})`,
    issuer: issuer === undefined ? '' : ` (issued by ${cut(issuer)})`,
    advice: isWhole
      ? `trust its root with ${trust}`
      : `${words.end} may leave out the certificates between, which browsers find by themselves; or trust the authority with ${trust}`,
    tried: tried.length > 0 ? tried.join(' and ') : port === undefined ? host : `${host}:${port}`,
  });
}

function namesText(names: readonly string[]): string {
  if (names.length === 0) return 'no name at all';
  const shown = names.slice(0, MOST_NAMES).map((name) => cut(name.replace(/^(?:DNS|IP Address):/, '')));
  return shown.join(', ') + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} others` : '');
}

function cut(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
