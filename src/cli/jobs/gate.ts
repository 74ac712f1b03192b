/** The number of pieces that a reader may be ahead of what was printed, and of bytes of text if the pieces are long. More gains nothing. */
const AHEAD = 4;
const MOST_BYTES = 1024 * 1024;

/** The report of the printing side: how many pieces were printed, and after which one to act as if the input ended. */
export interface Grant {
  readonly printed: number;
  readonly end?: number;
}

/** The piece that no reader passes while this number is printed. */
export function boundary(printed: number): number {
  return printed + AHEAD;
}

/** Stops a reader that is too far ahead: memory is bounded, and a slow reader of the output slows all down. */
export class Gate {
  private readonly sizes: number[] = [];
  private bytes = 0;
  private printed = 0;
  private handed = 0;
  private end = Infinity;
  private wake: (() => void) | undefined;

  take({ printed, end = Infinity }: Grant): void {
    for (; this.printed < printed; this.printed++) this.bytes -= this.sizes.shift() ?? 0;
    this.end = end;
    this.wake?.();
  }

  /** A piece of this number of bytes was handed over: waits, and returns whether to continue. */
  async pass(bytes: number): Promise<boolean> {
    this.handed++;
    this.sizes.push(bytes);
    this.bytes += bytes;
    while (this.handed < this.end && this.isFull) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.handed < this.end;
  }

  private get isFull(): boolean {
    const ahead = this.handed - this.printed;
    return ahead >= AHEAD || (ahead > 0 && this.bytes > MOST_BYTES);
  }
}
