import type { TlsFacts, TlsReason } from '../../codec/tls/tls-facts.js';

/** How to get the keys: reported once, where there are none. */
const WRITERS =
  '  they are written by Chrome, Firefox, curl and Python with SSLKEYLOGFILE=FILE, by Node.js with --tls-keylog=FILE, by Go with\n' +
  '  tls.Config.KeyLogWriter, by Java with an agent such as extract-tls-secrets, and by eCapture for any OpenSSL';

/** Why a session is not read, or not all of it. */
const REASONS: Readonly<Record<TlsReason, (facts: TlsFacts) => string | undefined>> = {
  'no-keys': () =>
    'keys were given, and none fits this session by its client random: the key log is of other sessions, or was begun later',
  'wrong-keys': () => 'the secrets that the key log has for it do not open its records',
  'unsupported-cipher': ({ cipher, version }) => `${cipher} of ${version} is not supported`,
  'joined-late': ({ version }) =>
    version === undefined || version === 'TLS 1.3'
      ? 'its handshake was not captured. TLS 1.2 is not readable without it, as the keys depend on both hellos; of TLS 1.3 ' +
        'no secret of the key log opens its records (--keylog-search tries more)'
      : `its handshake was not captured as a whole, and the keys of ${version} depend on it`,
  'incomplete-keys': () => 'the key log has only some of its secrets: what the other ones protect is not read',
  'no-data': ({ alerts = [] }) => {
    const [alert] = alerts;
    return (
      alert && `it ended in its TLS handshake: ${alert.isFatal ? 'fatal ' : ''}alert ${alert.name}, by the ${alert.by}`
    );
  },
};

/** Secrets came after more of their sessions than is held. */
export function lateKeys(sessions: number): string {
  const what = sessions === 1 ? '1 TLS session is' : `${sessions} TLS sessions are`;
  return (
    `${what} not read, as the keys came after more than is held: 1 MiB of a session, 32 MiB of all; ` +
    'with --keylog FILE, and in a pcapng file that is not packed, keys may be anywhere'
  );
}

/** What is to be said of a TLS session that is not readable; undefined: nothing. `hasLog`: a key log was given, which may be empty. */
export function tlsHint(connection: number, facts: TlsFacts | undefined, hasLog: boolean): string | undefined {
  if (facts === undefined) {
    const how = hasLog
      ? 'the key log that was given has no secret in it; keys make it readable (docs/tls.md)'
      : 'its keys make it readable: --keylog FILE (docs/tls.md)';
    return `connection ${connection} is TLS, and may hold wss; ${how}\n${WRITERS}`;
  }
  const why = facts.reason && REASONS[facts.reason](facts);
  return why === undefined
    ? undefined
    : `connection ${connection} is TLS${facts.decrypted ? ', not all of which is read' : ', not read'}: ${why}`;
}
