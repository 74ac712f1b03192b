import { OPCODE } from '../../codec/frames/registry.js';
import type { LaneOutcome, TimeLane } from './lanes.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** What is known of a connection by its rows, in whatever order they come. */
export class GrowingLane {
  rows = 0;
  /** The times of the rows do not descend. */
  isInOrder = true;
  private newest = NaN;
  private first = Infinity;
  private last = -Infinity;
  private frames = 0;
  private bytes = 0;
  private errors = 0;
  private warnings = 0;
  private ping = NaN;
  private readonly handshake = new LatestRow();
  private readonly ending = new LatestRow();

  constructor(
    readonly connection: number,
    /** Of the lanes, in the order in which their first rows came. */
    readonly number: number,
  ) {}

  add({ times, kinds, sizes, flags, waits }: RowColumns, row: number): void {
    const [time, kind, flag] = [times[row]!, kinds[row]!, flags[row]!];
    if (this.rows++ > 0 && isLater(this.newest, time)) this.isInOrder = false;
    this.newest = time;
    if (time < this.first) this.first = time;
    if (time > this.last) this.last = time;
    if (flag & ROW_FLAG.error) this.errors++;
    if (flag & ROW_FLAG.warning) this.warnings++;
    if (kind < ROW_KIND.handshake) {
      this.frames++;
      this.bytes += sizes[row]!;
      if (kind === OPCODE.pong && !(waits[row]! <= this.ping)) this.ping = waits[row]!;
    } else if (kind === ROW_KIND.handshake) this.handshake.take(time, flag, 0);
    else if (kind === ROW_KIND.ended) this.ending.take(time, flag, sizes[row]!);
  }

  /** `start`: the place of its first row. */
  laneAt(start: number): TimeLane {
    const { connection, rows, first, last, frames, bytes, errors, warnings, ping, ending } = this;
    const by = ending.flags;
    return {
      connection,
      start,
      end: start + rows,
      ...(first <= last ? { first, last } : { first: NaN, last: NaN }),
      frames,
      bytes,
      errors,
      warnings,
      ping,
      outcome: this.outcome,
      code: ending.size,
      closedBy: by & ROW_FLAG.client ? 'client' : by & ROW_FLAG.server ? 'server' : undefined,
    };
  }

  private get outcome(): LaneOutcome {
    if ((this.handshake.flags & ROW_FLAG.trouble) !== 0 && this.frames === 0) return 'refused';
    if ((this.ending.flags & ROW_FLAG.trouble) !== 0 || this.errors > 0) return 'trouble';
    return this.ending.isThere ? 'closed' : 'open';
  }
}

/** Of rows of a kind, the last one by time. */
class LatestRow {
  isThere = false;
  flags = 0;
  size = 0;
  private time = NaN;

  take(time: number, flags: number, size: number): void {
    if (this.isThere && isLater(this.time, time)) return;
    this.isThere = true;
    this.time = time;
    this.flags = flags;
    this.size = size;
  }
}

/** Rows without a time come first. */
export function isLater(time: number, other: number): boolean {
  return time > other || (Number.isNaN(other) && !Number.isNaN(time));
}
