import { describe, expect, it } from 'vitest';
import { fittedText } from '../../src/web/overview/fitted-text.js';

/** Each character is ten pixels wide. */
const PEN = { measureText: (text: string) => ({ width: 10 * text.length }) };

describe('a label of a lane', () => {
  it.each([
    ['#1 /chat', 80, '#1 /chat'],
    ['#1 /chat', 79, '#1 /ch…'],
    ['#1 /chat', 40, '#1…'],
    ['#1 /chat', 20, '#…'],
    ['#1 /chat', 0, '…'],
    ['', 0, ''],
  ])('%j in %i pixels is %j', (text, width, fitted) => {
    expect(fittedText(PEN, text, width)).toBe(fitted);
  });
});
