import type { Item } from '../items.js';
import type { LaneTable } from '../../describe/timeline/lanes.js';
import { ROW_KIND } from '../../describe/timeline/row-columns.js';
import type { LaneLabel, RowSource } from '../feed/row-source.js';

/** Where the steps of a conversation come from. */
export interface SequenceFeed {
  /** Connections, in the order of their numbers. */
  connections(): readonly number[];
  label(connection: number): LaneLabel | undefined;
  /** The rows of a connection, by time. */
  rows(connection: number): ArrayLike<number>;
  /** Undefined: it is not here yet. */
  item(row: number): Item | undefined;
  /** The row is a packet: those that a frame completes follow it. */
  isPacket(row: number): boolean;
  /** Asks for the records of these rows. */
  want(rows: readonly number[]): void;
}

/** The rows of a source by connection. */
export function sequenceFeed(source: RowSource, lanes: () => LaneTable): SequenceFeed {
  const isPacket = (row: number): boolean =>
    row < source.columns.length && source.columns.kinds[row] === ROW_KIND.packet;
  return {
    connections: () => lanes().all.map(({ connection }) => connection),
    label: (connection) => source.labels.get(connection),
    rows: (connection) => {
      const { all, order } = lanes();
      const lane = all.find((one) => one.connection === connection);
      if (lane === undefined) return [];
      // The step of a frame shows its packets.
      return order.subarray(lane.start, lane.end).filter((row) => !isPacket(row));
    },
    isPacket,
    item: (row) => source.item(row),
    want: (rows) => source.want(rows),
  };
}
