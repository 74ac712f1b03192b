import type { Judged } from '../rules/judged.js';

/** What the views are told by the command line. */
export interface ViewOptions {
  /** Payload bytes shown of each frame or message. */
  readonly preview: number;
  /** JSON is shown indented. */
  readonly pretty: boolean;
  /** Base64 instead of hex in JSON records. */
  readonly base64: boolean;
  /** Fields in JSON records. */
  readonly verbose: boolean;
}

/** Draws records: the text to print for each, with its line ends; empty where the view leaves one out. */
export type View = (record: Judged) => string;
