import { expect } from 'vitest';
import { wsinspect, type Ran, type RunOptions } from './binary.js';

/** What a bare `node` takes is about 45 MB. */
export const PLAIN_MB = 160;

/** Runs it, keeps the end of the output, and looks at what always has to hold. */
export async function safely(args: readonly string[], mb: number, options: RunOptions = {}): Promise<Ran> {
  const ran = await wsinspect(args, { keep: 65_536, ...options });
  expect(ran.exit, ran.err).not.toBeNull();
  expect(ran.err).not.toMatch(/^ +at /m);
  expect(ran.peak).toBeLessThan(mb);
  expect(ran.control).toBe(false);
  return ran;
}

/** `chunk` that number of times, made as it is read. */
export function* repeat(chunk: Uint8Array, times: number, before: Uint8Array = Buffer.alloc(0)): Generator<Uint8Array> {
  yield before;
  for (let i = 0; i < times; i++) yield chunk;
}

/** `length` bytes that look random, the same ones each time. */
export function noise(length: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return Buffer.from(words.buffer, 0, length);
}

/** A frame's header for `length` bytes, the length in 64 bits. */
export function header(first: number, length: bigint): Buffer {
  const head = Buffer.from([first, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(length, 2);
  return head;
}
