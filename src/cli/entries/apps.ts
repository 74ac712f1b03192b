/** What reads application protocols: a file of its own in dist/, loaded with the first that is recognised. */
export { openApp } from '../../apps/registry.js';
