import { describe, expect, it } from 'vitest';
import { lanesOf } from '../../../src/describe/timeline/lane-sorter.js';
import { ROW_FLAG, ROW_KIND, RowColumns } from '../../../src/describe/timeline/row-columns.js';
import {
  criteriaOf,
  expressionOf,
  filteredRows,
  rowsBetween,
  rowsInBoth,
} from '../../../src/describe/timeline/row-filter.js';

const [C, S, E, T] = [ROW_FLAG.client, ROW_FLAG.server, ROW_FLAG.error, ROW_FLAG.trouble];
/** Rows 0 to 9: connection, kind, flags, time, and the close code of an end. */
const ROWS = [
  [0, ROW_KIND.handshake, 0, 1],
  [0, 1, C, 2],
  [0, 9, S, 3],
  [0, ROW_KIND.ended, C, 4, 1000],
  [1, ROW_KIND.handshake, 0, 5],
  [1, 1, S | E, 6],
  [1, 2, C, 7],
  [1, ROW_KIND.ended, S | T, 8, 1006],
  [2, 1, C, 9],
  [2, ROW_KIND.packet, C, 9],
] as const;
const ENDS = [
  { client: '10.0.0.1:5000', server: '10.0.0.9:80' },
  { client: '[::1]:6000', server: '[::1]:80' },
];

function shownBy(text: string): number[] | undefined | string {
  const columns = new RowColumns();
  for (const [connection, kind, flags, time, size = 0] of ROWS) columns.push({ connection, kind, flags, time, size });
  const criteria = criteriaOf(text);
  if ('wrong' in criteria) return criteria.wrong;
  const rows = filteredRows(columns, criteria, lanesOf(columns).all, (connection) => ENDS[connection]);
  return rows && [...rows];
}

describe('the filter of the page', () => {
  it.each([
    ['', undefined],
    ['opcode:ping', [2]],
    ['opcode:text,0x2', [1, 5, 6, 8]],
    ['client:', [1, 6, 8, 9]],
    ['packets', [9]],
    ['packets server:', []],
    ['packets opcode:text', []],
    ['direction:server', [2, 5]],
    ['opcode:text client:', [1, 8]],
    ['connection:1', [4, 5, 6, 7]],
    ['connection:#0,2-', [0, 1, 2, 3, 8, 9]],
    ['violations', [5]],
    ['trouble', [4, 5, 6, 7]],
    ['closed:1006', [4, 5, 6, 7]],
    ['closed:1000-1005', [0, 1, 2, 3]],
    ['client:10.0.0.1', [0, 1, 2, 3]],
    ['client:::1', [4, 5, 6, 7]],
    ['client:[::1]:6000', [4, 5, 6, 7]],
    ['server::80', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['server:10.0.0.9:81', []],
    ['client:10.0.0.0/8', [0, 1, 2, 3]],
    ['client:10.0.0.0/8,[::1]:6000', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['client:10.0.0.0/33', 'client:10.0.0.0/33'],
    ['client:10.0.0.300', 'client:10.0.0.300'],
    ['client:foo/bar', 'client:foo/bar'],
    ['server:80', 'server:80'],
    ['connection:5-3', 'connection:5-3'],
    ['closed:none', []],
    ['closed:none,1006', [4, 5, 6, 7]],
    ['closed:99999', 'closed:99999'],
    ['opcode:0x02', [6]],
    ['opcode:16', 'opcode:16'],
    ['opcode:reserved', []],
    ['opcode:blah', 'opcode:blah'],
    ['closed:x', 'closed:x'],
    ['opcode:text nonsense:1', 'nonsense:1'],
    ['grep:(', 'grep:('],
    ['grep:/(/i', 'grep:/(/i'],
    ['grep:', 'grep:'],
    ['grep:"a" b', 'b'],
    ['b grep:a', 'b'],
    ['grep:"a" grep:b', 'grep:b'],
  ])('%s', (text, expected) => {
    expect(shownBy(text)).toEqual(expected);
  });

  it.each([
    ['hello world', 'hello world'],
    ['a.b (c)', 'a\\.b \\(c\\)'],
    ['"two  words"', 'two  words'],
    ['opcode:text grep:a|b c', 'a|b c'],
    ['grep:"a b" violations', 'a b'],
  ])('%s searches %s', (text, grep) => {
    expect(criteriaOf(text)).toMatchObject({ grep });
  });

  it('reads an expression as --grep does', () => {
    const isIn = (text: string, sought: string): boolean[] => {
      const expression = expressionOf(sought)!;
      return [expression.test(text), expression.test(text)];
    };
    expect(isIn('Lorem', '/LOREM/i')).toEqual([true, true]);
    expect(isIn('Lorem', 'LOREM')).toEqual([false, false]);
    expect(isIn('of /chat/room', '/chat/room')).toEqual([true, true]);
    expect(isIn('Lorem', '/o/g')).toEqual([true, true]);
    expect(isIn('Lorem', '/lo|or/iy')).toEqual([true, true]);
    expect(isIn('Lorem', '/or/y')).toEqual([false, false]);
    expect(expressionOf('/(/i')).toBeUndefined();
  });

  it('says what a word has to be', () => {
    expect(criteriaOf('client:example.org')).toMatchObject({
      why: expect.stringContaining('Names are not looked up') as string,
    });
    expect(criteriaOf('closed:2-1')).toMatchObject({ why: 'The range 2-1 begins with its larger number.' });
  });

  it('has what two lists have in common', () => {
    const both = rowsInBoth(Uint32Array.of(1, 3, 5, 7), Uint32Array.of(0, 3, 4, 7, 9));
    expect([...both]).toEqual([3, 7]);
  });

  it('are those between two', () => {
    expect([...rowsBetween(Uint32Array.of(1, 3, 5, 7), 3, 7)]).toEqual([3, 5]);
    expect([...rowsBetween(undefined, 3, 6)]).toEqual([3, 4, 5]);
    expect([...rowsBetween(undefined, 3, 2)]).toEqual([]);
  });
});
