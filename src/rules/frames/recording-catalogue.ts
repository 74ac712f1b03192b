import type { Rule } from '../rule.js';

/** What a recording itself says of a connection. */
export const RECORDING_RULES = {
  'connection-failed': {
    rfc: 'RFC 6455 §7.1.7',
    severity: 'error',
    requirement: 'The connection is established, and neither side fails it.',
    message: 'the recording says that the connection failed: {text}',
  },
} as const satisfies Record<string, Rule>;
