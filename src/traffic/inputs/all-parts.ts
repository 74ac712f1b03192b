import { openSource } from '../../sources/detect/detect.js';
import { openRecording } from '../../sources/recordings/open-recording.js';
import { allCauses } from '../causes/causes.js';
import { openHttp2 } from '../layers/http2-traffic.js';
import type { InputParts } from './input-parts.js';
import { RecordedTraffic } from './recorded-traffic.js';
import { TextTraffic } from './text-traffic.js';

/** All that inputs may need. */
export const ALL_PARTS: InputParts = {
  text: () => ({ openSource, TextTraffic }),
  recordings: () => ({ openRecording, RecordedTraffic }),
  http2: () => ({ openHttp2 }),
  causes: allCauses,
};
