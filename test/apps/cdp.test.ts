import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations } from './talk.js';

const NAME = 'cdp';
const command = (id: unknown, more: object = {}): object => ({ id, method: 'Page.enable', ...more });

describe('cdp', () => {
  violations(NAME, [
    [
      'a command, an event, a result',
      [
        ['c', command(1)],
        ['s', { method: 'Page.loadEventFired', params: {} }],
        ['s', { id: 1, result: {} }],
      ],
      [],
    ],
    ['no JSON', [['c', 'x']], ['json']],
    ['nothing', [['s', {}]], ['object']],
    ['no id', [['c', { method: 'Page.enable' }]], ['id']],
    ['an id that is text', [['c', command('1')]], ['id']],
    ['no domain', [['c', { id: 1, method: 'enable' }]], ['method']],
    ['params that are a list', [['c', command(1, { params: [] })]], ['params']],
    [
      'an id twice',
      [
        ['c', command(1)],
        ['c', command(1)],
      ],
      ['id-in-use'],
    ],
    [
      'an id in two sessions',
      [
        ['c', command(1)],
        ['c', command(1, { sessionId: 'A' })],
      ],
      [],
    ],
    ['a reply to nothing', [['s', { id: 3, result: {} }]], ['unknown-id']],
    [
      'an error without a code',
      [
        ['c', command(1)],
        ['s', { id: 1, error: {} }],
      ],
      ['error'],
    ],
    [
      'an event of a session that was detached',
      [
        ['s', { method: 'Target.detachedFromTarget', params: { sessionId: 'A' } }],
        ['s', { method: 'Page.loadEventFired', params: {}, sessionId: 'A' }],
      ],
      ['detached-session'],
    ],
  ]);
  violations(NAME, [['joined', [['s', { id: 3, result: {} }]], []]], { isJoined: true });

  it('pairs by session and id, and finds the session where the reply has none', () => {
    const packets = talk(NAME, [
      ['c', command(1, { sessionId: 'A' })],
      ['s', { id: 1, error: { code: -32001, message: 'Session with given id not found.' } }],
    ]);
    expect(packets[1]!.answers).toEqual([{ key: packets[0]!.asks }]);
    expect(packets[1]!.summary).toBe('-32001 Session with given id not found.');
  });

  survivesHostile(NAME);
});
