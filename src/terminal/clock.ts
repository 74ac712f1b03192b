import { escapeText } from '../describe/escape.js';
import { isDated } from '../codec/bytes/time.js';
import { LineBuffer, rawText } from '../describe/line-buffer.js';
import { print, type Printable, type PrintableBytes } from '../describe/printable.js';

const SECONDS_A_DAY = 86_400;
/** Columns before the point. */
const RELATIVE_WIDTH = 6;
/** Beyond this, `Date` has no time. */
const LATEST = 8.64e12;

export interface ClockOptions {
  /** Digits after the second. */
  readonly digits: 3 | 6;
  /** Seconds since the first packet, whose time this gives, instead of the time of day. */
  readonly since?: (() => number | undefined) | undefined;
}

/** Writes times of records: local time of day as tcpdump has it, or seconds since the first packet. */
export class Clock {
  /** The last second written, and its text up to the point. */
  private second = NaN;
  private secondText: PrintableBytes = rawText(print``);
  private readonly scale: number;

  constructor(private readonly options: ClockOptions) {
    this.scale = 10 ** options.digits;
  }

  /** Columns that a time takes (more after a million seconds). */
  get width(): number {
    return (this.options.since ? RELATIVE_WIDTH : 8) + 1 + this.options.digits;
  }

  /** `time` in seconds since the epoch; blanks where it is not known. */
  write(time: number | undefined, out: LineBuffer): void {
    if (time === undefined || !(Math.abs(time) < LATEST)) return out.blanks(this.width);
    const { since } = this.options;
    const first = since?.() ?? time;
    const shown = since ? Math.abs(time - first) : time;
    // Rounded within the day, where a double has digits to spare.
    const day = Math.floor(shown / SECONDS_A_DAY) * SECONDS_A_DAY;
    const ticks = Math.round((shown - day) * this.scale);
    const whole = Math.floor(ticks / this.scale);
    const sign = since && time < first ? -1 : 1;
    const second = sign * (day + whole);
    if (!Object.is(second, this.second)) this.tick(second);
    out.raw(this.secondText);
    out.digits(ticks - whole * this.scale, this.options.digits);
  }

  /** The same as text. */
  text(time: number | undefined): Printable {
    const out = new LineBuffer();
    this.write(time, out);
    return out.takeText();
  }

  private tick(second: number): void {
    this.second = second;
    this.secondText = rawText(this.options.since ? relativeText(second) : clockText(second));
  }
}

function relativeText(second: number): Printable {
  const sign = Object.is(second, -0) || second < 0 ? '-' : '';
  return print`${print`${sign}${Math.abs(second)}`.padStart(RELATIVE_WIDTH)}.`;
}

function clockText(second: number): Printable {
  const two = (n: number): Printable => escapeText(String(n).padStart(2, '0'));
  const date = new Date(second * 1000);
  if (isDated(second)) return print`${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.`;
  // The time of day as it was printed, whatever the zone.
  return print`${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.`;
}
