import { expect, it } from 'vitest';
import { ReadingNotices } from '../../../src/describe/timeline/reading-notices.js';

const wordsOf = (...messages: readonly (readonly [message: string, isDamage?: boolean])[]): readonly string[] => {
  const notices = new ReadingNotices();
  for (const [message, isDamage] of messages) notices.add(message, isDamage);
  return notices.words;
};

it('the line of a page has what was reported first, and damage before the rest', () => {
  expect(wordsOf()).toEqual([]);
  expect(wordsOf(['a'], ['b'], ['c'])).toEqual(['a', 'b', 'and 1 further notice']);
  expect(wordsOf(['a'], ['b'], ['bad', true], ['worse', true], ['worst', true])).toEqual([
    'bad',
    'worse',
    'and 3 further notices',
  ]);
  expect(wordsOf(['x'.repeat(500)], ['one\ntwo'])).toEqual([`${'x'.repeat(140)}…`, 'one']);
});

it('what that line cuts can be read in full, up to a bound', () => {
  const inFull = (...messages: string[]): readonly string[] | undefined => {
    const notices = new ReadingNotices();
    for (const message of messages) notices.add(message, message.startsWith('bad'));
    return notices.inFull;
  };
  expect(inFull()).toBeUndefined();
  expect(inFull('a', 'b')).toBeUndefined();
  expect(inFull('x'.repeat(500))).toEqual(['x'.repeat(500)]);
  expect(inFull('one\ntwo')).toEqual(['one\ntwo']);
  expect(inFull('a', 'b', 'bad', 'c')).toEqual(['bad', 'a', 'b', 'c']);
  expect(inFull('x'.repeat(5000))).toEqual([`${'x'.repeat(1000)}…`]);
  const many = inFull(...Array.from({ length: 60 }, (_, i) => `${i}`))!;
  expect([many.length, many[49], many[50]]).toEqual([51, '49', 'and 10 further notices']);
});
