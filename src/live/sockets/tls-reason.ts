/**
 * An alert of TLS that ends a connection, in words; undefined: it is another error. In TLS 1.3 a server judges the client's
 * certificate after the client's handshake is done (RFC 8446 §4.4.2.4).
 */
export function tlsAlert(error: TlsError): string | undefined {
  return /^ERR_SSL_.*ALERT/.test(error.code ?? '') ? tlsReason(error, 'client') : undefined;
}

/** Why the TLS handshake failed, in words of OpenSSL's own: what a server knows of its client, and a client of its server. */
export function tlsReason(error: TlsError, we: TlsSide): string {
  const words = opensslWords(error);
  const known = REASONS.find(([pattern, , side = we]) => side === we && pattern.test(words));
  if (known) return known[1];
  if (we === 'server' && error.code === 'ECONNRESET')
    return 'the client ended it (perhaps it does not trust the certificate)';
  return words;
}

type TlsError = NodeJS.ErrnoException & { readonly reason?: string | undefined };
type TlsSide = 'client' | 'server';

/** OpenSSL's words, what they mean for the user, and which end is ours where that matters. */
const REASONS: readonly (readonly [pattern: RegExp, words: string, we?: TlsSide])[] = [
  [/^http request$/, 'the client begins with plain HTTP: use wss://', 'server'],
  [/^https proxy request$/, 'the client begins with CONNECT of plain HTTP: this is no proxy', 'server'],
  [/^wrong version number$/, 'the client does not begin with TLS: use wss://', 'server'],
  [/no application protocol/, 'the client offers other protocols than HTTP/1.1 (ALPN, perhaps h2 alone)', 'server'],
  [/alert unknown ca/, 'the client does not know who signed this certificate (alert unknown ca)', 'server'],
  [/^http request$|^wrong version number$|^packet length too long$/, 'the server does not answer in TLS: use ws://'],
  [/alert certificate required/, 'the server asks for a client certificate (--cert, --key)'],
  [
    /^sslv3 alert handshake failure$/,
    'the server refuses it (sslv3 alert handshake failure): perhaps it asks for a client certificate (--cert, --key)',
  ],
  [/alert unknown ca/, 'the server does not know who signed the client certificate of --cert (alert unknown ca)'],
  [/no application protocol/, 'the server refuses HTTP/1.1 (ALPN): perhaps it speaks HTTP/2 alone'],
];

/** OpenSSL's words are between colons: `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…`. */
function opensslWords({ message, reason }: TlsError): string {
  const [, words = reason] = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message) ?? [];
  return (words ?? message).trim();
}
