import type { Case } from '../case.js';
import { ACCEPT_CASES } from '../cases/handshake-accept.js';
import { CLIENT_CASES } from '../cases/handshake-client.js';
import { HEAD_CASES } from '../cases/handshake-head.js';
import { NEGOTIATION_CASES } from '../cases/handshake-negotiation.js';
import { REQUEST_CASES } from '../cases/handshake-request.js';
import { RESPONSE_CASES } from '../cases/handshake-response.js';

/** The opening handshake, where a server is tested. */
export const HANDSHAKE_SERVER_CASES: readonly Case[] = [
  ...ACCEPT_CASES,
  ...REQUEST_CASES,
  ...HEAD_CASES,
  ...NEGOTIATION_CASES,
];

/** The same where a client is tested. */
export const HANDSHAKE_CLIENT_CASES: readonly Case[] = [...CLIENT_CASES, ...RESPONSE_CASES];
