import { dumpKind, type DumpKind } from './kinds.js';
import type { DumpForm } from './form.js';
import { Events } from '../text/events.js';
import { type Line, LineReader } from '../text/lines.js';
import type { Source, SourceEvent } from '../bytes/types.js';

/** Lines before a dump (prompts, messages of the tool) that are passed over before it is given up. */
const MAX_LEADING = 4096;
/** The last of them are passed to the dump's reader: they may have the first packet's time. */
const MAX_KEPT = 256;
const UNKNOWN =
  'no dump of a known form: xxd, hexdump -C, od -A x -t x1, tcpdump -x, tshark -x, Wireshark, socat -x and tcpflow -D are read';

/**
 * Reads a dump of any form that `dump-kinds.ts` lists; its first line that belongs to one decides. `packet` events where
 * the dump is of packets, `bytes` otherwise; a problem has line and column.
 */
export class DumpSource implements Source {
  private readonly events = new Events();
  private readonly lines = new LineReader(this.events);
  private form: DumpForm | undefined;
  private leading: Line[] = [];
  private found: DumpKind | undefined;

  /** What the input was taken for, once that is known. */
  get kind(): string | undefined {
    return this.form?.kind ?? this.found?.name;
  }

  push(chunk: Uint8Array): SourceEvent[] {
    if (this.events.failed) return [];
    this.lines.push(chunk, (line) => this.line(line));
    return this.events.take();
  }

  end(): SourceEvent[] {
    if (this.events.failed) return [];
    this.lines.end((line) => this.line(line));
    if (this.form !== undefined) this.form.end();
    else this.unknown();
    const last = this.events.take();
    this.events.failed = true;
    return last;
  }

  private line(line: Line): void {
    if (this.form !== undefined) return this.form.line(line);
    this.leading.push(line);
    if (this.leading.length > MAX_KEPT) this.leading.shift();
    this.found = dumpKind(line.text);
    if (this.found !== undefined) this.open(this.found);
    else if (line.number > MAX_LEADING) this.unknown();
  }

  private open(kind: DumpKind): void {
    const form = kind.open(this.events);
    for (const line of this.leading) form.line(line);
    this.leading = [];
    this.form = form;
  }

  private unknown(): void {
    this.events.fail({ message: UNKNOWN, offset: 0, line: 1, column: 1 });
  }
}
