import { describe, expect, it } from 'vitest';
import { runOnTerminal } from '../goldens/terminal.js';

const folder = new URL('../goldens/', import.meta.url).pathname;

async function decode(options: string): Promise<string> {
  const command = `COLUMNS=160 NO_COLOR=1 wsinspect decode ../../fixtures/captures/chat.pcap ${options}`;
  return (await runOnTerminal(command, folder)).stdout;
}

/** Titles are the lines that begin at the margin; the closing table comes after a blank line and `connection`. */
function titles(out: string): string[] {
  return out
    .replace(/^connection 0 [^]*/m, '')
    .split('\n')
    .filter((line) => /^\S/.test(line));
}

describe('captures in the views of whole records', () => {
  it.each(['messages', 'annotated'])('%s: each title names connection and time', async (view) => {
    const told = titles(await decode(`--view ${view}`));
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((title) => !/ {2}#[01] {2}\d\d:\d\d:\d\d\.\d{6}( |$)/.test(title))).toEqual([]);
    expect(told.join('\n')).toContain('#0');
    expect(told.join('\n')).toContain('#1');
  });

  it.each(['messages', 'annotated'])('%s: times count from the first packet with --relative-time', async (view) => {
    const told = titles(await decode(`--view ${view} --relative-time --connection 0`));
    expect(told[0]).toMatch(/^handshake {2}GET [^]* {2}#0 {2}0\.010400( |$)/);
  });

  it('messages: what is wrong with no message has a title that says whose it is', async () => {
    const out = await decode('--view messages --connection 1');
    expect(out).toMatch(/^frame 2 {2}close {2}from client {2}#1 {2}\d\d:\d\d:02\.\d{6} .*\n {2}✗ error .*1005/m);
    expect(out).toMatch(/^500 bytes not captured {2}from server {2}#1 {2}.* at 0x1d0$/m);
    expect(out).toMatch(/^\d+ bytes passed over {2}from server {2}#1 {2}.* at 0x3c4$/m);
  });

  it('bytes have no connection and no time', async () => {
    for (const view of ['messages', 'annotated']) {
      const { stdout } = await runOnTerminal(`COLUMNS=100 NO_COLOR=1 wsinspect decode --view ${view} 8100`, folder);
      expect(stdout).not.toContain('#0');
    }
  });
});
