import type { DumpForm } from './form.js';
import { layoutRow, type RowLayout } from './layouts.js';
import { OffsetBlock } from './offset-block.js';
import type { RowTaker } from './word-order.js';
import type { BytesTag, Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

/** Repeated rows come out in blocks of about this size, all in the same memory. */
const BLOCK = 64 * 1024;
const OFFSET_ONLY = /^\s*([0-9a-fA-F]{6,16}):?\s*$/;

/** Rows in the layout of a tool, and nothing else. `bytes` events. */
export class RowDump implements DumpForm {
  private readonly block: OffsetBlock;

  constructor(
    private readonly events: Events,
    private readonly layout: RowLayout,
  ) {
    this.block = new OffsetBlock(rowTaker(events), layout);
  }

  line(line: Line): void {
    const { block, layout, events } = this;
    if (block.next(line)) return;
    const { text } = line;
    const [, end] = OFFSET_ONLY.exec(text) ?? [];
    if (layout.begins.test(text)) addRow(events, block, layout, line);
    else if (end !== undefined && block.open) block.close(line, end);
    else if (text.trim() === '*') block.star(line);
    else if (text.trim() !== '' && block.open)
      events.notice(`line ${line.number} does not belong to the dump, and is passed over (as are others like it)`);
  }

  end(): void {
    this.block.end();
  }
}

/** Adds a line that begins as the rows of `layout` do; says what is wrong with it otherwise. */
export function addRow(events: Events, block: OffsetBlock, layout: RowLayout, line: Line): void {
  const row = layoutRow(layout, line.text);
  if ('problem' in row) failInLine(events, line, row.at, row.problem);
  else block.add(line, row);
}

/** Writes what rows prove to `events`; `tag`: of their bytes. */
export function rowTaker(events: Events, tag?: () => BytesTag | undefined): RowTaker {
  return {
    bytes: (bytes) => events.append(bytes, tag?.()),
    repeated: (bytes, times) => repeat(events, bytes, times),
    notice: (message) => events.notice(message),
    refuse: (line, at, message) => failInLine(events, line, at, message),
  };
}

function repeat(events: Events, bytes: ArrayLike<number>, times: number): void {
  const most = Math.min(times, Math.ceil(BLOCK / bytes.length));
  const block = new Uint8Array(most * bytes.length);
  for (let at = 0; at < block.length; at += bytes.length) block.set(bytes, at);
  let left = times;
  for (; left >= most; left -= most) events.block(block);
  events.block(block.subarray(0, left * bytes.length));
}
