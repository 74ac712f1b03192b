export interface ConnectionCauseRule {
  /** What was seen, and what to do. `{name}` is replaced by the argument of that name. */
  readonly message: string;
}

/** The server answered the handshake with something else than 101. */
const REFUSAL_CAUSES = {
  'upgrade-not-received': {
    message:
      'the request has Sec-WebSocket headers{lacks}, and it comes {how}: a proxy in front did not pass {passed} on. {cure}',
  },
  'upgrade-removed': {
    message:
      '{status} although the request has Upgrade: websocket{says}: {proxy} does not pass Upgrade and Connection on. {cure}',
  },
  'plain-http-to-tls-port': {
    message: 'the port speaks TLS, and the request came in the clear ({says}): use wss://',
  },
  'version-refused': {
    message: 'the server speaks version {versions} of the protocol, and version {sent} was asked for',
  },
  'html-page': {
    message:
      '{status} with an HTML page{title}: {target} is not the path of the WebSocket, or a web server answers in its place. Check the path, and the proxy’s rule for it',
  },
  'api-answer': {
    message:
      '{status} with JSON ({body}): an API answers at {target} and not a WebSocket server. Check the path, and the proxy’s rule for it',
  },
  'redirect-to-tls': {
    message: 'the server sends plain HTTP to TLS: use {url}, or follow the redirect (connect -L)',
  },
  'redirect-to-login': {
    message:
      'the server sends the request to a login page ({url}): send the session’s cookie (--cookie) or a token (-H)',
  },
  redirected: { message: 'the WebSocket is elsewhere: use {url}, or follow the redirect (connect -L)' },
  'credentials-wanted': { message: 'the server asks for credentials ({scheme}), and none were sent: {cure}' },
  'credentials-refused': {
    message: 'the credentials that were sent are refused; the server takes {scheme}: check them, and when they end',
  },
  'proxy-credentials-wanted': {
    message: '{proxy} asks for credentials ({scheme}): put them into its URL (--proxy http://USER:PASSWORD@HOST:PORT)',
  },
  'proxy-credentials-refused': {
    message:
      '{proxy} refuses the credentials of its URL; it takes {scheme}: check user and password, escaped as in a URL (%40 for @)',
  },
  'proxy-forbids-target': {
    message:
      '{status} comes from {proxy}, whose rules forbid a tunnel to {target}: many allow port 443 only (Squid: SSL_ports, tinyproxy: ConnectPort)',
  },
  'proxy-without-target': {
    message: '{status} comes from {proxy}, which does not reach {target}: check the name and the port from there',
  },
  'origin-missing': {
    message:
      '403, and no Origin was sent: many servers take listed origins only. Send the page’s (connect -o {origin})',
  },
  'origin-refused': {
    message:
      '403 to Origin {origin}, and the answer is about it ({says}): add it to the origins that the server allows',
  },
  'no-such-route': {
    message:
      '404 by an HTTP router ({says}): nothing takes WebSocket upgrades at {target}. Check the path, and that the server’s upgrade handler is attached',
  },
  'proxy-without-server': {
    message: '{status} comes from {proxy} and not from the WebSocket server: {cure}',
  },
} as const satisfies Readonly<Record<string, ConnectionCauseRule>>;

/** The connection ended before or after the handshake, and not as it should. */
const ENDING_CAUSES = {
  'other-protocol': {
    message: 'the server speaks {name} and no HTTP: what it sent begins with {shows}. Check the port',
  },
  'request-echoed': {
    message:
      'the server sends the request back ({line}): what listens there is a plain echo and no WebSocket server. Check the port',
  },
  'reset-at-request': {
    message:
      'the server reset the connection on the request without a byte of an answer: what listens there takes no plain HTTP (TLS: use wss://), or a firewall ended it',
  },
  'closed-at-request': {
    message:
      'the server ended the connection on the request without a byte of an answer: what listens there speaks something else (TLS: use wss://), or its process failed',
  },
  'idle-timeout': {
    message:
      'the {by} ended the connection {silence} s after the last byte, without a close frame{runs}: {verdict}. Send pings more often than that (--ping-interval), or raise it{setting}',
  },
  'ping-unanswered': {
    message:
      'the {by} sent {pings} that got no pong, and ended the connection: it takes a {other} that does not answer for gone',
  },
  'closed-for-fault': {
    message: 'before the {by} closed with {code}, the {other} broke a rule: {rule}',
  },
  'content-refused': {
    message:
      'the {by} closed with 1007 on a text message of {length} bytes that is valid UTF-8: it objects to what the text says, as to JSON that is none or of the wrong form',
  },
  'type-refused': {
    message: 'the {by} closed with 1003 on a {type} message: it takes {others} messages only',
  },
  'message-too-big': {
    message:
      'the {by} closed with 1009 on a message of {length} bytes, the largest so far: its limit is below that. Raise it, or send less in one message (fragments do not help)',
  },
  'handler-failed': {
    message: 'the {by} closed with 1011 on {which}: its handler failed on it. The reason is in the log of the {by}',
  },
  'h2-stream-reset': {
    message: 'the {by} reset the stream of HTTP/2 with RST_STREAM {code} (RFC 9113 §7): {meaning}',
  },
  'h2-goaway': {
    message:
      'the {by} ended the HTTP/2 connection, with all its WebSockets, by GOAWAY {code} (RFC 9113 §6.8): {meaning}',
  },
  'failed-at-open': {
    message:
      'the {by} closed with 1011 before the {other} had sent a message: what it does when a connection opens failed. The reason is in the log of the {by}',
  },
} as const satisfies Readonly<Record<string, ConnectionCauseRule>>;

/** The causes that are seen in the traffic of a connection which was refused or dropped, by code. docs/causes.md lists them. */
export const CONNECTION_CAUSES = { ...REFUSAL_CAUSES, ...ENDING_CAUSES } as const;
