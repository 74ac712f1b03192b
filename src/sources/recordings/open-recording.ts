import type { RecordingKind } from '../detect/recording-kind.js';
import { FollowYamlReader } from './follow-yaml-reader.js';
import { HarReader, type HarAttachments } from './har-reader.js';
import { NdjsonReader } from './ndjson-reader.js';
import { NetLogReader } from './netlog-reader.js';
import type { RecordingReader } from './recording.js';

/** What reads a recording of that kind. `attachments`: the files next to a HAR. */
export function openRecording(kind: RecordingKind, attachments?: HarAttachments): RecordingReader {
  switch (kind) {
    case 'har':
      return new HarReader(undefined, attachments);
    case 'ndjson':
      return new NdjsonReader();
    case 'netlog':
      return new NetLogReader();
    case 'follow-yaml':
      return new FollowYamlReader();
  }
}
