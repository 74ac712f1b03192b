import { crc32 } from '../bytes/crc32.js';
import type { RawDeflate } from './message-deflate.js';
import { ZLIB_HEADER, zlibWindowBits } from './zlib-header.js';

/** What is around DEFLATE data (RFC 1951): nothing, that of zlib (RFC 1950), that of gzip (RFC 1952). */
export type DeflateUnitForm = 'deflate-raw' | 'zlib' | 'gzip';

const WINDOW_BITS = 15;
const NONE = new Uint8Array(0);

/** All of `bytes` as one unit of that form, its checksum compared; undefined: they are none, or hold more than `limit` bytes. */
export function unpackedUnit(
  raw: Pick<RawDeflate, 'inflate'>,
  form: DeflateUnitForm,
  bytes: Uint8Array,
  limit: number,
): Uint8Array | undefined {
  const start = form === 'deflate-raw' ? 0 : form === 'zlib' ? zlibData(bytes) : gzipData(bytes);
  const end = bytes.length - TRAILERS[form];
  if (start === undefined || end <= start) return undefined;
  // That its final block ends where it has to is known only if a byte follows.
  const data = new Uint8Array(end - start + 1);
  data.set(bytes.subarray(start, end));
  const found = raw.inflate(data, { windowBits: WINDOW_BITS, dictionary: NONE, maxOutput: limit });
  if (found.status !== 'ok' || !found.final || found.consumed !== end - start) return undefined;
  return hasItsSum(form, found.output, bytes, end) ? found.output : undefined;
}

/** Bytes after the data: of zlib Adler-32, of gzip CRC-32 and the length. */
const TRAILERS: Readonly<Record<DeflateUnitForm, number>> = { 'deflate-raw': 0, zlib: 4, gzip: 8 };

function hasItsSum(form: DeflateUnitForm, output: Uint8Array, bytes: Uint8Array, end: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (form === 'zlib') return view.getUint32(end) === adler32(output);
  if (form !== 'gzip') return true;
  return view.getUint32(end, true) === crc32(output) && view.getUint32(end + 4, true) === output.length;
}

/** RFC 1950 §2.2: where the data begin. */
function zlibData(bytes: Uint8Array): number | undefined {
  return zlibWindowBits(bytes) === undefined ? undefined : ZLIB_HEADER;
}

const GZIP_HEADER = 10;
const FLAG = { checksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

/** RFC 1952 §2.3: where the data begin. */
function gzipData(bytes: Uint8Array): number | undefined {
  const [one, two, method, flags = 0] = bytes;
  if (one !== 0x1f || two !== 0x8b || method !== 8 || (flags & FLAG.reserved) !== 0) return undefined;
  let at = GZIP_HEADER;
  if (flags & FLAG.extra) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  return flags & FLAG.checksum ? at + 2 : at;
}

/** RFC 1950 §8.2. */
function adler32(bytes: Uint8Array): number {
  const MODULUS = 65_521;
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % MODULUS;
    b = (b + a) % MODULUS;
  }
  return b * 65_536 + a;
}
