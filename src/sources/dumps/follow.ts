import { areaBytes, areaEnd, type DumpForm } from './form.js';
import { Sides } from './sides.js';
import type { Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

export const FOLLOW_HEAD = /^Follow: (\w+),(\w+)$/;
/** A line of `follow,tcp,hex`: the answering side is indented, by a tab or (in Wireshark's window) four blanks. */
export const FOLLOW_HEX = /^(\t| {4})?([0-9a-fA-F]{8}) {2}(?=[0-9a-fA-F]{2}(?: |$))/;
const FOLLOW_RAW = /^(\t?)([0-9a-fA-F]+)$/;
const RULE = /^={20,}$/;

/**
 * `tshark -z follow,tcp,hex` and `follow,tcp,raw`, and the hex view of Wireshark's window. `bytes` events with side; each
 * follow is a stream of its own.
 */
export class FollowText implements DumpForm {
  private readonly sides = new Sides();
  private stream = 0;
  private raw = false;
  /** Bytes that came from each side: the count for the offsets before the lines. */
  private counts = new Map<string, number>();

  constructor(private readonly events: Events) {}

  line(line: Line): void {
    const head = FOLLOW_HEAD.exec(line.text);
    if (head !== null) return this.begin(line, head[1]!, head[2]!);
    if (RULE.test(line.text)) return;
    const match = (this.raw ? FOLLOW_RAW : FOLLOW_HEX).exec(line.text);
    if (match === null) return;
    const indent = match[1] ?? '';
    if (this.raw) this.give(line, indent, indent.length, line.text.length);
    else this.hexLine(line, indent, parseInt(match[2]!, 16), match[0].length);
  }

  end(): void {
    this.counts.clear();
  }

  private begin(line: Line, protocol: string, view: string): void {
    const readable = protocol === 'tcp' || protocol === 'tls';
    if (!readable)
      failInLine(
        this.events,
        line,
        8,
        `follow,${protocol} shows what is inside the frames, not the frames: use follow,tcp,raw`,
      );
    else if (view !== 'hex' && view !== 'raw')
      failInLine(this.events, line, 8, `follow,tcp,${view} is no faithful copy of the bytes: use follow,tcp,raw`);
    this.raw = view === 'raw';
    if (this.counts.size > 0) this.stream++;
    this.counts = new Map();
  }

  private hexLine(line: Line, indent: string, offset: number, from: number): void {
    const expected = this.counts.get(indent) ?? 0;
    if (offset !== expected && this.counts.has(indent)) {
      return failInLine(
        this.events,
        line,
        indent.length,
        `offset ${line.text.slice(indent.length, indent.length + 8)} does not follow on the ${expected} bytes of this side: lines are missing, doubled or cut`,
      );
    }
    this.counts.set(indent, offset);
    this.give(line, indent, from, areaEnd(line.text, from, true));
  }

  private give(line: Line, indent: string, from: number, to: number): void {
    const bytes = areaBytes(this.events, line, from, to);
    if (bytes === undefined) return;
    this.counts.set(indent, (this.counts.get(indent) ?? 0) + bytes.length);
    this.events.append(bytes, this.sides.tag(String(this.stream), indent));
  }
}
