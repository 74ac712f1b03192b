import { describe, expect, it } from 'vitest';
import { headChanges } from '../../src/traffic/legs/head-changes.js';
import type { LegFacts, LegHead } from '../../src/traffic/legs/leg-facts.js';
import { isOwnKey } from '../../src/traffic/legs/own-key.js';
import type { SaidMessages } from '../../src/traffic/legs/said-messages.js';
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
  ])('not those %s', (_, parts) => {
    expect(pairsOf(connection(0), connection(1, parts))).toEqual([]);
  });

  it('those with a gap in one direction', () => {
    expect(pairsOf(connection(0), connection(1, { fromServer: { gaps: 1, frames: 1 } }))).toEqual(['0 1']);
  });

  it('three and four of a chain, each within the one before', () => {
    const chain = [0, 1, 2, 3].map((number) => connection(number, { server: `192.0.2.3:${9000 + number}` }));
    expect(pairsOf(...chain.slice(0, 3))).toEqual(['0 1', '1 2']);
    expect(pairsOf(...chain)).toEqual(['0 1', '1 2', '2 3']);
    expect(pairsOf(...chain, connection(4, { server: '192.0.2.3:9004' }))).toEqual([]);
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

  it('not more than are kept', () => {
    const pair = (number: number): ConnectionSummary[] =>
      [0, 1].map((leg) =>
        connection(2 * number + leg, {
          server: `192.0.2.3:${9000 + leg}`,
          leg: { key: keyOf(number), asked: leg, answered: 100 - leg },
        }),
      );
    const pairs = Array.from({ length: 1100 }, (_, number) => pair(number)).flat();
    expect(pairsOf(...pairs)).toHaveLength(1000);
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

describe('a relay with a handshake of its own', () => {
  it('is known by its messages', () => {
    expect(relayed()).toEqual([['0 1', 'messages', { request: 1, response: 1 }]]);
  });

  it.each<[string, Relayed]>([
    ['other messages', { upstream: { digest: 'other' } }],
    ['messages that were not seen whole', { upstream: undefined }],
    ['a message of the client that came earlier', { upstream: { client: [21, 31, 39] } }],
    ['a message of the server that came later', { upstream: { server: [24, 36, 44] } }],
    ['few messages', { front: { client: [20, 30] }, upstream: { client: [21, 31] } }],
    [
      'messages of one side alone',
      {
        front: { client: [20], server: [25, 35, 45, 55, 65, 75] },
        upstream: { client: [21], server: [24, 34, 44, 54, 64, 74] },
      },
    ],
    ['messages at the same time', { upstream: { client: [20, 30, 40] } }],
    ['another number of messages', { parts: { fromServer: { messages: 9 } } }],
    ['other bytes', { parts: { fromServer: { messageBytes: 9 } } }],
    ['a gap', { parts: { fromServer: { gaps: 1 } } }],
    ['a question before it was asked', { asked: -1 }],
    ['a question while it was asked, answered later', { asked: 5, answered: 15 }],
    ['the same server', { parts: { server: '192.0.2.2:80' } }],
    ['the same client on another host', { parts: { client: '192.0.2.1:9' } }],
  ])('is not claimed with %s', (_, one) => {
    expect(relayed(one)).toEqual([]);
  });

  it('that accepts before it asks is one', () => {
    expect(relayed({ asked: 11, answered: 12 })).toHaveLength(1);
  });

  it('is not claimed for several clients that say the same at the same time', () => {
    const legs = new LegPairs();
    for (const number of [0, 1]) {
      legs.add(leg(number, { server: '192.0.2.2:80', time: number / 10 }));
      legs.add(
        leg(10 + number, {
          server: '192.0.2.3:9000',
          client: `192.0.2.2:${number}`,
          time: number / 10,
          isUpstream: true,
        }),
      );
    }
    expect(legs.pairs()).toEqual([]);
  });

  it('is not claimed for 50 clients with equal chats', () => {
    const legs = new LegPairs();
    for (let i = 0; i < 50; i++) legs.add(leg(i, { server: `192.0.2.2:${i}`, isUpstream: i % 2 === 1 }));
    expect(legs.pairs()).toEqual([]);
  });
});

interface Relayed {
  readonly front?: Partial<SaidMessages>;
  readonly upstream?: Partial<SaidMessages> | undefined;
  readonly parts?: Parts;
  readonly asked?: number;
  readonly answered?: number;
}

const FRONT: SaidMessages = { digest: 'd', client: [20, 30, 40], server: [25, 35, 45] };
const UPSTREAM: SaidMessages = { digest: 'd', client: [21, 31, 41], server: [24, 34, 44] };

/** The pairs of a relay between 192.0.2.2:80 and a server. */
function relayed(relayed: Relayed = {}): unknown[] {
  const { front, parts, asked = 1, answered = 9 } = relayed;
  const said =
    'upstream' in relayed && relayed.upstream === undefined ? undefined : { ...UPSTREAM, ...relayed.upstream };
  const legs = new LegPairs();
  legs.add(connection(0, { leg: { key: keyOf(0), asked: 0, answered: 10, said: { ...FRONT, ...front } } }));
  const leg = { key: keyOf(1), asked, answered, ...(said && { said }) };
  legs.add(connection(1, { client: '192.0.2.2:1', ...parts, leg }));
  return legs
    .pairs()
    .map(({ front: a, upstream: b, provenBy, added }) => [`${a.connection} ${b.connection}`, provenBy, added]);
}

/** One of several conversations that are equal, `time` seconds after the first. */
function leg(
  number: number,
  { time = 0, isUpstream = false, ...ends }: { time?: number; isUpstream?: boolean; client?: string; server: string },
): ConnectionSummary {
  const { digest, client, server } = isUpstream ? UPSTREAM : FRONT;
  const later = (times: readonly number[]): number[] => times.map((one) => one + time);
  const said = { digest, client: later(client), server: later(server) };
  const [asked, answered] = isUpstream ? [1 + time, 9 + time] : [time, 10 + time];
  return connection(number, { ...ends, leg: { key: keyOf(number), asked, answered, said } });
}

function keyOf(number: number): string {
  const bytes = Buffer.from(KEY, 'base64');
  bytes.writeUInt16BE(number);
  return bytes.toString('base64');
}

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
