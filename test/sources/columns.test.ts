import { describe, expect, test } from 'vitest';
import { Columns, type ReadRow } from '../../src/sources/dumps/columns.js';
import { toHex } from './read-source.js';

const XXD = '00000010: 8105 4865 6c6c 6f00  ..Hello.';
const ROW: ReadRow = {
  text: XXD,
  digits: '00000010',
  at: 0,
  radix: 16,
  printed: [0x81, 5, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0],
  turned: 1,
};
const after = (row: Partial<ReadRow>): Columns => {
  const columns = new Columns();
  columns.learn({ ...ROW, ...row });
  return columns;
};

describe('a row in the columns of another', () => {
  test('gives its bytes', () => {
    const columns = after({});
    expect(columns.read('00000018: 4142 4344 4546 0a48  ABCDEF.H', 0x18)).toBe(true);
    expect(toHex(columns.bytes)).toBe('4142434445460a48');
  });

  test('gives the bytes of words that are turned round', () => {
    const columns = after({
      text: '00000010: 0581 6548 6c6c 006f  ..Hello.',
      printed: [5, 0x81, 0x65, 0x48, 0x6c, 0x6c, 0, 0x6f],
      turned: 2,
    });
    expect(columns.read('00000018: 4241 4443 4645 480a  ABCDEF.H', 0x18)).toBe(true);
    expect(toHex(columns.bytes)).toBe('4142434445460a48');
  });

  test.each([
    ['another offset', '00000020: 4142 4344 4546 0a48  ABCDEF.H'],
    ['a digit that is none', '00000018: 4142 4344 4g46 0a48  ABCDEF.H'],
    ['an offset that is none', '0000001x: 4142 4344 4546 0a48  ABCDEF.H'],
    ['another character between', '00000018; 4142 4344 4546 0a48  ABCDEF.H'],
    ['another character of the bytes', '00000018: 4142 4344 4546 0a48  ABCDEF.h'],
    ['something for a byte that is no dot', '00000018: 4142 4344 4546 0a48  ABCDEF?H'],
    ['a byte less', '00000018: 4142 4344 4546 0a    ABCDEF.'],
    ['something after it', '00000018: 4142 4344 4546 0a48  ABCDEF.H '],
  ])('is none with %s', (_, text) => expect(after({}).read(text, 0x18)).toBe(false));

  test('nothing is read before a row was learned, and after it was forgotten', () => {
    expect(new Columns().read(XXD, 0x10)).toBe(false);
    const columns = after({});
    expect(columns.read(XXD, 0x10)).toBe(true);
    columns.forget();
    expect(columns.read(XXD, 0x10)).toBe(false);
  });

  test.each<[string, Partial<ReadRow>]>([
    ['other bytes than printed', { printed: [0x81, 6] }],
    ['characters that show other bytes', { text: XXD.replace('Hello', 'hello') }],
    ['a word cut', { turned: 2, printed: [0x81, 5, 0x48] }],
    ['an offset that is too wide', { text: `00000${XXD}`, digits: '0000000000010' }],
  ])('no columns are learned from %s', (_, row) => {
    const columns = after(row);
    expect(columns.read(row.text ?? XXD, 0x10)).toBe(false);
  });

  test('a layout that never comes again is not looked for without an end', () => {
    const columns = new Columns();
    for (let round = 0; round < 100; round++) columns.learn(ROW);
    expect(columns.read(XXD, 0x10)).toBe(false);
  });
});
