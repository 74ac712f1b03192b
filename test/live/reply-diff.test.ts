import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { checkPaths, replyOf } from '../../src/cli/replay/reply-key.js';
import { ReplyDiff } from '../../src/live/replay/reply-diff.js';
import { jsonDifferences } from '../../src/describe/json-difference.js';
import type { Difference, Reply } from '../../src/traffic/run-records/reply-difference.js';

const reply = (text: string): Reply => replyOf({ binary: false, data: Buffer.from(text) }, {});

/** What is reported, as `=` for each that is the same: `1≠1 -2 +2`. */
function told(recorded: readonly string[], received: readonly string[], isWhole = true): string {
  const out: string[] = [];
  const diff = new ReplyDiff(recorded.map(reply), (difference) => out.push(sign(difference)));
  for (const text of received) diff.take(reply(text));
  diff.end(isWhole);
  return `${diff.totals.same} same ${out.join(' ')}`.trim();
}

function sign(difference: Difference): string {
  if (difference.kind === 'changed') return `${difference.recordedIndex}≠${difference.receivedIndex}`;
  return difference.kind === 'missing' ? `-${difference.recordedIndex}` : `+${difference.receivedIndex}`;
}

describe('replies beside the recorded ones', () => {
  const TABLE: readonly [recorded: string, received: string, string][] = [
    ['', '', '0 same'],
    ['a b c', 'a b c', '3 same'],
    ['a b c', 'a X c', '2 same 2≠2'],
    ['a b c', 'a c', '2 same -2'],
    ['a b c', 'a b X c', '3 same +3'],
    ['a b c', 'a b', '2 same -3'],
    ['a b', 'a b c', '2 same +3'],
    ['a b c d', 'X b c Y', '2 same 1≠1 4≠4'],
    ['ok ok ok', 'ok ok', '2 same -3'],
    ['ok 1 ok 2 ok', 'ok 1 ok X ok', '4 same 4≠4'],
    // What is alike is set against each other.
    ['sold keep-this-side-up', 'keep-this-way-up bye', '0 same -1 2≠1 +2'],
    // Two that came in another order.
    ['a b c', 'b a c', '2 same -1 +2'],
    ['', 'a', '0 same +1'],
    ['a', '', '0 same -1'],
  ];
  it.each(TABLE)('%s against %s', (recorded, received, expected) => {
    const list = (text: string): string[] => text.split(' ').filter((each) => each !== '');
    expect(told(list(recorded), list(received))).toBe(expected);
  });

  it('reports nothing that has not come where it was broken off', () => {
    expect(told(['a', 'b', 'c'], ['a'], false)).toBe('1 same');
    expect(told(['a', 'b', 'c'], ['a', 'X'], false)).toBe('1 same 2≠2');
  });

  it('accepts anything in place of what was not recorded whole', () => {
    const recorded = [reply('a'), replyOf({ binary: true }, {}), reply('c')];
    const diff = new ReplyDiff(recorded, () => expect.unreachable());
    for (const text of ['a', 'whatever', 'c']) diff.take(reply(text));
    diff.end(true);
    expect(diff.totals).toEqual({ same: 3, changed: 0, missing: 0, extra: 0 });
  });

  it('counts every reply of both sides once, in order', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'ab', 'abc'), { maxLength: 200 });
    fc.assert(
      fc.property(texts, texts, (recorded, received) => {
        const seen: [number[], number[]] = [[], []];
        const diff = new ReplyDiff(recorded.map(reply), (difference) => {
          if ('recordedIndex' in difference) seen[0].push(difference.recordedIndex);
          if ('receivedIndex' in difference) seen[1].push(difference.receivedIndex);
          if (difference.kind !== 'changed') return;
          expect(recorded[difference.recordedIndex - 1]).toBe(difference.recorded.data.toString());
          expect(received[difference.receivedIndex - 1]).toBe(difference.received.data.toString());
        });
        for (const text of received) diff.take(reply(text));
        diff.end(true);
        const { same, changed, missing, extra } = diff.totals;
        expect(same + changed + missing).toBe(recorded.length);
        expect(same + changed + extra).toBe(received.length);
        for (const indices of seen) expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
        if (recorded.join() === received.join()) expect(same).toBe(recorded.length);
      }),
    );
  });
});

