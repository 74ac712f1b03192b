/** Seconds between two ticks, in ascending order. */
const STEPS = [
  ...[1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400],
] as const;

export interface AxisTick {
  /** Seconds from the beginning of the axis. */
  readonly at: number;
  readonly label: string;
}

/** Round times between `from` and `to`, at most `most` of them; seconds from the beginning of the traffic. */
export function ticksOf(from: number, to: number, most: number): AxisTick[] {
  const span = to - from;
  if (!(span > 0) || most < 1) return [];
  const step = STEPS.find((one) => span / one <= most) ?? 86400 * Math.ceil(span / most / 86400);
  const ticks: AxisTick[] = [];
  for (let i = Math.ceil(from / step); i * step <= to && ticks.length < 2 * most + 2; i++) {
    ticks.push({ at: i * step, label: secondsText(i * step, step) });
  }
  return ticks;
}

/** `1.5 s`, `20 ms`, `1:02:03`: with as many digits as `step` needs. */
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
  const [hours, minutes] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60];
  const rest = (rounded % 60).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0');
  const sign = seconds < 0 ? '-' : '';
  return `${sign}${hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}` : minutes}:${rest}`;
}
