/** What reads a stream by itself, handed on to the commands, which import only types of the floors below. */
export { clientFirst, through } from '../../codec/bytes/stream-taker.js';
export { throughStream } from '../../codec/http2/http2-taker.js';
export { DEFAULT_PREVIEW } from '../../codec/connection/reading-options.js';
export { isFinding } from '../../rules/catalogue.js';
