import type { Judged } from '../../traffic/judged.js';
import type { CloseSummary, ConnectionSummary } from '../../traffic/tally/summary.js';
import type { LiveTaker } from '../sockets/live-connection.js';

/** Passes the records of a connection on. A close frame that the relay sent, where neither end had, is in its summary. */
export class OwnClose implements LiveTaker {
  /** Both ends were sent it. */
  sent: CloseSummary | undefined;

  constructor(private readonly taker: LiveTaker) {}

  record(record: Judged): void {
    this.taker.record(record);
  }

  closed(summary: ConnectionSummary): void {
    const { sent } = this;
    const isOurs = sent?.code !== undefined && summary.closedBy === undefined;
    this.taker.closed(isOurs ? { ...summary, closeCode: sent.code, closedHere: sent } : summary);
  }
}
