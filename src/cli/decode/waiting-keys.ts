import { print } from '../../describe/printable.js';
import type { Io } from '../host/io.js';

/** Milliseconds in which the keys of a capture may come before it is reported that they are waited for. */
const PATIENCE = 1000;

/** Reports once that TLS of a pipe waits for keys: until they come, or the pipe ends, nothing of it is shown. */
export class WaitingKeys {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly io: Io,
    private readonly isStillWaiting: () => boolean,
    /** A key log was given, and is read as it grows. */
    private readonly hasLog: boolean,
  ) {}

  /** A session waits. */
  begin(): void {
    this.timer ??= setTimeout(() => this.report(), PATIENCE).unref();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private report(): void {
    if (!this.isStillWaiting()) return;
    void this.io.stderr.write(
      this.hasLog
        ? print`TLS waits for keys: no secret of the key log opens it so far (docs/tls.md)\n`
        : print`TLS waits for keys, which may come in a block of the capture; --keylog FILE gives them (docs/tls.md)\n`,
    );
  }
}
