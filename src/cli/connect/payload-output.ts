import type { Io } from '../host/io.js';
import type { Waiter } from '../live/live-output.js';
import { hexOf } from '../../traffic/toolbox/bytes.js';

/** Bytes that may wait to be printed before the traffic has to wait. */
const FULL = 1024 * 1024;
const LF = Buffer.from('\n');

interface PayloadOutputOptions {
  /** Binary messages as they are, not as hex. */
  readonly raw: boolean;
  /** The time before each. */
  readonly stamped: boolean;
}

/** Payloads of messages for a pipe, one a line (raw binary without a line end); those of one turn of the event loop are written together. None is lost: the traffic waits. */
export class PayloadOutput {
  private chunks: Uint8Array[] = [];
  private length = 0;
  private writing: Promise<void> | undefined;
  private scheduled = false;
  private waits = false;

  constructor(
    private readonly io: Io,
    private readonly options: PayloadOutputOptions,
    private readonly waiter: Waiter,
  ) {}

  /** Text as it came: a pipe is no terminal. */
  message(data: Buffer, isBinary: boolean): void {
    const { raw, stamped } = this.options;
    if (stamped) this.put(Buffer.from(`${new Date(this.io.now() * 1000).toISOString()} `));
    this.put(isBinary && !raw ? Buffer.from(hexOf(data)) : data);
    // Bytes as they are: a line end would add one.
    if (!isBinary || !raw) this.put(LF);
  }

  line(text: string): void {
    this.put(Buffer.from(`${text}\n`));
  }

  async end(): Promise<void> {
    while (this.writing !== undefined) await this.writing;
    await this.flush();
  }

  private put(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.length += bytes.length;
    if (this.length > FULL && !this.waits) {
      this.waits = true;
      this.waiter.full();
    }
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.writing ??= this.flush().finally(() => (this.writing = undefined));
    });
  }

  private async flush(): Promise<void> {
    while (this.length > 0) {
      const bytes = Buffer.concat(this.chunks);
      this.chunks = [];
      this.length = 0;
      await this.io.stdout.payload(bytes);
    }
    if (this.io.stdout.closed) this.waiter.gone();
    if (!this.waits) return;
    this.waits = false;
    this.waiter.room();
  }
}
