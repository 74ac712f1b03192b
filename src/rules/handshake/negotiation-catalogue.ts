import type { Rule } from '../rule.js';

/** Extensions: RFC 6455 §9.1, and permessage-deflate, RFC 7692 §5 and §7. */
export const NEGOTIATION_RULES = {
  'extension-grammar': {
    rfc: 'RFC 6455 §9.1',
    severity: 'error',
    requirement: 'Sec-WebSocket-Extensions is a list of names with parameters.',
    message: "Sec-WebSocket-Extensions: {expected} expected at '{text}'",
  },
  'extension-quoted-value': {
    rfc: 'RFC 6455 §9.1',
    severity: 'error',
    requirement: 'A quoted parameter value is a token once unquoted.',
    message: 'the quoted value {text} is not a token',
  },
  'extension-empty-element': {
    rfc: 'RFC 9110 §5.6.1.1',
    severity: 'warning',
    requirement: 'No element of Sec-WebSocket-Extensions is empty.',
    message: 'an empty element in Sec-WebSocket-Extensions',
  },
  'extension-unregistered': {
    rfc: 'RFC 6455 §9.1',
    severity: 'warning',
    requirement: 'Extensions are registered with IANA.',
    message: 'the extension {name} is not registered',
  },
  'response-extensions-repeated': {
    rfc: 'RFC 6455 §11.3.2',
    severity: 'warning',
    requirement: 'Sec-WebSocket-Extensions occurs once in a response.',
    message: 'Sec-WebSocket-Extensions occurs {count} times: §9.1 has clients join them, §11.3.2 forbids it',
  },
  'response-extension-offered': {
    rfc: 'RFC 6455 §4.1',
    severity: 'error',
    requirement: 'Every extension in the response was offered by the client.',
    message: 'the extension {name} was not offered',
  },
  'deflate-offer-unknown': {
    rfc: 'RFC 7692 §7',
    severity: 'error',
    requirement: 'An offer of permessage-deflate has only its four parameters.',
    message: '{name} is not a parameter of permessage-deflate: the server has to decline the offer',
  },
  'deflate-offer-repeated': {
    rfc: 'RFC 7692 §7',
    severity: 'error',
    requirement: 'A parameter occurs once in an offer of permessage-deflate.',
    message: '{name} occurs more than once: the server has to decline the offer',
  },
  'deflate-offer-bits': {
    rfc: 'RFC 7692 §7.1.2',
    severity: 'error',
    requirement:
      'Window bits in an offer are 8 to 15 in decimal, without leading zeros; only client_max_window_bits may go without.',
    message: '{given} in an offer: it has to be 8 to 15',
  },
  'deflate-offer-value': {
    rfc: 'RFC 7692 §7.1.1',
    severity: 'error',
    requirement: 'The no_context_takeover parameters of an offer have no value.',
    message: '{given} in an offer: the parameter has no value',
  },
  'deflate-accepted-invalid': {
    rfc: 'RFC 7692 §7',
    severity: 'error',
    requirement: 'A server declines an illegal offer of permessage-deflate.',
    message: 'the server accepted permessage-deflate, though no offer of it is legal',
  },
  'deflate-response-twice': {
    rfc: 'RFC 7692 §5',
    severity: 'error',
    requirement: 'A server accepts only one offer of permessage-deflate.',
    message: 'permessage-deflate is accepted {count} times: both would use RSV1',
  },
  'deflate-response-unknown': {
    rfc: 'RFC 7692 §7',
    severity: 'error',
    requirement: 'A response for permessage-deflate has only its four parameters.',
    message: '{name} is not a parameter of permessage-deflate',
  },
  'deflate-response-repeated': {
    rfc: 'RFC 7692 §7',
    severity: 'error',
    requirement: 'A parameter occurs once in a response for permessage-deflate.',
    message: '{name} occurs more than once',
  },
  'deflate-response-bits': {
    rfc: 'RFC 7692 §7.1.2',
    severity: 'error',
    requirement: 'Window bits in a response are 8 to 15 in decimal, without leading zeros.',
    message: '{given} in a response: it has to be 8 to 15',
  },
  'deflate-response-value': {
    rfc: 'RFC 7692 §7.1.1',
    severity: 'error',
    requirement: 'The no_context_takeover parameters of a response have no value.',
    message: '{given} in a response: the parameter has no value',
  },
  'deflate-server-takeover-missing': {
    rfc: 'RFC 7692 §7.1.1.1',
    severity: 'error',
    requirement: 'A server that accepts an offer with server_no_context_takeover says so in its response.',
    message: 'the client asked for server_no_context_takeover, the response lacks it',
  },
  'deflate-server-bits-missing': {
    rfc: 'RFC 7692 §7.1.2.1',
    severity: 'error',
    requirement: 'A server that accepts an offer with server_max_window_bits says so in its response.',
    message: 'the client asked for server_max_window_bits={offered}, the response lacks it',
  },
  'deflate-server-bits-greater': {
    rfc: 'RFC 7692 §7.1.2.1',
    severity: 'error',
    requirement: 'server_max_window_bits in the response is not greater than offered.',
    message: 'server_max_window_bits={given} in the response, {offered} was offered',
  },
  'deflate-client-bits-not-offered': {
    rfc: 'RFC 7692 §7.1.2.2',
    severity: 'error',
    requirement: 'client_max_window_bits is in the response only if the client offered it.',
    message: 'client_max_window_bits in the response, though the client did not offer it',
  },
  'deflate-client-bits-greater': {
    rfc: 'RFC 7692 §7.1.2.2',
    severity: 'error',
    requirement: 'client_max_window_bits in the response is not greater than offered.',
    message: 'client_max_window_bits={given} in the response, {offered} was offered',
  },
} as const satisfies Record<string, Rule>;
