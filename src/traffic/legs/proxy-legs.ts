import type { ConnectionSummary, Counts, DirectionSummary } from '../tally/summary.js';
import { decodeKey } from '../../codec/handshake/key.js';
import { isOwnKey } from './own-key.js';
import { headChanges, type HeadChanges } from './head-changes.js';
import type { LegFacts, LegHead } from './leg-facts.js';

/** A proxy of which both legs were captured. */
export interface ProxyLegs {
  readonly front: LegEnds;
  readonly upstream: LegEnds;
  /** What the proxy did to the heads. */
  readonly request: HeadChanges;
  readonly response: HeadChanges;
  /** The seconds that it added to them. */
  readonly added: { readonly request: number; readonly response: number };
  /** The end of the conversation, where that is known, came from it. */
  readonly closedBy?: 'client' | 'proxy' | 'server';
}

export interface LegEnds {
  readonly connection: number;
  readonly client: string;
  readonly server: string;
}

interface Leg {
  readonly summary: ConnectionSummary;
  readonly facts: LegFacts;
}

/** Connections that have ended and wait for their other leg; and pairs that are kept. The legs of a proxy end at nearly the same time. */
const MOST_WAITING = 500;
const MOST_PAIRS = 1000;
/** Heads that are longer are not kept: characters of both. */
const MOST_HEAD = 16 * 1024;

/**
 * Finds the connections that are two legs of one proxy. What proves it: no other connection has their
 * Sec-WebSocket-Key, one handshake was within the other in time, and both carried the same frames, all captured.
 */
export class LegPairs {
  private readonly waiting = new Map<string, Leg>();
  /** By key; undefined: two connections have it that are no such legs, or three. */
  private readonly found = new Map<string, ProxyLegs | undefined>();

  /** A connection that has ended. */
  add(summary: ConnectionSummary): void {
    const { leg: facts } = summary;
    if (facts === undefined || lengthOf(facts.request) + lengthOf(facts.response) > MOST_HEAD) return;
    const { key } = facts;
    if (this.found.has(key)) return void this.found.set(key, undefined);
    const [one, other] = [{ summary, facts }, this.waiting.get(key)];
    if (other === undefined) return this.wait(key, one);
    this.waiting.delete(key);
    if (this.found.size < MOST_PAIRS) this.found.set(key, pairOf(one, other) ?? pairOf(other, one));
  }

  /** In the order of their numbers. */
  pairs(): ProxyLegs[] {
    const pairs = [...this.found.values()].filter((pair) => pair !== undefined);
    return pairs.sort((a, b) => a.front.connection - b.front.connection);
  }

  private wait(key: string, leg: Leg): void {
    this.waiting.set(key, leg);
    if (this.waiting.size <= MOST_WAITING) return;
    const [oldest] = this.waiting.keys();
    this.waiting.delete(oldest!);
  }
}

function pairOf(front: Leg, upstream: Leg): ProxyLegs | undefined {
  const { key } = front.facts;
  if (!isOwnKey(key, decodeKey(key).bytes)) return undefined;
  const [a, b] = [endsOf(front), endsOf(upstream)];
  if (a === undefined || b === undefined || a.server === b.server) return undefined;
  const request = upstream.facts.asked - front.facts.asked;
  const response = front.facts.answered - upstream.facts.answered;
  // The request came to the proxy before it left it, and the response in the same way.
  if (!(request >= 0 && response >= 0 && request + response > 0)) return undefined;
  if (!haveSameFrames(front.summary, upstream.summary)) return undefined;
  const closedBy = closerOf(front.summary, upstream.summary);
  return {
    front: a,
    upstream: b,
    request: headChanges(front.facts.request, upstream.facts.request),
    response: headChanges(upstream.facts.response, front.facts.response),
    added: { request, response },
    ...(closedBy && { closedBy }),
  };
}

function lengthOf({ line, headers }: LegHead): number {
  return headers.reduce((sum, { name, value }) => sum + name.length + value.length, line.length);
}

function endsOf({ summary: { connection, client, server } }: Leg): LegEnds | undefined {
  return client === undefined || server === undefined ? undefined : { connection, client, server };
}

/** What is the same on both legs. */
const SAME: readonly (keyof Counts)[] = ['frames', 'payloadBytes', 'messages'];

function haveSameFrames({ directions: a }: ConnectionSummary, { directions: b }: ConnectionSummary): boolean {
  return (['client', 'server'] as const).every((sender) => areSame(a[sender], b[sender]));
}

function areSame(a: DirectionSummary, b: DirectionSummary): boolean {
  return a.gaps + b.gaps + a.otherBytes + b.otherBytes === 0 && SAME.every((name) => a[name] === b[name]);
}

/** An end that came from one side on both legs is that side's; one that came from within is the proxy's. */
function closerOf(front: ConnectionSummary, upstream: ConnectionSummary): ProxyLegs['closedBy'] {
  const byFrame = front.closedBy !== undefined && upstream.closedBy !== undefined;
  const [a, b] = byFrame ? [front.closedBy, upstream.closedBy] : [front.endedBy, upstream.endedBy];
  if (a === 'server' && b === 'client') return 'proxy';
  return a === b && a !== 'unknown' ? a : undefined;
}
