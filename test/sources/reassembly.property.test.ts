import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { Reassembly, REASSEMBLY_LIMITS } from '../../src/sources/tcp/reassembly-limits.js';
import { Stream } from '../../src/sources/tcp/reassembly.js';

interface Wire {
  readonly from: number;
  readonly to: number;
  /** Captured up to there. */
  readonly cut: number;
}

/** Small numbers that come out again and again, from a seed of fast-check's. */
function dice(seed: number): (sides: number) => number {
  let state = seed | 1;
  return (sides) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return ((state ^ (state >>> 16)) >>> 0) % sides;
  };
}

/** What one direction says, written down; tiling is checked on the way. */
function listen(stream: Stream) {
  const seen = { bytes: [] as (number | undefined)[], gaps: 0, finished: false };
  stream.sink = {
    data(_side, bytes, start, end) {
      expect(stream.offset - (end - start)).toBe(seen.bytes.length);
      for (let i = start; i < end; i++) seen.bytes.push(bytes[i]);
    },
    gap(_side, length) {
      expect(stream.offset - length).toBe(seen.bytes.length);
      expect(length).toBeGreaterThan(0);
      seen.gaps++;
      for (let i = 0; i < length; i++) seen.bytes.push(undefined);
    },
    fin() {
      seen.finished = true;
    },
    reset: () => undefined,
    close: () => undefined,
  };
  return seen;
}

const BASES = fc.oneof(fc.integer(), fc.constantFrom(-1, 0, 0x7fffffff, -0x80000000, 0x7fffff00, -100));
const CONTENT = fc.uint8Array({ minLength: 1, maxLength: 1500 });

/** The content as segments of up to `largest` bytes, some reaching back or forward over their neighbours. */
function segmentsOf(content: Uint8Array, largest: number, overlap: boolean, roll: (sides: number) => number): Wire[] {
  const segments: Wire[] = [];
  for (let at = 0; at < content.length;) {
    const length = Math.min(content.length - at, 1 + roll(largest));
    const from = overlap && roll(4) === 0 ? Math.max(0, at - roll(20)) : at;
    const to = overlap && roll(4) === 0 ? Math.min(content.length, at + length + roll(20)) : at + length;
    segments.push({ from, to, cut: to });
    at += length;
  }
  return segments;
}

/** Every segment at most `window` places from where it was, some of them twice. */
function shuffled(segments: readonly Wire[], window: number, roll: (sides: number) => number): Wire[] {
  const all = segments.flatMap((segment) => (roll(6) === 0 ? [segment, segment] : [segment]));
  const keyed = all.map((segment, index) => ({ segment, key: index + roll(window + 1) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ segment }) => segment);
}

function feed(
  stream: Stream,
  base: number,
  content: Uint8Array,
  segments: readonly Wire[],
  ack: (index: number) => number | undefined,
): void {
  segments.forEach(({ from, to, cut }, packet) => {
    const lead = 5;
    const bytes = new Uint8Array(lead + cut - from + 3);
    bytes.set(content.subarray(from, cut), lead);
    stream.accept({
      sequence: (base + from) | 0,
      bytes,
      start: lead,
      end: lead + cut - from,
      length: to - from,
      time: packet,
      packet,
    });
    const acknowledged = ack(packet);
    if (acknowledged !== undefined) stream.acknowledge((base + acknowledged) | 0, packet, packet);
    stream.giveUp(packet, packet, false);
  });
}

const LIMITS = { ...REASSEMBLY_LIMITS, lateSeconds: 1e9, patience: 1e9 };

