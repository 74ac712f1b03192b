import { latin1 } from '../http1/text.js';
import { SlidingWindow } from './windows.js';
import { InflateHandles, type ZlibStreams } from './inflate-handles.js';

/** Messages of RFC 7692 §7.2.3, and their results. A number N means N bytes `a`. */
type TrialStep = readonly [payload: readonly number[], outcome: 'Hello' | 300 | 'too-large' | undefined];

const HELLO = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
/** Refers to the 5 bytes before it. */
const AGAIN = [0xf2, 0x00, 0x11, 0x00, 0x00];
const FINAL = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
const LIMIT = 300;
const MANY = [0x4a, 0x4c, 0x1c, 0x05, 0xc4, 0x02, 0x00, 0x00];
const TOO_MANY = [0x4a, 0x4c, 0x1c, 0x05, 0x44, 0x03, 0x00, 0x00];

/** Before every second step another stream takes the only decoder, which then has to get its window back. */
const STEPS: readonly TrialStep[] = [
  [AGAIN, undefined],
  [HELLO, 'Hello'],
  [AGAIN, 'Hello'],
  [AGAIN, 'Hello'],
  [MANY, 300],
  [HELLO.slice(0, 4), undefined],
  [HELLO, 'Hello'],
  [AGAIN, 'Hello'],
  [FINAL, undefined],
  [AGAIN, 'Hello'],
  [TOO_MANY, 'too-large'],
  [AGAIN, 'Hello'],
];

/**
 * Does zlib, driven as `InflateHandles` does it, what it is known to do? Decides about every step before it is relied
 * on, because that way is not documented. Never throws.
 */
export function worksAsKnown(zlib: ZlibStreams): boolean {
  const handles = new InflateHandles(zlib, { handles: 1, buffer: 64 });
  try {
    const window = new SlidingWindow(1 << 15, () => undefined);
    const [one, other] = [handles.stream(15), handles.stream(15)];
    const nothing = new SlidingWindow(1 << 15, () => undefined);
    return STEPS.every(([payload, expected], i) => {
      if (i % 2 === 0 && !is(other.inflate(Uint8Array.from(HELLO), nothing, LIMIT), 'Hello')) return false;
      const outcome = one.inflate(Uint8Array.from(payload), window, LIMIT);
      if (outcome instanceof Uint8Array) window.push(outcome);
      return is(outcome, expected);
    });
  } catch {
    return false;
  } finally {
    handles.close();
  }
}

function is(outcome: Uint8Array | 'too-large' | undefined, expected: TrialStep[1]): boolean {
  if (!(outcome instanceof Uint8Array)) return outcome === expected;
  if (expected === 300) return outcome.length === 300 && outcome.every((byte) => byte === 0x61);
  return expected !== undefined && latin1(outcome) === expected;
}
