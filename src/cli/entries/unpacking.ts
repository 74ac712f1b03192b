/** What unpacks: a file of its own in dist/, loaded with the first packed input. */
export { Unpacking } from '../input/unpacking.js';
export { openZip } from '../input/zip.js';
