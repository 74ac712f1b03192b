import type { Flows, TcpConnection } from '../../sources/tcp/flows.js';
import type { LinkType, Packet } from '../../sources/bytes/types.js';
import type { PacketReader } from '../../sources/files/packet-reader.js';
import { DeflateWindows } from '../../codec/deflate/windows.js';
import type { SearchBudget } from '../../codec/resync/frame-search.js';
import { count } from '../../codec/bytes/plural.js';
import type { Ends, OtherTraffic } from '../conversation-taker.js';
import { Conversations, type ConversationsOptions } from '../conversations.js';
import { PolledSessions } from '../apps/polled-sessions.js';
import type { openHttp2 } from '../layers/http2-traffic.js';
import { http2FaultWords, http2Hint } from '../layers/http2-words.js';
import { tlsHint } from '../layers/tls-words.js';
import type { TrafficLimits, TrafficTaker } from './traffic-taker.js';

/** What reads packets, handed in: a program loads it only when packets come, or when what needs it does. */
export interface FlowParts {
  readonly Flows: typeof Flows;
  readonly openHttp2: typeof openHttp2;
}

/** Bytes that may wait, and bytes of windows. */
const DEFAULT_LIMITS = { held: 64 * 1024 * 1024, windows: 256 * 1024 * 1024 };

/** What could make it readable, reported once for each kind. */
const HINTS: Partial<Record<OtherTraffic, (connection: number, ends: Ends, hasLog: boolean) => string | undefined>> = {
  tls: (connection, { tls }, hasLog) => tlsHint(connection, tls, hasLog),
  http2: http2Hint,
  other: (connection, { mayBeWebSocket, server }) =>
    mayBeWebSocket && server
      ? `connection ${connection} may be WebSocket without its beginning, and is too short to be certain: --as-websocket ${server.port} reads it`
      : undefined,
};

/** What a packet belongs to. */
export interface SeenPacket {
  /** Undefined: to none of TCP, as far as it is known. */
  readonly connection: Pick<TcpConnection, 'taker' | 'number' | 'isNumbered'> | undefined;
  /** What the fragments of its datagram have in common; undefined: it is a whole one. */
  readonly fragment: string | undefined;
  /** Others of them are still to come. */
  readonly isPart: boolean;
}

/** Packets to judged records: TCP put together, each stream that holds WebSocket traffic read, the others counted. */
export class PacketTraffic {
  /** Time of the first packet, NaN where unknown. */
  start = NaN;
  /** Time of the newest packet. */
  last = NaN;
  private readonly windows: DeflateWindows;
  private readonly budget: SearchBudget;
  private readonly flows: Flows;
  private readonly hinted = new Set<string>();
  private readonly polled: PolledSessions | undefined;

  constructor(
    { Flows, openHttp2 }: FlowParts,
    private readonly options: ConversationsOptions,
    limits: TrafficLimits,
    private readonly taker: TrafficTaker,
  ) {
    const { maxHeld = DEFAULT_LIMITS.held, maxWindows = DEFAULT_LIMITS.windows, maxConnections } = limits;
    const readers = options.share?.count ?? 1;
    // Half of it for segments that came too early, half for bytes in which frames are looked for.
    const half = Math.ceil(maxHeld / 2 / readers);
    this.windows = new DeflateWindows(maxWindows / readers);
    this.budget = { limit: half, held: 0, dropped: 0 };
    const { windows, budget: searchBudget } = this;
    this.polled = polledIn(options);
    const apps = options.apps && { ...options.apps, polled: this.polled };
    const reading = { ...options.reading, capture: 'any' as const, windows, searchBudget };
    const flowLimits = { totalBytes: half, ...(maxConnections !== undefined && { connections: maxConnections }) };
    this.flows = new Flows(
      new Conversations(
        { ...options, reading, apps, http2: openHttp2 },
        {
          record: (record, ends) => taker.record(record, ends),
          ending: (...args) => taker.ending?.(...args),
          closed: (summary, ends) => {
            if (summary.tls?.reason !== undefined) this.hint('tls', ends);
            taker.closed(summary, ends);
          },
          passedOver: (what, ends) => this.passedOver(what, ends),
        },
      ),
      flowLimits,
      options.first,
    );
  }

  /** One more than the number of the newest connection. */
  get opened(): number {
    return this.flows.next;
  }

  /** All of them. */
  get connections(): number {
    return this.flows.counters.connections;
  }

  get packets(): number {
    return this.flows.counters.packets;
  }

  push(packet: Packet): void {
    this.seen(packet.time ?? NaN);
    this.flows.push(packet);
  }

