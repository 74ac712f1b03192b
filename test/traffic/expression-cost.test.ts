import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { quickLength } from '../../src/traffic/selection/expression-cost.js';

describe('texts up to a length are searched quickly', () => {
  it.each<[expression: RegExp, length: number]>([
    [/hello/, Infinity],
    [/cafe|Hello|[a*+]/, Infinity],
    [/^\{"type":"(?:ping|pong)"/, Infinity],
    [/\d{4}-\d{2}/u, Infinity],
    [/colou?r/, Infinity],
    [/a\*b\+\(c/, Infinity],
    [/(?<year>\d)-(?=x)(?<!y)/, Infinity],
    [/a.*b/, 10_000],
    [/a.*?b/, 10_000],
    [/[)*]*b/, 10_000],
    [/(?:ab)*c/, 10_000],
    [/\u{1F600}*/u, 10_000],
    [/a.*b.*c/, 464],
    [/(.)\1/, 10_000],
    [/(?<x>.)\k<x>/, 10_000],
    [/a{2,}b/, 10_000],
    [/a*a*a*a*b/, 39],
  ])('%s: %i', (expression, length) => expect(quickLength(expression)).toBe(length));

  it.each<RegExp>([
    /(a+)+$/,
    /^(a|aa)*$/,
    /^(\w+\s?)*$/,
    /([a-z]+)*=/,
    /(a?){30}a{30}/,
    /((a*)b)*c/,
    /((?:a|b)c)+/,
    /(?=(a+)+$)x/,
    /(a*){9}/,
    /(?:.{0,9}){0,9}/,
    new RegExp(`${'a?'.repeat(30)}a`),
    new RegExp('[a]*', 'v'),
  ])('none: %s', (expression) => expect(quickLength(expression)).toBe(0));

  it('whatever the expression', () => {
    const pieces = fc.constantFrom(
      'a',
      '.',
      '\\d',
      '[a-z)(]',
      '(',
      '(?:',
      ')',
      '|',
      '*',
      '+?',
      '?',
      '{2}',
      '{1,}',
      '\\)',
      '^',
      '\\1',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        let expression: RegExp;
        try {
          expression = new RegExp(parts.join(''));
        } catch {
          return;
        }
        const length = quickLength(expression);
        expect(length).toBeGreaterThanOrEqual(0);
        // A quantifier on what is quantified is not taken for a plain one.
        if (/^\(\?:[a.]\*\)[*+]/.test(expression.source)) expect(length).toBe(0);
      }),
    );
  });
});
