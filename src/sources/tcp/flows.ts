import { TcpConnection } from './tcp-connection.js';
import { ConnectionNumbers } from './connection-numbers.js';
import { FlowTable } from './flow-table.js';
import { FLOW_LIMITS } from './flow-types.js';
import type { FlowCounters, FlowLimits } from './flow-types.js';
import { fragmentKey, Fragments } from '../packets/fragments.js';
import { Datagram, parseIp, PROTOCOL_TCP } from '../packets/ip.js';
import { ipStart, NO_IP } from '../packets/link.js';
import { Trail } from '../packets/trail.js';
import { ipInside } from '../packets/tunnels.js';
import { Pair } from './pair-table.js';
import { Reassembly } from './reassembly-limits.js';
import { otherSide, type CloseReason, type Side, type StreamOpener } from '../../codec/bytes/stream-taker.js';
import { ACK, FIN, parseTcp, RST, Segment, SYN } from './segment.js';
import { mayStall, WindowStalls } from './window-stalls.js';
import type { LinkType, Packet } from '../bytes/types.js';

/** Packets -> connections -> the bytes of both directions, in order. Never throws on any input; memory is bounded by `limits`. */
export class Flows {
  private readonly limits: FlowLimits;
  private readonly shared: Reassembly;
  private readonly table: FlowTable;
  private readonly fragments: Fragments;
  private readonly datagram = new Datagram();
  private readonly segment = new Segment();
  private readonly pair = new Pair();
  private readonly trail = new Trail();
  private readonly numbers: ConnectionNumbers;
  private isPasted = false;
  /** The connection of the packet that came last, if it is one of TCP, and what its fragments have in common, if it is one of them. */
  seen: TcpConnection | undefined;
  fragment: string | undefined;
  /** Fragments of its datagram are still to come. */
  isPart = false;
  /** Packets that are not read, by the name of what they carry. */
  readonly unread = new Map<string, number>();
  /** Packets of which not all bytes were captured, and the most that were captured of one. */
  readonly cut = { packets: 0, length: 0 };
  private readonly counts = {
    packets: 0,
    bytes: 0,
    notIp: 0,
    malformed: 0,
    notTcp: 0,
    fragments: 0,
    connections: 0,
    evicted: 0,
    ignored: 0,
  };

  constructor(
    private readonly opener: StreamOpener<TcpConnection>,
    limits: Partial<FlowLimits> = {},
    /** The number of the first connection. */
    first = 0,
  ) {
    this.limits = { ...FLOW_LIMITS, ...limits };
    this.shared = new Reassembly(this.limits);
    this.table = new FlowTable(this.limits.connections, this.limits.closedConnections);
    this.fragments = new Fragments(this.limits.fragments);
    this.numbers = new ConnectionNumbers(first);
  }

  get counters(): FlowCounters {
    const { duplicates, duplicateBytes, stray, deliveredBytes, lostBytes, crowded } = this.shared;
    const lostDatagrams = this.fragments.lost;
    return { ...this.counts, lostDatagrams, duplicates, duplicateBytes, stray, deliveredBytes, lostBytes, crowded };
  }

  /** One more than the highest number given. */
  get next(): number {
    return this.numbers.next;
  }

  /** A packet as an object: see `packet`, which makes none. */
  push({ link, bytes, originalLength, time, isPasted = false }: Packet): void {
    this.isPasted = isPasted;
    this.packet(link, bytes, 0, bytes.length, originalLength, time ?? NaN);
  }

  /** The next packet, as a `PacketVisitor` gets it. */
  packet(link: LinkType, bytes: Uint8Array, start: number, end: number, originalLength: number, time: number): void {
    const { counts, datagram } = this;
    counts.packets++;
    counts.bytes += originalLength;
    if (end - start < originalLength) this.countCut(end - start);
    const wireEnd = start + originalLength;
    this.seen = undefined;
    this.fragment = undefined;
    this.isPart = false;
    const { trail } = this;
    trail.clear();
    const ip = ipStart(link, bytes, start, end, wireEnd, trail);
    if (ip === NO_IP) {
      counts.notIp++;
      this.countUnread();
    } else if (!parseIp(bytes, ip, end, wireEnd, datagram)) counts.malformed++;
    else this.takeDatagram(time);
  }

