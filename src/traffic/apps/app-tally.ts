import type { PlacedPacket, SubscriptionChange } from '../../apps/packet.js';
import { isCall, LONGEST_KEY, shortText, type CallTaker, type FoundCall, type OpenCall } from './calls.js';

/** Names that are counted by themselves; calls of further ones are counted together. */
const MOST_NAMES = 100;
const MOST_TOTAL_NAMES = 1000;
const MOST_ERRORS = 50;
/** Subscriptions that are open at one time; further ones are not counted. */
const MOST_SUBSCRIPTIONS = 10_000;

/** Seconds, rounded to three significant digits, and how often each came: bounded, and can be added up. */
type LatencySamples = Map<number, number>;

/** Seconds from calls to their first replies; p50 and p99 to three significant digits. */
export interface LatencySummary {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What became of calls. */
export interface CallCounts {
  readonly calls: number;
  /** A call may have several. */
  readonly replies: number;
  /** Calls without any reply, and that the caller has not ended. Those whose reply may have been lost are not in it. */
  readonly unanswered: number;
  /** Calls, such as subscriptions, with replies so far, the last of which had not come at the end. */
  readonly open: number;
  /** Of the calls whose times and those of their replies are known. */
  readonly latency?: LatencySummary;
}

/** The calls of one type and name. */
export interface NamedCalls extends CallCounts {
  /** Where it is not that of the conversation. */
  readonly protocol?: string;
  /** Absent for those that are counted together. */
  readonly type?: string;
  readonly name?: string;
  readonly samples?: ReadonlyMap<number, number>;
}

/** What was said by an application protocol. Plain data. */
export interface AppSummary extends CallCounts {
  readonly protocol: string;
  readonly packets: number;
  /** Packets that report a failure, by type. */
  readonly errors: Readonly<Record<string, number>>;
  /** How often each of its rules was broken. */
  readonly diagnostics: Readonly<Record<string, number>>;
  /** The most calls first. */
  readonly byName: readonly NamedCalls[];
  /** How many subscriptions were open at the end, by topic. */
  readonly subscribed: Readonly<Record<string, number>>;
  readonly samples?: ReadonlyMap<number, number>;
}

/** The same of a run. */
export interface AppTotals extends AppSummary {
  readonly connections: number;
}

/** Counts under construction. */
class CallSums {
  calls = 0;
  replies = 0;
  unanswered = 0;
  open = 0;
  private max = 0;
  private readonly samples: LatencySamples = new Map();

  sample(seconds: number): void {
    this.count(Number(seconds.toPrecision(3)), 1);
    this.max = Math.max(this.max, seconds);
  }

  add({ calls, replies, unanswered, open, latency, samples }: Omit<NamedCalls, 'type' | 'name'>): void {
    this.calls += calls;
    this.replies += replies;
    this.unanswered += unanswered;
    this.open += open;
    for (const [seconds, times] of samples ?? []) this.count(seconds, times);
    this.max = Math.max(this.max, latency?.max ?? 0);
  }

  summary(): CallCounts & { readonly samples: ReadonlyMap<number, number> } {
    const { calls, replies, unanswered, open, max, samples } = this;
    const at = (part: number): number => Math.min(max, quantile(samples, part));
    const latency = samples.size > 0 && { p50: at(0.5), p99: at(0.99), max };
    return { calls, replies, unanswered, open, ...(latency && { latency }), samples };
  }

  private count(seconds: number, times: number): void {
    this.samples.set(seconds, (this.samples.get(seconds) ?? 0) + times);
  }
}

/** The smallest value that this part of the samples does not exceed. */
function quantile(samples: ReadonlyMap<number, number>, part: number): number {
  const sorted = [...samples].sort(([a], [b]) => a - b);
  const rank = Math.ceil(part * sorted.reduce((sum, [, times]) => sum + times, 0));
  let seen = 0;
  for (const [seconds, times] of sorted) if ((seen += times) >= rank) return seconds;
  return NaN;
}

interface NamedCounts {
  readonly counts: CallSums;
  readonly named: Pick<NamedCalls, 'protocol' | 'type' | 'name'>;
}

/** The subscriptions of one conversation that are open. */
class OpenSubscriptions {
  private readonly topics = new Map<string, string>();

  take({ key, topic }: SubscriptionChange): void {
    if (topic === undefined) this.topics.delete(key);
    else if (key.length <= LONGEST_KEY && this.topics.size < MOST_SUBSCRIPTIONS) this.topics.set(key, shortText(topic));
  }

  /** What was lost may have ended them. */
  lost(): void {
    this.topics.clear();
  }

  addTo(counts: Map<string, number>): void {
    for (const topic of this.topics.values()) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  }
}

/** Counts by name, of a bounded number of names. */
class NameTable {
  readonly all = new CallSums();
  readonly errors = new Map<string, number>();
  /** Of a protocol and those inside it: bounded by their rules. */
  readonly diagnostics = new Map<string, number>();
  readonly subscribed = new Map<string, number>();
  packets = 0;
  private readonly names = new Map<string, NamedCounts>();
  private others: CallSums | undefined;

  constructor(private readonly most: number) {}

