import { describe, expect, it } from 'vitest';
import { TimedExpressions } from '../../src/live/replies/timed-expressions.js';

const HOSTILE = `${'a'.repeat(60)}!`;
const YEARS = /^(a+)+$/;

describe('expressions on texts of a peer', () => {
  const silent = (): never => {
    throw new Error('too slow');
  };

  it.each<[what: string, patterns: RegExp[], text: string, index: number]>([
    ['the first that matches', [/b/, /a/, /a./], 'ab', 0],
    ['none', [/x/], 'ab', -1],
    ['the same with flags g and y', [/a/g, /b/y], 'ba', 0],
    ['one that is evaluated within bounds', [YEARS], 'aaa', 0],
    ['a long text', [/a.*b.*c/], `${'a'.repeat(2000)}bc`, 0],
  ])('%s', (_, patterns, text, index) => {
    const expressions = new TimedExpressions(patterns, silent);
    expect([expressions.first(text), expressions.first(text)]).toEqual([index, index]);
  });

  it('takes matches out', () => {
    const of = (...patterns: RegExp[]): TimedExpressions => new TimedExpressions(patterns, silent);
    expect(of(/\d+/g, /b/g).without('a1b22c')).toBe('ac');
    expect(of(/(\d+)+x/g).without('1x a 22x')).toBe(' a ');
  });

  it.each(['first', 'without'] as const)('gives up those that take too long: %s', (search) => {
    const told: [number, number][] = [];
    const tooSlow = (length: number, seconds: number): void => void told.push([length, seconds]);
    const expressions = new TimedExpressions([/^(a+)+$/g], tooSlow, { time: 20, times: 2 });
    expect(expressions[search](HOSTILE)).toBeUndefined();
    expect([expressions[search]('a'), told]).toEqual([search === 'first' ? 0 : '', []]);
    expect(expressions[search](HOSTILE)).toBeUndefined();
    // Not even those that would be quick, as nothing shows it before.
    expect([expressions[search](HOSTILE), expressions[search]('a')]).toEqual([undefined, undefined]);
    expect(told).toEqual([[61, 0.02]]);
  });

  it('still searches texts that are quick in any case', () => {
    const expressions = new TimedExpressions([/a*a*a*a*a*a*b/], () => undefined, { time: 5 });
    expect(expressions.first('a'.repeat(5000))).toBeUndefined();
    expect(expressions.first('aab')).toBe(0);
  });
});
