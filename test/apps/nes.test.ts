import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations, type Line } from './talk.js';

const NAME = 'nes';
const HELLO: Line = ['c', { type: 'hello', id: 1, version: '2' }];
const HELLOED: Line = ['s', { type: 'hello', id: 1, heartbeat: false, socket: 'x' }];

describe('nes', () => {
  violations(NAME, [
    [
      'a request',
      [
        HELLO,
        HELLOED,
        ['c', { type: 'request', id: 2, method: 'GET', path: '/a' }],
        ['s', { type: 'request', id: 2, statusCode: 200, payload: 1 }],
      ],
      [],
    ],
    [
      'a ping',
      [HELLO, HELLOED, ['s', { type: 'ping' }], ['c', { type: 'ping', id: 2 }], ['s', { type: 'ping', id: 2 }]],
      [],
    ],
    ['no JSON', [HELLO, ['c', 'x']], ['json']],
    ['an unknown type', [HELLO, ['c', { type: 'x', id: 2 }]], ['unknown-type']],
    ['no hello', [['c', { type: 'sub', id: 2, path: '/a' }]], ['hello-first']],
    ['no id', [HELLO, ['c', { type: 'message' }]], ['id']],
    ['no path', [HELLO, ['c', { type: 'sub', id: 2 }]], ['path']],
    ['an id twice', [HELLO, ['c', { type: 'message', id: 1 }]], ['id-in-use']],
    ['a response to nothing', [HELLO, HELLOED, ['s', { type: 'sub', id: 2 }]], ['unknown-id']],
  ]);
  violations(
    NAME,
    [
      [
        'joined',
        [
          ['s', { type: 'sub', id: 2 }],
          ['c', { type: 'sub', id: 3, path: '/a' }],
          ['s', '!rest"}'],
        ],
        [],
      ],
    ],
    {
      isJoined: true,
    },
  );

  it('joins a message in parts', () => {
    const text = JSON.stringify({ type: 'pub', path: '/a', message: 'ü'.repeat(30) });
    const packets = talk(
      NAME,
      [
        ['s', `+${text.slice(0, 10)}`],
        ['s', `+${text.slice(10, 20)}`],
        ['s', `!${text.slice(20)}`],
      ],
      {
        isJoined: true,
      },
    );
    expect(packets).toMatchObject([{ type: 'pub', name: '/a', messages: [0, 1, 2], payload: 'ü'.repeat(30) }]);
  });

  survivesHostile(NAME);
});
