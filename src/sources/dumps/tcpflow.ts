import type { DumpForm } from './form.js';
import { TCPFLOW } from './layouts.js';
import { OffsetBlock } from './offset-block.js';
import { addRow, rowTaker } from './rows.js';
import { Sides } from './sides.js';
import type { BytesTag, Events } from '../text/events.js';
import type { Line } from '../text/lines.js';

export const TCPFLOW_HEAD = /^([^\s-]+\.\d{5})-([^\s-]+\.\d{5}): ?$/;
/** Words of two bytes: what other tools print as `0000: 81 05` is not of tcpflow. */
export const TCPFLOW_WORDS = /^[0-9a-fA-F]{4,7}: [0-9a-fA-F]{4} /;

/** `tcpflow -D`: a line that names sender and receiver, then rows. `bytes` events with side. */
export class TcpflowText implements DumpForm {
  private readonly sides = new Sides();
  private tag: BytesTag | undefined;
  private readonly block: OffsetBlock;

  constructor(private readonly events: Events) {
    this.block = new OffsetBlock(
      rowTaker(events, () => this.tag),
      TCPFLOW,
    );
  }

  line(line: Line): void {
    const { block, events } = this;
    if (block.next(line)) return;
    if (TCPFLOW.begins.test(line.text)) {
      if (this.tag === undefined)
        events.notice('tcpflow -C leaves out who sends: both directions are read as one (use tcpflow -D with -c)');
      return addRow(events, block, TCPFLOW, line);
    }
    block.end();
    const [, from, to] = TCPFLOW_HEAD.exec(line.text) ?? [];
    if (from !== undefined) this.tag = this.sides.tag([from, to!].sort().join(' '), from);
  }

  end(): void {
    this.block.end();
  }
}
