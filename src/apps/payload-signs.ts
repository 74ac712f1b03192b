import type { AppMessage } from './packet.js';

/** How a message of no known protocol may be coded. */
export const PAYLOAD_FORMS = [
  ...(['json', 'msgpack', 'cbor', 'protobuf'] as const),
  ...(['gzip', 'zlib', 'deflate-raw', 'brotli', 'zstd', 'base64'] as const),
] as const;

/** Those of live traffic: what is compressed may grow by a thousand, at a peer's pleasure. */
export const LIVE_PAYLOAD_FORMS = ['json', 'msgpack', 'cbor', 'protobuf'] as const satisfies readonly PayloadForm[];

export type PayloadForm = (typeof PAYLOAD_FORMS)[number];

/** gzip, zlib and zstd. */
const MAGIC = new Set([0x1f, 0x28, 0x38, 0x48, 0x58, 0x68, 0x78]);
/** Base64 of gzip and of zlib. */
const BASE64_MAGIC = [
  [0x48, 0x34],
  [0x65, 0x4a],
  [0x65, 0x4e],
  [0x65, 0x41],
  [0x65, 0x46],
] as const;

/** A cheap look at the first bytes: false for what is no form that is found without being stated. */
export function mayHoldPayload({ bytes, length, isText }: AppMessage): boolean {
  if (bytes.length < length || length < 8) return false;
  const first = bytes[0]!;
  if (isText) return BASE64_MAGIC.some(([a, b]) => first === a && bytes[1] === b);
  return MAGIC.has(first) || isMapOrList(first);
}

/** Of MessagePack or CBOR, or a tag of CBOR. */
function isMapOrList(first: number): boolean {
  return first >= 0x80 && first !== 0xc0 && first !== 0xc1 && (first <= 0xbf || first >= 0xd8) && first <= 0xdf;
}
