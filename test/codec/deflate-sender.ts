import * as zlib from 'node:zlib';
import fc from '../fc.js';

/** A message and how its sender deflates it. */
export interface Sent {
  readonly pieces: readonly Uint8Array[];
  readonly level: number;
  readonly strategy: number;
  /** Each piece ends in a final block. */
  readonly final: boolean;
  /** The octet 0x00 of RFC 7692 §7.2.3.4 is left out. */
  readonly tailless: boolean;
}

/** A sender with freedoms that MessageDeflater does not take: several blocks, strategies, final blocks. */
export class FreeSender {
  private window = Buffer.alloc(0);

  constructor(
    private readonly windowBits: number,
    private readonly noContextTakeover: boolean,
  ) {}

  send({ pieces, level, strategy, final, tailless }: Sent): Uint8Array {
    if (this.noContextTakeover) this.window = Buffer.alloc(0);
    const parts = pieces.map((piece, i) => {
      const last = i === pieces.length - 1;
      const part = zlib.deflateRawSync(piece, {
        windowBits: Math.max(9, this.windowBits),
        level,
        strategy,
        ...(this.window.length > 0 && { dictionary: this.window }),
        finishFlush: final ? zlib.constants.Z_FINISH : zlib.constants.Z_SYNC_FLUSH,
      });
      this.window = Buffer.concat([this.window, piece]).subarray(-(1 << this.windowBits));
      if (!last) return part;
      if (!final) return part.subarray(0, -4);
      return tailless ? part : Buffer.concat([part, Buffer.of(0)]);
    });
    return inAnotherBuffer(Buffer.concat(parts));
  }
}

/** As a message comes: a view into something larger. */
function inAnotherBuffer(bytes: Uint8Array): Uint8Array {
  const around = new Uint8Array(bytes.length + 20).fill(0xa5);
  around.set(bytes, 7);
  return around.subarray(7, 7 + bytes.length);
}

const WORDS = [
  '{"price":',
  '"quantity":',
  '12345.678',
  'Hello',
  ' world',
  '\u0000\u0000',
  'zzzzzzzzzzzzzzzz',
  ',"id":',
];
const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 120 }).map((all) => Buffer.from(all.join('')));
const piece = fc.oneof(
  { weight: 5, arbitrary: words },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 600 }) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(255), fc.nat(40_000)).map(([byte, length]) => Buffer.alloc(length, byte)) },
);

export const sentMessage: fc.Arbitrary<Sent> = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 3 }),
  level: fc.constantFrom(0, 1, 6, 9),
  strategy: fc.constantFrom(0, zlib.constants.Z_FIXED, zlib.constants.Z_HUFFMAN_ONLY, zlib.constants.Z_RLE),
  final: fc.constantFrom(false, false, false, true),
  tailless: fc.boolean(),
});
