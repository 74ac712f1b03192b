import type { AcceptSteps, NodeCrypto } from '../../codec/handshake/accept-key.js';
import type { RawDeflate } from '../../codec/deflate/message-deflate.js';
import type { NodeZlib } from '../../codec/deflate/node-zlib.js';
import { builtin } from '../entries/builtin.js';
import { acceptStepsWith, sha1 } from '../../traffic/toolbox/handshakes.js';
import { deflateWith } from '../../traffic/toolbox/builders.js';

let zlib: RawDeflate | undefined;

/** DEFLATE by node:zlib, loaded with the first compressed message. */
export const lazyDeflate: RawDeflate = {
  inflate: (input, options) => loadZlib().inflate(input, options),
  deflate: (input, options) => loadZlib().deflate(input, options),
  open: (options) => loadZlib().open?.(options),
};

function loadZlib(): RawDeflate {
  return (zlib ??= deflateWith(builtin('node:zlib') as NodeZlib));
}

/** The accept value and its steps. */
export function stepsOf(key: string): AcceptSteps {
  return acceptStepsWith(sha1, key);
}

/** A hash by its name in node:crypto. */
export function hashOf(name: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array((builtin('node:crypto') as NodeCrypto).createHash(name).update(bytes).digest());
}

/** Loading node:crypto takes as long as this number of keys without it. */
const FEW_KEYS = 32;
let keys = 0;

/** The accept value: by node:crypto once there are many. */
export function acceptOf(key: string): string {
  const hash = keys++ < FEW_KEYS ? sha1 : (bytes: Uint8Array) => hashOf('sha1', bytes);
  return acceptStepsWith(hash, key).accept;
}
