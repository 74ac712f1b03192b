import { readFileSync } from 'node:fs';

export interface FrameVector {
  readonly name: string;
  readonly source: string;
  readonly hex: string;
  readonly direction?: 'client' | 'server';
  readonly deflate?: string;
  readonly frames: readonly {
    readonly opcode: number;
    readonly fin: boolean;
    readonly rsv: number;
    readonly masked: boolean;
    readonly lengthForm: number;
    readonly payloadLength: number;
    readonly payload: string;
  }[];
  readonly diagnostics: readonly string[];
}

export const VECTORS = JSON.parse(
  readFileSync(new URL('../../fixtures/frames.json', import.meta.url), 'utf8'),
) as FrameVector[];

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** The ways every incremental reader is run: whole, byte by byte, and cut at `size`. */
export function chunkings(bytes: Uint8Array): [name: string, chunks: Uint8Array[]][] {
  const cut = (size: number): Uint8Array[] => {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    return chunks;
  };
  const bySize = [1, 3, 7]
    .filter((size) => bytes.length / size < 5000)
    .map((size) => [`by ${size}`, cut(size)] as const);
  return [['whole', [bytes]], ...bySize.map(([name, chunks]): [string, Uint8Array[]] => [name, chunks])];
}
