/** Why TLS did not come about, in words, of OpenSSL's own: what a server knows of its client, and a client of its server. */
export function tlsReason(error: TlsError, we: Side): string {
  const words = opensslWords(error);
  const known = REASONS.find(([pattern, , side = we]) => side === we && pattern.test(words));
  if (known) return known[1];
  if (we === 'server' && error.code === 'ECONNRESET')
    return 'the client ended it (perhaps it does not trust the certificate)';
  return words;
}

type TlsError = NodeJS.ErrnoException & { readonly reason?: string | undefined };
type Side = 'client' | 'server';

/** What OpenSSL says, what it means for the reader, and which end we are where that matters. */
const REASONS: readonly (readonly [pattern: RegExp, words: string, we?: Side])[] = [
  [/^http request$/, 'the client begins with plain HTTP: use wss://', 'server'],
  [/^https proxy request$/, 'the client begins with CONNECT of plain HTTP: this is no proxy', 'server'],
  [/^wrong version number$/, 'the client does not begin with TLS: use wss://', 'server'],
  [/no application protocol/, 'the client offers other protocols than HTTP/1.1 (ALPN, perhaps h2 alone)', 'server'],
  [/^http request$|^wrong version number$|^packet length too long$/, 'the server does not answer in TLS: use ws://'],
  [/no application protocol/, 'the server refuses HTTP/1.1 (ALPN): perhaps it speaks HTTP/2 alone'],
];

/** OpenSSL's words stand between colons: `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…`. */
function opensslWords({ message, reason }: TlsError): string {
  const [, words = reason] = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message) ?? [];
  return (words ?? message).trim();
}
