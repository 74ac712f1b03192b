import { describe, expect, it } from 'vitest';
import { displayWidth, padEnd, padStart, truncate, wrap } from '../../src/render/width.js';

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

describe('padding and cutting', () => {
  it('pads by columns', () => {
    expect(padEnd('中', 4)).toBe('中  ');
    expect(padStart('中', 4)).toBe('  中');
    expect(padEnd('long', 2)).toBe('long');
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
    expect(truncate(text, width)).toBe(result);
    expect(displayWidth(result)).toBeLessThanOrEqual(width);
  });
  it('wraps between words and never inside one', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('unbreakable a', 3)).toEqual(['unbreakable', 'a']);
    expect(wrap('', 3)).toEqual(['']);
  });
});
