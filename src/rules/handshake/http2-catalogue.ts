import type { Rule } from '../rule.js';

/** What RFC 8441 requires of a handshake over HTTP/2, and RFC 9113 of its fields. */
export const HTTP2_HANDSHAKE_RULES = {
  'h2-method': {
    rfc: 'RFC 8441 §4',
    severity: 'error',
    requirement: 'The method is CONNECT.',
    message: ":method is '{value}', not CONNECT",
  },
  'h2-protocol-missing': {
    rfc: 'RFC 8441 §5',
    severity: 'error',
    requirement: 'The request has :protocol.',
    message: ':protocol is missing: the request is for no WebSocket',
  },
  'h2-protocol-value': {
    rfc: 'RFC 8441 §5',
    severity: 'error',
    requirement: 'The value of :protocol is websocket.',
    message: ":protocol is '{value}', not websocket",
  },
  'h2-not-announced': {
    rfc: 'RFC 8441 §3',
    severity: 'error',
    requirement:
      'A request with :protocol is sent only after the server has announced SETTINGS_ENABLE_CONNECT_PROTOCOL.',
    message: ':protocol is sent, but the SETTINGS of the server have no ENABLE_CONNECT_PROTOCOL=1',
  },
  'h2-scheme-missing': {
    rfc: 'RFC 8441 §4',
    severity: 'error',
    requirement: 'The request has :scheme.',
    message: ':scheme is missing: a request with :protocol needs it',
  },
  'h2-scheme-value': {
    rfc: 'RFC 8441 §5',
    severity: 'error',
    requirement: 'The value of :scheme is https for wss, and http for ws.',
    message: ":scheme is '{value}': it has to be https (for wss) or http (for ws)",
  },
  'h2-path-missing': {
    rfc: 'RFC 8441 §4',
    severity: 'error',
    requirement: 'The request has :path.',
    message: ':path is missing: a request with :protocol needs it',
  },
  'h2-path-value': {
    rfc: 'RFC 9113 §8.3.1',
    severity: 'error',
    requirement: 'The value of :path is a path with its query, and begins with a slash.',
    message: ":path is '{value}': it has to begin with /",
  },
  'h2-authority-missing': {
    rfc: 'RFC 8441 §5',
    severity: 'error',
    requirement: 'The request has :authority.',
    message: ':authority is missing: it has the host',
  },
  'h2-key': {
    rfc: 'RFC 8441 §5',
    severity: 'warning',
    requirement: 'Sec-WebSocket-Key and Sec-WebSocket-Accept are not used over HTTP/2.',
    message: '{name} over HTTP/2: it is not used there, :protocol has replaced it',
  },
  'h2-status-missing': {
    rfc: 'RFC 9113 §8.3.2',
    severity: 'error',
    requirement: 'The response has :status, three digits.',
    message: 'the response has no :status of three digits',
  },
  'h2-status': {
    rfc: 'RFC 8441 §5',
    severity: 'notice',
    requirement: 'The server answers with a status of 2xx.',
    message: 'the server answered {status}, and refused the WebSocket',
  },
  'h2-status-101': {
    rfc: 'RFC 9113 §8.6',
    severity: 'error',
    requirement: 'A response over HTTP/2 has no status 101.',
    message: 'the status is 101: HTTP/2 has none, 2xx opens the WebSocket',
  },
  'h2-connection-field': {
    rfc: 'RFC 9113 §8.2.2',
    severity: 'error',
    requirement: 'Connection, Upgrade and other fields of the connection are not sent over HTTP/2.',
    message: '{name} over HTTP/2: the message is malformed',
  },
  'h2-name-case': {
    rfc: 'RFC 9113 §8.2.1',
    severity: 'error',
    requirement: 'Names of fields are in lower case.',
    message: 'the name {name} is not in lower case: the message is malformed',
  },
  'h2-name-character': {
    rfc: 'RFC 9113 §8.2.1',
    severity: 'error',
    requirement:
      'Names of fields have no space, control character, byte above 0x7e, or colon after the first character.',
    message: 'the name {name} has a character that names must not have: the message is malformed',
  },
  'h2-value-character': {
    rfc: 'RFC 9113 §8.2.1',
    severity: 'error',
    requirement: 'Values of fields have no NUL, LF or CR.',
    message: 'the value of {name} has {byte}: the message is malformed',
  },
  'h2-value-blank': {
    rfc: 'RFC 9113 §8.2.1',
    severity: 'error',
    requirement: 'Values of fields neither begin nor end with a space or a tab.',
    message: 'the value of {name} begins or ends with a space or a tab: the message is malformed',
  },
  'h2-value-control': {
    rfc: 'RFC 9110 §5.5',
    severity: 'warning',
    requirement: 'Values of fields have no other control characters than the tab.',
    message: 'the value of {name} has the control character {byte}, which is invalid; recipients may keep it',
  },
  'h2-pseudo-unknown': {
    rfc: 'RFC 9113 §8.3',
    severity: 'error',
    requirement: 'The pseudo-header fields are those that are defined for requests, or for responses.',
    message: '{name} is no pseudo-header field of a {head}: the message is malformed',
  },
  'h2-pseudo-repeated': {
    rfc: 'RFC 9113 §8.3',
    severity: 'error',
    requirement: 'Each pseudo-header field occurs once.',
    message: '{name} occurs more than once: the message is malformed',
  },
  'h2-pseudo-order': {
    rfc: 'RFC 9113 §8.3',
    severity: 'error',
    requirement: 'Pseudo-header fields precede all others.',
    message: '{name} follows other fields: the message is malformed',
  },
} as const satisfies Record<string, Rule>;

/** By what they find a message is malformed (RFC 9113 §8.1.1), whatever its method. */
export const MALFORMING = [
  'h2-name-case',
  'h2-name-character',
  'h2-value-character',
  'h2-value-blank',
  'h2-connection-field',
  'h2-pseudo-unknown',
  'h2-pseudo-repeated',
  'h2-pseudo-order',
] as const satisfies readonly (keyof typeof HTTP2_HANDSHAKE_RULES)[];
