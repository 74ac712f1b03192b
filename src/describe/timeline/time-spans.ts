/** Spans of time in ascending order, with gaps between them: those that overlap are one. */
export class TimeSpans {
  /** Seconds since the epoch. */
  readonly begins: Float64Array;
  readonly ends: Float64Array;

  /** Of each span its begin and its end; they are sorted in place. */
  constructor(begins: Float64Array, ends: Float64Array) {
    begins.sort();
    ends.sort();
    // As many spans have ended as have begun: there is a gap.
    const isFirst = (i: number): boolean => i === 0 || begins[i]! > ends[i - 1]!;
    this.begins = begins.filter((_, i) => isFirst(i));
    this.ends = ends.filter((_, i) => i + 1 === ends.length || isFirst(i + 1));
  }
}
