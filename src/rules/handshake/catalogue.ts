import { HEAD_RULES } from './head-catalogue.js';
import { NEGOTIATION_RULES } from './negotiation-catalogue.js';
import { OBSOLETE_RULES } from './obsolete-catalogue.js';
import { REQUEST_RULES } from './request-catalogue.js';
import { RESPONSE_RULES } from './response-catalogue.js';
import type { Rule } from '../rule.js';

/** Everything that is required of the opening handshake, in the order of the checklist: request, response, extensions, then HTTP itself. */
export const HANDSHAKE_RULES = {
  ...REQUEST_RULES,
  ...RESPONSE_RULES,
  ...NEGOTIATION_RULES,
  ...HEAD_RULES,
  ...OBSOLETE_RULES,
} as const satisfies Record<string, Rule>;

export type HandshakeCode = keyof typeof HANDSHAKE_RULES;
