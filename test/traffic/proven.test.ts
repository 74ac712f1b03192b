import { expect, it } from 'vitest';
import { provenCloser, provenUnanswered } from '../../src/traffic/tally/proven.js';
import type { ConnectionSummary, DirectionSummary } from '../../src/traffic/tally/summary.js';
import { DirectionTally } from '../../src/traffic/tally/lane.js';

const side = (parts: Partial<DirectionSummary> = {}): DirectionSummary => ({
  ...new DirectionTally().summary(),
  ...parts,
});
const closed = (client: Partial<DirectionSummary>): ConnectionSummary => ({
  connection: 0,
  diagnostics: {},
  closeCode: 1000,
  closedBy: 'server',
  directions: { client: side(client), server: side({ close: { code: 1000, reason: '' } }) },
});

it.each<[string, Partial<DirectionSummary>, 'server' | undefined]>([
  ['nothing is missing', {}, 'server'],
  ['a hole, and frames after it', { gaps: 1, lostBytes: 9 }, 'server'],
  ['a hole at the end', { gaps: 1, lostBytes: 9, isEndUnseen: true }, undefined],
  ['a hole at the end, after its close frame', { isEndUnseen: true, close: { code: 1000, reason: '' } }, 'server'],
])('who closed first, of the other end %s', (_, client, closer) => {
  expect(provenCloser(closed(client))).toBe(closer);
});

it.each<[string, Partial<DirectionSummary>, number]>([
  ['nothing is missing', {}, 2],
  ['a hole', { gaps: 1, lostBytes: 9 }, 0],
  ['bytes that were not read', { otherBytes: 7 }, 0],
])('pings without a pong, of the other direction %s', (_, server, count) => {
  const client = side({ ping: { answered: 1, skipped: 0, unanswered: 2 } });
  expect(provenUnanswered({ client, server: side(server) }, 'client')).toBe(count);
});
