/** How payloads are handed out, and what becomes of the chunks that they came in. */
export interface PayloadMemory {
  /**
   * `copy`, the default: whatever is handed out has memory of its own, and the caller may write to a chunk as soon as the
   * call that took it has returned. `view`: payloads are views of the chunk where they can be, and masked ones are unmasked
   * on demand; a chunk must not be written to as long as anything that was read from it is in use.
   */
  readonly payloads?: 'copy' | 'view';
  /**
   * `in-place`: for callers who own the memory. Masked payloads are unmasked in the chunk itself, as their bytes come, and
   * handed out as views, whatever `payloads` says. Headers stay as they came, masking keys too; the masked bytes are gone:
   * neither the chunk nor a view of it shows them afterwards, and no chunk may be read twice.
   */
  readonly unmask?: 'in-place';
}

/** A copy that is a Uint8Array, whatever `bytes` is: `slice` of a Buffer is a view. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** The same bytes as a Uint8Array, where they are those of a class of its own (Buffer). */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

export function isCopying({ payloads = 'copy', unmask }: PayloadMemory): boolean {
  return payloads === 'copy' && unmask === undefined;
}

/** Bytes of a chunk as they are handed out. */
export function handedOut(bytes: Uint8Array, memory: PayloadMemory): Uint8Array {
  return isCopying(memory) ? copyOf(bytes) : plainBytes(bytes);
}
