import { expect, it } from 'vitest';
import { ReadingNotices } from '../../../src/describe/timeline/reading-notices.js';

const wordsOf = (...messages: readonly (readonly [message: string, isDamage?: boolean])[]): readonly string[] => {
  const notices = new ReadingNotices();
  for (const [message, isDamage] of messages) notices.add(message, isDamage);
  return notices.words;
};

it('the line above a page has what was reported first, and damage before the rest', () => {
  expect(wordsOf()).toEqual([]);
  expect(wordsOf(['a'], ['b'], ['c'])).toEqual(['a', 'b', 'and 1 further notice']);
  expect(wordsOf(['a'], ['b'], ['bad', true], ['worse', true], ['worst', true])).toEqual([
    'bad',
    'worse',
    'and 3 further notices',
  ]);
  expect(wordsOf(['x'.repeat(500)], ['one\ntwo'])).toEqual([`${'x'.repeat(140)}…`, 'one']);
});
