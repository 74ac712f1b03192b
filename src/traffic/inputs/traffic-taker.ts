import type { Ends, OtherTraffic, StreamEnding } from '../conversation-taker.js';
import type { Judged } from '../judged.js';
import type { ConnectionSummary } from '../tally/summary.js';

/** What a notice is about, where it is a hint. */
export interface Hint {
  /** Hints of the same kind say the same. */
  readonly kind: string;
  readonly connection: number;
}

/** Takes what an input holds. */
export interface TrafficTaker {
  record(record: Judged, ends: Ends): void;
  /** How the stream of a connection ended: before `closed`. */
  ending?(connection: number, ending: StreamEnding, ends: Ends): void;
  /** A WebSocket connection has ended. */
  closed(summary: ConnectionSummary, ends: Ends): void;
  /** A connection carries something else. */
  passedOver(what: OtherTraffic, ends: Ends): void;
  notice(message: string, hint?: Hint): void;
}

/** Where nothing is said, each kind of traffic has a limit of its own. */
export interface TrafficLimits {
  /** Connections that are known at one time. */
  readonly maxConnections?: number | undefined;
  /** Bytes that wait: for lost segments, and for proof that they are frames. */
  readonly maxHeld?: number | undefined;
  /** Bytes that the windows of compressed directions take. */
  readonly maxWindows?: number | undefined;
}
