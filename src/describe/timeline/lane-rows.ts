import { OPCODE } from '../../codec/frames/registry.js';
import { barBits, BITS_OF_BAR } from './bar-bits.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';
import { TimeSpans } from './time-spans.js';
import { TimedBits } from './timed-bits.js';

/** What is shown of a row beside the bar of a frame: a bit each. */
export const ROW_MARK = { handshake: 1, ended: 2, error: 4, warning: 8, refused: 16, gap: 32 } as const;

const SPANS = ['clientPongs', 'serverPongs', 'clientStalls', 'serverStalls'] as const;

/** What a lane shows of its rows, kept so that a column of pixels is known in a few steps. Rows without a time are left out. */
export class LaneRows {
  /** Bars of frames (`barBits`): those of the client, and above BITS_OF_BAR those of the server. */
  readonly bars = new TimedBits();
  /** Bars of frames of which it is not known who sent them. */
  readonly unknownBars = new TimedBits();
  /** Bits of ROW_MARK. */
  readonly marks = new TimedBits();
  /** From pings to their pongs, by who answered. Of an unknown side: as of the server. */
  readonly clientPongs = new TimeSpans();
  readonly serverPongs = new TimeSpans();
  /** By the side that took nothing. */
  readonly clientStalls = new TimeSpans();
  readonly serverStalls = new TimeSpans();

  /** Rows that were added. */
  length = 0;

  /** `order`: the numbers of rows, by time; those of a later call are not before those of an earlier one. */
  grow(columns: RowColumns, order: Uint32Array): void {
    for (const row of order) if (!Number.isNaN(columns.times[row]!)) this.add(columns, row);
    for (const name of SPANS) this[name].join();
    this.length += order.length;
  }

  private add({ times, kinds, flags, sizes, waits }: RowColumns, row: number): void {
    const [time, kind, flag] = [times[row]!, kinds[row]!, flags[row]!];
    const isOfClient = (flag & ROW_FLAG.client) !== 0;
    if (kind < ROW_KIND.handshake) {
      const bits = barBits(kind, sizes[row]!);
      if (isOfClient) this.bars.add(time, bits);
      else if (flag & ROW_FLAG.server) this.bars.add(time, bits << BITS_OF_BAR);
      else this.unknownBars.add(time, bits);
    }
    const marks = markBits(kind, flag);
    if (marks !== 0) this.marks.add(time, marks);
    const wait = waits[row]!;
    if (!(wait > 0)) return;
    if (kind === OPCODE.pong) (isOfClient ? this.clientPongs : this.serverPongs).add(time - wait, time);
    else if (kind === ROW_KIND.stall) (isOfClient ? this.clientStalls : this.serverStalls).add(time, time + wait);
  }
}

function markBits(kind: number, flags: number): number {
  const found = (flags & ROW_FLAG.error ? ROW_MARK.error : 0) | (flags & ROW_FLAG.warning ? ROW_MARK.warning : 0);
  switch (kind) {
    case ROW_KIND.handshake:
      return found | ROW_MARK.handshake | (flags & ROW_FLAG.trouble ? ROW_MARK.refused : 0);
    case ROW_KIND.ended:
      return found | ROW_MARK.ended;
    case ROW_KIND.gap:
      return found | ROW_MARK.gap;
    default:
      return found;
  }
}
