/** What writes completions for shells: a file of its own in dist/, loaded when the command runs. */
export { run as completion } from '../commands/completion.js';
