export interface ConnectionLimits {
  /** Connections at one time. */
  readonly connections: number;
  /** Of them, those without a complete head so far. */
  readonly waiting: number;
}

/**
 * The connections of a listener. Where there are too many, those without a complete head are closed for new ones, the
 * oldest first: incomplete heads block no client.
 */
export class OpenConnections<T extends object> {
  private readonly members = new Set<T>();
  private readonly waiting = new Set<T>();

  constructor(
    private readonly limits: ConnectionLimits,
    /** Ends a connection to make room. */
    private readonly giveUp: (one: T) => void,
  ) {}

  get size(): number {
    return this.members.size;
  }

  get waitingSize(): number {
    return this.waiting.size;
  }

  /** False: there is no room for it. */
  enter(one: T): boolean {
    const { connections, waiting } = this.limits;
    if (this.waiting.size >= waiting || this.members.size >= connections) this.endOldest();
    if (this.members.size >= connections) return false;
    this.members.add(one);
    this.waiting.add(one);
    return true;
  }

  /** Its head is complete. */
  settled(one: T): void {
    this.waiting.delete(one);
  }

  /** Another request is expected on it. */
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
