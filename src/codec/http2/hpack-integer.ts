/** Larger integers are no lengths, indexes or sizes of anything. */
const MOST_INTEGER = 2 ** 32;
/** Bytes after the first one that such an integer has. */
const MOST_BYTES = 6;

/** An integer with a prefix of `bits` bits (RFC 7541 §5.1) and the offset after it; undefined: it does not end, or is too large. */
export function readHpackInteger(
  bytes: Uint8Array,
  at: number,
  bits: number,
): { readonly value: number; readonly next: number } | undefined {
  const most = 2 ** bits - 1;
  const prefix = (bytes[at] ?? 0) & most;
  if (at >= bytes.length) return undefined;
  if (prefix < most) return { value: prefix, next: at + 1 };
  let value = most;
  for (let i = 0; i < MOST_BYTES; i++) {
    const byte = bytes[at + 1 + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value <= MOST_INTEGER ? { value, next: at + 2 + i } : undefined;
  }
  return undefined;
}

/** Its bytes; `first` has the bits above the prefix. */
export function hpackInteger(value: number, bits: number, first = 0): number[] {
  const most = 2 ** bits - 1;
  if (value < most) return [first | value];
  const out = [first | most];
  let rest = value - most;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) | 0x80);
  return [...out, rest];
}
