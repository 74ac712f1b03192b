import { describe, expect, it } from 'vitest';
import { readPasted } from '../../src/web/paste/paste-reading.js';
import { charactersOf, framePreview, visibleLines } from '../../src/web/format.js';

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

describe('the preview of a frame', () => {
  const previewOf = (opcode: number, bytes: Uint8Array): string => {
    const head = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 255];
    const hex = Buffer.from([0x80 | opcode, ...head, ...bytes]).toString('hex');
    const [item] = readPasted(hex, 'server').items;
    return item?.kind === 'frame' ? framePreview(item) : '';
  };
  const text = (characters: string): string => previewOf(1, new TextEncoder().encode(characters));

  it('ends with … where there is more, and only there', () => {
    expect(text('a'.repeat(160))).toBe('a'.repeat(160));
    expect(text('a'.repeat(161))).toBe(`${'a'.repeat(160)}…`);
    expect(text('語'.repeat(54))).toBe(`${'語'.repeat(53)}…`);
    expect(previewOf(2, new Uint8Array(40))).toBe(Array(40).fill('00').join(' '));
    expect(previewOf(2, new Uint8Array(41))).toBe(`${Array(40).fill('00').join(' ')}…`);
    expect(text('')).toBe('');
  });

  it('of a compressed message is that of its content', () => {
    const of = (plain: { text?: string; hex?: string; bytes: number }): string => {
      const [item] = readPasted('c107f248cdc9c90700', 'server', true).items;
      return item?.kind === 'frame' ? framePreview({ ...item, plain: { frames: 1, ...plain } }) : '';
    };
    expect(of({ text: 'Hello', bytes: 5 })).toBe('Hello');
    expect(of({ text: 'Hello', bytes: 6 })).toBe('Hello…');
    expect(of({ text: 'a'.repeat(200), bytes: 200 })).toBe(`${'a'.repeat(160)}…`);
    expect(of({ text: `${'a'.repeat(159)}💡`, bytes: 163 })).toBe(`${'a'.repeat(159)}…`);
    expect(of({ hex: '00ff', bytes: 2 })).toBe('00ff');
    expect(of({ hex: '00'.repeat(81), bytes: 81 })).toBe(`${'00'.repeat(80)}…`);
  });
});

it('text of a peer in lines keeps them, and turns nothing', () => {
  expect(visibleLines('\u202e hi 😀\nthere\u200b')).toBe('\\u202e hi 😀\nthere\\u200b');
});
