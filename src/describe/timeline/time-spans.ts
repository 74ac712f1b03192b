/** Spans of time in ascending order, with gaps between them: those that overlap are one. */
export class TimeSpans {
  /** Seconds since the epoch. */
  begins = new Float64Array(0);
  ends = new Float64Array(0);
  private readonly added: { readonly begins: number[]; readonly ends: number[] } = { begins: [], ends: [] };
  /** How many of them count. */
  private joined = 0;

  /** In any order. It counts after `join`. */
  add(begin: number, end: number): void {
    this.added.begins.push(begin);
    this.added.ends.push(end);
  }

  join(): void {
    if (this.added.begins.length === this.joined) return;
    this.joined = this.added.begins.length;
    const begins = Float64Array.from(this.added.begins).sort();
    const ends = Float64Array.from(this.added.ends).sort();
    // There is a gap where as many have ended as have begun.
    const isFirst = (i: number): boolean => i === 0 || begins[i]! > ends[i - 1]!;
    this.begins = begins.filter((_, i) => isFirst(i));
    this.ends = ends.filter((_, i) => i + 1 === ends.length || isFirst(i + 1));
  }
}
