/** What reads handshakes in any form of text, handed on to the commands: apart from handshakes.ts, because a start of `decode` loads that. */
export { readHandshakeBytes, readHandshakeText } from '../../codec/handshake/text.js';
