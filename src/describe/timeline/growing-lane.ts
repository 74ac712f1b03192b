import { OPCODE } from '../../codec/frames/registry.js';
import type { LaneOutcome, TimeLane } from './lanes.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';

/** What is known of a connection by its rows, in whatever order they come. */
export class GrowingLane {
  rows = 0;
  /** The times of the rows do not descend. */
  isInOrder = true;
  private newest = NaN;
  private readonly facts;
  /** The last ones by time; -1: there is none. */
  private handshake = -1;
  private ending = -1;

  constructor(
    readonly connection: number,
    /** Of the lanes, in the order in which their first rows came. */
    readonly number: number,
  ) {
    this.facts = { connection, first: NaN, last: NaN, frames: 0, bytes: 0, errors: 0, warnings: 0, ping: NaN };
  }

  add({ times, kinds, sizes, flags, waits }: RowColumns, row: number): void {
    const { facts } = this;
    const [time, kind, flag, wait] = [times[row]!, kinds[row]!, flags[row]!, waits[row]!];
    if (this.rows++ > 0 && isLater(this.newest, time)) this.isInOrder = false;
    this.newest = time;
    if (time < facts.first || Number.isNaN(facts.first)) facts.first = time;
    if (time > facts.last || Number.isNaN(facts.last)) facts.last = time;
    if (flag & ROW_FLAG.error) facts.errors++;
    if (flag & ROW_FLAG.warning) facts.warnings++;
    if (kind < ROW_KIND.handshake) {
      facts.frames++;
      facts.bytes += sizes[row]!;
      if (kind === OPCODE.pong && (wait > facts.ping || Number.isNaN(facts.ping))) facts.ping = wait;
    } else if (kind === ROW_KIND.handshake) this.handshake = laterRow(times, this.handshake, row);
    else if (kind === ROW_KIND.ended) this.ending = laterRow(times, this.ending, row);
  }

  /** `start`: the place of its first row. `hasEnds`: of a connection that has ended, the end is among the rows. */
  laneAt(start: number, { sizes, flags }: RowColumns, hasEnds: boolean): TimeLane {
    const { facts, ending, handshake, isInOrder } = this;
    const by = flags[ending] ?? 0;
    return {
      ...facts,
      start,
      end: start + this.rows,
      isInOrder,
      outcome: this.outcome(flags[handshake] ?? 0, by, hasEnds),
      code: sizes[ending] ?? 0,
      closedBy: by & ROW_FLAG.client ? 'client' : by & ROW_FLAG.server ? 'server' : undefined,
      isEndless: (by & ROW_FLAG.unrecorded) !== 0,
    };
  }

  /** By the flags of the last handshake, and of the last end. */
  private outcome(handshake: number, end: number, hasEnds: boolean): LaneOutcome {
    if (handshake & ROW_FLAG.trouble && this.facts.frames === 0) return 'refused';
    if (end & ROW_FLAG.trouble || this.facts.errors > 0) return 'trouble';
    if (this.ending < 0 && !hasEnds) return 'unknown';
    return this.ending < 0 || end & (ROW_FLAG.open | ROW_FLAG.unrecorded) ? 'open' : 'closed';
  }
}

function laterRow(times: Float64Array, known: number, row: number): number {
  return known >= 0 && isLater(times[known]!, times[row]!) ? known : row;
}

/** Rows without a time come first. */
export function isLater(time: number, other: number): boolean {
  return time > other || (Number.isNaN(other) && !Number.isNaN(time));
}
