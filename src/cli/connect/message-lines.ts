import { UsageError } from '../host/exit.js';
import { concat } from '../../traffic/toolbox/bytes.js';

const LF = 0x0a;
const NUL = 0x00;
/** A line without an end would take all memory: bytes, at most. */
const MOST = 64 * 1024 * 1024;

/** Splits the input into messages: one a line, or up to each NUL byte. Bytes without an end are held, up to 64 MiB. */
export class MessageLines {
  private held: Uint8Array[] = [];
  private heldLength = 0;
  private readonly end: number;

  constructor(nulls: boolean) {
    this.end = nulls ? NUL : LF;
  }

  /** The messages that end in this chunk: views of it, but for the first. */
  push(chunk: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let from = 0;
    for (let at = chunk.indexOf(this.end); at >= 0; at = chunk.indexOf(this.end, from)) {
      messages.push(this.joined(chunk.subarray(from, at)));
      from = at + 1;
    }
    this.hold(chunk.subarray(from));
    return messages;
  }

  /** The bytes after the last end. */
  last(): Uint8Array[] {
    return this.heldLength === 0 ? [] : [this.joined(new Uint8Array(0))];
  }

  private joined(last: Uint8Array): Uint8Array {
    if (this.held.length === 0) return last;
    const whole = concat([...this.held, last]);
    this.held = [];
    this.heldLength = 0;
    return whole;
  }

  private hold(rest: Uint8Array): void {
    if (rest.length === 0) return;
    this.heldLength += rest.length;
    if (this.heldLength > MOST) throw new UsageError(`stdin: a message of more than ${MOST} bytes`);
    this.held.push(rest);
  }
}
