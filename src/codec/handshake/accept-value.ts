import { encodeBase64 } from '../bytes/base64.js';
import { WEBSOCKET_GUID, wireBytes } from './key.js';
import { sha1 } from './sha1.js';

/** The `Sec-WebSocket-Accept` value that answers `key` (RFC 6455 §4.2.2): 28 characters. Any text is taken, legal key or not. */
export function acceptKey(key: string): string {
  return encodeBase64(sha1(wireBytes(key + WEBSOCKET_GUID)));
}
