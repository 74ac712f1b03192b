import type { Case } from '../case.js';
import { H2_ANSWER_CASES } from '../cases/h2-answers.js';
import { H2_CLIENT_END_CASES } from '../cases/h2-client-ends.js';
import { H2_CLIENT_STREAM_CASES } from '../cases/h2-client-streams.js';
import { H2_DATA_CASES } from '../cases/h2-data.js';
import { H2_END_CASES } from '../cases/h2-ends.js';
import { H2_ERROR_CASES } from '../cases/h2-errors.js';
import { H2_OPENING_CASES } from '../cases/h2-opening.js';
import { H2_STREAM_CASES } from '../cases/h2-streams.js';
import { H2_UNANNOUNCED_CASES } from '../cases/h2-unannounced.js';

/** WebSockets over HTTP/2 (RFC 8441). */
export const HTTP2_CASES: readonly Case[] = [
  ...H2_OPENING_CASES,
  ...H2_DATA_CASES,
  ...H2_END_CASES,
  ...H2_STREAM_CASES,
  ...H2_ERROR_CASES,
  ...H2_ANSWER_CASES,
  ...H2_CLIENT_END_CASES,
  ...H2_CLIENT_STREAM_CASES,
  ...H2_UNANNOUNCED_CASES,
];
