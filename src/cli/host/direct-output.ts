import { fstatSync, writeSync } from 'node:fs';
import type { Printable, PrintableBytes } from '../../describe/printable.js';
import type { Output } from './io.js';
import { withoutCommands } from './without-commands.js';

/** What an empty pipe takes at least, so that writing to it does not wait for its reader. */
const MOST = 4096;

/**
 * An Output on the descriptor of a pipe, socket or file. The first bytes are written without a stream: to make the one
 * of a process takes as long as to decode a frame. What comes after them, and what could not be written, goes to `rest`.
 */
export class DirectOutput implements Output {
  readonly isTTY = false;
  private left = MOST;
  private made: Output | undefined;

  constructor(
    private readonly descriptor: number,
    private readonly rest: () => Output,
  ) {}

  get closed(): boolean {
    return this.made?.closed === true;
  }

  write(data: Printable | PrintableBytes): Promise<void> | void {
    return this.made ? this.made.write(data) : this.put(Buffer.from(withoutCommands(data)));
  }

  payload(data: Uint8Array): Promise<void> | void {
    return this.made ? this.made.payload(data) : this.put(data);
  }

  private put(data: Uint8Array): Promise<void> | void {
    const written = data.length <= this.left ? this.writeNow(data) : 0;
    this.left -= written;
    if (written === data.length) return;
    this.made = this.rest();
    return this.made.payload(data.subarray(written));
  }

  private writeNow(data: Uint8Array): number {
    try {
      return data.length === 0 ? 0 : writeSync(this.descriptor, data);
    } catch {
      // The stream meets the same, and reports it.
      return 0;
    }
  }
}

/** A pipe, a socket or a file: what writes to it needs no size of a terminal. */
export function isDirect(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
}
