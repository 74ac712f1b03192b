import { formatAddress, shardOf } from '../packets/address.js';
import type { Pair } from './pair-table.js';
import type { Address } from '../packets/address.js';
import type { Endpoint } from '../../codec/bytes/endpoint.js';
import {
  otherSide,
  type Passage,
  type Side,
  type StreamOrigin,
  type StreamTaker,
} from '../../codec/bytes/stream-taker.js';
import { numberOf, type NumberedConnection } from './connection-numbers.js';
import { Stream } from './reassembly.js';
import type { Reassembly } from './reassembly-limits.js';

import { ACK, FIN, RST, SYN, type Segment } from './segment.js';
import { Track } from './track.js';
import type { WindowStalls } from './window-stalls.js';

/** What is kept of a TCP connection. Made for thousands at once: texts are made when they are first used. */
export class TcpConnection implements StreamOrigin, NumberedConnection {
  readonly order: number;
  given: number | undefined;
  isOrdinary = false;
  /** Time of the first packet, seconds since the epoch, NaN where unknown. */
  readonly time: number;
  /** By side. */
  readonly streams: readonly [Stream, Stream];
  readonly tracks: readonly [Track, Track] = [new Track(), new Track()];
  /** The initiator is the high endpoint of its pair. */
  readonly swapped: boolean;
  /** A SYN or SYN/ACK was seen: side 0 is the initiator for certain. */
  synSeen = false;
  /** By its headers it has ended: both FINs, or a reset. The same whether it is read or not. */
  over = false;
  /** Nothing more is handed on. */
  closed = false;
  packets = 0;
  /** TCP payload on the wire, by side, retransmissions too. */
  readonly payload: [number, number] = [0, 0];
  /** Undefined: it is not wanted. */
  taker: StreamTaker | undefined;
  /** A bit for each side whose window was seen to be more than 0. */
  openWindows = 0;
  /** Since a window was 0 for the first time. */
  stalls: WindowStalls | undefined;
  /** The tunnels of its first packet. */
  through: readonly Passage[] | undefined;
  /** Its first packet was pasted. */
  isPasted = false;
  /** Where the table keeps it. */
  slot = -1;
  /** One socket that is connected to itself (RFC 9293 §3.5, simultaneous open): both directions are one. */
  readonly isSelf: boolean;
  private readonly low: Address;
  private readonly high: Address;
  private readonly ports: readonly [low: number, high: number];

  constructor(order: number, pair: Pair, swapped: boolean, time: number, shared: Reassembly) {
    this.order = order;
    this.time = time;
    this.swapped = swapped;
    this.low = pair.address(false);
    this.high = pair.address(true);
    this.ports = [pair.port(false), pair.port(true)];
    this.isSelf = this.ports[0] === this.ports[1] && this.low.every((word, index) => word === this.high[index]);
    this.streams = [new Stream(0, shared), new Stream(1, shared)];
  }

  get number(): number {
    return numberOf(this);
  }

  get isEstablished(): boolean {
    return this.tracks.every(({ synSeen }) => synSeen);
  }

  get isNumbered(): boolean {
    return this.given !== undefined;
  }

  /** Side 0: the initiator where a SYN or SYN/ACK was seen, else the sender of the first packet. */
  get a(): Endpoint {
    return this.endpoint(this.swapped);
  }

  /** Side 1. */
  get b(): Endpoint {
    return this.endpoint(!this.swapped);
  }

  /** Which of `count` shards, from 0: see `shardOf`. */
  shard(count: number): number {
    return shardOf(this.low, this.high, count);
  }

  /** By the golden ratio: orders in any steps are spread evenly, those of clients that open their connections in pairs as well. */
  share(count: number): number {
    return Math.floor(((Math.imul(this.order, 0x9e3779b1) >>> 0) / 2 ** 32) * count);
  }

  /** Takes what a segment's header shows, whether the bytes are read or not. Returns whether it resets the connection. */
  note(side: Side, { flags, sequence, acknowledgment, length }: Segment): boolean {
    const track = this.tracks[side];
    const other = this.tracks[otherSide(side)];
    const isSyn = (flags & SYN) !== 0;
    const isAck = (flags & ACK) !== 0 && !this.isSelf;
    if (isSyn) track.synchronize(sequence);
    if (isSyn && isAck) other.begin(acknowledgment);
    if ((flags & RST) !== 0) {
      const counts = track.takesReset(sequence);
      this.over ||= counts;
      return counts;
    }
    if (isAck) other.acknowledge(acknowledgment);
    const start = isSyn ? (sequence + 1) | 0 : sequence;
    if (length > 0) track.data(start, length);
    if ((flags & FIN) !== 0) track.fin((start + length) | 0);
    this.over ||= track.finSeen && other.finSeen;
    return false;
  }

  get isClientFirst(): boolean {
    return this.synSeen;
  }

  /** From now on `taker` takes what the streams bring. */
  attach(taker: StreamTaker | undefined): void {
    this.taker = taker;
    for (const stream of this.streams) stream.sink = taker;
  }

  detach(): void {
    this.taker = undefined;
    for (const stream of this.streams) stream.detach();
  }

  /** Its packets are only counted from now on. */
  ignore(): void {
    this.detach();
    for (const stream of this.streams) stream.based = false;
  }

  private endpoint(high: boolean): Endpoint {
    return { address: formatAddress(high ? this.high : this.low), port: this.ports[high ? 1 : 0] };
  }
}
