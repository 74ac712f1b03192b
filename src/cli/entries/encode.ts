/** A file of its own in dist/, loaded when the command runs. */
export { run as encode } from '../commands/encode.js';
