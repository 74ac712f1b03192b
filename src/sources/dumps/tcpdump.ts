import { areaBytes, areaEnd, type DumpForm } from './form.js';
import { PacketLines, ROW_BYTES } from './packet.js';
import { timeIn } from './time.js';
import type { Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

export const TCPDUMP_HEX = /^\s*0x([0-9a-fA-F]{4,8}): {1,2}(?=[0-9a-fA-F]{4}(?: |$)|[0-9a-fA-F]{2}(?: {2}|$))/;
/** Before a packet: a number (`-#`), a time of any kind or none, an interface, and the network layer's name. */
export const TCPDUMP_HEAD =
  /^ *(?:\d+ +)?(?:\d{4}-\d\d-\d\d )?(?:\d\d:\d\d:\d\d\.\d{3,9} |\d{9,11}\.\d{6,9} )?(?:\S+ +(?:In|Out|B|M|P) +)?(?:IP6? (?:\S+ > \S+:|\()|ARP, |(?:[0-9a-f]{2}:){5}[0-9a-f]{2} |ifindex \d+ )/;

/** Characters of a line's hex area: eight words of two bytes, each after a blank. */
const AREA = 8 * 5;
/** Packets without hex before the first one that has it: after this number none will come. */
const MAX_HEADS = 3;
const TEXT_ONLY =
  'tcpdump -A prints text and loses every byte that is not printable: use tcpdump -x (or -w - for the capture itself)';
const NO_BYTES = 'tcpdump without -x prints no bytes of the packets: use tcpdump -x (or -w - for the capture itself)';

/** `tcpdump -x`, `-xx`, `-X` and `-XX`, with any header line. `packet` events, each as soon as its text is complete. */
export class TcpdumpText implements DumpForm {
  private readonly packet: PacketLines;
  private heads = 0;
  private sawHex = false;

  constructor(private readonly events: Events) {
    this.packet = new PacketLines(events);
  }

  line(line: Line): void {
    if (this.packet.next(line.text)) return this.packet.complete ? this.give() : undefined;
    const match = TCPDUMP_HEX.exec(line.text);
    if (match !== null) return this.hex(line, match[1]!, match[0].length);
    this.give();
    if (TCPDUMP_HEAD.test(line.text)) this.begin(line);
    else if (!this.sawHex && this.heads > 0 && /^[E`]/.test(line.text)) failInLine(this.events, line, 0, TEXT_ONLY);
  }

  end(): void {
    this.give();
    if (!this.sawHex) this.events.fail({ message: NO_BYTES, offset: 0, line: 1, column: 1 });
  }

  private begin(line: Line): void {
    const time = timeIn(line.text);
    const length = /(?:^|, )length (\d+): /.exec(line.text);
    this.packet.head = {
      ...(time !== undefined && { time }),
      ...(length !== null && { originalLength: Number(length[1]) }),
    };
    if (++this.heads > MAX_HEADS && !this.sawHex) failInLine(this.events, line, 0, NO_BYTES);
  }

  /** Without a line that names a packet it need not be one. */
  private give(): void {
    if (this.heads === 0) this.packet.giveEither();
    else this.packet.give();
  }

  private hex(line: Line, offset: string, from: number): void {
    this.sawHex = true;
    if (!/^0+$/.test(offset) && !this.packet.open && (this.packet.count > 0 || this.packet.gave)) return;
    const end = Math.min(areaEnd(line.text, from), from + AREA);
    // After a first packet, a broken one is lost alone: on a busy console another program's line may come in between.
    this.events.forgiving = this.packet.gave;
    const bytes = areaBytes(this.events, line, from, end);
    const isSound = bytes !== undefined && this.packet.add(line, offset, bytes);
    this.events.forgiving = false;
    if (!isSound) return this.packet.drop();
    // Without a line that names a packet it need not be of tcpdump, whose rows have 16 bytes.
    if ((bytes.length < ROW_BYTES && this.heads > 0) || this.packet.complete) this.give();
  }
}
