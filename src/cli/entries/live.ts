/** The commands with a socket: one file in dist/, loaded when one of them runs. */
export { run as serve } from '../commands/serve.js';
export { run as proxy } from '../commands/proxy.js';
export { run as connect } from '../commands/connect.js';
