import { describe, expect, it } from 'vitest';
import { FrameSearch } from '../../src/codec/resync/frame-search.js';
import { between, dice, KINDS, LARGE, PACKINGS, SEED, streamOf, type Stream } from './frame-streams.js';

/**
 * Streams that are joined in their middle, at any segment, and captured for a while: whatever is found from the first
 * captured byte on has to begin with a frame of the stream, always.
 */

/** Gives whether the stream is read from its first byte on, where a frame begins there. */
function trial({ bytes, starts, ends }: Stream, masked: boolean, named: string): boolean | undefined {
  const first = dice.roll(ends.length);
  const from = first === 0 ? 0 : ends[first - 1]!;
  const last = Math.min(ends.length, first + between(1, dice.pick([1, 2, 4, 20])));
  const search = new FrameSearch({
    masked: dice.once(2) ? masked : undefined,
    deflate: dice.once(2),
    known: dice.once(2),
    joined: true,
  });
  let found;
  for (let at = from, i = first; i < last && !found; at = ends[i++]!) found = search.push(bytes, at, ends[i]!, i);
  found ??= search.end();
  const begin = found === undefined ? undefined : from + found.passed;
  if (found && begin !== undefined && (!starts.includes(begin) || found.masked !== masked)) {
    expect.fail(`${named}: a wrong frame at ${begin}, joined at ${from}`);
  }
  return starts.includes(from) ? begin === from : undefined;
}

describe(`frames of streams that are joined in their middle, seed ${SEED}`, () => {
  it.each([...KINDS, ...LARGE])('$name', (kind) => {
    for (const masked of [true, false]) {
      for (const [packing, name] of PACKINGS.entries()) {
        const [streams, joins] = LARGE.includes(kind) ? [1, 10] : [4, 25];
        for (let i = 0; i < streams; i++) {
          const stream = streamOf(kind, masked, packing);
          const named = `seed ${SEED}, ${kind.name}, ${masked ? 'masked' : 'unmasked'}, ${name}`;
          for (let join = 0; join < joins; join++) trial(stream, masked, named);
        }
      }
    }
  });
});
