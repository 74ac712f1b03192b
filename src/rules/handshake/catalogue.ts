import { HEAD_RULES } from './head-catalogue.js';
import { HTTP2_HANDSHAKE_RULES } from './http2-catalogue.js';
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
  ...HTTP2_HANDSHAKE_RULES,
} as const satisfies Record<string, Rule>;

/** Those of HTTP/1.1 alone: a handshake over HTTP/2 has nothing that they are about (RFC 8441 §5). */
const HTTP1_ONLY =
  /^(?:head-.*|http2-upgrade|request-(?:method|http-version|host-.*|target-host|upgrade-.*|connection-.*|key-.*|body|accept)|response-(?:status|accepted-invalid|http-version|upgrade-.*|connection-.*|accept-.*|key|content-length|transfer-encoding|426-upgrade))$/;

const CODES = Object.keys(HANDSHAKE_RULES) as HandshakeCode[];
/** In the order of the checklist. */
export const HTTP1_CODES: readonly HandshakeCode[] = CODES.filter((code) => !(code in HTTP2_HANDSHAKE_RULES));
export const HTTP2_CODES: readonly HandshakeCode[] = CODES.filter((code) => !HTTP1_ONLY.test(code));

export type HandshakeCode = keyof typeof HANDSHAKE_RULES;
