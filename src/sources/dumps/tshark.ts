import { areaBytes, areaEnd, type DumpForm } from './form.js';
import { PacketLines, ROW_BYTES } from './packet.js';
import { timeIn } from './time.js';
import type { Events } from '../text/events.js';
import type { Line } from '../text/lines.js';

export const TSHARK_HEX = /^([0-9a-fA-F]{4,8})( {2,3})(?=[0-9a-fA-F]{2}(?: |$))/;
/** `Frame (77 bytes):`, `Unmasked data (5 bytes):`: what the hex lines below are. Only the first repeats the wire. */
export const TSHARK_HEADING = /^(\S.*) \((\d+) bytes?\):$/;
const FRAME_DETAIL = /^Frame \d+: (\d+) bytes on wire/;
const TIME_DETAIL = /^\s+Epoch (?:Arrival )?Time: /;

/** `tshark -x` with any other output between, and what Wireshark copies as hex and ASCII. `packet` events. */
export class TsharkText implements DumpForm {
  private readonly packet: PacketLines;
  /** Bytes that the heading promises for the frame; 0 without one. */
  private promised = 0;
  /** The lines below a heading other than `Frame`. */
  private repetition = false;

  /** `copied`: the bytes may be those of a part that was marked in Wireshark, and no packet at all. */
  constructor(
    private readonly events: Events,
    private readonly copied: boolean,
  ) {
    this.packet = new PacketLines(events);
  }

  line(line: Line): void {
    const { text } = line;
    if (!this.repetition && this.packet.next(text)) return this.giveWhole();
    const match = TSHARK_HEX.exec(text);
    if (match !== null) return this.hex(line, match[1]!, match[0].length);
    this.give();
    const heading = TSHARK_HEADING.exec(text);
    this.repetition = heading !== null && heading[1] !== 'Frame';
    this.promised = heading === null ? 0 : Number(heading[2]);
    if (heading === null && text !== '') this.detail(text);
  }

  end(): void {
    this.give();
  }

  /** A line about the packet whose bytes follow. */
  private detail(text: string): void {
    const frame = FRAME_DETAIL.exec(text);
    if (frame !== null) this.packet.head = { originalLength: Number(frame[1]) };
    const timed = TIME_DETAIL.test(text) || /^ *\d+ +\d/.test(text);
    const time = timed ? timeIn(text) : undefined;
    if (time !== undefined) this.packet.head = { ...this.packet.head, time };
  }

  private hex(line: Line, offset: string, from: number): void {
    if (this.repetition) return;
    if (/^0+$/.test(offset)) this.give();
    const end = Math.min(areaEnd(line.text, from, true), from + 3 * ROW_BYTES);
    const bytes = areaBytes(this.events, line, from, end);
    if (bytes === undefined || !this.packet.add(line, offset, bytes)) return;
    this.giveWhole();
  }

  private giveWhole(): void {
    if (this.packet.count === this.promised) this.give();
  }

  private give(): void {
    if (this.copied && !this.packet.complete) this.packet.giveBytes();
    else this.packet.giveEither();
  }
}
