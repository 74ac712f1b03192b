import fc from '../fc.js';
import { expect, it } from 'vitest';
import { prettyJson } from '../../src/terminal/frames/payload.js';

it('is what JSON.stringify indents, where it is not nested deeply', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      fc.pre(typeof value === 'object' && value !== null);
      const text = JSON.stringify(value);
      const lines = JSON.stringify(JSON.parse(text), undefined, 2).split('\n');
      expect(prettyJson(text, 0)?.length).toBe(lines.length);
      // What is not fit for a terminal is escaped.
      fc.pre(lines.every((line) => /^[ -~]*$/.test(line)));
      expect(prettyJson(text, 0)).toEqual(lines);
    }),
  );
});

it.each([
  ['lists', (depth: number) => '['.repeat(depth) + ']'.repeat(depth)],
  ['objects', (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)],
  ['a list of all at the bottom', (depth: number) => `${'['.repeat(depth)}${'1,'.repeat(depth)}1${']'.repeat(depth)}`],
])('takes room in proportion to the text, however deeply it is nested: %s', (_, of) => {
  const sizeAt = (depth: number): number => prettyJson(of(depth))!.reduce((sum, line) => sum + line.length, 0);
  expect(sizeAt(4000) - sizeAt(2000)).toBeLessThan(2.2 * (sizeAt(2000) - sizeAt(1000)));
  expect(sizeAt(2000)).toBeLessThan(20 * of(2000).length);
});
