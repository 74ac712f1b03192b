// What reads recordings in the page: loaded with the first file that is one.
export { openRecording } from '../sources/recordings/open-recording.js';
export { RecordedTraffic } from '../traffic/inputs/recorded-traffic.js';
