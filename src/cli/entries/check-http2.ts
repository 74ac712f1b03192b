/** What `check --http2` needs beyond `check`: one file in dist/, loaded where it is requested. */
export { Http2ServerBench } from '../../conformance/http2/http2-server-bench.js';
export { takeHttp2Client } from '../../conformance/http2/http2-clients.js';
export { Http2Turns } from '../../conformance/http2/http2-turns.js';
export { HTTP2_TRACE } from '../../conformance/http2/http2-trace.js';
export { HTTP2_CASES } from '../../conformance/http2/http2-cases.js';
