/** What reads recordings: a file of its own in dist/, loaded with the first of them. */
export { inferLink } from '../../sources/packets/link.js';
export { Flows } from '../../sources/tcp/flows.js';
export { openHttp2 } from '../../traffic/layers/http2-traffic.js';
export { pcapReader } from '../../sources/files/pcap.js';
export { pcapngReader } from '../../sources/files/pcapng.js';
export { PacketTraffic } from '../../traffic/inputs/packet-traffic.js';
export { RecordedTraffic } from '../../traffic/inputs/recorded-traffic.js';
export { openRecording } from '../../sources/recordings/open-recording.js';
export { followKeyLogs, readKeyLogs, secretsOfFile, tlsTraffic } from '../input/key-logs.js';
