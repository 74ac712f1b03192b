import type { Printable, PrintableBytes } from '../../describe/printable.js';
import type { Output } from './io.js';

/** Passes on to another output. */
export abstract class PassedOutput implements Output {
  constructor(protected readonly output: Output) {}

  get isTTY(): boolean {
    return this.output.isTTY;
  }

  get columns(): number | undefined {
    return this.output.columns;
  }

  get rows(): number | undefined {
    return this.output.rows;
  }

  get closed(): boolean {
    return this.output.closed;
  }

  abstract write(data: Printable | PrintableBytes): Promise<void> | void;

  payload(data: Uint8Array): Promise<void> | void {
    return this.output.payload(data);
  }
}
