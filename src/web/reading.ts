// What reads files in the page: loaded when one is dropped. What only some files need comes with the first that does.
export { readFiles } from './dropped/read-file.js';
