/**
 * Memory that V8 does not count: what is counted makes it collect garbage the more often the more of it there is, for memory that
 * stays in any case. It is a fifth of the time of a reading that keeps its records.
 */
export function uncountedMemory(size: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(size));
}
