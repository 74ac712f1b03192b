import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations, type Line } from './talk.js';

const NAME = 'ocpp-j';
const call = (id: string, action = 'Heartbeat'): unknown => [2, id, action, {}];

describe('ocpp-j', () => {
  violations(NAME, [
    [
      'calls of both sides',
      [
        ['c', call('1')],
        ['s', call('1', 'Reset')],
        ['s', [3, '1', {}]],
        ['c', [3, '1', {}]],
      ],
      [],
    ],
    ['no JSON', [['c', 'x']], ['json']],
    ['no number', [['c', ['2', 'a', 'b', {}]]], ['json']],
    ['a type that is none', [['c', [9, 'a']]], ['message-type']],
    ['too few items', [['c', [2, 'a', 'Heartbeat']]], ['length']],
    ['an id that is a number', [['c', [2, 1, 'Heartbeat', {}]]], ['items']],
    ['a payload that is a list', [['c', [2, 'a', 'Heartbeat', []]]], ['items']],
    ['an id that is long', [['c', call('x'.repeat(37))]], ['id-length']],
    [
      'an id used twice',
      [
        ['c', call('1')],
        ['s', [3, '1', {}]],
        ['c', call('1', 'Authorize')],
      ],
      ['id-used'],
    ],
    [
      'the same call once more',
      [
        ['c', call('1')],
        ['c', call('1'), 30],
      ],
      [],
    ],
    [
      'a call while one waits',
      [
        ['c', call('1')],
        ['c', call('2', 'Authorize'), 0.5],
      ],
      ['call-while-waiting'],
    ],
    [
      'a call after one may have timed out',
      [
        ['c', call('1')],
        ['c', call('2', 'Authorize'), 40],
      ],
      [],
    ],
    ['a result for nothing', [['s', [3, 'x', {}]]], ['unknown-id']],
    [
      'a code that is none',
      [
        ['c', call('1')],
        ['s', [4, '1', 'Oops', '', {}]],
      ],
      ['error-code'],
    ],
    [
      'a code of 1.6',
      [
        ['c', call('1')],
        ['s', [4, '1', 'FormationViolation', '', {}]],
      ],
      [],
    ],
  ]);
  violations(NAME, [['SEND before 2.1', [['c', [6, 'a', 'NotifyPeriodicEventStream', {}]]], ['message-type']]], {
    handshake: { subprotocol: 'ocpp2.0.1' },
  });
  violations(NAME, [['SEND of 2.1', [['c', [6, 'a', 'NotifyPeriodicEventStream', {}]]], []]], {
    handshake: { subprotocol: 'ocpp2.1' },
  });
  violations(NAME, [['joined', [['s', [3, 'x', {}]]], []]], { isJoined: true });

  it('shows an error by its code and description', () => {
    const lines: Line[] = [
      ['c', call('1')],
      ['s', [4, '1', 'NotImplemented', 'no such action', {}]],
    ];
    expect(talk(NAME, lines)[1]).toMatchObject({
      type: 'CALLERROR',
      summary: 'NotImplemented no such action',
      isError: true,
      answers: [{ key: '1' }],
    });
  });

  survivesHostile(NAME);
});
