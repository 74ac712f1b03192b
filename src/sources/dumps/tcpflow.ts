import { type DumpForm, wordBytes } from './form.js';
import { Sides } from './sides.js';
import type { BytesTag, Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

export const TCPFLOW_HEAD = /^([^\s-]+\.\d{5})-([^\s-]+\.\d{5}): ?$/;
export const TCPFLOW_HEX = /^([0-9a-fA-F]{4,7}): (?=[0-9a-fA-F]{2})/;
/** Words of two bytes: what other tools print as `0000: 81 05` is not of tcpflow. */
export const TCPFLOW_WORDS = /^[0-9a-fA-F]{4,7}: [0-9a-fA-F]{4} /;
const WORD = /^(?:[0-9a-fA-F]{4}|[0-9a-fA-F]{2})(?= |$)/;
const LINE_BYTES = 32;

/**
 * `tcpflow -D`: a line that names sender and receiver, then lines of up to 32 bytes in words of two. A half word ends
 * the bytes of a line, and so does a blank too many: the ASCII column may follow either at once. `bytes` events with side.
 */
export class TcpflowText implements DumpForm {
  private readonly sides = new Sides();
  private tag: BytesTag | undefined;
  private length = 0;

  constructor(private readonly events: Events) {}

  line(line: Line): void {
    const head = TCPFLOW_HEAD.exec(line.text);
    if (head !== null) {
      const [, from, to] = head;
      this.tag = this.sides.tag([from!, to!].sort().join(' '), from!);
      this.length = 0;
      return;
    }
    const match = TCPFLOW_HEX.exec(line.text);
    if (match !== null) this.hex(line, parseInt(match[1]!, 16), match[0].length);
    else this.length = 0;
  }

  end(): void {
    this.length = 0;
  }

  private hex(line: Line, offset: number, from: number): void {
    if (this.tag === undefined)
      this.events.notice('tcpflow -C leaves out who sends: both directions are read as one (use tcpflow -D with -c)');
    if (offset === 0) this.length = 0;
    if (offset !== this.length) {
      const expected = this.length.toString(16).padStart(4, '0');
      return failInLine(
        this.events,
        line,
        0,
        `the offset is ${offset.toString(16)} and has to be ${expected}: lines are missing, doubled or cut`,
      );
    }
    const bytes = this.bytes(line, from);
    if (bytes === undefined) return;
    this.length += bytes.length;
    this.events.append(bytes, this.tag);
  }

  private bytes(line: Line, from: number): number[] | undefined {
    const { text } = line;
    const bytes: number[] = [];
    for (let at = from; bytes.length < LINE_BYTES; at += 5) {
      const word = WORD.exec(text.slice(at, at + 5))?.[0];
      if (word === undefined) {
        if (at >= text.length || text[at] === ' ') break;
        const end = (text.indexOf(' ', at) + text.length + 1) % (text.length + 1);
        if (wordBytes(this.events, line, { text: text.slice(at, end), at }, []))
          failInLine(this.events, line, at, 'words of two bytes are expected here');
        return undefined;
      }
      wordBytes(this.events, line, { text: word, at }, bytes);
      if (word.length === 2) break;
    }
    return bytes;
  }
}
