import { HexReader } from './hex-reader.js';
import type { TimedLine } from './line-watch.js';
import { HexLead } from './lead.js';

/**
 * Reads bytes that are spelled out in text, in any way that people paste them: plain hex with any separators, literals
 * of Python, C, JavaScript, Go and Rust, lists of numbers, Node's buffers.
 */
export class HexSource extends HexReader {
  /** `skipped`: the text before this one, which counts as read. `timed`: lines of plain digits are looked at, if there is one. */
  constructor(skipped?: Uint8Array, timed?: TimedLine) {
    super((context) => new HexLead(context), skipped, timed);
  }
}
