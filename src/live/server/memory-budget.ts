/** Who holds memory for a peer. */
export interface Holder {
  /** Bytes that are held now. */
  readonly weight: number;
}

/** What the holders of a server keep in memory together: many may each be within their limits, and still be too many. */
export class MemoryBudget<T extends Holder> {
  private total = 0;

  constructor(
    private readonly most: number,
    private readonly holders: Iterable<T>,
    /** Ends the one that holds most; its weight has to go down. */
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
