import type { ServerHttp2Session } from 'node:http2';

/** Milliseconds without anything, and for the answer to a PING then. */
export interface SessionTimes {
  readonly idle: number;
  readonly answer: number;
}

const TIMES: SessionTimes = { idle: 60_000, answer: 30_000 };
/** Requests that a client reset before they were answered: where they are half of all or more. */
const MANY_RESETS = 100;
/** nghttp2 does nothing more after about as many. */
const ENOUGH_RESETS = 1000;

export interface SessionWatchTaker {
  /** The connection was ended, in words. */
  ended(words: string): void;
  /** Requests are reset in masses. */
  flooded(): void;
}

/**
 * Ends a session that is over without an event: for most faults of its peer nghttp2 writes a GOAWAY and reads nothing more, so
 * that not even the end of TCP is seen. Only a PING shows that.
 */
export class SessionWatch {
  /** Streams that are open. */
  open = 0;
  private begun = 0;
  private resets = 0;
  private asked: NodeJS.Timeout | undefined;

  constructor(
    private readonly session: ServerHttp2Session,
    private readonly taker: SessionWatchTaker,
    private readonly times: SessionTimes = TIMES,
  ) {
    session.setTimeout(times.idle);
    session.on('timeout', () => {
      if (this.open === 0) session.close();
      this.probe();
    });
    session.on('close', () => clearTimeout(this.asked));
  }

  opens(): void {
    this.open++;
    this.begun++;
  }

  /** A stream has closed; `isReset`: the client reset it before it was answered. */
  closes(isReset: boolean): void {
    this.open--;
    if (!isReset) return;
    this.resets++;
    if (this.resets * 2 < this.begun) return;
    if (this.resets === MANY_RESETS) this.taker.flooded();
    if (this.resets >= ENOUGH_RESETS) this.probe();
  }

  private probe(): void {
    const { session } = this;
    if (this.asked !== undefined || session.destroyed) return;
    this.asked = setTimeout(() => {
      if (session.destroyed) return;
      this.taker.ended('nothing passes any more: the client is gone, or broke HTTP/2');
      session.destroy();
    }, this.times.answer).unref();
    session.ping(() => {
      clearTimeout(this.asked);
      this.asked = undefined;
      // The answer does not begin the time again.
      session.setTimeout(this.times.idle);
    });
  }
}
