import type { Writable } from 'node:stream';

/** What the bytes of one direction pass through. */
export interface ByteSink {
  /** False: no more may be written until there is room again. */
  write(bytes: Uint8Array): boolean;
  /** No byte follows: a FIN after everything that was written. */
  end(): void;
}

/** The destination of the bytes. */
export interface Outlet extends ByteSink {
  /** Drops what waits. */
  drop(): void;
  /** There is room again. */
  onRoom: () => void;
}

/** A socket, as it is. */
export class SocketOutlet implements Outlet {
  onRoom = (): void => undefined;

  constructor(private readonly socket: Writable) {
    socket.on('drain', () => this.onRoom());
  }

  write(bytes: Uint8Array): boolean {
    // Bytes for an end that has ended are lost, as on any wire.
    return !this.socket.writable || this.socket.write(bytes);
  }

  end(): void {
    if (this.socket.writable) this.socket.end();
  }

  drop(): void {
    // The socket itself is ended by the owner of both directions.
  }
}

/** More bytes than this do not wait here. */
const MOST_WAITING = 1024 * 1024;
/** With a limit on the speed, the interval of writes: milliseconds. */
const TICK = 20;

export interface OutletPace {
  /** Milliseconds that every byte is held. */
  readonly delay?: number;
  /** Bytes a second. */
  readonly rate?: number;
}

type Waiting = { due: number; bytes: Uint8Array | undefined };

/** Holds bytes for a time, and passes only a limited number a second. */
export class PacedOutlet implements Outlet {
  onRoom = (): void => undefined;
  private readonly queue: Waiting[] = [];
  private size = 0;
  private isFull = false;
  private isBlocked = false;
  private timer: NodeJS.Timeout | undefined;
  /** Bytes that may be passed now, and since when they are counted. */
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
    this.reportRoom();
  }

  private pass(first: Waiting, bytes: Uint8Array): void {
    const part = bytes.subarray(0, Math.floor(this.credit));
    if (part.length < bytes.length) first.bytes = bytes.subarray(part.length);
    else this.queue.shift();
    this.credit -= part.length;
    this.size -= part.length;
    this.isBlocked = !this.next.write(part);
  }

  /** An unused share is not kept for longer than two ticks. */
  private earn(): void {
    const { rate = Infinity } = this.pace;
    const now = this.now();
    const most = Math.max(1, (rate * 2 * TICK) / 1000);
    this.credit = rate === Infinity ? Infinity : Math.min(most, this.credit + ((now - this.since) * rate) / 1000);
    this.since = now;
  }

  private later(milliseconds: number): void {
    this.timer = setTimeout(() => this.go(), Math.max(1, milliseconds));
    this.reportRoom();
  }

  private reportRoom(): void {
    if (!this.isFull || this.size >= MOST_WAITING) return;
    this.isFull = false;
    this.onRoom();
  }
}
