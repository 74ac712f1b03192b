// What opens TLS in the page: a file of its own, loaded when a file is dropped.
export { TlsTraffic } from '../../traffic/layers/tls-traffic.js';