  /** A packet as a `PacketVisitor` gets it. */
  packet(link: LinkType, bytes: Uint8Array, start: number, end: number, originalLength: number, time: number): void {
    this.seen(time);
    this.flows.packet(link, bytes, start, end, originalLength, time);
  }

  /** The connection of the packet that came last. */
  get newest(): SeenPacket {
    const { seen: connection, fragment, isPart } = this.flows;
    return { connection, fragment, isPart };
  }

  /** A key log within the capture. */
  secrets(keyLog: Uint8Array): void {
    this.options.tls?.block?.(keyLog, (message) => this.taker.notice(message));
  }

  /** A capture begins. `read` gives the key logs within it, also those after the packets that need them; undefined, or false: that is not possible. */
  secretsAhead(reader: PacketReader, read?: (take: (keyLog: Uint8Array) => void) => boolean): void {
    if (!reader.mayHoldSecrets) return;
    this.options.tls?.lookAheadBy?.(() => read?.((keyLog) => this.secrets(keyLog)) ?? false);
  }

  private seen(time: number): void {
    if (Number.isNaN(this.start)) this.start = time;
    this.last = time;
  }

  end(): void {
    this.flows.end(this.last);
    this.options.tls?.end?.((message) => this.taker.notice(message));
    for (const message of this.notRead()) this.taker.notice(message);
    // Of several readers each sees other connections.
    for (const message of this.polled?.unread ?? []) this.taker.notice(message, { kind: message, connection: 0 });
    this.reportLimits();
  }

  private notRead(): string[] {
    const { unread, cut } = this.flows;
    const named = [...unread].map(([name, packets]) => unreadText(name, packets));
    return cut.packets === 0 ? named : [...named, cutText(cut.packets, this.packets, cut.length)];
  }

  /** What the packets carry that are not read, and that packets are cut; undefined: nothing that has a name. */
  get unread(): string | undefined {
    const all = this.notRead();
    return all.length === 0 ? undefined : all.join('; ');
  }

  /** Something was given up for lack of memory: what is read depends on more than its own connection. */
  get isStrained(): boolean {
    const { evicted, crowded } = this.flows.counters;
    return evicted + crowded + this.budget.dropped + this.windows.evicted > 0;
  }

  /** What is read of a connection depends on what others of it hold. */
  get isJoint(): boolean {
    return this.isStrained || this.polled?.isUsed === true;
  }

  private passedOver(what: OtherTraffic, ends: Ends): void {
    this.taker.passedOver(what, ends);
    this.hint(what, ends);
  }

  /** Once for each kind, for each reason why TLS is not read, and for each fault of HTTP/2. */
  private hint(what: OtherTraffic, ends: Ends): void {
    const reason = what === 'tls' ? ends.tls?.reason : http2FaultWords(ends.faults);
    const kind = reason === undefined ? what : `${what} ${reason}`;
    const hasLog = this.options.tls?.hasLog === true;
    const hintOf = HINTS[what];
    if (hintOf === undefined || ends.origin === undefined || this.hinted.has(kind)) return;
    const connection = ends.origin.number;
    const hint = hintOf(connection, ends, hasLog);
    if (hint === undefined) return;
    this.hinted.add(kind);
    this.taker.notice(hint, { kind, connection });
  }

  /** What was given up for lack of memory. */
  private reportLimits(): void {
    const { evicted, crowded } = this.flows.counters;
    const { dropped } = this.budget;
    const contexts = this.windows.evicted;
    const limits: readonly (readonly [times: number, what: string, option: string])[] = [
      [evicted, `gave up ${count(evicted, 'open connection')}: there were too many`, '--max-connections'],
      [crowded, `did not wait for the bytes of ${count(crowded, 'gap')}: too much was held after them`, '--max-held'],
      [dropped, `skipped bytes ${count(dropped, 'time')}: too much was held to search for frames`, '--max-held'],
      [contexts, `gave up ${count(contexts, 'compression context')}: the windows took too much`, '--max-windows'],
    ];
    for (const [times, what, option] of limits) if (times > 0) this.taker.notice(`${what} (${option})`);
  }
}

/** What is polled is not read, but named, where bytes are changed before they are read again. */
function polledIn({ apps, rewriting }: ConversationsOptions): PolledSessions | undefined {
  return apps === undefined || apps.isPayloadOnly === true ? undefined : new PolledSessions(rewriting === undefined);
}

function unreadText(name: string, packets: number): string {
  return packets === 1 ? `1 packet is ${name}: not read` : `${packets} packets are ${name}: not read`;
}

function cutText(cut: number, packets: number, length: number): string {
  return (
    `${cut} of ${count(packets, 'packet')} ${cut === 1 ? 'was' : 'were'} cut when captured, after ${count(length, 'byte')} at most: ` +
    `the rest is missing, and tcpdump -s 0 captures whole packets`
  );
}
