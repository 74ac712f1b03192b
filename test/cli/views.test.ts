import { describe, expect, it } from 'vitest';
import { VIEW_NAMES, viewFor } from '../../src/cli/decode/views.js';
import { runHere } from './in-process.js';

describe('the table of views', () => {
  it.each(['decode', 'serve', 'connect', 'proxy'])('is what --help of %s names', async (command) => {
    const { out } = await runHere([command, '--help']);
    const choices = /--view <view> [^(]*\(choices: ([^)]*)\)/.exec(out.replace(/\s+/g, ' '))?.[1];
    expect(choices?.match(/\w+/g)).toEqual(VIEW_NAMES);
  });

  it('is what --view is checked against', async () => {
    const { exit, err } = await runHere(['decode', '--view', 'no', '8900']);
    expect(err).toContain(`Allowed choices are ${VIEW_NAMES.join(', ')}.`);
    expect(exit).toBe(2);
  });

  it('has one default for bytes and one for captures', () => {
    expect((['bytes', 'capture'] as const).map((layout) => viewFor(undefined, layout).name)).toEqual([
      'annotated',
      'summary',
    ]);
  });

  it.each(VIEW_NAMES)('%s is drawn by the built command', async (name) => {
    // The view of packets shows nothing else.
    const { exit, out } = await runHere(['decode', '--view', name, '--payload', 'json', '81095b2248656c6c6f225d']);
    expect(out.replaceAll('\\', '')).toContain('"Hello"');
    expect(exit).toBe(0);
  });
});
