/** What writes frames, handed on to the commands, which import only types of the floors below. */
export { MessageDeflater } from '../../codec/deflate/message-deflate.js';
export { deflateWith } from '../../codec/deflate/node-zlib.js';
export { encodeFrame } from '../../codec/frames/frame-writer.js';
export { LONGEST } from '../../codec/frames/frame.js';
export { keyFromBytes } from '../../codec/frames/mask.js';
export { OPCODE, closeCodeInfo } from '../../codec/frames/registry.js';
export { deflateExtension, parseDeflateOption } from '../../codec/handshake/deflate-params.js';
export { formatExtensions } from '../../codec/handshake/extensions.js';
export { writeCloseBody } from '../../codec/messages/close.js';
