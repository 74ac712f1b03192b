import type { Case } from './case.js';
import { CLOSING_CASES } from './cases/closing.js';
import { COMPRESSION_CASES } from './cases/compression.js';
import { CLOSING_RACE_CASES } from './cases/closing-races.js';
import { DEFLATE_DATA_CASES } from './cases/deflate-data.js';
import { DEFLATE_FAULT_CASES } from './cases/deflate-faults.js';
import { DEFLATE_OFFER_CASES } from './cases/deflate-offers.js';
import { FLOOD_CASES } from './cases/floods.js';
import { FRAGMENTATION_CASES } from './cases/fragmentation.js';
import { FRAME_CASES } from './cases/frames.js';
import { FRAMING_CASES } from './cases/framing.js';
import { LIMIT_CASES } from './cases/limits.js';
import { PING_CASES } from './cases/pings.js';
import { RESERVED_CASES } from './cases/reserved.js';
import { SECURITY_CASES } from './cases/security.js';
import { UTF8_CASES } from './cases/utf8.js';
import { HANDSHAKE_CLIENT_CASES, HANDSHAKE_SERVER_CASES } from './handshakes/handshake-suite.js';

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

/** Framing, closing, compression and security beyond that. */
export const WIRE_CASES: readonly Case[] = [
  ...FRAME_CASES,
  ...FLOOD_CASES,
  ...CLOSING_RACE_CASES,
  ...DEFLATE_OFFER_CASES,
  ...DEFLATE_DATA_CASES,
  ...DEFLATE_FAULT_CASES,
  ...SECURITY_CASES,
];

/** All cases. */
export const CASES: readonly Case[] = [
  ...HANDSHAKE_SERVER_CASES,
  ...HANDSHAKE_CLIENT_CASES,
  ...KNOWN_CASES,
  ...WIRE_CASES,
];
