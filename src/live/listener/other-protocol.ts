import { firstClientHello } from '../../codec/tls/handshake-messages.js';
import { layerOf } from '../../traffic/layers/layers.js';
import { shown, type PolicyRefusal } from './policy.js';

/** The protocol of a client's first bytes where HTTP/1.1 is expected; undefined: HTTP/1.1, or it can't be known. `cert` names the options that make the listener use TLS, `http2` the one that makes it take HTTP/2. */
export function otherProtocol(first: Uint8Array, cert: string, http2?: string): PolicyRefusal | undefined {
  const layer = layerOf(first);
  if (layer === 'maybe' || layer === undefined) return undefined;
  if (layer.name === 'http2') {
    const other = http2 === undefined ? '' : ` (${http2} takes both)`;
    return { status: 400, reason: `the client begins HTTP/2 (PRI * HTTP/2.0): this listener speaks HTTP/1.1${other}` };
  }
  if (layer.name !== 'tls') return undefined;
  const { sni = '' } = firstClientHello(first) ?? {};
  const name = sni === '' ? '' : `, SNI ${shown(sni)}`;
  return { status: 400, reason: `the client begins TLS (ClientHello${name}): use ws://, or ${cert}` };
}
