import { OPCODE } from '../../codec/frames/registry.js';
import { barBits, BITS_OF_BAR } from './bar-bits.js';
import { ROW_FLAG, ROW_KIND, type RowColumns } from './row-columns.js';
import { TimeSpans } from './time-spans.js';
import { TimedBits } from './timed-bits.js';

/** What is shown of a row beside the bar of a frame: a bit each. */
export const ROW_MARK = { handshake: 1, ended: 2, error: 4, warning: 8, refused: 16, gap: 32 } as const;

const SENT = ROW_FLAG.client | ROW_FLAG.server;

/** What a lane shows of its rows, kept so that a column of pixels is known in a few steps. Rows without a time are left out. */
export class LaneRows {
  /** Bars of frames (`barBits`): those of the client, and above BITS_OF_BAR those of the server. */
  readonly bars: TimedBits;
  /** Bars of frames of which it is not known who sent them. */
  readonly unknownBars: TimedBits;
  /** Bits of ROW_MARK. */
  readonly marks: TimedBits;
  /** From pings to their pongs, by who answered. */
  readonly clientPongs: TimeSpans;
  readonly serverPongs: TimeSpans;
  /** By the side that took nothing. */
  readonly clientStalls: TimeSpans;
  readonly serverStalls: TimeSpans;

  /** `order`: the numbers of its rows, by time. */
  constructor(columns: RowColumns, order: Uint32Array) {
    const { kinds, flags } = columns;
    const isSent = (row: number): boolean => (flags[row]! & SENT) !== 0;
    this.bars = new TimedBits(columns, order, (row) => (isSent(row) ? sentBits(columns, row) : 0));
    this.unknownBars = new TimedBits(columns, order, (row) => (isSent(row) ? 0 : frameBits(columns, row)));
    this.marks = new TimedBits(columns, order, (row) => markBits(kinds[row]!, flags[row]!));
    this.clientPongs = spansOf(columns, order, OPCODE.pong, true);
    this.serverPongs = spansOf(columns, order, OPCODE.pong, false);
    this.clientStalls = spansOf(columns, order, ROW_KIND.stall, true);
    this.serverStalls = spansOf(columns, order, ROW_KIND.stall, false);
  }
}

function isOfClient({ flags }: RowColumns, row: number): boolean {
  return (flags[row]! & ROW_FLAG.client) !== 0;
}

function sentBits(columns: RowColumns, row: number): number {
  return frameBits(columns, row) << (isOfClient(columns, row) ? 0 : BITS_OF_BAR);
}

function frameBits({ kinds, sizes }: RowColumns, row: number): number {
  return kinds[row]! < ROW_KIND.handshake ? barBits(kinds[row]!, sizes[row]!) : 0;
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

/** What pongs and stalls have waited: a pong at its end, a stall at its beginning. Those of an unknown side are shown as the server's. */
function spansOf(columns: RowColumns, order: Uint32Array, kind: number, isClient: boolean): TimeSpans {
  const { kinds, times, waits } = columns;
  const isOne = (row: number): boolean => kinds[row] === kind && isOfClient(columns, row) === isClient;
  const rows = order.filter((row) => isOne(row) && waits[row]! > 0 && !Number.isNaN(times[row]!));
  const [before, after] = kind === OPCODE.pong ? [-1, 0] : [0, 1];
  return new TimeSpans(
    Float64Array.from(rows, (row) => times[row]! + before * waits[row]!),
    Float64Array.from(rows, (row) => times[row]! + after * waits[row]!),
  );
}
