import { decodeUtf8, utf8Error } from '../codec/bytes/utf8.js';

const MOST_SHOWN = 200;

/** What a packet carries for an application, of which the protocol knows nothing: text where it is UTF-8, else bytes. */
export function carried(bytes: Uint8Array): { readonly payload: string | Uint8Array; readonly shown: string } {
  if (utf8Error(bytes) !== undefined) return { payload: bytes, shown: `${bytes.length} bytes` };
  return { payload: decodeUtf8(bytes), shown: JSON.stringify(decodeUtf8(bytes.subarray(0, MOST_SHOWN))) };
}
