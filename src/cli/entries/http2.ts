/** The ends of live HTTP/2 connections, which load node:http2: a file of its own in dist/, loaded with `--http2`. */
export { Http2Front } from '../../live/http2/http2-front.js';
export { Http2LineError } from '../../live/http2/http2-line-error.js';
export { Http2Line } from '../../live/http2/http2-line.js';
export { Http2Relay } from '../../live/http2/http2-relay.js';
export { unsendable } from '../../live/http2/unsendable.js';
