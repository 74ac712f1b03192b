// What opens TLS in the page: loaded with the first session of a file, or with a key log.
export { TlsTraffic } from '../traffic/layers/tls-traffic.js';
