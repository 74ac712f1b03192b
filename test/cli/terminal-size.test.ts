import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamOutput } from '../../src/cli/host/output.js';

const output = (size: { readonly columns?: number; readonly rows?: number }): StreamOutput =>
  new StreamOutput(Object.assign(new Writable(), { isTTY: true, ...size }), () => undefined);

describe('the size of a terminal', () => {
  it.each([
    [{ columns: 120, rows: 40 }, [120, 40]],
    [{ columns: 0, rows: 0 }, [undefined, undefined]],
    [{}, [undefined, undefined]],
  ])('of %o is %o', (size, [columns, rows]) => {
    expect(output(size)).toMatchObject({ isTTY: true });
    expect([output(size).columns, output(size).rows]).toEqual([columns, rows]);
  });
});
