/** How long, and how much of, what came too early is kept until the bytes before it are given up as lost. */
export interface ReassemblyLimits {
  /** Of one direction: bytes (with HELD_COST for every segment), and segments. */
  readonly streamBytes: number;
  readonly streamSegments: number;
  /** Of all directions together: bytes, with HELD_COST for every segment. */
  readonly totalBytes: number;
  /** Once the receiver has acknowledged past a hole, its bytes are late in the capture or lost: packets of the connection, or seconds, to wait. */
  readonly latePackets: number;
  readonly lateSeconds: number;
  /** Seconds to wait without an acknowledgment. */
  readonly patience: number;
}

export const REASSEMBLY_LIMITS: ReassemblyLimits = {
  streamBytes: 4 * 1024 * 1024,
  streamSegments: 4096,
  totalBytes: 32 * 1024 * 1024,
  latePackets: 16,
  lateSeconds: 0.2,
  patience: 30,
};

/** A stream with held segments, as the others see it. */
interface WaitingStream {
  skipHole(time: number): void;
}

/** What the streams of one capture share: their limits, what they hold together, and what was counted. */
export class Reassembly {
  readonly limits: ReassemblyLimits;
  /** Segments that brought nothing new, and all bytes that came more than once. */
  duplicates = 0;
  duplicateBytes = 0;
  /** Segments whose sequence number fits no window. */
  stray = 0;
  lostBytes = 0;
  deliveredBytes = 0;
  /** Holes that were given up early, to make room. */
  crowded = 0;
  private held = 0;
  /** The longest waiting first. */
  private readonly waiting = new Set<WaitingStream>();

  constructor(limits: ReassemblyLimits = REASSEMBLY_LIMITS) {
    this.limits = limits;
  }

  /** `stream` holds that much more (or less), and still something or nothing. */
  account(stream: WaitingStream, more: number, holds: boolean): void {
    this.held += more;
    if (holds) this.waiting.add(stream);
    else this.waiting.delete(stream);
  }

  /** Makes room: the stream that has waited longest gives up first. */
  makeRoom(time: number): void {
    while (this.held > this.limits.totalBytes) {
      const [oldest] = this.waiting;
      if (oldest === undefined) return;
      this.crowded++;
      oldest.skipHole(time);
    }
  }
}
