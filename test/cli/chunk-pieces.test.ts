import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ChunkPieces } from '../../src/cli/input/chunk-pieces.js';
import { runHere } from './in-process.js';

const MB = 1024 * 1024;
/** The lengths of the pieces, each of which made `made` bytes of text. */
function cut(pieces: ChunkPieces, length: number, made: number): number[] {
  return Array.from(pieces.of(new Uint8Array(length)), (piece) => {
    pieces.made(made);
    return piece.length;
  });
}

describe('pieces of a chunk', () => {
  it('grow while they make little, to whole chunks', () => {
    const pieces = new ChunkPieces();
    expect(cut(pieces, 65_536, 1000)).toEqual([4096, 8192, 16_384, 32_768, 4096]);
    expect(cut(pieces, 65_536, 1000)).toEqual([65_536]);
  });

  it('shrink while they make much, and stay where they are between', () => {
    const pieces = new ChunkPieces();
    expect(cut(pieces, 28_672, 1000)).toEqual([4096, 8192, 16_384]);
    expect(cut(pieces, 49_152, 5 * MB)).toEqual([32_768, 8192, 4096, 4096]);
    expect(cut(pieces, 8192, 2 * MB)).toEqual([4096, 4096]);
  });

  it('are all of it, in order', () => {
    const chunk = Uint8Array.from({ length: 100_000 }, (_, i) => i & 255);
    expect(Buffer.concat([...new ChunkPieces().of(chunk)])).toEqual(Buffer.from(chunk));
    expect([...new ChunkPieces().of(new Uint8Array(0))]).toEqual([]);
  });
});

it('a message that inflates to much text is written before the next is read', async () => {
  const packed = deflateRawSync(Buffer.alloc(MB), { finishFlush: 2 }).subarray(0, -4);
  const bomb = Buffer.concat([Buffer.from([0xc2, 126, packed.length >> 8, packed.length & 255]), packed]);
  const sizes: number[] = [];
  const args = ['decode', '--from', 'binary', '--deflate', '--view', 'messages', '--preview', 'all'];
  const input = Buffer.concat(Array<Buffer>(12).fill(bomb));
  await runHere(args, { stdin: [input], written: (bytes) => void sizes.push(bytes) });
  // The text of a message has some 5 MB.
  expect(Math.max(...sizes)).toBeLessThan(26 * MB);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(50 * MB);
});
