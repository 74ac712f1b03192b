import { readFileSync } from 'node:fs';
import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { escapeUnseen, escapeUnseenJson } from '../../src/codec/bytes/escaping.js';

const cp = (...codes: number[]): string => String.fromCodePoint(...codes);

/** The code points that a file of Unicode's names (fixtures/unicode), by value. */
function codePoints(file: string): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const line of readFileSync(`fixtures/unicode/${file}.txt`, 'utf8').split('\n')) {
    const [range = '', value] = line.split(';');
    if (line.startsWith('#') || value === undefined) continue;
    const [first, last] = range.split('..').map((hex) => Number.parseInt(hex, 16));
    const set = found.get(value) ?? new Set();
    found.set(value, set);
    for (let code = first!; code <= (last ?? first!); code++) set.add(code);
  }
  return found;
}

const CATEGORIES = codePoints('general-category');
const HIDDEN = ['Cc', 'Cf', 'Cs', 'Co', 'Cn', 'Zl', 'Zp'].map((name) => CATEGORIES.get(name)!);
const IGNORABLE = codePoints('default-ignorable').get('Default_Ignorable_Code_Point')!;
const isHidden = (code: number): boolean => IGNORABLE.has(code) || HIDDEN.some((set) => set.has(code));
const isMark = (code: number): boolean => CATEGORIES.get('Mn')!.has(code) || CATEGORIES.get('Me')!.has(code);

describe('every code point', () => {
  it("is spelled out where Unicode's data says that it hides or is not assigned, and else shown", () => {
    // 1,114,112 of them: of those that differ only some are kept.
    const wrong: string[] = [];
    let spelledOut = 0;
    for (let code = 0; code <= 0x10ffff; code++) {
      // Between letters that join nothing; a mark has a letter as its base.
      const char = cp(code);
      const shown = escapeUnseen(`a${char}b`).includes(char);
      if (!shown) spelledOut++;
      if (shown === isHidden(code) && wrong.length < 20) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
    expect(spelledOut).toBeGreaterThan(960_000);
  });

  it('is spelled so that it can be read: ASCII only', () => {
    for (const code of [
      0, 9, 10, 13, 0x1b, 0x7f, 0x85, 0x9b, 0xad, 0x34f, 0xfff0, 0xe000, 0x1d173, 0xe0fff, 0x10ffff,
    ]) {
      expect(escapeUnseen(`a${cp(code)}b`)).toMatch(/^a\\[\x21-\x7e]+b$/);
    }
  });

  it('is the same text for a reader of JSON', () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 61) {
      const text = `a${cp(code)}b`;
      const json = escapeUnseenJson(JSON.stringify(text));
      expect(JSON.parse(json)).toBe(text);
      if (json.includes(cp(code)) && isHidden(code)) throw new Error(code.toString(16));
    }
  });
});

describe('what stays in its place', () => {
  it.each([
    ['a family', cp(0x1f468, 0x200d, 0x1f469, 0x200d, 0x1f467)],
    ['a skin tone and a profession', cp(0x1f469, 0x1f3fd, 0x200d, 0x1f4bb)],
    ['a heart on fire', cp(0x2764, 0xfe0f, 0x200d, 0x1f525)],
    ['a keycap', cp(0x31, 0xfe0f, 0x20e3)],
    ['the emoji style', cp(0x2764, 0xfe0f)],
    ['Persian, ZWNJ between cursive letters', cp(0x645, 0x6cc, 0x200c, 0x62e, 0x648, 0x627, 0x647, 0x645)],
    ['Arabic, ZWJ behind a vowel sign', cp(0x628, 0x64e, 0x200d, 0x628)],
    ['Hindi, ZWNJ at a virama', cp(0x915, 0x94d, 0x200c, 0x937)],
    ['Sinhala, ZWJ at a virama', cp(0xdc1, 0xdca, 0x200d, 0xdbb)],
    ['Bengali, ZWJ before a virama', cp(0x9b0, 0x200d, 0x9cd, 0x9af)],
    ['Vietnamese, decomposed', `Vie${cp(0x302, 0x323)}t`],
    ['Hebrew with points', cp(0x5e9, 0x5c1, 0x5b8, 0x5bd, 0x5dc)],
    ['Tibetan', cp(0xf66, 0xf92, 0xfb2, 0xf74, 0xf56, 0xf66)],
    ['text in other scripts', 'Привет, 中文, ไทย, 한국어, 🎉'],
  ])('%s', (_, text) => {
    expect(escapeUnseen(text)).toBe(text);
  });
});

