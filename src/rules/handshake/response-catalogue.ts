import type { Rule } from '../rule.js';

/** The response: what RFC 6455 §4.1 has the client check and §4.2 requires of the server. */
export const RESPONSE_RULES = {
  'response-status': {
    rfc: 'RFC 6455 §4.1',
    severity: 'notice',
    requirement: 'A server that accepts answers with the status 101.',
    message: 'the server answered {status} and did not switch protocols',
  },
  'response-accepted-invalid': {
    rfc: 'RFC 6455 §4.2.1',
    severity: 'error',
    requirement: 'A server answers 101 only to a handshake that is valid.',
    message: 'the server answered 101 to a handshake that it has to refuse (errors: {count}, the first is {first})',
  },
  'response-http-version': {
    rfc: 'RFC 9110 §15.2',
    severity: 'error',
    requirement: 'The version of a 101 is HTTP/1.1.',
    message: '101 from {version}, which has no 1xx status',
  },
  'response-upgrade-missing': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The response has an Upgrade header.',
    message: 'the Upgrade header is missing',
  },
  'response-upgrade-websocket': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The Upgrade header of the response is websocket, in any letter case.',
    message: "Upgrade is '{value}', not websocket",
  },
  'response-connection-missing': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The response has a Connection header.',
    message: 'the Connection header is missing',
  },
  'response-connection-upgrade': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The Connection header of the response includes Upgrade, in any letter case.',
    message: "Connection is '{value}': Upgrade is missing in it",
  },
  'response-accept-missing': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The response has a Sec-WebSocket-Accept header.',
    message: 'the Sec-WebSocket-Accept header is missing',
  },
  'response-accept-repeated': {
    rfc: 'RFC 6455 §11.3.3',
    severity: 'error',
    requirement: 'Sec-WebSocket-Accept occurs once.',
    message: 'Sec-WebSocket-Accept occurs {count} times',
  },
  'response-accept-form': {
    rfc: 'RFC 6455 §4.2.2',
    severity: 'error',
    requirement: 'The accept value is the Base64 of 20 bytes (a SHA-1).',
    message: "the accept value '{value}' is not the Base64 of 20 bytes",
  },
  'response-accept-value': {
    rfc: 'RFC 6455 §4.2.2',
    severity: 'error',
    requirement: 'The accept value is the one that the key requires.',
    message: "the accept value is '{accept}', but for the key {key} it has to be {expected}",
  },
  'response-key': {
    rfc: 'RFC 6455 §11.3.1',
    severity: 'warning',
    requirement: 'Sec-WebSocket-Key is in requests only.',
    message: 'Sec-WebSocket-Key in a response: the key is not sent back',
  },
  'response-content-length': {
    rfc: 'RFC 9110 §8.6',
    // Senders must not, and no client fails on it: Kamailio and Firefox's WebDriver BiDi have Content-Length: 0.
    severity: 'warning',
    requirement: 'A 101 has no Content-Length.',
    message: 'Content-Length in a 101: frames follow, not a body',
  },
  'response-transfer-encoding': {
    rfc: 'RFC 9112 §6.1',
    // Senders must not, and no client fails on it: Chromium, Firefox, ws and websockets read frames after it.
    severity: 'warning',
    requirement: 'A 101 has no Transfer-Encoding.',
    message: 'Transfer-Encoding in a 101: frames follow, not a body',
  },
  'response-426-version': {
    rfc: 'RFC 6455 §4.4',
    severity: 'warning',
    requirement: 'A server that refuses the version lists the versions that it supports in Sec-WebSocket-Version.',
    message: '426 without Sec-WebSocket-Version: the client does not know which version to use',
  },
  'response-426-upgrade': {
    rfc: 'RFC 9110 §15.5.22',
    severity: 'warning',
    requirement: 'A 426 has an Upgrade header.',
    message: '426 without Upgrade',
  },
  'response-protocol-repeated': {
    rfc: 'RFC 6455 §11.3.4',
    severity: 'error',
    requirement: 'Sec-WebSocket-Protocol occurs once in a response.',
    message: 'Sec-WebSocket-Protocol occurs {count} times: browsers fail this',
  },
  'response-protocol-single': {
    rfc: 'RFC 6455 §4.2.2',
    severity: 'error',
    requirement: 'The server chooses one subprotocol, by its name.',
    message: "Sec-WebSocket-Protocol is '{value}': it has to be one name",
  },
  'response-protocol-offered': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The subprotocol is one that the client offered.',
    message: "the subprotocol '{protocol}' was not offered",
  },
  'response-protocol-none': {
    rfc: 'RFC 6455 §4.2.2',
    severity: 'warning',
    requirement: 'The server selects one of the subprotocols that the client offers.',
    message:
      'subprotocols were offered ({offered}) and none was selected: browsers fail this (WHATWG WebSockets), other clients take it',
  },
} as const satisfies Record<string, Rule>;
