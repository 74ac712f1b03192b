import { rawText } from '../../describe/line-buffer.js';
import type { Printable, PrintableBytes } from '../../describe/printable.js';
import type { Io, Output } from '../host/io.js';

/** The same, except for the given parts. A part that was not made yet is still made when it is used. */
export function changed(io: Io, parts: Partial<Io>): Io {
  return Object.create(io, Object.getOwnPropertyDescriptors(parts)) as Io;
}

/** Passes on to another output. */
abstract class PassedOutput implements Output {
  constructor(protected readonly output: Output) {}

  get isTTY(): boolean {
    return this.output.isTTY;
  }

  get columns(): number | undefined {
    return this.output.columns;
  }

  get closed(): boolean {
    return this.output.closed;
  }

  abstract write(data: Printable | PrintableBytes): Promise<void> | void;

  /** Nothing is printed as it is where several threads read. */
  payload(data: Uint8Array): Promise<void> | void {
    return this.output.payload(data);
  }
}

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
