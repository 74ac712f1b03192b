import { provenCloser } from '../tally/proven.js';
import type { ConnectionSummary, Counts, DirectionSummary } from '../tally/summary.js';
import { decodeKey } from '../../codec/handshake/key.js';
import { isOwnKey } from './own-key.js';
import { headChanges, type HeadChanges } from './head-changes.js';
import type { LegHead } from './leg-facts.js';
import type { Leg } from './leg.js';
import { addedToMessages } from './relayed.js';

/** A proxy of which both legs were captured. */
export interface ProxyLegs {
  readonly front: LegEnds;
  readonly upstream: LegEnds;
  /** What is the same on both: the Sec-WebSocket-Key, or the messages in the order in which a relay passes them on. */
  readonly provenBy: 'key' | 'messages';
  /** What the proxy did to the heads. */
  readonly request: HeadChanges;
  readonly response: HeadChanges;
  /** The seconds that it added to them; where messages prove it, the median of what it added to those of the client and of the server. */
  readonly added: { readonly request: number; readonly response: number };
  /** The end of the conversation, where that is known, came from it. */
  readonly closedBy?: 'client' | 'proxy' | 'server';
}

export interface LegEnds {
  readonly connection: number;
  readonly client: string;
  readonly server: string;
}

/** Connections with the same key, or the same messages. Too many of them prove nothing. */
interface LegGroup {
  legs: Leg[];
  isSpoiled: boolean;
}

/** Connections that have ended and wait for their other leg; and those that are kept because they have one. The legs of a proxy end at nearly the same time. */
const MOST_WAITING = 500;
const MOST_KEPT = 2000;
/** Legs of a chain of proxies. */
const MOST_IN_CHAIN = 4;
/** Heads that are longer are not kept: characters of both. */
const MOST_HEAD = 16 * 1024;

/**
 * Finds the connections that are legs of one proxy, or of a chain of proxies. What proves it: no other connection has
 * their Sec-WebSocket-Key, one handshake was within the other in time, and both carried the same frames. Or, of relays
 * with a handshake of their own: no other connection carried the same messages, each of them later on the side that it
 * goes to.
 */
export class LegPairs {
  private readonly byKey = new Map<string, LegGroup>();
  private readonly bySaid = new Map<string, LegGroup>();
  /** The only ones of their groups, the oldest first. */
  private readonly waiting = new Set<Leg>();
  private kept = 0;

  /** A connection that has ended. */
  add(summary: ConnectionSummary): void {
    const { leg: facts } = summary;
    if (facts === undefined || lengthOf(facts.request) + lengthOf(facts.response) > MOST_HEAD) return;
    const leg = { summary, facts };
    this.waiting.add(leg);
    for (const [groups, name] of this.groupsOf(leg)) this.join(groups, name, leg);
    if (this.waiting.size > MOST_WAITING) this.forget([...this.waiting][0]!);
  }

  /** In the order of their numbers. */
  pairs(): ProxyLegs[] {
    const pairs = chainsOf(this.byKey, pairByKey);
    const fronts = new Set(pairs.map(({ front }) => front.connection));
    const upstreams = new Set(pairs.map(({ upstream }) => upstream.connection));
    for (const pair of chainsOf(this.bySaid, pairByMessages)) {
      if (!fronts.has(pair.front.connection) && !upstreams.has(pair.upstream.connection)) pairs.push(pair);
    }
    return pairs.sort((a, b) => a.front.connection - b.front.connection);
  }

  private groupsOf({ facts: { key, said } }: Leg): (readonly [Map<string, LegGroup>, string])[] {
    return [[this.byKey, key], ...(said ? [[this.bySaid, said.digest] as const] : [])];
  }

  private join(groups: Map<string, LegGroup>, name: string, leg: Leg): void {
    const group = groups.get(name);
    if (group === undefined) return void groups.set(name, { legs: [leg], isSpoiled: false });
    if (group.isSpoiled) return;
    const [first] = group.legs;
    for (const one of [leg, first!]) if (this.waiting.delete(one)) this.kept++;
    group.legs.push(leg);
    if (group.legs.length <= MOST_IN_CHAIN && this.kept <= MOST_KEPT) return;
    group.isSpoiled = true;
    group.legs = [];
  }

