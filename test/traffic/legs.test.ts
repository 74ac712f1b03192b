import { describe, expect, it } from 'vitest';
import { headChanges } from '../../src/traffic/legs/head-changes.js';
import type { LegFacts, LegHead } from '../../src/traffic/legs/leg-facts.js';
import { isOwnKey } from '../../src/traffic/legs/own-key.js';
import { LegPairs } from '../../src/traffic/legs/proxy-legs.js';
import { DirectionTally } from '../../src/traffic/tally/lane.js';
import type { ConnectionSummary, DirectionSummary } from '../../src/traffic/tally/summary.js';

const headOf = (line: string, ...headers: [string, string][]): LegHead => ({
  line,
  headers: headers.map(([name, value]) => ({ name, value })),
});
const HEAD = headOf('GET / HTTP/1.1', ['Host', 'a']);
const KEY = 'kJXuOKsrl3AR1KeFngRElQ==';

interface Parts extends Partial<Omit<ConnectionSummary, 'leg' | 'directions'>> {
  readonly leg?: Partial<LegFacts>;
  readonly fromServer?: Partial<DirectionSummary>;
}

function connection(number: number, { leg, fromServer, ...parts }: Parts = {}): ConnectionSummary {
  const none = new DirectionTally().summary();
  return {
    connection: number,
    client: `192.0.2.1:${number}`,
    server: number === 0 ? '192.0.2.2:80' : '192.0.2.3:9000',
    directions: { client: none, server: { ...none, frames: 2, ...fromServer } },
    diagnostics: {},
    leg: { key: KEY, asked: number, answered: 100 - number, request: HEAD, response: HEAD, ...leg },
    ...parts,
  };
}

function pairsOf(...summaries: readonly ConnectionSummary[]): string[] {
  const legs = new LegPairs();
  for (const summary of summaries) legs.add(summary);
  return legs.pairs().map(({ front, upstream }) => `${front.connection} ${upstream.connection}`);
}

describe('legs of a proxy are', () => {
  it('two connections with one key, in whatever order they end', () => {
    expect(pairsOf(connection(0), connection(1))).toEqual(['0 1']);
    expect(pairsOf(connection(1), connection(0))).toEqual(['0 1']);
  });

  it.each<[string, Parts]>([
    ['of different keys', { leg: { key: 'xJXuOKsrl3AR1KeFngRElQ==' } }],
    ['whose heads are too long', { leg: { request: headOf('GET / HTTP/1.1', ['Cookie', 'x'.repeat(20_000)]) } }],
    ['to one server', { server: '192.0.2.2:80' }],
    ['asked before', { leg: { asked: -1 } }],
    ['answered after', { leg: { answered: 101 } }],
    ['of the same times, which do not show what comes first', { leg: { asked: 0, answered: 100 } }],
    ['with other frames', { fromServer: { frames: 3 } }],
    ['with other payloads', { fromServer: { payloadBytes: 1 } }],
    ['with a gap', { fromServer: { gaps: 1 } }],
  ])('not those %s', (_, parts) => {
    expect(pairsOf(connection(0), connection(1, parts))).toEqual([]);
  });

  it('not those of a key that programs share', () => {
    const leg = { key: 'dGhlIHNhbXBsZSBub25jZQ==' };
    expect(pairsOf(connection(0, { leg }), connection(1, { leg: { ...leg, asked: 1, answered: 99 } }))).toEqual([]);
  });

  it('not three of one key, nor more', () => {
    const all = [0, 1, 2, 3, 4].map((number) => connection(number));
    for (const count of [3, 4, 5]) expect(pairsOf(...all.slice(0, count))).toEqual([]);
  });

  it('found among the last that ended', () => {
    const others = (count: number): ConnectionSummary[] =>
      Array.from({ length: count }, (_, i) => connection(10 + i, { leg: { key: `${i}` } }));
    expect(pairsOf(connection(0), ...others(499), connection(1))).toEqual(['0 1']);
    expect(pairsOf(connection(0), ...others(500), connection(1))).toEqual([]);
  });

  it.each<[front: Parts, upstream: Parts, by: string | undefined]>([
    [{ closedBy: 'client' }, { closedBy: 'client' }, 'client'],
    [{ closedBy: 'server' }, { closedBy: 'server' }, 'server'],
    [{ closedBy: 'server' }, { closedBy: 'client' }, 'proxy'],
    [{ closedBy: 'client' }, { closedBy: 'server' }, undefined],
    [{ closedBy: 'client', endedBy: 'server' }, { endedBy: 'server' }, 'server'],
    [{ endedBy: 'server' }, { endedBy: 'client' }, 'proxy'],
    [{}, {}, undefined],
  ])('ended by whoever both show: %j, %j', (front, upstream, by) => {
    const legs = new LegPairs();
    legs.add(connection(0, front));
    legs.add(connection(1, upstream));
    expect(legs.pairs()[0]?.closedBy).toBe(by);
  });
});

it('heads are compared by their names, in any case and order', () => {
  const from = headOf('GET / HTTP/1.1', ['Host', 'a'], ['Cookie', '1'], ['cookie', '2'], ['Origin', 'o']);
  const to = headOf('GET /x HTTP/1.1', ['Cookie', '1'], ['host', 'a'], ['Via', 'p']);
  expect(headChanges(from, to)).toEqual({
    added: [['Via', 'p']],
    removed: [['Origin', 'o']],
    changed: [{ name: 'Cookie', from: '1, 2', to: '1' }],
    line: { from: 'GET / HTTP/1.1', to: 'GET /x HTTP/1.1' },
  });
  expect(headChanges(from, from)).toEqual({ added: [], removed: [], changed: [] });
});

it('a key that programs share is no own one', () => {
  const own = (key: string): boolean => isOwnKey(key, Buffer.from(key, 'base64'));
  expect(own('kJXuOKsrl3AR1KeFngRElQ==')).toBe(true);
  for (const key of ['dGhlIHNhbXBsZSBub25jZQ==', 'x3JJHMbDL1EzLkh9GBhXDw==', 'AAAAAAAAAAAAAAAAAAAAAA==', '']) {
    expect(own(key)).toBe(false);
  }
});
