/** What reads recordings: a file of its own in dist/, loaded with the first of them. */
export { inferLink } from '../capture/link.js';
export { Flows } from '../capture/flows.js';
export { pcapReader } from '../capture/pcap.js';
export { pcapngReader } from '../capture/pcapng.js';
export { HarReader } from '../capture/har-reader.js';
export { NdjsonReader } from '../capture/ndjson-reader.js';
