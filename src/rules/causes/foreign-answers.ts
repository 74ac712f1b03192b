import type { RequestHead } from '../../codec/http1/head.js';
import { causeBy, type Cause } from './catalogue.js';
import { quote } from './quote.js';

/** Bytes of an answer that are looked at. */
const MOST_FOREIGN = 256;

/** Another protocol, by what its servers write first: a greeting, or what they answer to a request of HTTP. */
interface ForeignProtocol {
  readonly name: string;
  /** Matches the first bytes, as Latin-1; its group, where it has one, is what is quoted: otherwise the first line. */
  readonly begins: RegExp;
}

const PROTOCOLS: readonly ForeignProtocol[] = [
  // RFC 4253 §4.2.
  { name: 'SSH', begins: /^SSH-\d\.\d+-/ },
  // RFC 5321 §4.2, RFC 959 §5.4: both greet with 220.
  { name: 'SMTP', begins: /^(?:220|554)[ -][^\r\n]*\bE?SMTP\b/i },
  { name: 'FTP', begins: /^220[ -][^\r\n]*FTP/i },
  { name: 'SMTP or FTP', begins: /^220[ -][^\r\n]*\r\n/ },
  // RFC 3501 §7.1, RFC 1939 §3.
  { name: 'IMAP', begins: /^\* (?:OK|PREAUTH|BYE)[ \r]/ },
  { name: 'POP3', begins: /^\+OK[ \r]/ },
  // RESP: an error without a greeting. POP3 has one.
  { name: 'Redis', begins: /^-(?:ERR (?:unknown command|wrong number of arguments)|NOAUTH |DENIED )/ },
  // RFC 6143 §7.1.1.
  { name: 'VNC (RFB)', begins: /^RFB \d{3}\.\d{3}\n/ },
  { name: 'AMQP', begins: /^(AMQP)[^ -~]{4}/ },
  // The handshake of protocol version 10: length, sequence number, version of the server.
  { name: 'MySQL', begins: /^[^][^ -~]{3}\n(\d+\.\d+\.\d[\w.~+-]*)[^ -~]/ },
];

/** RFC 8446 §5.1: an alert (21) or a handshake message (22) in a record, of up to 2^14 bytes. */
function isTls(text: string): boolean {
  const [type, major, minor, length] = Array.from(text.slice(0, 4), (sign) => sign.charCodeAt(0));
  return (type === 21 || type === 22) && major === 3 && minor! <= 4 && length! < 0x40;
}

/** What the first bytes (as Latin-1) of what a server sent in place of a response prove; undefined: nothing. */
export function causeOfForeign(answer: string, request: RequestHead | undefined): Cause | undefined {
  const text = answer.slice(0, MOST_FOREIGN);
  if (request !== undefined && request.line !== '' && text.startsWith(`${request.line}\r\n`))
    return causeBy('request-echoed', { line: quote(request.line) });
  if (isTls(text)) return causeBy('plain-http-to-tls-port', { says: 'the answer is a record of TLS' });
  for (const { name, begins } of PROTOCOLS) {
    const found = begins.exec(text);
    if (found) return causeBy('other-protocol', { name, shows: quote(found[1] ?? text.split(/[\r\n]/, 1)[0]!) });
  }
  return undefined;
}
