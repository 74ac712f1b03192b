import { describe, expect, it } from 'vitest';
import { survivesHostile, talk, violations } from './talk.js';

const NAME = 'graphql-ws';
const init = { type: 'connection_init' };
const start = (id: string): object => ({ type: 'start', id, payload: { query: 'query Q { a }' } });

describe('graphql-ws (legacy)', () => {
  violations(NAME, [
    [
      'an operation',
      [
        ['c', init],
        ['c', start('1')],
        ['s', { type: 'data', id: '1', payload: {} }],
        ['s', { type: 'complete', id: '1', payload: null }],
      ],
      [],
    ],
    [
      'data and complete after stop',
      [
        ['c', init],
        ['c', start('1')],
        ['c', { type: 'stop', id: '1' }],
        ['s', { type: 'data', id: '1', payload: {} }],
        ['s', { type: 'complete', id: '1' }],
      ],
      [],
    ],
    ['no JSON', [['c', 'x']], ['json']],
    ['an unknown type', [['c', { type: 'subscribe' }]], ['unknown-type']],
    ['a type of Object', [['c', { type: 'constructor' }]], ['unknown-type']],
    ['start before init', [['c', start('1')]], ['before-init']],
    [
      'start without payload',
      [
        ['c', init],
        ['c', { type: 'start', id: '1' }],
      ],
      ['missing-field'],
    ],
    ['a message of the other side', [['s', init]], ['sender']],
    [
      'an id in use',
      [
        ['c', init],
        ['c', start('1')],
        ['c', start('1')],
      ],
      ['id-in-use'],
    ],
    [
      'an id used again after stop',
      [
        ['c', init],
        ['c', start('1')],
        ['c', { type: 'stop', id: '1' }],
        ['c', start('1')],
      ],
      [],
    ],
    ['data for nothing', [['s', { type: 'data', id: '1', payload: {} }]], ['unknown-id']],
    [
      'complete after error',
      [
        ['c', init],
        ['c', start('1')],
        ['s', { type: 'error', id: '1', payload: {} }],
        ['s', { type: 'complete', id: '1' }],
      ],
      ['complete-after-error'],
    ],
  ]);
  violations(
    NAME,
    [
      [
        'joined',
        [
          ['c', start('1')],
          ['s', { type: 'data', id: '2', payload: {} }],
        ],
        [],
      ],
    ],
    {
      isJoined: true,
    },
  );

  it('names an operation', () => {
    expect(talk(NAME, [['c', start('1')]])[0]).toMatchObject({ name: 'Q', id: '1', summary: 'query Q { a }' });
  });

  survivesHostile(NAME);
});
