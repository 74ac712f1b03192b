import type { Rule } from '../rule.js';

/** The request: what RFC 6455 §4.1 requires of the client, in its order. */
export const REQUEST_RULES = {
  'request-method': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The method is GET.',
    message: 'the method is {method}, not GET',
  },
  'request-http-version': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The HTTP version is at least 1.1.',
    message: 'the HTTP version is {version}: the upgrade needs 1.1',
  },
  'request-target': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The request target is a path with its query, or an absolute http or https URL.',
    message: 'the request target is {target}: it has to be a path, or an http or https URL',
  },
  'request-target-fragment': {
    rfc: 'RFC 6455 §3',
    // Senders must not, and no server fails on it: ws, websockets and gorilla/websocket take it.
    severity: 'warning',
    requirement: 'The URL has no fragment.',
    message: 'the request target {target} has a fragment',
  },
  'request-target-host': {
    rfc: 'RFC 9112 §3.2',
    // Senders must not, and no server fails on it: the target counts (RFC 9112 §3.2.2), and servers look at neither.
    severity: 'warning',
    requirement: 'With an absolute URL as target, Host has the host of that URL.',
    message: 'Host is {host}, but the request target names {authority}',
  },
  'request-host-missing': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The request has a Host header.',
    message: 'the Host header is missing',
  },
  'request-host-repeated': {
    rfc: 'RFC 9112 §3.2',
    severity: 'error',
    requirement: 'Host occurs once.',
    message: 'Host occurs {count} times',
  },
  'request-host-value': {
    rfc: 'RFC 9112 §3.2',
    severity: 'error',
    requirement: 'Host is a host, with a port if it is not the default one.',
    message: "Host is not a host: '{value}'",
  },
  'request-upgrade-missing': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The request has an Upgrade header.',
    message: 'the Upgrade header is missing',
  },
  'request-upgrade-websocket': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The Upgrade header of the request includes websocket, in any letter case.',
    message: "Upgrade is '{value}': websocket is missing in it",
  },
  'request-connection-missing': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The request has a Connection header.',
    message: 'the Connection header is missing',
  },
  'request-connection-upgrade': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The Connection header of the request includes Upgrade, in any letter case.',
    message: "Connection is '{value}': Upgrade is missing in it (a proxy may have removed it)",
  },
  'request-key-missing': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The request has a Sec-WebSocket-Key header.',
    message: 'the Sec-WebSocket-Key header is missing',
  },
  'request-key-repeated': {
    rfc: 'RFC 6455 §11.3.1',
    severity: 'error',
    requirement: 'Sec-WebSocket-Key occurs once.',
    message: 'Sec-WebSocket-Key occurs {count} times',
  },
  'request-key-base64': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The key is Base64.',
    message: 'the key is not Base64 from its character {column} on: {value}',
  },
  'request-key-length': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The key decodes to 16 bytes.',
    message: 'the key decodes to {bytes} bytes, not 16',
  },
  'request-key-canonical': {
    rfc: 'RFC 4648 §3.5',
    // Senders must not, and no server fails on it: the key is hashed as it was written.
    severity: 'warning',
    requirement: 'The bits after the last byte of the key are zero.',
    message: "the key's last digit has bits that belong to no byte: encoders do not write {value}",
  },
  'request-key-random': {
    rfc: 'RFC 6455 §4.1',
    severity: 'notice',
    requirement: 'The key is chosen at random for each connection: it is not a well-known example.',
    message: 'the key {value} is a well-known example: it has to be random for each connection',
  },
  'request-version-missing': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The request has a Sec-WebSocket-Version header.',
    message: 'the Sec-WebSocket-Version header is missing',
  },
  'request-version-repeated': {
    rfc: 'RFC 6455 §11.3.5',
    severity: 'error',
    requirement: 'Sec-WebSocket-Version occurs once in a request.',
    message: 'Sec-WebSocket-Version occurs {count} times',
  },
  'request-version-value': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The version is 13.',
    message: "Sec-WebSocket-Version is '{value}', not 13",
  },
  'request-version-draft': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The version is that of the standard, not that of a draft.',
    message: "Sec-WebSocket-Version {value} is that of {draft} (2011): the standard's is 13",
  },
  'request-protocol-empty': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'Every offered subprotocol has a name.',
    message: 'Sec-WebSocket-Protocol has an element without a name',
  },
  'request-protocol-token': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'The names of subprotocols are tokens.',
    message: "the subprotocol name '{protocol}' is not a token",
  },
  'request-protocol-unique': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'Every subprotocol is offered once.',
    message: 'the subprotocol {protocol} is offered more than once',
  },
  'request-body': {
    rfc: 'RFC 9110 §9.3.1',
    severity: 'warning',
    requirement: 'The request has no body.',
    message: 'the request announces a body ({header}: {value}): it would be read as frames',
  },
  'request-accept': {
    rfc: 'RFC 6455 §11.3.3',
    severity: 'warning',
    requirement: 'Sec-WebSocket-Accept is in responses only.',
    message: "Sec-WebSocket-Accept in a request: it is the server's answer",
  },
} as const satisfies Record<string, Rule>;
