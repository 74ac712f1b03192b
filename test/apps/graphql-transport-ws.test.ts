import { describe, expect, it } from 'vitest';
import { codesOf, lineMessage, openReader, talk } from './talk.js';

const NAME = 'graphql-transport-ws';
const query = { type: 'subscribe', id: '1', payload: { query: 'query Q { a }' } };

describe('graphql-transport-ws', () => {
  it('does not print what comes with an init', () => {
    const [init] = talk(NAME, [['c', { type: 'connection_init', payload: { Authorization: 'Bearer secret' } }]]);
    expect(init).toMatchObject({ type: 'connection_init', summary: '' });
  });

  it('says nothing about a message of which a part was kept, nor about what depends on it', () => {
    const reader = openReader(NAME);
    const whole = lineMessage(['c', { type: 'connection_init' }], 0);
    const cut = { ...whole, bytes: whole.bytes.subarray(0, 8) };
    const packets = [cut, lineMessage(['c', query], 1), lineMessage(['s', { type: 'next', id: '7', payload: {} }], 0)];
    const read = packets.flatMap((message) => reader.read(message) ?? []);
    expect(read.map(({ type }) => type)).toEqual(['unread', 'subscribe', 'next']);
    expect(codesOf(NAME, read)).toEqual([]);
  });

  it('keeps judging a conversation of which all was seen', () => {
    expect(codesOf(NAME, talk(NAME, [['c', query]]))).toEqual(['before-ack']);
    expect(codesOf(NAME, talk(NAME, [['c', 'x']]))).toEqual(['json']);
  });
});
