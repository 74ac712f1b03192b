const DAY = 86_400;
/** Seconds between two ticks, in ascending order. */
const STEPS: readonly number[] = [
  ...[1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200],
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000].map((days) => days * DAY),
];

export interface AxisTick {
  /** Seconds from the beginning of the axis. */
  readonly at: number;
  readonly label: string;
}

/** Round times between `from` and `to`, at most `most` of them; seconds from the beginning of the traffic. */
export function ticksOf(from: number, to: number, most: number): AxisTick[] {
  const span = to - from;
  if (!(span > 0) || most < 1) return [];
  const step = roundStep(span, most);
  const ticks: AxisTick[] = [];
  for (let i = Math.ceil(from / step); i * step <= to && ticks.length < 2 * most + 2; i++) {
    ticks.push({ at: i * step, label: secondsText(i * step, step) });
  }
  return ticks;
}

/** The least round step in seconds that divides `span` into at most `most` parts. */
export function roundStep(span: number, most: number): number {
  return STEPS.find((one) => span / one <= most) ?? DAY * Math.ceil(span / most / DAY);
}

/** `1.5 s`, `20 ms`, `1:02:03`, `2 d`, `2 d 6 h`, `2 d 6:00:01`: with as many digits as `step` needs. */
export function secondsText(seconds: number, step: number): string {
  if (Math.abs(seconds) >= 60) return clockText(seconds, step);
  if (seconds === 0) return '0';
  if (step < 1e-3) return `${trimmed(seconds * 1e3, step * 1e3)} ms`;
  if (Math.abs(seconds) < 1 && step < 1) return `${trimmed(seconds * 1e3, step * 1e3)} ms`;
  return `${trimmed(seconds, step)} s`;
}

function trimmed(value: number, step: number): string {
  return value.toFixed(Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
}

function clockText(seconds: number, step: number): string {
  const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step) - 1e-9);
  // Rounded first: otherwise 59.9996 seconds would be shown as 60.
  const rounded = Number(Math.abs(seconds).toFixed(digits));
  const sign = seconds < 0 ? '-' : '';
  const days = Math.floor(rounded / DAY);
  if (days === 0) return sign + timeOfDay(rounded, digits);
  const rest = Number((rounded - days * DAY).toFixed(digits));
  if (rest === 0 && step >= 1) return `${sign}${days} d`;
  const isHours = rest % 3600 === 0 && step >= 3600;
  return `${sign}${days} d ${isHours ? `${rest / 3600} h` : timeOfDay(rest, digits, true)}`;
}

/** `2:03`, `1:02:03`. */
function timeOfDay(seconds: number, digits: number, hasHours = seconds >= 3600): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = (seconds % 60).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0');
  return hasHours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
