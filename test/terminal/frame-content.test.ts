import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/terminal/width.js';
import { runOnTerminal } from '../goldens/terminal.js';

const folder = new URL('../goldens/', import.meta.url).pathname;

/** The line of a compressed text message, in that number of columns. */
async function line(text: string, columns: number): Promise<string> {
  const command = `COLUMNS=${columns} NO_COLOR=1 wsinspect encode '${text}' --deflate --mask 01020304 --out binary`;
  const { stdout } = await runOnTerminal(`${command} | wsinspect decode --deflate --view summary`, folder);
  return stdout.trimEnd();
}

describe('a compressed message on a line', () => {
  it('has its inflated size at the end, whatever the width of its characters', async () => {
    for (const text of [
      'plain text that is far too long for it',
      '世界你好世界你好世界你好世界你好',
      '🎉'.repeat(40),
    ]) {
      const drawn = await line(text, 75);
      expect(drawn).toMatch(/… {2}\(\d+ plain\)$/);
      expect(drawn).not.toContain('\ufffd');
      expect(displayWidth(drawn)).toBeLessThanOrEqual(75);
    }
  });

  it('has no part of it where there is too little room', async () => {
    for (let columns = 56; columns < 90; columns++) {
      const drawn = await line('some text that is far too long', columns);
      expect(displayWidth(drawn), drawn).toBeLessThanOrEqual(columns);
      expect(drawn).toMatch(/"some[^(]*(…|" {2}\(30 plain\)|… {2}\(30 plain\))$/);
    }
  });
});
