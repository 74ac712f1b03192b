/** What recognises the forms of text, and reads them: a file of its own in dist/, loaded with the first input that is more than hex digits. */
export { openSource } from '../../sources/detect/detect.js';
