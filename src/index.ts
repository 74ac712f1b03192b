/** The library for Node: everything of `index.browser.ts`, with the adapters around node:crypto and node:zlib. */
import { acceptKey } from './codec/handshake/accept-key.js';
import { nodeDeflate } from './codec/deflate/node-zlib.js';
import { nodeTlsCrypto } from './codec/tls/node-crypto.js';
import {
  ClientEndpoint as PureClient,
  inspect as inspectPure,
  ServerEndpoint as PureServer,
  type ClientOptions,
  type Inspected,
  type InspectInput,
  type InspectOptions,
  type ServerOptions,
} from './index.browser.js';

export * from './index.browser.js';
export { acceptKey, acceptSteps, type AcceptSteps } from './codec/handshake/accept-key.js';
export { nodeDeflate } from './codec/deflate/node-zlib.js';
export { nodeTlsCrypto } from './codec/tls/node-crypto.js';

/** The same as in `index.browser.ts`: compressed messages are inflated by node:zlib, TLS is decrypted and accept values are checked by node:crypto. */
export function inspect(input: InspectInput, options: InspectOptions = {}): AsyncGenerator<Inspected> {
  return inspectPure(input, { raw: nodeDeflate, acceptOf: acceptKey, tlsCrypto: nodeTlsCrypto, ...options });
}

/** The same as in `index.browser.ts`, with node:zlib. */
export class ClientEndpoint extends PureClient {
  constructor(options: ClientOptions) {
    super({ raw: nodeDeflate, ...options });
  }
}

/** The same as in `index.browser.ts`, with node:zlib. */
export class ServerEndpoint extends PureServer {
  constructor(options: ServerOptions = {}) {
    super({ raw: nodeDeflate, ...options });
  }
}
