import { areaBytes, areaEnd, type DumpForm } from './form.js';
import { PacketLines, ROW_BYTES } from './packet.js';
import { timeIn } from './time.js';
import type { Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

export const TSHARK_HEX = /^([0-9a-fA-F]{4,8})( {2,3})(?=[0-9a-fA-F]{2}(?: |$))/;
/** `Frame (77 bytes):`, `Unmasked data (5 bytes):`: what the hex lines below are. Only the first repeats the wire. */
export const TSHARK_HEADING = /^(\S.*) \((\d+) bytes?\):$/;
const FRAME_DETAIL = /^Frame \d+: (\d+) bytes on wire/;
/** The rows after it are those of a field, and no packet. */
const DATA_DETAIL = /^Data \(\d+ bytes?\)$/;
/** What is printed of a packet without -V and -x: number, time, addresses, protocol and length. */
const SUMMARY =
  /^ *\d+ +(?:\d{4}-\d\d-\d\d )?[\d:.]+ +[0-9a-fA-F.:]+ (?:\xe2\x86\x92|->) [0-9a-fA-F.:]+ +[A-Z]\S* \d+(?: |$)/;
/** What to use where tshark's output lacks the bytes. */
export const INSTEAD =
  'use the capture itself (tshark -w FILE), tshark -x, or -z follow,tcp,raw,0 (accept --handshake finds the handshake in the output of -V)';
const DETAILS = `this is what tshark -V prints, without the bytes of the packets: ${INSTEAD}`;
const TIME_DETAIL = /^\s+Epoch (?:Arrival )?Time: /;

/** `tshark -x` with any other output between, and what Wireshark copies as hex and ASCII. `packet` events. */
export class TsharkText implements DumpForm {
  private readonly packet: PacketLines;
  /** Bytes that the heading promises for the frame; 0 without one. */
  private promised = 0;
  /** The lines below a heading other than `Frame`. */
  private repetition = false;
  /** The line before said that the rows of a field follow. */
  private isField = false;
  /** The first line about a packet, as long as no packet has bytes. */
  private bare: Line | undefined;
  private sawBytes = false;

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
    this.repetition = (heading !== null && heading[1] !== 'Frame') || (text === '' && this.isField);
    this.isField = DATA_DETAIL.test(text);
    this.promised = heading === null ? 0 : Number(heading[2]);
    if (heading === null && text !== '') this.detail(line);
  }

  end(): void {
    if (this.bare !== undefined && !this.sawBytes) failInLine(this.events, this.bare, 0, DETAILS);
    this.give();
  }

  /** A line about the packet whose bytes follow. */
  private detail(line: Line): void {
    const { text } = line;
    const frame = FRAME_DETAIL.exec(text);
    if (frame !== null) this.bare ??= line;
    if (frame !== null) this.packet.head = { originalLength: Number(frame[1]) };
    const timed = TIME_DETAIL.test(text) || /^ *\d+ +\d/.test(text);
    const time = timed ? timeIn(text) : undefined;
    if (time !== undefined) this.packet.head = { ...this.packet.head, time };
  }

  private hex(line: Line, offset: string, from: number): void {
    if (this.repetition) return;
    this.sawBytes = true;
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

/** A line that tshark prints of each packet, which has none of its bytes. */
export const isSummary = (line: string): boolean => SUMMARY.test(line);