  /** It waited too long. */
  private forget(leg: Leg): void {
    this.waiting.delete(leg);
    for (const [groups, name] of this.groupsOf(leg)) {
      if (groups.get(name)?.legs[0] === leg) groups.delete(name);
    }
  }
}

type PairProof = (front: Leg, upstream: Leg) => ProxyLegs | undefined;

/** The pairs of all groups: each leg of a group is within the one before, and all are of different servers. */
function chainsOf(groups: ReadonlyMap<string, LegGroup>, prove: PairProof): ProxyLegs[] {
  return [...groups.values()].flatMap(({ legs }) => {
    const servers = new Set(legs.map(({ summary }) => summary.server));
    if (legs.length < 2 || servers.size < legs.length) return [];
    const inOrder = [...legs].sort(({ facts: a }, { facts: b }) => a.asked - b.asked || b.answered - a.answered);
    const pairs = inOrder.slice(1).map((upstream, at) => prove(inOrder[at]!, upstream));
    const proven = pairs.filter((pair) => pair !== undefined);
    return proven.length === pairs.length ? proven : [];
  });
}

function pairByKey(front: Leg, upstream: Leg): ProxyLegs | undefined {
  const { key } = front.facts;
  if (!isOwnKey(key, decodeKey(key).bytes)) return undefined;
  const request = upstream.facts.asked - front.facts.asked;
  const response = front.facts.answered - upstream.facts.answered;
  // The request came to the proxy before it left it, and the response in the same way.
  if (!(request >= 0 && response >= 0 && request + response > 0)) return undefined;
  return haveSameFrames(front.summary, upstream.summary)
    ? pairOf(front, upstream, 'key', [request, response])
    : undefined;
}

function pairByMessages(front: Leg, upstream: Leg): ProxyLegs | undefined {
  const added = addedToMessages(front, upstream);
  return added && haveSameMessages(front.summary, upstream.summary)
    ? pairOf(front, upstream, 'messages', added)
    : undefined;
}

function pairOf(
  front: Leg,
  upstream: Leg,
  provenBy: ProxyLegs['provenBy'],
  [request, response]: readonly [number, number],
): ProxyLegs | undefined {
  const [a, b] = [endsOf(front), endsOf(upstream)];
  if (a === undefined || b === undefined) return undefined;
  const closedBy = closerOf(front.summary, upstream.summary);
  return {
    front: a,
    upstream: b,
    provenBy,
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
/** The same where the proxy has a handshake, pings, fragments and compression of its own. */
const SAME_MESSAGES: readonly (keyof Counts)[] = ['messages', 'messageBytes'];

const SENDERS = ['client', 'server'] as const;

/** Of a direction that was not captured whole nothing is known. */
function haveSameFrames({ directions: a }: ConnectionSummary, { directions: b }: ConnectionSummary): boolean {
  return SENDERS.every((sender) => isLossy(a[sender]) || isLossy(b[sender]) || areSame(a[sender], b[sender], SAME));
}

function haveSameMessages({ directions: a }: ConnectionSummary, { directions: b }: ConnectionSummary): boolean {
  return SENDERS.every(
    (sender) => !isLossy(a[sender]) && !isLossy(b[sender]) && areSame(a[sender], b[sender], SAME_MESSAGES),
  );
}

const isLossy = ({ gaps }: DirectionSummary): boolean => gaps > 0;

function areSame(a: DirectionSummary, b: DirectionSummary, names: readonly (keyof Counts)[]): boolean {
  return a.otherBytes + b.otherBytes === 0 && names.every((name) => a[name] === b[name]);
}

/** An end that came from one side on both legs is that side's; one that came from within is the proxy's. */
function closerOf(front: ConnectionSummary, upstream: ConnectionSummary): ProxyLegs['closedBy'] {
  const closers = [provenCloser(front), provenCloser(upstream)];
  const byFrame = closers.every((closer) => closer !== undefined);
  const [a, b] = byFrame ? closers : [front.endedBy, upstream.endedBy];
  if (a === 'server' && b === 'client') return 'proxy';
  return a === b && a !== 'unknown' ? a : undefined;
}
