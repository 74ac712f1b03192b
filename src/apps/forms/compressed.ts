import { decodeBase64 } from '../../codec/bytes/base64.js';
import { decodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
import { messagePacket, wholeSpan } from '../build-packet.js';
import type { AppMessage, AppPacket, PackedForm, MessageUnpacking } from '../packet.js';
import { jsonText, parseJson } from './json.js';

const NAME = 'payload';
/** Bytes that a payload may decompress to. */
export const MOST_UNPACKED = 4 * 1024 * 1024;
/** Shorter ones without a magic number decode by chance. */
const LEAST_WITHOUT_MAGIC = 16;
const MOST_SHOWN = 200;

/** A payload, decompressed. */
interface Unpacked {
  readonly form: PackedForm;
  /** The compressed bytes are in Base64. */
  readonly isBase64: boolean;
  readonly bytes: Uint8Array;
}

const MAGIC: readonly { readonly form: PackedForm; readonly test: (bytes: Uint8Array) => boolean }[] = [
  { form: 'gzip', test: ([a, b, c]) => a === 0x1f && b === 0x8b && c === 0x08 },
  { form: 'zlib', test: ([a = 0, b = 0]) => (a & 0x0f) === 8 && a >> 4 <= 7 && (a * 256 + b) % 31 === 0 },
  { form: 'zstd', test: ([a, b, c, d]) => a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd },
];
/** Base64 of gzip and of zlib. */
const BASE64_MAGIC = /^(?:H4sI|eJ|eN|eA|eF)/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * What a payload holds in compressed form: the whole of it is one unit, whose checksum fits where the form has one. Forms
 * without a magic number are taken only where plain text comes out. Undefined: it is none, or more than MOST_UNPACKED.
 */
function unpacked(
  { bytes, length, isText }: AppMessage,
  unpack: MessageUnpacking,
  by: 'magic' | 'all',
): Unpacked | undefined {
  if (bytes.length < length) return undefined;
  if (isText) {
    const packed = base64Of(bytes);
    const found = packed && withMagic(packed, unpack);
    return found && { ...found, isBase64: true };
  }
  return withMagic(bytes, unpack) ?? (by === 'all' ? withoutMagic(bytes, unpack) : undefined);
}

function base64Of(bytes: Uint8Array): Uint8Array | undefined {
  if (!BASE64_MAGIC.test(decodeUtf8(bytes.subarray(0, 4)))) return undefined;
  const text = decodeUtf8(bytes);
  return BASE64.test(text) ? decodeBase64(text) : undefined;
}

function withMagic(bytes: Uint8Array, unpack: MessageUnpacking): Unpacked | undefined {
  const form = MAGIC.find(({ test }) => test(bytes))?.form;
  const plain = form && unpack.whole(form, bytes, MOST_UNPACKED);
  return plain && { form: form, isBase64: false, bytes: plain };
}

function withoutMagic(bytes: Uint8Array, unpack: MessageUnpacking): Unpacked | undefined {
  if (bytes.length < LEAST_WITHOUT_MAGIC || isPlainText(bytes)) return undefined;
  for (const form of ['deflate-raw', 'brotli'] as const) {
    const plain = unpack.whole(form, bytes, MOST_UNPACKED);
    if (plain !== undefined && plain.length >= LEAST_WITHOUT_MAGIC && isPlainText(plain))
      return { form, isBase64: false, bytes: plain };
  }
  return undefined;
}

/** UTF-8 without control characters but blanks. */
function isPlainText(bytes: Uint8Array): boolean {
  return (
    utf8Error(bytes) === undefined &&
    bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== 0x0b))
  );
}

/** A compressed message as a packet; undefined: it is none. `magic`: only forms with a magic number are tried. */
export function compressedPacket(
  message: AppMessage,
  unpack: MessageUnpacking,
  by: 'magic' | 'all' = 'all',
): AppPacket | undefined {
  const found = unpacked(message, unpack, by);
  if (found === undefined) return undefined;
  const { form, isBase64, bytes } = found;
  const json = parseJson(bytes);
  const isText = utf8Error(bytes) === undefined;
  const shown =
    json !== undefined
      ? jsonText(json.value)
      : isText
        ? JSON.stringify(decodeUtf8(bytes.subarray(0, MOST_SHOWN)))
        : `${bytes.length} bytes`;
  return messagePacket(message, {
    protocol: NAME,
    type: isBase64 ? 'base64' : form,
    summary: [...(isBase64 ? [form] : []), `${message.length} bytes from ${bytes.length}:`, shown].join(' '),
    payload: json !== undefined ? json.value : isText ? decodeUtf8(bytes) : bytes,
    fields: () => [{ name: isBase64 ? `Base64 of ${form}` : form, span: wholeSpan(message), value: shown }],
  });
}
