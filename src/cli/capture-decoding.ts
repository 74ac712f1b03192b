import type { Connection, FlowHandler, Flows } from '../capture/flows.js';
import type { PacketReader, PacketVisitor } from '../capture/packet-reader.js';
import type { InputProblem, LinkType, Packet } from '../capture/types.js';
import type { ReadingOptions } from '../codec/assembling.js';
import { DeflateWindows } from '../codec/deflate-windows.js';
import type { SearchBudget } from '../codec/frame-search.js';
import { count } from '../render/layout.js';
import type { Judged } from '../rules/judged.js';
import type { ConnectionSummary } from '../rules/tally-summary.js';
import { UsageError } from './exit.js';
import { FileOrder } from './file-order.js';
import { connectionFilter } from './filters.js';
import { FlowReading, type FlowContext, type OtherTraffic } from './flow-reading.js';
import type { Input } from './input.js';
import { noticeOf, problemOf, type Opened } from './open-input.js';
import type { DecodeOptions } from './options.js';
import { type Printable, print } from '../render/printable.js';
import { escapeText } from '../render/escape.js';

/** Who takes what packets hold. */
export interface CaptureSink {
  record(record: Judged): void;
  closed(summary: ConnectionSummary): void;
  passedOver(what: OtherTraffic, connection: number): void;
  /** `hint`: where it is one, what it is about. */
  notice(message: Printable, hint?: Hint): void;
}

export interface Hint {
  readonly kind: OtherTraffic;
  readonly connection: number;
}

/** What sets the pace of reading. */
export interface Pace {
  /** Behind each chunk. */
  turn(): Promise<void>;
  /** Nothing more is to be read. */
  readonly over: boolean;
}

/** The connections of a capture are shared out among `count` readers; this one reads those of `index`, from 0 on. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

/** Bytes that may wait, and bytes of windows. */
const DEFAULT_LIMITS = { held: 64 * 1024 * 1024, windows: 256 * 1024 * 1024 };

/** What could make it readable, told once for each kind. */
const HINTS: Partial<Record<OtherTraffic, (connection: number) => Printable>> = {
  tls: (connection) =>
    print`connection ${connection} is TLS, and may hold wss; with the key log of one end (SSLKEYLOGFILE) tshark reads it:\n  tshark -r FILE -o tls.keylog_file:KEYLOG -q -z follow,tls,raw,${connection} | wsinspect decode`,
  http2: (connection) => print`connection ${connection} is HTTP/2: WebSockets in it (RFC 8441) are not read`,
};

/** Packets to judged records: TCP put together, each connection that holds WebSocket traffic read, the others counted. */
export class CaptureDecoding implements FlowContext {
  /** Time of the first packet, NaN where unknown. */
  start = NaN;
  /** One more than the number of the newest connection. */
  opened: number;
  private last = NaN;
  private readonly order = new FileOrder();
  readonly wants;
  readonly reading: ReadingOptions;
  readonly stated: ReadingOptions;
  private readonly windows: DeflateWindows;
  private readonly budget: SearchBudget;
  private readonly flows: Flows;
  private readonly told = new Set<OtherTraffic>();
  private readonly ports: ReadonlySet<number>;
  private readonly shard: { readonly index: number; readonly count: number } | undefined;

  constructor(
    flows: typeof Flows,
    private readonly options: DecodeOptions,
    reading: ReadingOptions,
    readonly first: number,
    private readonly sink: CaptureSink,
    /** All of them where nothing is said. */
    private readonly share: Share = { index: 0, count: 1 },
  ) {
    this.opened = first;
    this.wants = connectionFilter(options);
    this.shard = options.shard;
    this.ports = new Set(options.asWebsocket);
    const handler: FlowHandler = { open: (connection) => this.open(connection) };
    const { maxHeld = DEFAULT_LIMITS.held, maxWindows = DEFAULT_LIMITS.windows, maxConnections } = options;
    // Half of it for segments that came too early, half for bytes in which frames are looked for.
    const half = Math.ceil(maxHeld / 2 / share.count);
    this.windows = new DeflateWindows(maxWindows / share.count);
    this.budget = { limit: half, held: 0, dropped: 0 };
    this.reading = { ...reading, capture: 'any', windows: this.windows, searchBudget: this.budget };
    this.stated = { ...this.reading, capture: 'websocket' };
    this.flows = new flows(handler, {
      totalBytes: half,
      ...(maxConnections !== undefined && { connections: maxConnections }),
    });
  }

  /** All of them. */
  get connections(): number {
    return this.flows.counters.connections;
  }

  get packets(): number {
    return this.flows.counters.packets;
  }

  push({ link, bytes, originalLength, time = NaN }: Packet): void {
    this.packet(link, bytes, 0, bytes.length, originalLength, time);
  }

