import { FRAGMENT_LIMITS } from '../packets/fragments.js';
import type { FragmentLimits } from '../packets/fragments.js';
import { REASSEMBLY_LIMITS } from './reassembly-limits.js';
import type { ReassemblyLimits } from './reassembly-limits.js';

export interface FlowLimits extends ReassemblyLimits {
  /** Connections known at one time; beyond that the least active is given up. */
  readonly connections: number;
  /** Closed ones among them, kept so that late packets find them. */
  readonly closedConnections: number;
  readonly fragments: FragmentLimits;
}

export const FLOW_LIMITS: FlowLimits = {
  ...REASSEMBLY_LIMITS,
  connections: 32_768,
  closedConnections: 4096,
  fragments: FRAGMENT_LIMITS,
};

/** What was seen so far. */
export interface FlowCounters {
  readonly packets: number;
  /** On the wire, from the link header on. */
  readonly bytes: number;
  /** Packets without IP in them that is read (ARP, other links), and IP or TCP headers cut short or contradictory. */
  readonly notIp: number;
  readonly malformed: number;
  readonly notTcp: number;
  /** Fragments of IP datagrams, and datagrams whose fragments did not come together. */
  readonly fragments: number;
  readonly lostDatagrams: number;
  readonly connections: number;
  readonly evicted: number;
  /** Segments that are not read: of ignored connections, and after the end of a connection. */
  readonly ignored: number;
  /** Segments that brought nothing new (retransmissions, keep-alive probes), and all bytes that came more than once. */
  readonly duplicates: number;
  readonly duplicateBytes: number;
  /** Segments whose sequence number fits no window. */
  readonly stray: number;
  readonly deliveredBytes: number;
  readonly lostBytes: number;
  /** Holes that were given up early, because too much waited after them. */
  readonly crowded: number;
}
