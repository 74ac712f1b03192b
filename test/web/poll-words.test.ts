import { expect, it } from 'vitest';
import { pollWords } from '../../src/web/live/poll-words.js';

const poll = { lane: 'poll', begin: 0, messages: 0 } as const;

it.each([
  [
    'answered, and not answered',
    [
      { ...poll, end: 5, messages: 2 },
      { ...poll, end: 5 },
      { ...poll, end: 5, hasFailed: true as const },
    ],
    'Last 30 s are drawn. 3 polls: 2 messages, 1 answered without one, 1 not answered; 0 sends.',
  ],
  [
    'and one that waits',
    [poll, { ...poll, lane: 'send' as const, end: 4 }],
    'Last 30 s are drawn. 1 poll: 0 messages, 0 answered without one; one waits for its answer; 1 send.',
  ],
])('the polls of a client in words: %s', (_, requests, words) => {
  expect(pollWords(requests)).toBe(words);
});
