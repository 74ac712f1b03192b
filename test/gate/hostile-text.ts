import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

const cp = (...codes: number[]): string => String.fromCodePoint(...codes);

/** What a peer may put wherever text can stand: styling, C1, bidi, invisible and unassigned characters, piled-up marks, commands of CI runners. */
export const NASTY =
  `::error::A ##[error]B ${cp(0x1b)}[31m${cp(0x1b)}]0;t${cp(7)} ${cp(0x9b)}2J ${cp(0x202e)}x${cp(0x2066)} ` +
  `${cp(0x34f, 0x200b, 0x180b, 0xfe00, 0xfff0, 0x1d173, 0xe0001, 0xe0100, 0x378, 0xffff, 0xe000)} Z${cp(0x301).repeat(30)}`;

/** The same with lines of its own. */
export const NASTY_LINES = `a\n::error::C\n  ::warning::D\r\n\t##[group]E\n${NASTY}\n`;

/** As bytes of a head, where no line end can be: Latin-1 and UTF-8 alike. */
export const NASTY_HEADER = Buffer.from(NASTY.replaceAll('\0', ''));

const hidden = new Set<number>();
for (const file of ['general-category', 'default-ignorable']) {
  for (const line of readFileSync(`fixtures/unicode/${file}.txt`, 'utf8').split('\n')) {
    const [range = '', value = ''] = line.split(';');
    if (line.startsWith('#') || value === '' || value === 'Mn' || value === 'Me') continue;
    const [first, last] = range.split('..').map((hex) => Number.parseInt(hex, 16));
    for (let code = first!; code <= (last ?? first!); code++) hidden.add(code);
  }
}

/** Nothing that hides, no more marks than on a letter, and no line that a runner of CI takes for a command. */
export function expectHarmless(text: string, what = ''): void {
  const found = [...new Set(text.replaceAll('\n', ''))].filter((char) => hidden.has(char.codePointAt(0)!));
  expect(
    found.map((char) => char.codePointAt(0)!.toString(16)),
    what,
  ).toEqual([]);
  expect(text, what).not.toMatch(/\p{M}{6}/u);
  expect(text, what).not.toMatch(/^\s*::/m);
  expect(text, what).not.toContain('##[');
}
