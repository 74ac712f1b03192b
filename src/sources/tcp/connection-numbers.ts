import { isOrdinaryHead } from '../../codec/http1/ordinary-head.js';
import { FIN, RST, type Segment } from './segment.js';

/** More connections than any capture has: a number beyond is of none that was numbered in time. */
const LATE = 500_000_000;

/** Where a connection keeps its number. */
export interface NumberedConnection {
  /** Counts from 0, in the order of first packets. */
  readonly order: number;
  /** Undefined: it has none yet. */
  given: number | undefined;
  /** All that it carried so far is ordinary HTTP. */
  isOrdinary: boolean;
  /** Both sides have opened it. */
  readonly isEstablished: boolean;
}

/**
 * Numbers the connections that may hold WebSocket, from `first` on, in the order of their first packets. A connection that ends
 * without a byte, or carries ordinary HTTP, takes none. Segments in the order of the capture decide it, so that the
 * numbers do not depend on which connections are read.
 */
export class ConnectionNumbers {
  /** Those that have carried nothing so far, in the order of their first packets. */
  private readonly silent = new Set<NumberedConnection>();

  constructor(
    /** The number that comes next. */
    public next: number,
  ) {}

  opened(connection: NumberedConnection): void {
    this.silent.add(connection);
  }

  /** A segment of a connection without a number. */
  take(connection: NumberedConnection, segment: Segment): void {
    if (segment.length > 0) this.carried(connection, segment);
    else if ((segment.flags & (FIN | RST)) !== 0) this.ended(connection);
  }

  /** Nothing more comes of it. */
  ended(connection: NumberedConnection): void {
    this.silent.delete(connection);
  }

  /** The connections before it that are open on both sides could still turn out to be WebSocket: they are numbered first. */
  private carried(connection: NumberedConnection, { bytes, start, end }: Segment): void {
    if (isOrdinaryHead(bytes, start, end) ?? connection.isOrdinary) {
      connection.isOrdinary = true;
      this.silent.delete(connection);
      return;
    }
    for (const earlier of this.silent) {
      if (earlier.order >= connection.order) break;
      if (earlier.isEstablished) this.give(earlier);
      else this.silent.delete(earlier);
    }
    this.give(connection);
  }

  private give(connection: NumberedConnection): void {
    this.silent.delete(connection);
    connection.given = this.next++;
  }
}

/** The number of a connection; of one that seemed to be ordinary HTTP when its segments came, one that no other has. */
export function numberOf(connection: NumberedConnection): number {
  return (connection.given ??= LATE + connection.order);
}