describe('reassembly', () => {
  it('any cut, order, duplicates and overlaps within the window: the same bytes', () => {
    const property = fc.property(
      CONTENT,
      BASES,
      fc.integer(),
      fc.integer({ min: 1, max: 100 }),
      fc.boolean(),
      (content, base, seed, largest, known) => {
        const roll = dice(seed);
        const shared = new Reassembly(LIMITS);
        const stream = new Stream(0, shared);
        const seen = listen(stream);
        const segments = shuffled(segmentsOf(content, largest, true, roll), known ? 12 : 0, roll);
        if (known) stream.begin(base);
        feed(stream, base, content, segments, () => undefined);
        stream.fin((base + content.length) | 0, 0, 0);
        stream.flush(0);
        expect(Uint8Array.from(seen.bytes as number[])).toEqual(content);
        expect([seen.gaps, seen.finished, stream.pending]).toEqual([0, true, false]);
        expect(shared.deliveredBytes).toBe(content.length);
      },
    );
    fc.assert(property, { numRuns: 1500 });
  });

  it('with losses: gaps cover what is missing and nothing else, whatever was acknowledged', () => {
    const ends = fc.constantFrom('fin', 'ack', 'nothing');
    const property = fc.property(
      CONTENT,
      BASES,
      fc.integer(),
      fc.integer({ min: 1, max: 60 }),
      ends,
      (content, base, seed, largest, end) => {
        const roll = dice(seed);
        const stream = new Stream(0, new Reassembly(LIMITS));
        const seen = listen(stream);
        const kept = segmentsOf(content, largest, true, roll).filter(() => roll(5) > 0);
        const segments = shuffled(kept, 10, roll);
        const expected: (number | undefined)[] = Array.from(content, () => undefined);
        for (const { from, to } of kept) for (let i = from; i < to; i++) expected[i] = content[i];
        if (end === 'nothing') while (expected.length > 0 && expected.at(-1) === undefined) expected.pop();
        stream.begin(base);
        let highest = 0;
        feed(stream, base, content, segments, (index) => {
          highest = Math.max(highest, segments[index]!.to);
          return roll(3) === 0 ? highest : undefined;
        });
        if (end === 'fin') stream.fin((base + content.length) | 0, 0, 0);
        if (end === 'ack') stream.acknowledge((base + content.length) | 0, 0, 0);
        stream.flush(0);
        expect(seen.bytes).toEqual(expected);
        expect(seen.finished).toBe(end === 'fin');
      },
    );
    fc.assert(property, { numRuns: 1500 });
  });

  it('beyond every limit: no byte at a wrong place, nothing held that was not requested', () => {
    const property = fc.property(
      CONTENT,
      BASES,
      fc.integer(),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (content, base, seed, largest, known) => {
        const roll = dice(seed);
        const shared = new Reassembly({
          ...LIMITS,
          streamSegments: 3,
          streamBytes: 900,
          totalBytes: 1200,
          latePackets: 2,
        });
        const stream = new Stream(0, shared);
        const seen = listen(stream);
        const segments = shuffled(segmentsOf(content, largest, true, roll), 40, roll)
          .filter(() => roll(8) > 0)
          .map((segment) => ({
            ...segment,
            cut: roll(5) === 0 ? segment.from + roll(segment.to - segment.from + 1) : segment.to,
          }));
        if (known) stream.begin(base);
        feed(stream, base, content, segments, () => (roll(3) === 0 ? roll(content.length) : undefined));
        stream.flush(0);
        const first = (stream.next - stream.offset - base) | 0;
        seen.bytes.forEach((byte, index) => {
          if (byte !== undefined) expect([index, byte]).toEqual([index, content[first + index]]);
        });
        expect(stream.pending).toBe(false);
      },
    );
    fc.assert(property, { numRuns: 1500 });
  });

  it('an acknowledgment from long ago says nothing about a stream that went on without any', () => {
    const stream = new Stream(0, new Reassembly());
    const seen: [number, number][] = [];
    stream.sink = {
      data: () => undefined,
      gap: (_side, length) => seen.push([stream.offset - length, length]),
      fin: () => undefined,
      reset: () => undefined,
      close: () => undefined,
    };
    stream.begin(0);
    stream.acknowledge(0, 0, 0);
    const length = 2 ** 20;
    // 3.5 GiB, cut to nothing by the snap length: the old acknowledgment is half a GiB ahead by now, modulo 2^32.
    for (let offset = 0; offset < 3.5 * 2 ** 30; offset += length) {
      stream.accept({ sequence: offset | 0, bytes: new Uint8Array(0), start: 0, end: 0, length, time: 0, packet: 1 });
    }
    stream.flush(0);
    expect(seen.at(-1)).toEqual([3.5 * 2 ** 30 - length, length]);
    stream.acknowledge((3.5 * 2 ** 30 + 7) | 0, 0, 2);
    stream.flush(0);
    expect(seen.at(-1)).toEqual([3.5 * 2 ** 30, 7]);
  });
});
