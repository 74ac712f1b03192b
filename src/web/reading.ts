// What reads bytes in the page: most of its script. It is loaded when something is pasted, dropped or flipped.
export { readFiles } from './dropped/read-file.js';
export { standsAlone, withBitFlipped } from './frame/flip-bit.js';
export { readPasted } from './paste/paste-reading.js';
