/* eslint-disable no-control-regex -- control characters are the subject */
import { print } from '../../src/describe/printable.js';
import { describe, expect, it } from 'vitest';
import { createTheme, PLAIN_THEME, wantsColor, type ColorOption } from '../../src/terminal/theme.js';

describe('wantsColor', () => {
  it.each<[ColorOption | undefined, Record<string, string>, boolean, boolean]>([
    [undefined, {}, true, true],
    [undefined, {}, false, false],
    ['auto', { TERM: 'dumb' }, true, false],
    ['auto', { NO_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true], // no-color.org: present and not empty
    ['auto', { FORCE_COLOR: '1' }, false, true],
    ['auto', { FORCE_COLOR: '' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['auto', { FORCE_COLOR: 'false' }, true, false],
    ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['always', { NO_COLOR: '1' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
  ])('%s %j tty=%s -> %s', (option, env, isTTY, expected) => {
    expect(wantsColor(option, env, isTTY)).toBe(expected);
  });
});

describe('createTheme', () => {
  it('leaves the text alone without colour', async () => {
    const theme = await createTheme(false);
    expect(theme).toBe(PLAIN_THEME);
    for (const style of Object.values(theme)) expect(style(print`x`)).toBe('x');
  });
  it('styles with the basic 16 colours, none of them bright yellow, white or black', async () => {
    const theme = await createTheme(true);
    expect(Object.keys(theme)).toEqual(Object.keys(PLAIN_THEME));
    for (const style of Object.values(theme))
      expect(style(print`x`)).toMatch(/^(\x1b\[(1|2|4|3[1-6])m)*x(\x1b\[(22|24|39)m)*$/);
    expect(theme.error(print`x`)).not.toBe('x');
  });
});
