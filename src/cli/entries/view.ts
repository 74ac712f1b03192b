/** The page over files: one file in dist/, loaded when it is needed. */
export { run as view } from '../commands/view.js';
