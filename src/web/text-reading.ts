// What reads text and bare bytes in the page: loaded when something is pasted or flipped, or a file is dropped that is text.
export { openSource } from '../sources/detect/detect.js';
export { TextTraffic } from '../traffic/inputs/text-traffic.js';
export { standsAlone, withBitsFlipped } from './frame/flip-bit.js';
export { readPasted } from './paste/paste-reading.js';
