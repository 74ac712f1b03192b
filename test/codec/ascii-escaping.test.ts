import { expect, it, vi } from 'vitest';
import { escapeUnseen, escapeUnseenJson } from '../../src/codec/bytes/escaping.js';
import { characterClasses } from '../../src/codec/bytes/characters.js';

vi.mock(import('../../src/codec/bytes/characters.js'), async (original) => {
  const own = await original();
  return { ...own, characterClasses: vi.fn(own.characterClasses) };
});

it('the table of all characters is not made for ASCII', () => {
  expect(escapeUnseen('C:\\dir #1')).toBe('C:\\dir #1');
  expect(escapeUnseenJson('"C:\\\\dir"')).toBe('"C:\\\\dir"');
  expect(characterClasses).not.toHaveBeenCalled();
  expect(escapeUnseen('caf\u00e9 \u202e')).toBe('caf\u00e9 \\u202e');
  expect(characterClasses).toHaveBeenCalled();
});