  /** A packet as a `PacketVisitor` gets it. */
  packet(link: LinkType, bytes: Uint8Array, start: number, end: number, originalLength: number, time: number): void {
    if (Number.isNaN(this.start)) this.start = time;
    this.last = time;
    this.flows.packet(link, bytes, start, end, originalLength, time);
  }

  /** Reads a capture file up to its end, or until it is enough. Gives where the file is damaged. */
  async read(input: Input, opened: Opened, reader: PacketReader, pace: Pace): Promise<InputProblem | undefined> {
    const before = this.packets;
    let begun = false;
    let problem: InputProblem | undefined;
    const visitor: PacketVisitor = {
      packet: (link, bytes, start, end, originalLength, time) => {
        if (!begun) this.tellOrder(input, time);
        begun = true;
        this.packet(link, bytes, start, end, originalLength, time);
      },
      notice: (message) => this.sink.notice(noticeOf(input, message)),
      problem: (found) => (problem = found),
    };
    for await (const chunk of opened.chunks) {
      reader.push(chunk, visitor);
      await pace.turn();
      if (problem || pace.over) break;
    }
    // What a signal breaks off may end in the midst of a packet: that is no damage.
    if (pace.over) return undefined;
    if (!problem && !opened.damage()) reader.end(visitor);
    problem ??= opened.damage();
    if (problem && this.packets === before) throw problemOf(input, problem);
    if (!problem && this.connections === 0) throw new UsageError(`${input.name}: no TCP connection in its packets`);
    return problem;
  }

  private tellOrder({ name }: Input, time: number): void {
    const told = this.order.begins(name, time, this.last);
    if (told !== undefined) this.sink.notice(told);
  }

  end(): void {
    this.flows.end(this.last);
    this.tellLimits();
  }

  isWebSocketPort(port: number): boolean {
    return this.ports.has(port);
  }

  record(record: Judged): void {
    this.sink.record(record);
  }

  closed(summary: ConnectionSummary): void {
    this.sink.closed(summary);
  }

  passOver(connection: Connection, what: OtherTraffic): void {
    this.flows.ignore(connection);
    const number = this.first + connection.number;
    this.sink.passedOver(what, number);
    const hint = HINTS[what];
    if (hint === undefined || this.told.has(what)) return;
    this.told.add(what);
    this.sink.notice(hint(number), { kind: what, connection: number });
  }

  drop(connection: Connection): void {
    this.flows.ignore(connection);
  }

  /** Something was given up for want of room: what is read hangs on more than its own connection. */
  get strained(): boolean {
    const { evicted, crowded } = this.flows.counters;
    return evicted + crowded + this.budget.dropped + this.windows.evicted > 0;
  }

  /** What was given up for want of room. */
  private tellLimits(): void {
    const { evicted, crowded } = this.flows.counters;
    const { dropped } = this.budget;
    const contexts = this.windows.evicted;
    const told: readonly (readonly [times: number, what: Printable, option: string])[] = [
      [evicted, print`gave up ${count(evicted, 'open connection')}: there were too many`, '--max-connections'],
      [crowded, print`did not wait for ${count(crowded, 'hole')} to be filled: too much was held behind`, '--max-held'],
      [
        dropped,
        print`passed over bytes ${count(dropped, 'time')}: too much was held to look for frames in`,
        '--max-held',
      ],
      [contexts, print`gave up ${count(contexts, 'compression context')}: the windows took too much`, '--max-windows'],
    ];
    for (const [times, what, option] of told) if (times > 0) this.sink.notice(print`${what} (${escapeText(option)})`);
  }

  private open(connection: Connection): FlowReading | undefined {
    const { shard, wants, share } = this;
    this.opened = this.first + connection.number + 1;
    if (ownerOf(connection.number, share.count) !== share.index) return undefined;
    if (shard && connection.shard(shard.count) !== shard.index - 1) return undefined;
    if (wants !== undefined) {
      const { a, b } = connection;
      const number = this.first + connection.number;
      const asSeen = wants({ number, client: a, server: b });
      // Without a SYN the first packet may have been the server's.
      if (!asSeen && (connection.synSeen || !wants({ number, client: b, server: a }))) return undefined;
    }
    return new FlowReading(connection, this);
  }
}

/** What is told of an input that is damaged: what there was is shown, and the place. */
export function damageOf(input: Input, { offset, message }: InputProblem): Printable {
  return print`wsinspect: ${noticeOf(input, `offset ${offset}: ${message}`)}\n`;
}

/**
 * Which of `count` readers has a connection. By the golden ratio: numbers in any steps are spread evenly, those of clients
 * that open their connections in pairs as well.
 */
function ownerOf(connection: number, count: number): number {
  return Math.floor(((Math.imul(connection, 0x9e3779b1) >>> 0) / 2 ** 32) * count);
}
