/** The part of the time axis that is shown, in seconds since the epoch. */
export interface AxisView {
  readonly from: number;
  readonly to: number;
}

/** A microsecond: more is not in a number that counts from the epoch. */
const LEAST_SPAN = 1e-5;

/** The whole span. What happened at one moment is in the middle of a millisecond. */
export function wholeView(first: number, last: number): AxisView {
  if (!(last > first)) return { from: first - 0.0005, to: first + 0.0005 };
  const margin = (last - first) * 0.01;
  return { from: first - margin, to: last + margin };
}

/** Zoomed around a time, which stays where it is. `factor` below 1 shows less time. */
export function zoomed({ from, to }: AxisView, whole: AxisView, factor: number, around: number): AxisView {
  const span = Math.min(whole.to - whole.from, Math.max(LEAST_SPAN, (to - from) * factor));
  const share = (around - from) / (to - from);
  return within({ from: around - share * span, to: around + (1 - share) * span }, whole);
}

export function panned({ from, to }: AxisView, whole: AxisView, seconds: number): AxisView {
  return within({ from: from + seconds, to: to + seconds }, whole);
}

/** The same span of time, moved so that it does not leave the whole. */
function within({ from, to }: AxisView, whole: AxisView): AxisView {
  const span = Math.min(to - from, whole.to - whole.from);
  const begin = Math.max(whole.from, Math.min(from, whole.to - span));
  return { from: begin, to: begin + span };
}

/** From one time to another, in any order. */
export function between(one: number, other: number, whole: AxisView): AxisView {
  const [from, to] = [Math.max(whole.from, Math.min(one, other)), Math.min(whole.to, Math.max(one, other))];
  return to - from < LEAST_SPAN ? zoomed({ from, to: from + LEAST_SPAN }, whole, 1, from) : { from, to };
}

export function isWhole({ from, to }: AxisView, whole: AxisView): boolean {
  return from <= whole.from && to >= whole.to;
}
