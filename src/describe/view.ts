import type { Direction } from '../codec/messages/records.js';
import type { Judged } from '../traffic/judged.js';
import type { ConnectionSummary } from '../traffic/tally/summary.js';
import type { LineBuffer } from './line-buffer.js';
import { print, type Printable } from './printable.js';

/** The sender, as a sign; `both` for what both ends have sent, or neither. */
export const ARROW: Readonly<Record<Direction | 'both', Printable>> = {
  client: print`→`,
  server: print`←`,
  unknown: print`·`,
  both: print`↔`,
};

/** What the command line passes to the views. */
export interface ViewOptions {
  /** Payload bytes shown of each frame or message. */
  readonly preview: number;
  /** The number was requested: it applies to a line too, however long that gets. */
  readonly stretch?: boolean;
  /** JSON is shown indented. */
  readonly pretty: boolean;
  /** Base64 instead of hex in JSON records. */
  readonly base64: boolean;
  /** Fields in JSON records. */
  readonly verbose: boolean;
  /** The records are of connections in packets: each is shown with its connection and its time. */
  readonly captured?: boolean;
  /** Times count from the first packet on, whose time this gives. */
  readonly since?: (() => number | undefined) | undefined;
}

/** Draws records: writes the text of each, with its line ends; nothing where the view leaves one out. */
export interface View {
  (record: Judged, out: LineBuffer): void;
  /** A connection has ended, by FIN or RST: among the lines of its frames. */
  readonly ended?: (summary: ConnectionSummary, out: LineBuffer) => void;
}

/** What is made of records: lines of text or of JSON, of frames or of messages. */
export interface DrawnForm {
  readonly json: boolean;
  readonly messages: boolean;
}

/** Whether the record has a line of its own there: a fragment is none of the messages, a gap is no record of JSON. */
export function isDrawn(record: Judged, { json, messages }: DrawnForm): boolean {
  const { type, diagnostics } = record;
  if (type === 'handshake' || type === 'cause' || type === 'app-end' || diagnostics.length > 0) return true;
  if (type === 'http2') return json || !messages;
  return type === 'frame' ? !messages || record.frame.message !== undefined : !messages && !json;
}
