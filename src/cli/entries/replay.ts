/** What reads a recording to replay it: a file of its own in dist/, loaded when one is. */
export { readScript } from '../replay/replay-reading.js';