  of({ protocol, type, name }: Pick<NamedCalls, 'protocol' | 'type' | 'name'>): CallSums {
    if (type === undefined) return (this.others ??= new CallSums());
    const key = `${protocol ?? ''}\n${type}\n${name ?? ''}`;
    const known = this.names.get(key);
    if (known !== undefined) return known.counts;
    if (this.names.size >= this.most) return (this.others ??= new CallSums());
    const counts = new CallSums();
    this.names.set(key, {
      counts,
      named: { ...(protocol !== undefined && { protocol }), type, ...(name !== undefined && { name }) },
    });
    return counts;
  }

  failed(type: string, times = 1): void {
    const { errors } = this;
    if (errors.has(type) || errors.size < MOST_ERRORS) errors.set(type, (errors.get(type) ?? 0) + times);
  }

  broke(code: string, times = 1): void {
    this.diagnostics.set(code, (this.diagnostics.get(code) ?? 0) + times);
  }

  subscribedTo(topic: string, times: number): void {
    const { subscribed } = this;
    if (subscribed.has(topic) || subscribed.size < MOST_SUBSCRIPTIONS)
      subscribed.set(topic, (subscribed.get(topic) ?? 0) + times);
  }

  summary(protocol: string): AppSummary {
    const { packets, errors, diagnostics, names, others, subscribed } = this;
    const byName = [...names.values()]
      .map(({ counts, named }): NamedCalls => ({ ...named, ...counts.summary() }))
      .sort((a, b) => b.calls - a.calls);
    return {
      protocol,
      packets,
      ...this.all.summary(),
      errors: Object.fromEntries(errors),
      diagnostics: Object.fromEntries(diagnostics),
      byName: others === undefined ? byName : [...byName, others.summary()],
      subscribed: Object.fromEntries(subscribed),
    };
  }
}

/** Counts the packets and calls of one conversation. */
export class AppTally implements CallTaker {
  private readonly table = new NameTable(MOST_NAMES);
  private readonly subscriptions = new OpenSubscriptions();

  constructor(private readonly protocol: string) {}

  placed(packet: PlacedPacket, found: FoundCall | undefined): void {
    const { table } = this;
    table.packets++;
    if (packet.isError === true) table.failed(shortText(packet.type));
    for (const { code } of packet.diagnostics) table.broke(code);
    for (const change of packet.subscriptions ?? []) this.subscriptions.take(change);
    if (isCall(packet)) for (const counts of this.rows(packet)) counts.calls++;
    if (found === undefined || found.isOwn) return;
    for (const counts of this.rows(found.call)) {
      if (found.isFirst && found.call.isAnsweredByFailure) counts.calls++;
      counts.replies++;
      if (found.isFirst && packet.latency !== undefined) counts.sample(packet.latency);
    }
  }

  /** Messages were lost. */
  lost(): void {
    this.subscriptions.lost();
  }

  /** A rule that the end of the conversation breaks. */
  broke(code: string): void {
    this.table.broke(code);
  }

  /** At the end. `waiting`: the calls that are not over. Undefined: no packet was read. */
  summary(waiting: Iterable<OpenCall>): AppSummary | undefined {
    if (this.table.packets === 0) return undefined;
    for (const call of waiting) {
      if (call.isEnded || call.isUncertain || (call.isAnsweredByFailure && !call.isAnswered)) continue;
      for (const counts of this.rows(call)) counts[call.isAnswered ? 'open' : 'unanswered']++;
    }
    this.subscriptions.addTo(this.table.subscribed);
    return this.table.summary(this.protocol);
  }

  private rows({ protocol, type, name }: Pick<OpenCall, 'protocol' | 'type' | 'name'>): readonly CallSums[] {
    const { all } = this.table;
    const inner = protocol !== this.protocol && { protocol };
    const named = { type: shortText(type), ...(name !== undefined && { name: shortText(name) }) };
    return [all, this.table.of({ ...inner, ...named })];
  }
}

/** Adds up what was said by each protocol. */
export class AppSums {
  private readonly tables = new Map<string, { readonly table: NameTable; connections: number }>();

  add(summary: AppSummary): void {
    const { protocol } = summary;
    let entry = this.tables.get(protocol);
    if (entry === undefined)
      this.tables.set(protocol, (entry = { table: new NameTable(MOST_TOTAL_NAMES), connections: 0 }));
    const { table } = entry;
    entry.connections++;
    table.packets += summary.packets;
    table.all.add(summary);
    for (const [type, times] of Object.entries(summary.errors)) table.failed(type, times);
    for (const [code, times] of Object.entries(summary.diagnostics)) table.broke(code, times);
    for (const named of summary.byName) table.of(named).add(named);
    for (const [topic, times] of Object.entries(summary.subscribed)) table.subscribedTo(topic, times);
  }

  /** The most packets first. */
  totals(): AppTotals[] {
    return [...this.tables]
      .map(([protocol, { table, connections }]) => ({ connections, ...table.summary(protocol) }))
      .sort((a, b) => b.packets - a.packets);
  }
}

/** Without the samples, which only sums need. */
export function withoutSamples(summary: AppSummary): AppSummary {
  const bare: { -readonly [Name in keyof AppSummary]: AppSummary[Name] } = { ...summary };
  delete bare.samples;
  bare.byName = summary.byName.map((named) => {
    const counts: { -readonly [Name in keyof NamedCalls]: NamedCalls[Name] } = { ...named };
    delete counts.samples;
    return counts;
  });
  return bare;
}
