/** `decode`, with what reads and shows hex digits: a file of its own in dist/, loaded when the command runs. The code for other inputs is in the files that it loads. */
export { run as decode } from '../commands/decode.js';
