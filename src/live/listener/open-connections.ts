export interface ConnectionLimits {
  /** Connections at one time. */
  readonly connections: number;
  /** Of them, those that have not said yet what they want: no whole head came. */
  readonly waiting: number;
}

/**
 * The connections of a listener. Where there are too many, those that have not said what they want give way to newcomers,
 * the oldest first: half heads keep nobody out.
 */
export class OpenConnections<T extends object> {
  private readonly members = new Set<T>();
  private readonly waiting = new Set<T>();

  constructor(
    private readonly limits: ConnectionLimits,
    /** Ends a connection that has to give way. */
    private readonly giveUp: (one: T) => void,
  ) {}

  get size(): number {
    return this.members.size;
  }

  get waitingSize(): number {
    return this.waiting.size;
  }

  /** False: there is no place for it. */
  enter(one: T): boolean {
    const { connections, waiting } = this.limits;
    if (this.waiting.size >= waiting || this.members.size >= connections) this.endOldest();
    if (this.members.size >= connections) return false;
    this.members.add(one);
    this.waiting.add(one);
    return true;
  }

  /** It has said what it wants. */
  settled(one: T): void {
    this.waiting.delete(one);
  }

  /** A next request is awaited of it. */
  waits(one: T): void {
    if (this.members.has(one)) this.waiting.add(one);
  }

  left(one: T): void {
    this.members.delete(one);
    this.waiting.delete(one);
  }

  private endOldest(): void {
    const [oldest] = this.waiting;
    if (oldest === undefined) return;
    this.left(oldest);
    this.giveUp(oldest);
  }
}
