/** Numbers in bytes. The caller has made sure that they are there. Signed 32-bit results are small integers to the engine, unsigned ones may not be. */

/** 16 bits, network order. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** 32 bits, network order, as a signed number: for identity and for sequence arithmetic. */
export function i32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** 16 bits in the byte order of a capture file. */
export function fileU16(bytes: Uint8Array, at: number, little: boolean): number {
  return little ? bytes[at]! | (bytes[at + 1]! << 8) : u16(bytes, at);
}

/** 32 bits, unsigned, in the byte order of a capture file. */
export function fileU32(bytes: Uint8Array, at: number, little: boolean): number {
  const word = little
    ? bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    : i32(bytes, at);
  return word >>> 0;
}

/** A copy that holds on to nothing else (`Buffer.slice` would be a view). */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
}
