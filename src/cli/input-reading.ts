import type { Packet, SourceEvent } from '../capture/types.js';
import { looksLikeWebSocket } from '../codec/plausible.js';
import type { ReadingOptions } from '../codec/assembling.js';
import { opcodeInfo } from '../codec/registry.js';
import { count } from '../render/layout.js';
import { ConnectionInspector, Inspector } from '../rules/inspector.js';
import type { Judged } from '../rules/judged.js';
import { Tally } from '../rules/tally.js';
import type { ConnectionSummary } from '../rules/tally-summary.js';
import { Monologues } from './monologues.js';
import type { DecodeOptions } from './options.js';
import { type Printable, print } from '../render/printable.js';

/** Who takes what an input holds. */
export interface InputSink {
  record(record: Judged): void;
  closed(summary: ConnectionSummary): void;
  notice(message: Printable): void;
  /** A packet that holds a datagram, in a text that gives packets. */
  packet(packet: Packet): void;
  holdsDatagram(packet: Packet): boolean;
}

/** An input that is no capture file: bare bytes, directions side by side, or the text of packets, whichever comes. */
export class InputReading {
  any = false;
  private bare: Inspector | undefined;
  private readonly monologues = new Monologues();
  /** By the number of the connection. */
  private readonly streams = new Map<number, ConnectionInspector>();
  private readonly tallies = new Map<number, Tally>();
  private known: number | undefined;
  /** Bytes without addresses belong to one shard, so that all of them together are the whole. */
  private readonly isOthers: boolean;

  /** Connections are counted over all inputs of a call, from what `first` says when the first bytes come. */
  constructor(
    private readonly options: DecodeOptions,
    private readonly reading: ReadingOptions,
    private readonly first: () => number,
    private readonly sink: InputSink,
  ) {
    this.isOthers = options.shard !== undefined && options.shard.index > 1;
  }

  /** How many connections there were, those of packets not counted. */
  get connections(): number {
    const numbers = [...this.streams.keys()].map((number) => number + 1);
    return Math.max(this.bare ? 1 : 0, ...numbers);
  }

  /** The number behind theirs. */
  get next(): number {
    return (this.known ?? 0) + this.connections;
  }

  take(event: SourceEvent): void {
    if (event.type === 'bytes') {
      this.any ||= event.bytes.length > 0;
      if (event.side === undefined) this.hand(this.bareBytes().push(event.bytes, event.time));
      else this.takeSide(event.stream ?? 0, event.side, event.bytes, event.time);
    }
    if (event.type !== 'packet') return;
    this.any = true;
    if (this.isOfBytes(event)) this.hand(this.bareBytes().push(event.packet.bytes));
    else this.sink.packet(event.packet);
  }

  /** No packet: or a dump of bare bytes in the form that tshark gives packets. */
  isOfBytes(event: SourceEvent): boolean {
    if (event.type !== 'packet') return true;
    const { packet } = event;
    if (packet.link !== 'unknown' || this.sink.holdsDatagram(packet)) return false;
    return this.bare !== undefined || isBare(packet.bytes);
  }

  end(): void {
    for (const pieces of this.monologues.end()) {
      for (const { bytes, time } of pieces) this.hand(this.bareBytes().push(bytes, time));
    }
    this.noteUnfinished();
    this.hand(this.bare?.end() ?? []);
    for (const inspector of this.streams.values()) this.hand(inspector.end());
    for (const tally of this.tallies.values()) {
      tally.ended('end');
      this.sink.closed(tally.summary());
    }
  }

  /** Follow output tells two directions apart, not who they are: that is told by what they say. */
  private takeSide(stream: number, side: 0 | 1, bytes: Uint8Array, time?: number): void {
    if (this.options.direction === undefined || this.streams.has(stream)) {
      this.hand(this.stream(stream).push(side, bytes, time));
      return;
    }
    const { monologues } = this;
    if (side === 0) {
      for (const piece of monologues.say(stream, { bytes: bytes.slice(), time })) {
        this.hand(this.bareBytes().push(piece.bytes, piece.time));
      }
      return;
    }
    const before = monologues.answered(stream);
    // Too late for a dialogue: the first speaker is the one that was asked for, and this is the other.
    if (before === undefined) return;
    for (const piece of before) this.hand(this.stream(stream).push(0, piece.bytes, piece.time));
    this.hand(this.stream(stream).push(side, bytes, time));
  }

  private hand(records: readonly Judged[]): void {
    if (this.isOthers) return;
    for (const record of records) {
      if (this.options.stats) this.tally(record.connection).take(record);
      this.sink.record(record);
    }
  }

  private tally(connection: number): Tally {
    const known = this.tallies.get(connection);
    if (known) return known;
    const tally = new Tally(connection);
    this.tallies.set(connection, tally);
    return tally;
  }

  private noteUnfinished(): void {
    if (this.isOthers) return;
    const all = [this.bare, ...this.streams.values()].flatMap((one) => one?.unfinished ?? []);
    for (const { opcode, frames, wireBytes } of all) {
      const { name } = opcodeInfo(opcode);
      const soFar = print`${count(frames, 'fragment')}, ${count(wireBytes, 'byte')} so far`;
      this.sink.notice(print`the input ends inside a fragmented ${name} message: ${soFar}`);
    }
  }

  private stream(connection: number): ConnectionInspector {
    let inspector = this.streams.get(connection);
    if (!inspector) {
      inspector = new ConnectionInspector({ ...this.reading, connection: this.number(connection) });
      this.streams.set(connection, inspector);
    }
    return inspector;
  }

  private bareBytes(): Inspector {
    const direction = this.options.direction ?? 'unknown';
    return (this.bare ??= new Inspector({ ...this.reading, direction, connection: this.number(0) }));
  }

  private number(stream: number): number {
    this.known ??= this.first();
    return this.known + stream;
  }
}

/** More than a stray line of digits, and the beginning of what `decode` reads. */
function isBare(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes.some((byte) => byte !== 0) && looksLikeWebSocket(bytes, 1);
}
