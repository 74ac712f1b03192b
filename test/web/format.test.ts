import { describe, expect, it } from 'vitest';
import { charactersOf } from '../../src/web/format.js';

const of = (bytes: Iterable<number>): string => charactersOf([...bytes].map((plain) => ({ plain }))).join(' ');

describe('the characters below the bytes of a frame', () => {
  it.each([
    ['text', 'a b', 'a ␣ b'],
    ['control characters', 'a\n\x00', 'a \\n ·'],
    ['a character of several bytes is on its first', 'é€💡!', 'é ‥ € ‥ ‥ 💡 ‥ ‥ ‥ !'],
    ['what turns the direction of text stays dots', '\u202ea', '· · · a'],
  ])('%s', (_, text, shown) => {
    expect(of(new TextEncoder().encode(text))).toBe(shown);
  });

  it('bytes that are no UTF-8, and a character that is cut, stay dots', () => {
    expect(of([0xff, 0x61])).toBe('· a');
    expect(of([0xf0, 0x9f, 0x92])).toBe('· · ·');
  });

  it('headers have none', () => {
    expect(charactersOf([{ plain: undefined }, { plain: 0x61 }])).toEqual(['', 'a']);
  });
});
