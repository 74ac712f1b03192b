import * as crypto from 'node:crypto';
import { encodeBase64 } from '../bytes/base64.js';
import { decodeKey, WEBSOCKET_GUID, wireBytes } from './key.js';

/** The way from a key to its accept value, step by step (RFC 6455 §4.2.2 step 5, item 4). */
export interface AcceptSteps {
  readonly key: string;
  /** What the key decodes to: 16 bytes where it is legal. The computation does not use them. */
  readonly keyBytes: Uint8Array;
  /** The key as text, followed by the GUID. */
  readonly concatenated: string;
  /** 20 bytes. */
  readonly sha1: Uint8Array;
  readonly accept: string;
}

export type NodeCrypto = Pick<typeof crypto, 'createHash'>;

/** SHA-1 (FIPS 180-4) by node:crypto: 20 bytes. */
function sha1With({ createHash }: NodeCrypto, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha1').update(bytes).digest());
}

/** The steps for any text, legal key or not, by a SHA-1 that is handed in. */
export function acceptStepsWith(sha1: (bytes: Uint8Array) => Uint8Array, key: string): AcceptSteps {
  const concatenated = key + WEBSOCKET_GUID;
  const digest = sha1(wireBytes(concatenated));
  return { key, keyBytes: decodeKey(key).bytes, concatenated, sha1: digest, accept: encodeBase64(digest) };
}

/** All steps from `key` to its `Sec-WebSocket-Accept`; any text is taken, legal key or not. */
export function acceptSteps(key: string): AcceptSteps {
  return acceptStepsWith((bytes) => sha1With(crypto, bytes), key);
}

/** The `Sec-WebSocket-Accept` value that answers `key` (RFC 6455 §4.2.2): 28 characters. */
export function acceptKey(key: string): string {
  return acceptSteps(key).accept;
}
