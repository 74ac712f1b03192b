/** What reads application protocols: a file of its own, loaded with the first that is recognised, and in the page when a file is dropped. */
export { payloadPacket } from './forms/payload.js';
export { openApp } from './registry.js';
