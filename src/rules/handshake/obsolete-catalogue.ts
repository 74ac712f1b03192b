import type { Rule } from '../rule.js';

/** Headers of the drafts before RFC 6455: they do no harm, and mean nothing. */
export const OBSOLETE_RULES = {
  'obsolete-location': {
    rfc: 'RFC 6455 §11.3',
    severity: 'notice',
    requirement: 'No header of the drafts gives the location (WebSocket-Location, Sec-WebSocket-Location).',
    message: '{name} is from a draft before RFC 6455 (hixie-75, hixie-76): it no longer has a meaning',
  },
  'obsolete-origin': {
    rfc: 'RFC 6455 §11.3',
    severity: 'notice',
    requirement: 'The origin is in Origin, not in a header of the drafts (WebSocket-Origin, Sec-WebSocket-Origin).',
    message: '{name} is from a draft before RFC 6455: the header is Origin now',
  },
  'obsolete-protocol': {
    rfc: 'RFC 6455 §11.3',
    severity: 'notice',
    requirement: 'The subprotocol is in Sec-WebSocket-Protocol, not in WebSocket-Protocol.',
    message: '{name} is from a draft before RFC 6455 (hixie-75): the header is Sec-WebSocket-Protocol now',
  },
  'obsolete-draft': {
    rfc: 'RFC 6455 §11.3',
    severity: 'notice',
    requirement: 'The version is in Sec-WebSocket-Version, not in Sec-WebSocket-Draft.',
    message: '{name} is from a draft before RFC 6455 (hybi-04 replaced it): the header is Sec-WebSocket-Version now',
  },
  'obsolete-keys': {
    rfc: 'RFC 6455 §11.3',
    severity: 'notice',
    requirement: 'The key is in Sec-WebSocket-Key, not in Sec-WebSocket-Key1 and Sec-WebSocket-Key2.',
    message: '{name} is from a draft before RFC 6455 (hixie-76): the header is Sec-WebSocket-Key now',
  },
} as const satisfies Record<string, Rule>;
