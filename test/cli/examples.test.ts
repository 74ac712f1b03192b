import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workshop, wsinspect } from './binary.js';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => shop.remove());

const helps = await Promise.all(
  ['', 'accept', 'decode', 'encode'].map(async (command) => {
    const { out } = await wsinspect([...(command === '' ? [] : [command]), '--help']);
    const examples = out.slice(out.indexOf('\nExamples:\n')).split('\n').slice(2);
    return { command, examples: examples.filter(Boolean).map((line) => line.trim()) };
  }),
);

describe.each(helps)('wsinspect $command --help', ({ command, examples }) => {
  it('ends with at least three examples of the command', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const example of examples) expect(example).toContain(`wsinspect ${command}`.trim());
  });

  it.each(examples)('$ %s', async (example) => {
    const { exit, out, err } = await shop.shell(example);
    expect(err).toBe('');
    // An example may show a finding, but not a mistake.
    expect([0, 1]).toContain(exit);
    expect(out).not.toBe('');
  });
});
