import type { openSource } from '../../sources/detect/detect.js';
import type { openRecording } from '../../sources/recordings/open-recording.js';
import type { Causes } from '../causes/causes.js';
import type { openHttp2 } from '../layers/http2-traffic.js';
import type { RecordedTraffic } from './recorded-traffic.js';
import type { TextTraffic } from './text-traffic.js';

/** What reads text, dumps and bare bytes. */
export interface TextParts {
  readonly openSource: typeof openSource;
  readonly TextTraffic: typeof TextTraffic;
}

/** What reads recordings. */
export interface RecordingParts {
  readonly openRecording: typeof openRecording;
  readonly RecordedTraffic: typeof RecordedTraffic;
}

/** What only some inputs need, called for when it is needed: a program that does not have a part throws. */
export interface InputParts {
  text(): TextParts;
  recordings(): RecordingParts;
  http2(): { readonly openHttp2: typeof openHttp2 };
  /** For the first connection that failed. */
  causes(): Causes;
}
