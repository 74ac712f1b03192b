import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations } from './talk.js';

const NAME = 'webdriver-bidi';
const command = (id: unknown, more: object = {}): object => ({ id, method: 'session.status', params: {}, ...more });

describe('webdriver-bidi', () => {
  violations(NAME, [
    [
      'a command and its success',
      [
        ['c', command(1)],
        ['s', { type: 'success', id: 1, result: {} }],
      ],
      [],
    ],
    ['CDP through it', [['c', command(1, { method: 'goog:cdp.sendCommand' })]], []],
    ['an error of no command', [['s', { type: 'error', id: null, error: 'invalid argument', message: 'x' }]], []],
    ['no JSON', [['c', 'x']], ['json']],
    ['a reply without a type', [['s', { id: 1, result: {} }]], ['type']],
    ['an id that is negative', [['c', command(-1)]], ['id']],
    ['an id that is text', [['c', command('1')]], ['id']],
    ['no module', [['c', command(1, { method: 'status' })]], ['method']],
    ['no params', [['c', { id: 1, method: 'session.status' }]], ['params']],
    [
      'a success without a result',
      [
        ['c', command(1)],
        ['s', { type: 'success', id: 1 }],
      ],
      ['result'],
    ],
    [
      'an error without a message',
      [
        ['c', command(1)],
        ['s', { type: 'error', id: 1, error: 'x' }],
      ],
      ['error'],
    ],
    [
      'an id twice',
      [
        ['c', command(1)],
        ['c', command(1)],
      ],
      ['id-in-use'],
    ],
    ['a reply to nothing', [['s', { type: 'success', id: 9, result: {} }]], ['unknown-id']],
  ]);
  violations(NAME, [['joined', [['s', { type: 'success', id: 9, result: {} }]], []]], { isJoined: true });

  it('shows what code threw', () => {
    const packets = talk(NAME, [
      ['c', command(1)],
      ['s', { type: 'success', id: 1, result: { type: 'exception' } }],
    ]);
    expect(packets.map(({ type, name, summary }) => [type, name, summary])).toEqual([
      ['command', 'session.status', '{}'],
      ['success', undefined, 'exception {"type":"exception"}'],
    ]);
    expect(packets[1]!.answers).toEqual([{ key: packets[0]!.asks }]);
  });

  survivesHostile(NAME);
});