describe('what hides there', () => {
  it.each([
    ['ZWJ between Latin letters', `a${cp(0x200d)}b`, 'a\\u200db'],
    ['ZWNJ at the end', `${cp(0x628, 0x200c)}`, `${cp(0x628)}\\u200c`],
    ['two joiners', cp(0x628, 0x200c, 0x200c, 0x628), `${cp(0x628)}\\u200c\\u200c${cp(0x628)}`],
    ['ZWJ at the end of an emoji', cp(0x1f468, 0x200d), `${cp(0x1f468)}\\u200d`],
    ['ZWJ between an emoji and a letter', `${cp(0x1f468, 0x200d)}x`, `${cp(0x1f468)}\\u200dx`],
    ['the emoji style twice', cp(0x2764, 0xfe0f, 0xfe0f), `${cp(0x2764, 0xfe0f)}\\ufe0f`],
    ['the emoji style behind a letter', `a${cp(0xfe0f)}`, 'a\\ufe0f'],
    ['the emoji style behind a digit', `1${cp(0xfe0f)}2`, '1\\ufe0f2'],
    ['the text style', cp(0x2764, 0xfe0e), `${cp(0x2764)}\\ufe0e`],
    ['tags', cp(0x1f3f4, 0xe0067, 0xe007f), `${cp(0x1f3f4)}\\u{e0067}\\u{e007f}`],
    ['a mark with nothing to stand on', `${cp(0x338)}a`, '\\u0338a'],
    ['a mark behind a quote', `"${cp(0x338)}"`, '"\\u0338"'],
    ['a mark behind what is spelled out', cp(0x1b, 0x338), '\\x1b\\u0338'],
  ])('%s', (_, text, shown) => {
    expect(escapeUnseen(text)).toBe(shown);
  });

  it('marks that are piled up', () => {
    const escaped = escapeUnseen(`Z${cp(0x301).repeat(40)}a${cp(0x302)}lgo`);
    const runs = escaped.match(/[\u0300-\u036f]+/g) ?? [];
    expect(Math.max(...runs.map((run) => run.length))).toBe(5);
    expect(escaped.match(/\\u0301/g)).toHaveLength(35);
    expect(escaped).toContain(`a${cp(0x302)}lgo`);
  });

  it('marks with joiners and styles between them are one pile', () => {
    const pile = `${cp(0x1f468)}${cp(0x301, 0xfe0f, 0x200d, 0x34f, 0x1ab0).repeat(20)}`;
    const escaped = escapeUnseen(pile);
    for (const [run] of escaped.matchAll(/[^\x20-\x7e]+/g))
      expect([...run].filter((c) => isMark(c.codePointAt(0)!)).length).toBeLessThan(6);
  });
});

describe('commands of CI runners', () => {
  it('##[ is found anywhere in a line, and spelled out', () => {
    expect(escapeUnseen('a ##[error]b ###[c] #[d] ##')).toBe('a ##\\x5berror]b ###\\x5bc] #[d] ##');
    const json = escapeUnseenJson(JSON.stringify({ text: '##[error]x' }));
    expect(json).toBe('{"text":"##\\u005berror]x"}');
    expect(JSON.parse(json)).toEqual({ text: '##[error]x' });
  });
});

describe('any text', () => {
  const nasty = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        'a',
        '#',
        '[',
        '"',
        '\\',
        '\n',
        '1',
        cp(0x301),
        cp(0x200d),
        cp(0x200c),
        cp(0xfe0f),
        cp(0x1f468),
        cp(0x628),
        cp(0x915),
        cp(0x94d),
      ),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => cp(code)),
    ),
  });

  it('once escaped stays as it is', () => {
    fc.assert(
      fc.property(nasty, (text) => escapeUnseen(escapeUnseen(text)) === escapeUnseen(text)),
      { numRuns: 2000 },
    );
  });

  it('has nothing that hides but a joiner or a style with something on both sides', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const rest = escapeUnseen(text).replace(/(?<=[^ -~])[\u200c\u200d](?=[^ -~])|(?<=[^])\ufe0f/gu, '');
        expect([...rest].filter((char) => isHidden(char.codePointAt(0)!))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
