import type { Case } from './case.js';
import { CLOSING_CASES } from './cases/closing.js';
import { COMPRESSION_CASES } from './cases/compression.js';
import { FRAGMENTATION_CASES } from './cases/fragmentation.js';
import { FRAMING_CASES } from './cases/framing.js';
import { LIMIT_CASES } from './cases/limits.js';
import { PING_CASES } from './cases/pings.js';
import { RESERVED_CASES } from './cases/reserved.js';
import { UTF8_CASES } from './cases/utf8.js';

/** The cases of the Autobahn Testsuite, in its order. */
const KNOWN_CASES: readonly Case[] = [
  ...FRAMING_CASES,
  ...PING_CASES,
  ...RESERVED_CASES,
  ...FRAGMENTATION_CASES,
  ...UTF8_CASES,
  ...CLOSING_CASES,
  ...LIMIT_CASES,
  ...COMPRESSION_CASES,
];

/** All that there is. */
export const CASES: readonly Case[] = [...KNOWN_CASES];
