// What opens HTTP/2 in the page: loaded with the first connection that is HTTP/2.
export { openHttp2 } from '../traffic/layers/http2-traffic.js';
