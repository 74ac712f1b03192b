import { decodeUtf8, utf8Error } from '../codec/bytes/utf8.js';

/** The text of a payload whose preview may have cut its last character; undefined if it is no UTF-8. */
export function previewText(bytes: Uint8Array, cut: boolean): string | undefined {
  const error = utf8Error(bytes);
  if (!error) return decodeUtf8(bytes);
  if (!cut || !error.incomplete) return undefined;
  return decodeUtf8(bytes.subarray(0, error.start));
}
