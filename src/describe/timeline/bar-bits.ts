/** Steps of the height of the tallest bar. */
export const BAR_STEPS = 11;
/** Of the lowest one. */
const LEAST_STEPS = 2;

/** Kinds of frames by colour. Of those that share a column of pixels the last one is shown: the rarest are not hidden by the others. */
export const BAR_KINDS = ['continuation', 'text', 'binary', 'reserved', 'control', 'close'] as const;
/** By opcode, the number of its kind. */
const KIND_OF_OPCODE = [0, 1, 2, 3, 3, 3, 3, 3, 5, 4, 4, 3, 3, 3, 3, 3] as const;

const HEIGHT_BITS = BAR_STEPS - LEAST_STEPS + 1;
const HEIGHT_MASK = (1 << HEIGHT_BITS) - 1;

/** Bits of a bar: those of several frames together are the bar of all of them. */
export const BITS_OF_BAR = HEIGHT_BITS + BAR_KINDS.length;

/** A bit for the height, and one above these for the kind. `size`: bytes of the payload. */
export function barBits(opcode: number, size: number): number {
  const height = size < HEIGHTS.length ? HEIGHTS[size]! : heightOf(size);
  return (1 << (height - LEAST_STEPS)) | (1 << (HEIGHT_BITS + KIND_OF_OPCODE[opcode]!));
}

/** On a logarithmic scale: a ping and a message of megabytes are both seen. */
function heightOf(size: number): number {
  return Math.ceil(BAR_STEPS * Math.min(1, 0.18 + (0.82 * Math.log2(size + 1)) / 24));
}

/** Of small payloads, which most are. */
const HEIGHTS = Uint8Array.from({ length: 1024 }, (_, size) => heightOf(size));

/** Steps of the tallest of the frames. */
export function barHeight(bits: number): number {
  return LEAST_STEPS + highestBit(bits & HEIGHT_MASK);
}

/** The number of the kind that is shown. */
export function barKind(bits: number): number {
  return highestBit(bits >>> HEIGHT_BITS);
}

function highestBit(bits: number): number {
  return 31 - Math.clz32(bits);
}
