import type { Rule } from '../rule.js';

/** Compressed messages: RFC 7692. The parameters' negotiation is judged with the handshake. */
export const DEFLATE_RULES = {
  'rsv1-on-control': {
    rfc: 'RFC 7692 §6.1',
    severity: 'error',
    closeCode: 1002,
    requirement: 'Control frames are not compressed: their RSV1 is 0.',
    message: 'RSV1 set on a {name} frame: control frames are not compressed',
  },
  'rsv1-on-continuation': {
    rfc: 'RFC 7692 §6.1',
    severity: 'error',
    closeCode: 1002,
    requirement: 'RSV1 is set only on the first fragment of a compressed message.',
    message: 'RSV1 set on a continuation frame: only the first fragment of a message has it',
  },
  'deflate-invalid': {
    rfc: 'RFC 7692 §7.2.2',
    severity: 'error',
    closeCode: 1007,
    requirement: 'The payload of a compressed message is DEFLATE data that stays within the negotiated window.',
    message: 'the compressed message cannot be inflated: {reason}',
  },
  'deflate-too-large': {
    rfc: 'RFC 6455 §10.4',
    severity: 'error',
    closeCode: 1009,
    requirement: 'A message stays within the limit of its receiver (here: that on inflated messages).',
    message: 'the compressed message of {wireBytes} bytes was not inflated: it exceeds the limit of {limit} bytes',
  },
  'deflate-context-lost': {
    rfc: 'RFC 7692 §7.1.1',
    severity: 'warning',
    requirement: 'With context takeover a message may refer to earlier ones, so these have to be known.',
    message: 'the compressed message refers to earlier ones that were not seen or could not be read',
  },
} as const satisfies Record<string, Rule>;
