import { crc32 } from '../../traffic/toolbox/bytes.js';

type Crc32 = (bytes: Uint8Array, before?: number) => number;

/** Node's own, which it has since 20.15, or a slower one. */
export function crc32Of(zlib: { readonly crc32?: Crc32 }): Crc32 {
  return zlib.crc32 ?? crc32;
}