  /** The datagram in `datagram`, or the one in it that holds TCP. */
  private takeDatagram(time: number): void {
    const { counts, datagram } = this;
    for (;;) {
      if (datagram.fragmented) {
        counts.fragments++;
        this.fragment = fragmentKey(datagram);
        this.isPart = true;
        if (!this.fragments.add(datagram, time)) return;
        this.isPart = false;
      }
      if (datagram.protocol === PROTOCOL_TCP) break;
      const inner = ipInside(datagram, this.trail);
      if (inner === NO_IP) {
        counts.notTcp++;
        return this.countUnread();
      }
      const { bytes, end, missing } = datagram;
      if (!parseIp(bytes, inner, end, end + missing, datagram)) {
        counts.malformed++;
        return;
      }
    }
    if (!parseTcp(datagram, this.segment)) counts.malformed++;
    else this.take(time);
  }

  private countCut(length: number): void {
    this.cut.packets++;
    if (length > this.cut.length) this.cut.length = length;
  }

  private countUnread(): void {
    const { unread } = this.trail;
    if (unread !== undefined) this.unread.set(unread, (this.unread.get(unread) ?? 0) + 1);
  }

  /** No more packets: whatever waits is handed on, and all connections that are open are closed. */
  end(time = NaN): void {
    this.fragments.end();
    for (const connection of this.table.open()) this.close(connection, 'end', time);
  }

  /** The segment in `segment`, of the datagram in `datagram`. */
  private take(time: number): void {
    const { datagram, segment, pair } = this;
    pair.set(datagram, segment.sourcePort, segment.destinationPort);
    const connection = this.connectionOf(time);
    this.seen = connection;
    const side = pair.swapped === connection.swapped ? 0 : 1;
    connection.packets++;
    connection.payload[side] += segment.length;
    if (!connection.isNumbered) this.numbers.take(connection, segment);
    const wasOver = connection.over;
    const resets = connection.note(side, segment);
    if (connection.taker !== undefined) this.advance(connection, side, resets, time);
    else this.watch(connection, time);
    if (connection.over && !wasOver) this.retire(connection, time);
  }

  private connectionOf(time: number): TcpConnection {
    const known = this.table.find(this.pair);
    if (known === undefined) return this.open(time, undefined);
    const mayBeNew = (this.segment.flags & SYN) !== 0 || known.over;
    return mayBeNew && this.isNew(known) ? this.open(time, known) : known;
  }

  private open(time: number, old: TcpConnection | undefined): TcpConnection {
    const { flags } = this.segment;
    const isAnswer = (flags & (SYN | ACK)) === (SYN | ACK);
    const swapped = this.pair.swapped !== isAnswer;
    if (old !== undefined) this.close(old, 'reused', time);
    else if (this.table.isFull) this.evict(time);
    const connection = new TcpConnection(this.counts.connections++, this.pair, swapped, time, this.shared);
    connection.synSeen = (flags & SYN) !== 0;
    if (old === undefined) this.table.add(this.pair, connection);
    else this.table.replace(old, connection);
    this.numbers.opened(connection);
    connection.through = this.trail.passages;
    connection.isPasted = this.isPasted;
    connection.attach(this.opener.opened(connection, time));
    return connection;
  }

  private evict(time: number): void {
    const victim = this.table.victim();
    if (!victim.closed) this.counts.evicted++;
    this.close(victim, 'evicted', time);
    this.table.remove(victim);
  }

  /** Whether this SYN, or this data on an ended connection, is the beginning of another connection between the same ports (RFC 9293 §3.6.1, RFC 6191) */
  private isNew(known: TcpConnection): boolean {
    const { flags, sequence, length } = this.segment;
    const side = this.pair.swapped === known.swapped ? 0 : 1;
    const track = known.tracks[side];
    if ((flags & SYN) === 0) return length > 0 && track.isElsewhere(sequence);
    return track.isOtherSyn(sequence, (flags & ACK) !== 0, known.over, known.tracks[otherSide(side)]);
  }

