import type { ConnectionSummary } from '../tally/summary.js';
import type { LegFacts } from './leg-facts.js';

/** A connection that may be one of two legs. */
export interface Leg {
  readonly summary: ConnectionSummary;
  readonly facts: LegFacts;
}
