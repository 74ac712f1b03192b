/** The one-shot commands: one file in dist/, loaded when the first of them runs. */
export { run as accept } from './commands/accept.js';
export { run as decode } from './commands/decode.js';
export { run as encode } from './commands/encode.js';
