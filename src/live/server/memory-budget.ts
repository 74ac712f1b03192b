/** Holds memory for a peer. */
export interface Holder {
  /** Bytes that are held now. */
  readonly weight: number;
}

/** The memory that the holders of a server use together: each of many may be within its limits, and all together exceed them. */
export class MemoryBudget<T extends Holder> {
  private total = 0;

  constructor(
    private readonly most: number,
    private readonly holders: Iterable<T>,
    /** Ends the holder with the most memory; its weight has to decrease. */
    private readonly relieve: (heaviest: T, total: number) => void,
  ) {}

  get weight(): number {
    return this.total;
  }

  change(by: number): void {
    this.total += by;
    if (by > 0 && this.total > this.most) this.lighten();
  }

  private lighten(): void {
    let heaviest: T | undefined;
    for (const holder of this.holders) if (heaviest === undefined || holder.weight > heaviest.weight) heaviest = holder;
    if (heaviest !== undefined && heaviest.weight > 0) this.relieve(heaviest, this.total);
  }
}
