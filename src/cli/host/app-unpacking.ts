import type * as zlib from 'node:zlib';
import { builtin } from '../entries/builtin.js';
import { unpackingWith, type PackedForm, type MessageUnpacking } from '../../traffic/toolbox/apps.js';
import { lazyDeflate } from './adapters.js';

/** What is used of node:zlib; zstd is there from Node 22.15 on. */
type Zlib = typeof zlib & { readonly zstdDecompressSync?: typeof zlib.inflateSync };

const DECODERS: Readonly<Record<PackedForm, (node: Zlib) => typeof zlib.inflateSync | undefined>> = {
  gzip: (node) => node.gunzipSync,
  zlib: (node) => node.inflateSync,
  'deflate-raw': (node) => node.inflateRawSync,
  brotli: (node) => node.brotliDecompressSync,
  zstd: (node) => node.zstdDecompressSync,
};

/** Decompression for the readers of application protocols by node:zlib, loaded with the first compressed message. */
export const appUnpacking: MessageUnpacking = unpackingWith(lazyDeflate, (form, bytes, limit) => {
  try {
    // `info` makes Node give the engine too, whose byte count shows whether anything follows the unit.
    const decode = DECODERS[form](builtin('node:zlib') as Zlib);
    const found = decode?.(bytes, { maxOutputLength: limit, info: true }) as
      { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } } | undefined;
    return found?.engine.bytesWritten === bytes.length ? new Uint8Array(found.buffer) : undefined;
  } catch {
    return undefined;
  }
});
