import type { Case } from './case.js';
import { ACCEPT_CASES } from './cases/handshake-accept.js';
import { HEAD_CASES } from './cases/handshake-head.js';
import { NEGOTIATION_CASES } from './cases/handshake-negotiation.js';
import { REQUEST_CASES } from './cases/handshake-request.js';

/** The opening handshake, where a server is tested. */
export const HANDSHAKE_SERVER_CASES: readonly Case[] = [
  ...ACCEPT_CASES,
  ...REQUEST_CASES,
  ...HEAD_CASES,
  ...NEGOTIATION_CASES,
];
