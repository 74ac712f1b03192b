import fc from '../fc.js';
import { expect, it } from 'vitest';
import { indentJson, prettyJson } from '../../src/terminal/frames/pretty-json.js';

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

it.each([
  ['digits that a number would lose', '{"id":12345678901234567890,"b":1.10,"c":1e400,"d":-0}'],
  ['members of one name', '{"a":1,"a":2}'],
  ['the order of names that are numbers', '{"b":1,"2":2,"1":3}'],
])('keeps %s', (_, text) => {
  const lines = [...text.slice(1, -1).split(',')].map((part) => `  ${part.replace(':', ': ')}`);
  expect(prettyJson(text, 0)?.join('\n')).toBe(['{', lines.join(',\n'), '}'].join('\n'));
});

it('keeps them in what is nested too deeply to be indented', () => {
  const text = `${'[ '.repeat(30)}1.50, "a b"${']'.repeat(30)}`;
  expect(prettyJson(text, 0)).toContain(`${' '.repeat(48)}${'['.repeat(6)}1.50,"a b"${']'.repeat(6)}`);
});

it('draws the beginning of a text', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(200), (text, length) => {
      const lines = indentJson(text.slice(0, length), 0);
      expect(lines.length).toBeLessThanOrEqual(2 * length + 2);
    }),
  );
  expect(indentJson('{"a":[1,"bc…', 0)).toEqual(['{', '  "a": [', '    1,', '    "bc…', '  ]', '}']);
  for (const text of ['', '}', ']', '{]', '[}', '{:,', '{"a"', ',,', '{1:{2', '"']) indentJson(text, 0);
});
