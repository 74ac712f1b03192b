import { expect, it } from 'vitest';
import { WireRun } from '../../../src/describe/timeline/wire-run.js';
import fc from '../../fc.js';

const SOURCES = [0, 100].map((first) => Uint8Array.from({ length: 100 }, (_, i) => first + i));

it('copies the same as one copy for each call, whatever follows what', () => {
  const calls = fc.array(
    fc.record({
      source: fc.constantFrom(0, 0, 0, 1),
      /** Bytes after the end of the call before. */
      from: fc.constantFrom(0, 0, 0, 1, -20),
      length: fc.nat(12),
      target: fc.constantFrom(0, 0, 0, 1),
      /** Bytes that are left free. */
      free: fc.constantFrom(0, 0, 0, 1),
      isEnd: fc.constantFrom(false, false, false, true),
    }),
  );
  fc.assert(
    fc.property(calls, (all) => {
      const [written, expected] = [0, 1].map(() => [0, 1].map(() => new Uint8Array(2000))) as [
        Uint8Array[],
        Uint8Array[],
      ];
      const run = new WireRun();
      let end = 0;
      const used = [0, 0];
      for (const { source, from, length, target, free, isEnd } of all) {
        const begin = Math.max(0, Math.min(88, end + from));
        end = begin + length;
        const at = used[target]! + free;
        used[target] = at + length;
        run.add(SOURCES[source]!, begin, length, written[target]!, at);
        expected[target]!.set(SOURCES[source]!.subarray(begin, end), at);
        if (isEnd) {
          run.end();
          expect(written).toEqual(expected);
        }
      }
      run.end();
      expect(written).toEqual(expected);
    }),
  );
});
