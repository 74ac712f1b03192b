/** decode, encode and accept --handshake, which need the same, and what reads a recording to replay it: one file in dist/, loaded when one of them runs. */
export { run as decode } from '../commands/decode.js';
export { run as encode } from '../commands/encode.js';
export { work } from '../jobs/thread.js';
export { readScript } from '../replay/replay-reading.js';
export { judgeText } from '../input/handshake-input.js';
