import { describe, expect, it } from 'vitest';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { FrameSearch, type FoundFrames } from '../../src/codec/resync/frame-search.js';
import { between, dice, KINDS, LARGE, PACKINGS, SEED, streamOf, type Kind, type Stream } from './frame-streams.js';

/**
 * Streams of frames with holes: a search after each. What it gives out has to begin with a frame of the stream, always;
 * how many whole frames it passes over is measured, and must not become more.
 */

/** Searches after a hole; gives how many whole frames were passed over. */
function trial({ bytes, starts, ends }: Stream, kind: Kind, masked: boolean, named: string): number {
  const hole = between(1, 3);
  const first = hole + dice.roll(Math.max(1, Math.floor(ends.length * 0.5) - hole));
  const from = ends[first - 1]!;
  const search = new FrameSearch({
    masked: dice.once(2) ? masked : undefined,
    deflate: kind.deflate === true || dice.once(3),
    known: true,
  });
  let found: FoundFrames | undefined;
  let at = from;
  for (let i = first; i < ends.length && !found; i++) {
    found = search.push(bytes, at, ends[i]!, i);
    at = ends[i]!;
  }
  found ??= search.end();
  const whole = starts.filter((start) => start >= from);
  if (!found) return whole.length;
  const begin = from + found.passed;
  if (!starts.includes(begin) || found.masked !== masked) expect.fail(`${named}: a wrong frame at ${begin}`);
  const pieces = found.pieces.map(({ bytes: held, start, end }) => held.subarray(start, end));
  expect(Buffer.compare(concat(pieces), bytes.subarray(begin, at))).toBe(0);
  return whole.filter((start) => start < begin).length;
}

describe(`frames behind a hole, seed ${SEED}`, () => {
  const table: string[] = [];
  for (const kind of [...KINDS, ...LARGE]) {
    it(kind.name, () => {
      const row: string[] = [];
      for (const masked of [true, false]) {
        for (const [packing, name] of PACKINGS.entries()) {
          const [streams, holes] = LARGE.includes(kind) ? [1, 6] : [3, 16];
          let passed = 0;
          for (let i = 0; i < streams * holes;) {
            const stream = streamOf(kind, masked, packing);
            const named = `seed ${SEED}, ${kind.name}, ${masked ? 'masked' : 'unmasked'}, ${name}`;
            for (let hole = 0; hole < holes; hole++, i++) passed += trial(stream, kind, masked, named);
          }
          const mean = passed / streams / holes;
          row.push(mean.toFixed(2));
          expect(mean, `frames passed over, ${masked ? 'masked' : 'unmasked'}, ${name}`).toBeLessThanOrEqual(
            kind.most[packing]!,
          );
        }
      }
      table.push(`${kind.name.padEnd(26)} ${row.join('  ')}`);
    });
  }

  it('prints how many whole frames were passed over on average', () => {
    console.log(['masked: each, full, bursts; unmasked: the same', ...table].join('\n'));
  });
});
