/** How a connection ended, for its colour and its mark; unknown: its end may be among the records that were left out. */
export type LaneOutcome = 'open' | 'closed' | 'trouble' | 'refused' | 'unknown';

/** A connection of the overview. */
export interface TimeLane {
  readonly connection: number;
  /** Its rows are `order[start]` to `order[end - 1]`, by time. */
  readonly start: number;
  readonly end: number;
  /** By time, its rows are in the order of their numbers: later ones follow. */
  readonly isInOrder: boolean;
  /** Seconds since the epoch; NaN where no time is known. */
  readonly first: number;
  readonly last: number;
  readonly frames: number;
  /** Payload bytes of both directions. */
  readonly bytes: number;
  readonly errors: number;
  readonly warnings: number;
  /** Seconds: the longest from a ping to its pong; NaN where none is known. */
  readonly ping: number;
  readonly outcome: LaneOutcome;
  /** 0: not known. */
  readonly code: number;
  readonly closedBy: 'client' | 'server' | undefined;
  /** How it ended is not in the file. */
  readonly isEndless: boolean;
}

export interface LaneTable {
  /** In the order of the connections' numbers. */
  readonly all: readonly TimeLane[];
  /** Numbers of rows, those of a connection together. */
  readonly order: Uint32Array;
  /** As long as it is the same, rows have kept their numbers. */
  readonly generation: number;
  readonly first: number;
  readonly last: number;
}

export const LANE_ORDERS = ['number', 'trouble', 'time', 'bytes', 'ping'] as const;
export type LaneOrder = (typeof LANE_ORDERS)[number];

const RANKS: Readonly<Record<LaneOutcome, number>> = { trouble: 3, refused: 2, unknown: 1, open: 1, closed: 0 };

const COMPARE: Readonly<Record<LaneOrder, (a: TimeLane, b: TimeLane) => number>> = {
  number: (a, b) => a.connection - b.connection,
  trouble: (a, b) => RANKS[b.outcome] - RANKS[a.outcome] || b.errors - a.errors || b.warnings - a.warnings,
  // Those without a time last.
  time: (a, b) => (a.first || Infinity) - (b.first || Infinity) || 0,
  bytes: (a, b) => b.bytes - a.bytes,
  ping: (a, b) => (b.ping || 0) - (a.ping || 0),
};

/** The lanes in another order; equal ones in that of their numbers. */
export function sortedLanes(lanes: readonly TimeLane[], order: LaneOrder): TimeLane[] {
  return [...lanes].sort((a, b) => COMPARE[order](a, b) || a.connection - b.connection);
}
