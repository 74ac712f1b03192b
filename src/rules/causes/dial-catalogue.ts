import { wordedCause, type Cause, type CauseArgs } from './catalogue.js';
import type { ConnectionCauseRule } from './connection-catalogue.js';

/** No connection came about, or this end of it ended it: what only whoever connects knows, by code. docs/causes.md lists them. */
export const DIAL_CAUSES = {
  'certificate-expired': { message: 'the certificate of {host} was valid until {until}: renew it{pass}' },
  'certificate-not-yet-valid': {
    message: 'the certificate of {host} is valid from {from} on: one of the clocks is wrong{pass}',
  },
  'certificate-name': {
    message:
      'the certificate is for {names} and not for {host}: use one of these names, or a certificate that has {host}',
  },
  'certificate-self-signed': {
    message: 'the certificate of {host}{subject} is signed by itself: trust it with {trust}',
  },
  'certificate-authority-unknown': {
    message: 'no trusted authority vouches for the certificate of {host}{issuer}: {advice}',
  },
  'tls-version': { message: 'client and {other} have no version of TLS in common: this end speaks TLS 1.2 and 1.3' },
  'alpn-mismatch': {
    message:
      '{end} takes none of the protocols offered in TLS (http/1.1): it speaks HTTP/2 only. Enable HTTP/1.1 at that port{use}',
  },
  'h2-alpn-refused': {
    message:
      'the server takes no HTTP/2 in TLS (ALPN h2). Enable HTTP/2 there, or connect over HTTP/1.1 (without --http2, or with --http2=auto)',
  },
  'h2-connect-not-enabled': {
    message:
      'the server speaks HTTP/2, and its SETTINGS do not have ENABLE_CONNECT_PROTOCOL = 1 (RFC 8441 §3): it takes no WebSockets over it. Enable extended CONNECT there, or connect over HTTP/1.1',
  },
  'h2-window-shut': {
    message:
      'the server did not open the window of the stream, or of its connection (RFC 9113 §5.2): what this end has to send waits. It reads nothing more, or sends no WINDOW_UPDATE',
  },
  'h2-ended-here': {
    message: 'this end ended the HTTP/2 {what} because of what the server sent: {reason}',
  },
  'name-unknown': {
    message: 'the name service knows no address for {host}: check the spelling, or give one (--resolve)',
  },
  'nothing-listens': {
    message: 'nothing listens at {tried}: {start}, or check the port and the address at which it listens',
  },
} as const satisfies Readonly<Record<string, ConnectionCauseRule>>;

/** One of these causes. */
export function dialCauseBy(code: keyof typeof DIAL_CAUSES, args: CauseArgs): Cause {
  return wordedCause(code, DIAL_CAUSES[code].message, args);
}
