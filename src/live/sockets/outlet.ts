import type { Socket } from 'node:net';

/** What the bytes of one direction go through. */
export interface ByteSink {
  /** False: no more, please, until there is room again. */
  write(bytes: Uint8Array): boolean;
  /** No byte follows: a FIN behind all that was written. */
  end(): void;
}

/** Where they go to. */
export interface Outlet extends ByteSink {
  /** What waits is given up. */
  drop(): void;
  /** There is room again. */
  onRoom: () => void;
}

/** A socket, as it is. */
export class SocketOutlet implements Outlet {
  onRoom = (): void => undefined;

  constructor(private readonly socket: Socket) {
    socket.on('drain', () => this.onRoom());
  }

  write(bytes: Uint8Array): boolean {
    // What somebody sends to one who ended is lost, as on any wire.
    return !this.socket.writable || this.socket.write(bytes);
  }

  end(): void {
    if (this.socket.writable) this.socket.end();
  }

  drop(): void {
    // The socket itself is ended by whoever has both directions.
  }
}

/** More than that does not wait here. */
const MOST_WAITING = 1024 * 1024;
/** With a limit on the speed, so often something goes out: milliseconds. */
const TICK = 20;

export interface OutletPace {
  /** Milliseconds that every byte is held. */
  readonly delay?: number;
  /** Bytes a second. */
  readonly rate?: number;
}

type Waiting = { due: number; bytes: Uint8Array | undefined };

/** Holds bytes for a time, and lets only so many a second through. */
export class PacedOutlet implements Outlet {
  onRoom = (): void => undefined;
  private readonly queue: Waiting[] = [];
  private size = 0;
  private isFull = false;
  private isBlocked = false;
  private timer: NodeJS.Timeout | undefined;
  /** Bytes that may go now, and since when they are counted. */
  private credit = 0;
  private since: number;

  constructor(
    private readonly next: Outlet,
    private readonly pace: OutletPace,
    /** Milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {
    this.since = now();
    next.onRoom = () => {
      this.isBlocked = false;
      this.go();
    };
  }

  write(bytes: Uint8Array): boolean {
    this.wait(bytes);
    this.size += bytes.length;
    this.isFull = this.size >= MOST_WAITING;
    this.go();
    return !this.isFull;
  }

  end(): void {
    this.wait(undefined);
    this.go();
  }

  drop(): void {
    clearTimeout(this.timer);
    this.queue.length = 0;
    this.next.drop();
  }

  private wait(bytes: Uint8Array | undefined): void {
    this.queue.push({ due: this.now() + (this.pace.delay ?? 0), bytes });
  }

  private go(): void {
    clearTimeout(this.timer);
    this.earn();
    while (!this.isBlocked && this.queue.length > 0) {
      const first = this.queue[0]!;
      const left = first.due - this.now();
      if (left > 0) return this.later(left);
      if (first.bytes === undefined) {
        this.queue.shift();
        this.next.end();
      } else if (this.credit < 1) return this.later(TICK);
      else this.pass(first, first.bytes);
    }
    this.tellRoom();
  }

  private pass(first: Waiting, bytes: Uint8Array): void {
    const part = bytes.subarray(0, Math.floor(this.credit));
    if (part.length < bytes.length) first.bytes = bytes.subarray(part.length);
    else this.queue.shift();
    this.credit -= part.length;
    this.size -= part.length;
    this.isBlocked = !this.next.write(part);
  }

  /** What was not used is not saved up for longer than two ticks. */
  private earn(): void {
    const { rate = Infinity } = this.pace;
    const now = this.now();
    const most = Math.max(1, (rate * 2 * TICK) / 1000);
    this.credit = rate === Infinity ? Infinity : Math.min(most, this.credit + ((now - this.since) * rate) / 1000);
    this.since = now;
  }

  private later(milliseconds: number): void {
    this.timer = setTimeout(() => this.go(), Math.max(1, milliseconds));
    this.tellRoom();
  }

  private tellRoom(): void {
    if (!this.isFull || this.size >= MOST_WAITING) return;
    this.isFull = false;
    this.onRoom();
  }
}
