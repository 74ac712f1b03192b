import type { Case } from '../case.js';

/** WebSockets over HTTP/2 (RFC 8441). */
export const HTTP2_CASES: readonly Case[] = [];
