import { describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/host/io.js';
import { progressLine, withProgress } from '../../src/cli/host/progress.js';

interface World {
  readonly io: Io;
  drawn: string;
}

/** A clock that advances by `step` seconds each time that it is read. */
function world(step: number, terminals: { out: boolean; err: boolean }): World {
  let time = 0;
  const state = { drawn: '' };
  const io = {
    now: () => (time += step),
    stdout: { isTTY: terminals.out, closed: false, write: () => undefined },
    stderr: { isTTY: terminals.err, closed: false, write: (text: string) => void (state.drawn += text) },
  };
  return Object.assign(state, { io: io as unknown as Io });
}

async function* file(chunks: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < chunks; i++) yield await Promise.resolve(new Uint8Array(1_000_000));
}

async function read({ io }: World, chunks: number, total: number | undefined, printsAtEnd = false): Promise<number> {
  let bytes = 0;
  for await (const chunk of withProgress(io, file(chunks), total, { printsAtEnd })) bytes += chunk.length;
  return bytes;
}

describe('progress', () => {
  it('says bytes, rate and time left, and goes away', async () => {
    const state = world(0.5, { out: false, err: true });
    expect(await read(state, 8, 8_000_000)).toBe(8_000_000);
    expect(state.drawn).toContain('[############............] 50 %  4.0 MB of 8.0 MB  2.0 MB/s  2 s left');
    expect(state.drawn.endsWith('\r\x1b[K')).toBe(true);
  });

  it.each([
    ['work of less than a second', 0.1, { out: false, err: true }],
    ['a result that goes to the terminal', 0.5, { out: true, err: true }],
    ['a standard error that is no terminal', 0.5, { out: false, err: false }],
  ])('is not drawn for %s', async (_, step, terminals) => {
    const state = world(step, terminals);
    expect(await read(state, 8, 8_000_000)).toBe(8_000_000);
    expect(state.drawn).toBe('');
  });

  it('is drawn on the terminal that gets the result at the end', async () => {
    const state = world(0.5, { out: true, err: true });
    await read(state, 8, undefined, true);
    expect(state.drawn).toContain('\r4.0 MB  2.0 MB/s\x1b[K');
    expect(state.drawn.endsWith('\r\x1b[K')).toBe(true);
  });

  it('does without the size of the whole', () => {
    expect(progressLine(3_000_000, undefined, 2)).toBe('3.0 MB  1.5 MB/s');
    expect(progressLine(9, 3, 1)).toContain('100 %');
  });
});
