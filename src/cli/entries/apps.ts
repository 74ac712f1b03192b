/** What reads application protocols: a file of its own in dist/, loaded with the first that is recognised. */
export { payloadPacket } from '../../apps/forms/payload.js';
export { openApp } from '../../apps/registry.js';
