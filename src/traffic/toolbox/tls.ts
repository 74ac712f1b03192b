/** What opens TLS, handed on to the commands: they know no floor below this one but for its types. */
export { tlsCryptoWith } from '../../codec/tls/node-crypto.js';