describe('what is ignored', () => {
  const same = (a: string, b: string, ignore: Parameters<typeof replyOf>[1]): boolean =>
    replyOf({ binary: false, data: Buffer.from(a) }, ignore).key ===
    replyOf({ binary: false, data: Buffer.from(b) }, ignore).key;
  const paths = (...ignoreJson: string[]): Parameters<typeof replyOf>[1] => ({ ignoreJson });

  const TABLE: readonly [string, string, string, Parameters<typeof replyOf>[1], boolean][] = [
    ['a member', '{"a":1,"t":2}', '{"a":1,"t":3}', paths('$.t'), true],
    ['a member that is missing', '{"a":1,"t":2}', '{"a":1}', paths('$.t'), true],
    ['no other member', '{"a":1,"t":2}', '{"a":2,"t":2}', paths('$.t'), false],
    ['the order of members', '{"a":1,"b":2}', '{"b":2,"a":1}', paths('$.t'), true],
    ['not the order of a list', '[1,2]', '[2,1]', paths('$.t'), false],
    ['at any depth', '{"x":[{"t":1},{"t":2}],"t":3}', '{"x":[{},{"t":9}]}', paths('$..t'), true],
    ['elements', '{"x":[1,2,3]}', '{"x":[1,9,9]}', paths('$.x[1:]'), true],
    ['places found twice', '{"x":[1,2,3]}', '{"x":[1,2,9]}', paths('$.x[2]', '$.x[-1]'), true],
    ['one place in another', '{"x":{"t":1}}', '{}', paths('$..t', '$.x'), true],
    ['all of it', '{"a":1}', '[2]', paths('$'), true],
    ['not what is no JSON', 'a {"t":1}', 'a {"t":2}', paths('$.t'), false],
    ['a member called __proto__', '{"__proto__":1,"t":1}', '{"__proto__":2,"t":1}', paths('$.t'), false],
    ['a match', 'at 12:00 ok', 'at 12:01 ok', { ignore: [/\d+:\d+/gu] }, true],
    ['no more than a match', 'at 12:00 ok', 'at 12:01 no', { ignore: [/\d+:\d+/gu] }, false],
    ['long numbers to the digit', '{"a":12345678901234567890}', '{"a":12345678901234567891}', paths('$.t'), false],
    [
      'a number is no text',
      '{"a":12345678901234567890}',
      String.raw`{"a":"\u0000number 12345678901234567890"}`,
      paths('$.t'),
      false,
    ],
    ['not where a text stays open', '{"a":1,"t":"x', '{"a":1,"t":"y', paths('$.t'), false],
    ['not where a last \\ stands alone', '{"a":"\\', '{"a":"\\\\', paths('$.t'), false],
    ['both', '{"id":"x1","t":1}', '{"id":"x2","t":2}', { ignore: [/x\d/gu], ignoreJson: ['$.t'] }, true],
  ];
  it.each(TABLE)('%s', (_, a, b, ignore, expected) => expect(same(a, b, ignore)).toBe(expected));

  it('is bounded: what is nested too deeply is a text', () => {
    const deep = (inner: string): string => `${'['.repeat(50_000)}${inner}${']'.repeat(50_000)}`;
    expect(same(deep('1'), deep('1'), paths('$..t'))).toBe(true);
    expect(same(deep('1'), deep('2'), paths('$..t'))).toBe(false);
  });

  it('has to be a JSONPath', () => {
    expect(() => checkPaths(['$.a', '$..b[?@.c > 1]'])).not.toThrow();
    expect(() => checkPaths(['a.b'])).toThrow('--ignore-json a.b: not a JSONPath (it begins with $');
    expect(() => checkPaths(['$.['])).toThrow('--ignore-json $.[: not a JSONPath: ');
  });
});

describe('where JSON texts differ', () => {
  it.each([
    ['{"a":1}', '{"a":2}', [['$.a', '1', '2']]],
    ['{"a":[1,{"b":"x"}]}', '{"a":[1,{"b":"y"}]}', [['$.a[1].b', '"x"', '"y"']]],
    ['{"a":1}', '{}', [['$.a', '1', undefined]]],
    ['[1]', '[1,2]', [['$[1]', undefined, '2']]],
    ['{"a b":null}', '{"a b":{}}', [['$["a b"]', 'null', '{}']]],
    ['{"a":[1]}', '{"a":{"0":1}}', [['$.a', '[1]', '{"0":1}']]],
    ['{"a":1,"b":2}', '{"b":2,"a":1}', []],
    ['[9007199254740993]', '[9007199254740992]', [['$[0]', '9007199254740993', '9007199254740992']]],
    [
      '[1,2,3]',
      '[4,5,6]',
      [
        ['$[0]', '1', '4'],
        ['$[1]', '2', '5'],
      ],
    ],
  ] as const)('%s and %s', (a, b, expected) => {
    const found = jsonDifferences(a, b, 2)?.map(({ path, recorded, received }) => [path, recorded, received]);
    expect(found).toEqual(expected);
  });

  it.each([
    ['a', '{}'],
    ['{}', '{'],
    ['1', '2'],
  ])('is not known of %s and %s', (a, b) => {
    expect(jsonDifferences(a, b, 5)).toBeUndefined();
  });
});
