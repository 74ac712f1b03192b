/** What reads and judges keys and handshakes, handed on to the commands, which import only types of the floors below. */
export { acceptStepsWith } from '../../codec/handshake/accept-key.js';
export { findAcceptMistake } from '../../codec/handshake/accept-mistakes.js';
export { readHandshake } from '../../codec/handshake/handshake.js';
export { KEY_BYTES, decodeKey } from '../../codec/handshake/key.js';
export { sha1 } from '../../codec/handshake/sha1.js';
export { causeOfHandshake } from '../../rules/causes/connection-cause.js';
export { handshakeChecklist, isRefused, judgeHandshake } from '../../rules/handshake/rules.js';
