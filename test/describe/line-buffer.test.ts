import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/describe/line-buffer.js';
import type { Printable } from '../../src/describe/printable.js';

const of = (text: string): Printable => text as Printable;

describe('a text of any length', () => {
  it.each([
    ['as long as a piece', 'x'.repeat(65_536)],
    ['one longer', 'x'.repeat(65_537)],
    ['cut inside a character of two code units', `x${'😀'.repeat(100_000)}`],
    ['three bytes each', '漢'.repeat(200_000)],
    ['nothing', ''],
  ])('%s', (_, text) => {
    const lines = new LineBuffer();
    lines.text(of('before '));
    lines.text(of(text));
    expect(lines.takeText() === `before ${text}`).toBe(true);
  });

  it('takes no more room than doubling it makes', () => {
    const lines = new LineBuffer();
    lines.text(of('x'.repeat(4_000_000)));
    expect(lines.reserve(0).length).toBeLessThan(2 * 4_200_000);
    lines.length = 0;
    lines.text(of('x'.repeat(4_000_000)));
    expect(lines.reserve(0).length).toBeLessThan(2 * 4_200_000);
  });
});

it('ends each of several lines', () => {
  const lines = new LineBuffer();
  lines.lines([of('a'), of(''), of('b')]);
  lines.lines([]);
  expect(lines.takeText()).toBe('a\n\nb\n');
});
