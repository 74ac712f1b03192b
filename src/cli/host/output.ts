import type { Writable } from 'node:stream';
import type { Printable, PrintableBytes } from '../../describe/printable.js';
import type { Output } from './io.js';
import { withoutCommands } from './without-commands.js';

/** An Output on a stream: waits while the stream is full, and drops all text when its reader has closed (EPIPE). */
export class StreamOutput implements Output {
  closed = false;

  /** `failed` gets the reason why nothing more can be written, unless the reader has closed. */
  constructor(
    private readonly stream: Writable & { isTTY?: boolean; columns?: number; rows?: number },
    failed: (reason: string) => void,
  ) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.closed = true;
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failed(error.message);
    });
  }

  get isTTY(): boolean {
    return this.stream.isTTY === true;
  }

  /** A terminal that has not been given a size reports 0. */
  get columns(): number | undefined {
    return this.stream.columns || undefined;
  }

  get rows(): number | undefined {
    return this.stream.rows || undefined;
  }

  write(data: Printable | PrintableBytes): Promise<void> | void {
    return this.put(withoutCommands(data));
  }

  payload(data: Uint8Array): Promise<void> | void {
    return this.put(data);
  }

  private put(data: string | Uint8Array): Promise<void> | void {
    if (this.closed || data.length === 0) return;
    // A pipe writes before this returns when it can; only a full one is waited for.
    if (this.stream.write(data)) return;
    return new Promise((resolve) => {
      const done = (): void => {
        this.stream.off('drain', done);
        this.stream.off('close', done);
        this.stream.off('error', done);
        resolve();
      };
      this.stream.on('drain', done);
      this.stream.on('close', done);
      this.stream.on('error', done);
    });
  }
}
