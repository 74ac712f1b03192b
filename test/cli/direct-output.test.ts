import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectOutput, isDirect } from '../../src/cli/host/direct-output.js';
import type { Output } from '../../src/cli/host/io.js';
import { withoutCommands } from '../../src/cli/host/without-commands.js';
import { escapeText } from '../../src/describe/escape.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'direct-'));
  path = join(folder, 'out');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a descriptor and a stream were given. */
function outputOn(descriptor: number): { readonly output: DirectOutput; readonly streamed: string[] } {
  const streamed: string[] = [];
  const put = (data: string | Uint8Array): void => void streamed.push(Buffer.from(data as Uint8Array).toString());
  const rest: Output = { isTTY: false, closed: true, write: (text) => put(withoutCommands(text)), payload: put };
  return { output: new DirectOutput(descriptor, () => rest), streamed };
}

describe('the first bytes go to the descriptor, and the others to a stream', () => {
  it.each([
    [['one', 'two'], 'onetwo', []],
    [['', 'é'], 'é', []],
    [['a'.repeat(4096)], 'a'.repeat(4096), []],
    [['a'.repeat(4097)], '', ['a'.repeat(4097)]],
    [['a'.repeat(4000), 'b'.repeat(97), 'c'], 'a'.repeat(4000), ['b'.repeat(97), 'c']],
  ])('case %#', (texts, direct, streamed) => {
    const descriptor = openSync(path, 'w');
    const made = outputOn(descriptor);
    for (const text of texts) void made.output.write(escapeText(text));
    closeSync(descriptor);
    expect(readFileSync(path, 'utf8')).toBe(direct);
    expect(made.streamed).toEqual(streamed);
  });

  it('a descriptor that takes nothing: the stream meets and reports the reason', () => {
    const descriptor = openSync('/dev/null', 'r');
    const { output, streamed } = outputOn(descriptor);
    expect(output.closed).toBe(false);
    void output.payload(Uint8Array.of(0x61));
    closeSync(descriptor);
    expect(streamed).toEqual(['a']);
    expect(output.closed).toBe(true);
  });
});

it('is for files and pipes, and for nothing that may be a terminal or is not open', () => {
  const descriptor = openSync(path, 'w');
  expect(isDirect(descriptor)).toBe(true);
  closeSync(descriptor);
  expect(isDirect(descriptor)).toBe(false);
  const device = openSync('/dev/null', 'w');
  expect(isDirect(device)).toBe(false);
  closeSync(device);
});
