import fc from '../fc.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';

/** Frames with short forms as likely as long ones, legal and illegal: random bytes alone hardly ever make a short frame. */
export const frameBytes = fc
  .record({
    fin: fc.boolean(),
    rsv: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(7)),
    opcode: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(0, 1, 2, 8, 9, 10) }, fc.nat(15)),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.string({ maxLength: 20 }).map((text) => new Uint8Array(Buffer.from(text))),
      fc.constantFrom(124, 125, 126, 127, 300).map((length) => new Uint8Array(length).fill(97)),
    ),
    key: fc.option(fc.nat(0xffffffff), { nil: undefined }),
    wide: fc.constantFrom(undefined, undefined, undefined, 16, 64),
    declared: fc.option(fc.bigInt(0n, (1n << 64n) - 1n), { nil: undefined, freq: 20 }),
  })
  .map(({ key, wide, declared, ...frame }) =>
    encodeFrame({
      ...frame,
      ...(key !== undefined && { key }),
      ...(declared !== undefined ? { payloadLength: declared, lengthForm: 64 } : wide && { lengthForm: wide }),
    }),
  );

/** Bytes as they come: frames, noise, and frames with noise in them. */
export const wireBytes = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(frameBytes, { maxLength: 6 }).map((frames) => new Uint8Array(Buffer.concat(frames))),
  },
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(fc.array(frameBytes, { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(255)).map(([frames, at, byte]) => {
    const bytes = new Uint8Array(Buffer.concat(frames));
    bytes[at % bytes.length] = byte;
    return bytes;
  }),
);

/** Where to cut: any chunking. */
export const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });

export function cutUp(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) break;
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  chunks.push(bytes.slice(at));
  return chunks;
}
