/** `accept --handshake`: a file of its own in dist/, loaded when it runs. */
export { judgeText } from '../input/handshake-input.js';
