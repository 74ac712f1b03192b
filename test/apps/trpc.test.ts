import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations } from './talk.js';

const NAME = 'trpc';
const query = (id: unknown, method = 'query'): object => ({ id, method, params: { path: 'a.b', input: 1 } });
const reply = (id: unknown, type = 'data'): object => ({ id, result: { type, data: 2 } });

describe('trpc', () => {
  violations(NAME, [
    [
      'a query',
      [
        ['c', query(1)],
        ['s', reply(1)],
        ['c', 'PING'],
        ['s', 'PONG'],
      ],
      [],
    ],
    [
      'a subscription',
      [
        ['c', query(1, 'subscription')],
        ['s', reply(1, 'started')],
        ['s', reply(1)],
        ['s', reply(1)],
        ['c', { id: 1, method: 'subscription.stop' }],
        ['s', reply(1, 'stopped')],
      ],
      [],
    ],
    ['a request to reconnect', [['s', { id: null, method: 'reconnect' }]], []],
    ['no JSON', [['c', 'ping']], ['json']],
    ['no kind', [['s', { id: 1 }]], ['object']],
    ['an unknown method', [['c', query(1, 'delete')]], ['method']],
    ['no path', [['c', { id: 1, method: 'query', params: {} }]], ['path']],
    [
      'an id twice',
      [
        ['c', query(1)],
        ['c', query(1)],
      ],
      ['id-in-use'],
    ],
    ['a reply to nothing', [['s', reply(1)]], ['unknown-id']],
    [
      'data of a subscription that has not started',
      [
        ['c', query(1, 'subscription')],
        ['s', reply(1)],
        ['s', reply(1)],
      ],
      ['before-started'],
    ],
    [
      'data after stopped',
      [
        ['c', query(1, 'subscription')],
        ['s', reply(1, 'stopped')],
        ['s', reply(1)],
      ],
      ['unknown-id'],
    ],
  ]);
  violations(NAME, [['no connectionParams', [['c', query(1)]], ['connection-params']]], {
    handshake: { target: '/trpc?connectionParams=1' },
  });
  violations(NAME, [['joined', [['s', reply(4)]], []]], { isJoined: true });

  it('gives each item of a batch as a packet with its own bytes', () => {
    const packets = talk(NAME, [['c', JSON.stringify([query(1), query(2, 'mutation')], undefined, 1)]]);
    expect(packets.map(({ type, name, id }) => [type, name, id])).toEqual([
      ['query', 'a.b', 1],
      ['mutation', 'a.b', 2],
    ]);
    expect(packets.map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)) as unknown)).toEqual([
      query(1),
      query(2, 'mutation'),
    ]);
  });

  survivesHostile(NAME);
});
