/** How far a stream of ours got. */
export interface SendState {
  /** Something waits to be sent. */
  readonly isWaiting: boolean;
  /** Bytes of DATA that were sent. */
  readonly sent: number;
  /** Bytes that the other end takes on the stream, and on its connection (RFC 9113 §5.2). */
  readonly window: number;
  readonly connectionWindow: number;
}

/** Milliseconds between two looks. */
export const LOOK_TIME = 5000;
/** Looks in a row at which nothing had been sent. */
const STALLED_LOOKS = 2;

/** Notices that a window is shut: a peer may take as long as it likes to open it, so that only the user ends the wait. */
export class WindowWatch {
  private looks = 0;
  private sent = -1;
  private isTold = false;

  /** Nothing could be sent until now. */
  get isShut(): boolean {
    return this.looks >= STALLED_LOOKS;
  }

  /** To be called at regular times. Gives what is to be reported, once for a stream. */
  look({ isWaiting, sent, window, connectionWindow }: SendState): string | undefined {
    const isShut = window <= 0 || connectionWindow <= 0;
    const isStalled = isWaiting && isShut && sent === this.sent;
    this.sent = isWaiting ? sent : -1;
    this.looks = isStalled ? this.looks + 1 : 0;
    if (this.isTold || !this.isShut) return undefined;
    this.isTold = true;
    const whose = window <= 0 ? 'the stream' : 'the HTTP/2 connection';
    const seconds = (STALLED_LOOKS * LOOK_TIME) / 1000;
    return `nothing could be sent for ${seconds} s: the server keeps the window of ${whose} shut (RFC 9113 §5.2)`;
  }
}
