/** What reads packets: a file of its own in dist/, loaded with the first of them. */
export { inferLink } from '../capture/link.js';
export { Flows } from '../capture/flows.js';
export { pcapSource } from '../capture/pcap.js';
export { pcapngSource } from '../capture/pcapng.js';
