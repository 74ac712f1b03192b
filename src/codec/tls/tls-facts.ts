/** Why a session, or a direction of it, is not readable. */
export type TlsReason =
  /** The log has no secret of it. */
  | 'no-keys'
  /** There are secrets for its client random, and no tag fits. */
  | 'wrong-keys'
  | 'unsupported-cipher'
  /** Its hellos were not captured. */
  | 'joined-late'
  /** Only one direction has its secret. */
  | 'incomplete-keys'
  /** No record of it carries data, or it ended in its handshake. */
  | 'no-data';

/** An alert (RFC 8446 §6). */
export interface TlsAlert {
  readonly by: 'client' | 'server' | 'unknown';
  readonly isFatal: boolean;
  readonly name: string;
}

/** What is known of a TLS session; it grows as the session continues. Names are text of a peer. */
export interface TlsFacts {
  /** `TLS 1.3`. */
  readonly version?: string;
  readonly cipher?: string;
  readonly sni?: string;
  readonly alpn?: string;
  /** Of the server's certificate. */
  readonly names?: readonly string[];
  /** A record of each direction with data was opened. */
  readonly decrypted: boolean;
  readonly reason?: TlsReason;
  readonly alerts?: readonly TlsAlert[];
}

const VERSIONS: Readonly<Record<number, string>> = {
  0x0300: 'SSL 3.0',
  0x0301: 'TLS 1.0',
  0x0302: 'TLS 1.1',
  0x0303: 'TLS 1.2',
  0x0304: 'TLS 1.3',
};

export function versionName(version: number): string {
  return VERSIONS[version] ?? `0x${version.toString(16).padStart(4, '0')}`;
}

const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
  121: 'ech_required',
};

/** IANA's name of an alert, or its number. */
export function alertName(description: number): string {
  return ALERTS[description] ?? `alert ${description}`;
}

/** In TLS 1.3 the level says nothing (RFC 8446 §6): all but these two end the connection. */
const CLOSURES: ReadonlySet<number> = new Set([0, 90, 100]);

export function isFatalAlert(level: number, description: number): boolean {
  return level === 2 && !CLOSURES.has(description);
}
