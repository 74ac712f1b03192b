import { describe, expect, it } from 'vitest';
import { codesOf, talk } from './talk.js';

const NAME = 'graphql-transport-ws';
const query = { type: 'subscribe', id: '1', payload: { query: 'query Q { a }' } };

describe('graphql-transport-ws', () => {
  it('does not print what comes with an init', () => {
    const [init] = talk(NAME, [['c', { type: 'connection_init', payload: { Authorization: 'Bearer secret' } }]]);
    expect(init).toMatchObject({ type: 'connection_init', summary: '' });
  });

  it('keeps judging a conversation of which all was seen', () => {
    expect(codesOf(NAME, talk(NAME, [['c', query]]))).toEqual(['before-ack']);
    expect(codesOf(NAME, talk(NAME, [['c', 'x']]))).toEqual(['json']);
  });
});
