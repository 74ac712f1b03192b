/** Bytes and text, handed on to the commands, which import only types of the floors below. */
export { encodeBase64 } from '../../codec/bytes/base64.js';
export { hostPort } from '../../codec/bytes/endpoint.js';
export { concat } from '../../codec/bytes/byte-collector.js';
export { crc32 } from '../../codec/bytes/crc32.js';
export { hexOf } from '../../codec/bytes/hex.js';
export { largest } from '../../codec/bytes/lists.js';
export { decodeUtf8, encodeUtf8, utf8Error } from '../../codec/bytes/utf8.js';
export { isToken, latin1 } from '../../codec/http1/text.js';
