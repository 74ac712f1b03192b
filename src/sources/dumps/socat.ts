import { areaBytes, areaEnd, type DumpForm } from './form.js';
import { Sides } from './sides.js';
import { timeIn } from './time.js';
import type { BytesTag, Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

export const SOCAT_HEAD = /^([<>]) (\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d)\.(\d{6,9}) +length=(\d+) from=(\d+) to=(\d+) *$/;
/** `socat -v` without `-x` prints text. */
const TEXT_ONLY = 'socat -v prints text and loses every byte that is not printable: use socat -x';
const HEX_LINE = /^ ?[0-9a-fA-F]{2}(?: |$)/;

/**
 * `socat -x` (with `-v` or without): a line per transfer, then its bytes in one line, or in lines with an ASCII column
 * that break where the data do. `bytes` events with side and time. Offsets that begin again are a new connection.
 */
export class SocatText implements DumpForm {
  private readonly sides = new Sides();
  private stream = 0;
  /** Where each direction of this connection has come to. */
  private reached = new Map<string, number>();
  private tag: BytesTag = {};
  /** Bytes of the open transfer still to come. */
  private left = 0;

  constructor(private readonly events: Events) {}

  line(line: Line): void {
    const match =
      this.left === 0 || line.text.startsWith('<') || line.text.startsWith('>') ? SOCAT_HEAD.exec(line.text) : null;
    if (match !== null) this.begin(line, match);
    else if (this.left > 0) this.hex(line);
  }

  end(): void {
    if (this.left > 0) this.events.notice(`the last transfer is cut short: ${this.left} bytes of it are missing`);
  }

  private begin(line: Line, match: RegExpExecArray): void {
    const [, speaker, seconds, fraction, length, from, to] = match;
    if (this.left > 0)
      return failInLine(this.events, line, 0, `${this.left} bytes of the transfer in front are missing`);
    const start = Number(from);
    if (start === 0 && (this.reached.get(speaker!) ?? 0) > 0) this.reconnect();
    const expected = this.reached.get(speaker!);
    if (expected !== undefined && start !== expected) {
      return failInLine(
        this.events,
        line,
        0,
        `the transfer begins at byte ${start} instead of ${expected}: some are missing, or several connections are mixed`,
      );
    }
    this.reached.set(speaker!, Number(to) + 1);
    this.left = Number(length);
    // Microseconds, which some versions print after three zeros.
    const time = timeIn(`${seconds!}.${fraction!.slice(-6)}`);
    this.tag = this.sides.tag(String(this.stream), speaker!, time);
  }

  private reconnect(): void {
    this.stream++;
    this.reached = new Map();
  }

  private hex(line: Line): void {
    const { text } = line;
    if (!HEX_LINE.test(text)) return failInLine(this.events, line, 0, TEXT_ONLY);
    const from = text.startsWith(' ') ? 1 : 0;
    const bytes = areaBytes(this.events, line, from, areaEnd(text, from));
    if (bytes === undefined) return;
    if (bytes.length > this.left)
      return failInLine(
        this.events,
        line,
        0,
        `the line has ${bytes.length} bytes, and the transfer only ${this.left} more`,
      );
    this.left -= bytes.length;
    this.events.append(bytes, this.tag);
  }
}
