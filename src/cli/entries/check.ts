/** The conformance suite: one file in dist/, loaded when it runs. */
export { run as check } from '../commands/check.js';
