import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations, type Line } from './talk.js';

const NAME = 'socketcluster';
const HANDSHAKE: Line = ['c', { event: '#handshake', data: { authToken: 'secret' }, cid: 1 }];

describe('socketcluster', () => {
  violations(NAME, [
    ['a call', [HANDSHAKE, ['s', { rid: 1, data: {} }], ['s', ''], ['c', '']], []],
    ['no JSON', [HANDSHAKE, ['c', 'x']], ['json']],
    ['no event', [HANDSHAKE, ['c', { data: 1 }]], ['object']],
    ['a cid that is text', [HANDSHAKE, ['c', { event: 'a', cid: 'x' }]], ['cid']],
    ['no handshake', [['c', { event: 'a', cid: 1 }]], ['handshake-first']],
    ['a cid twice', [HANDSHAKE, ['c', { event: 'a', cid: 1 }]], ['id-in-use']],
    ['a response to nothing', [HANDSHAKE, ['s', { rid: 7 }]], ['unknown-id']],
  ]);
  violations(
    NAME,
    [
      [
        'joined',
        [
          ['s', { rid: 7 }],
          ['c', { event: 'a' }],
        ],
        [],
      ],
    ],
    { isJoined: true },
  );

  it('gives pings and pongs of both versions, and no token in a summary', () => {
    const packets = talk(NAME, [
      HANDSHAKE,
      ['s', ''],
      ['c', ''],
      ['s', '#1'],
      ['c', '#2'],
      ['s', { event: 'x', data: 1 }],
    ]);
    expect(packets.map(({ type, name, summary }) => [type, name, summary])).toEqual([
      ['invoke', '#handshake', ''],
      ['ping', undefined, ''],
      ['pong', undefined, ''],
      ['ping', undefined, ''],
      ['pong', undefined, ''],
      ['transmit', 'x', '1'],
    ]);
  });

  survivesHostile(NAME);
});
