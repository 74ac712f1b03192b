import { rawText } from '../../describe/line-buffer.js';
import type { Printable, PrintableBytes } from '../../describe/printable.js';
import type { Output } from '../host/io.js';
import { PassedOutput } from '../host/passed-output.js';

/** Counts the bytes that are written. */
export class CountedOutput extends PassedOutput {
  written = 0;

  write(data: Printable | PrintableBytes): Promise<void> | void {
    const bytes = typeof data === 'string' ? rawText(data) : data;
    this.written += bytes.length;
    return this.output.write(bytes);
  }
}

/** Leaves out the first bytes that are written. */
export class LateOutput extends PassedOutput {
  constructor(
    output: Output,
    private before: number,
  ) {
    super(output);
  }

  write(data: Printable | PrintableBytes): Promise<void> | void {
    if (this.before === 0) return this.output.write(data);
    const bytes = typeof data === 'string' ? rawText(data) : data;
    const cut = Math.min(this.before, bytes.length);
    this.before -= cut;
    return this.output.write(bytes.subarray(cut));
  }
}