  /** A segment of a connection that is read. */
  private advance(connection: TcpConnection, side: Side, resets: boolean, time: number): void {
    const { segment } = this;
    const { flags, acknowledgment, length } = segment;
    const stream = connection.streams[side];
    const other = connection.streams[otherSide(side)];
    if ((flags & SYN) !== 0) this.synchronize(connection, side);
    if ((flags & RST) !== 0) return this.reset(connection, side, resets, time);
    segment.time = time;
    segment.packet = connection.packets;
    this.noteWindow(connection, side, time);
    if ((flags & ACK) !== 0 && !connection.isSelf) other.acknowledge(acknowledgment, time, segment.packet);
    if (length > 0) stream.accept(segment);
    if ((flags & FIN) !== 0) stream.fin((segment.sequence + length) | 0, time, segment.packet);
    if (stream.pending || other.pending) this.giveUp(connection, time);
    if (stream.finished && other.finished) this.close(connection, 'fin', time);
  }

  /** What is done for each segment is a comparison: few connections have a window of 0. */
  private noteWindow(connection: TcpConnection, side: Side, time: number): void {
    const { segment } = this;
    if (segment.window !== 0) connection.openWindows |= 1 << side;
    if (connection.stalls === undefined) {
      if (segment.window !== 0 || !mayStall(segment) || connection.isSelf) return;
      connection.stalls = new WindowStalls();
    }
    const seconds = connection.stalls.take(side, segment, time);
    if (seconds !== undefined) connection.taker?.stalled?.(side, seconds, time);
  }

  /** A side whose window was never seen open may write no windows into its segments. */
  private endStalls({ stalls, openWindows, taker }: TcpConnection, reason: CloseReason, time: number): void {
    for (const side of [0, 1] as const) {
      const seconds = stalls?.end(side, reason === 'reset' ? time : undefined);
      if (seconds !== undefined && (openWindows & (1 << side)) !== 0) taker?.stalled?.(side, seconds, time);
    }
  }

  private giveUp({ streams, packets }: TcpConnection, time: number): void {
    const closing = streams[0].finSeen && streams[1].finSeen;
    for (const stream of streams) if (stream.pending) stream.giveUp(time, packets, closing);
  }

  /** RFC 9293 §3.5: a SYN takes a sequence number; its stream begins after it, and the other one with its acknowledgment. */
  private synchronize(connection: TcpConnection, side: Side): void {
    const { flags, sequence, acknowledgment } = this.segment;
    const stream = connection.streams[side];
    connection.synSeen = true;
    this.segment.sequence = (sequence + 1) | 0;
    stream.begin(this.segment.sequence);
    if ((flags & ACK) !== 0) connection.streams[otherSide(side)].begin(acknowledgment);
  }

  /** A reset outside of the window belongs to another connection. */
  private reset(connection: TcpConnection, side: Side, resets: boolean, time: number): void {
    if (!resets) {
      this.shared.stray++;
      return;
    }
    this.flush(connection, time);
    connection.taker?.reset(side, time);
    this.close(connection, 'reset', time);
  }

  /** A segment that is not read. */
  private watch(connection: TcpConnection, time: number): void {
    this.counts.ignored++;
    if (connection.over) this.close(connection, 'fin', time);
  }

  /** It is over by its headers; where bytes are still waited for, it is read on. */
  private retire(connection: TcpConnection, time: number): void {
    const gone = this.table.retire(connection);
    if (gone !== undefined) this.close(gone, 'fin', time);
  }

  private flush(connection: TcpConnection, time: number): void {
    for (const stream of connection.streams) stream.flush(time);
  }

  private close(connection: TcpConnection, reason: CloseReason, time: number): void {
    if (connection.closed) return;
    this.flush(connection, time);
    connection.closed = true;
    this.numbers.ended(connection);
    if (connection.stalls !== undefined) this.endStalls(connection, reason, time);
    const { taker } = connection;
    connection.detach();
    taker?.close(reason, time);
  }
}

export { TcpConnection } from './tcp-connection.js';
export type { FlowCounters, FlowLimits } from './flow-types.js';
