import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { escapeText } from '../../src/describe/escape.js';
import { print } from '../../src/describe/printable.js';
import { displayWidth, padEnd, padStart, truncate, wrap } from '../../src/terminal/width.js';

describe('displayWidth', () => {
  it.each([
    ['abc', 3],
    ['', 0],
    ['é', 1],
    ['e\u0301', 1],
    ['中文', 4],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['🎉', 2],
    ['→…─', 3],
    ['\x1b[31mred\x1b[39m', 3],
    ['\u200b', 0],
  ])('%j takes %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe('every code point', () => {
  it("takes the columns that Unicode's data gives it", () => {
    const ranges = (file: string, values: readonly string[]): Set<number> => {
      const found = new Set<number>();
      for (const line of readFileSync(`fixtures/unicode/${file}.txt`, 'utf8').split('\n')) {
        const [range = '', value] = line.split(';');
        if (value === undefined || !values.includes(value)) continue;
        const [first, last] = range.split('..').map((hex) => Number.parseInt(hex, 16));
        for (let code = first!; code <= (last ?? first!); code++) found.add(code);
      }
      return found;
    };
    const wide = ranges('wide', ['W', 'F']);
    const marks = ranges('general-category', ['Mn', 'Me']);
    const unseen = ranges('general-category', ['Cc', 'Cf', 'Cs', 'Co', 'Cn', 'Zl', 'Zp']);
    const ignorable = ranges('default-ignorable', ['Default_Ignorable_Code_Point']);
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      // Escaped before they are counted.
      if (unseen.has(code) || ignorable.has(code)) continue;
      const expected = wide.has(code) ? 2 : marks.has(code) ? 0 : 1;
      if (displayWidth(String.fromCodePoint(code)) !== expected) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });
});

describe('padding and cutting', () => {
  it('pads by columns', () => {
    expect(padEnd(print`中`, 4)).toBe('中  ');
    expect(padStart(print`中`, 4)).toBe('  中');
    expect(padEnd(print`long`, 2)).toBe('long');
  });
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['中文字', 6, '中文字'],
    ['中文字', 5, '中文…'],
    ['中文字', 4, '中…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('cuts %s at %i columns', (text, width, result) => {
    expect(truncate(escapeText(text), width)).toBe(result);
    expect(displayWidth(result)).toBeLessThanOrEqual(width);
  });
  it('wraps between words and never inside one', () => {
    expect(wrap(print`one two three`, 7)).toEqual(['one two', 'three']);
    expect(wrap(print`unbreakable a`, 3)).toEqual(['unbreakable', 'a']);
    expect(wrap(print``, 3)).toEqual(['']);
  });
});
