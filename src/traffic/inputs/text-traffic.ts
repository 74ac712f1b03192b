import type { Packet, SourceEvent } from '../../sources/bytes/types.js';
import { count } from '../../codec/bytes/plural.js';
import { looksLikeWebSocket } from '../../codec/resync/plausible.js';
import type { Direction } from '../../codec/messages/records.js';
import { opcodeInfo } from '../../codec/frames/registry.js';
import type { StreamOrigin } from '../../codec/bytes/stream-taker.js';
import type { Conversation } from '../conversation.js';
import { Conversations, type ConversationsOptions } from '../conversations.js';
import { OneSidedStreams } from './one-sided-streams.js';
import type { TrafficTaker } from './traffic-taker.js';

/** Takes what text, or bare bytes, hold. */
export interface TextTrafficTaker extends Pick<TrafficTaker, 'record' | 'ending' | 'closed' | 'notice'> {
  /** A packet that holds a datagram, in a text that gives packets. */
  packet(packet: Packet): void;
  holdsDatagram(packet: Packet): boolean;
}

/** A stream without addresses. */
class TextStream implements StreamOrigin {
  readonly a = undefined;
  readonly b = undefined;
  readonly isClientFirst = false;

  constructor(
    readonly number: number,
    readonly isOneSequence: boolean,
  ) {}

  ignore(): void {
    // It has no packets that could be left out.
  }
}

/** What opens its streams, and the number of the first. */
interface TextOpening {
  readonly first: number;
  readonly conversations: Conversations;
}

/** An input that is no capture file: bare bytes, directions side by side, or the text of packets, whichever comes. */
export class TextTraffic {
  any = false;
  /** One more than the number of the newest connection, those of packets not counted. */
  next = 0;
  private opening: TextOpening | undefined;
  private bare: Conversation | undefined;
  private hasBare = false;
  private readonly oneSided: OneSidedStreams | undefined;
  /** By the number of the stream; undefined: another shard has it. */
  private readonly streams = new Map<number, Conversation | undefined>();

  constructor(
    direction: Direction = 'unknown',
    /** Asked when the first bytes come: packets may have come before. */
    private readonly options: () => ConversationsOptions,
    private readonly taker: TextTrafficTaker,
  ) {
    this.oneSided = direction === 'unknown' ? undefined : new OneSidedStreams();
  }

  /** It holds bytes, not only packets. */
  get hasConnections(): boolean {
    return this.hasBare || this.streams.size > 0;
  }

  take(event: SourceEvent): void {
    if (event.type === 'bytes') {
      const { bytes, side, stream = 0, time = NaN } = event;
      this.any ||= bytes.length > 0;
      if (side === undefined) this.takeBare(bytes, time);
      else this.takeSide(stream, side, bytes, time);
    }
    if (event.type !== 'packet') return;
    this.any = true;
    if (this.isOfBytes(event)) this.takeBare(event.packet.bytes, NaN);
    else this.taker.packet(event.packet);
  }

  /** No packet; or a dump of bare bytes in the form that tshark gives packets. */
  isOfBytes(event: SourceEvent): boolean {
    if (event.type !== 'packet') return true;
    const { packet } = event;
    if (packet.link !== 'unknown' || this.taker.holdsDatagram(packet)) return false;
    return this.hasBare || isBare(packet.bytes);
  }

  end(): void {
    for (const pieces of this.oneSided?.end() ?? []) for (const { bytes, time } of pieces) this.takeBare(bytes, time);
    const all = [this.bare, ...this.streams.values()].filter((one) => one !== undefined);
    for (const { unfinished } of all) {
      for (const { opcode, frames, wireBytes } of unfinished) {
        const { name } = opcodeInfo(opcode);
        const soFar = `${count(frames, 'fragment')}, ${count(wireBytes, 'byte')} so far`;
        this.taker.notice(`the input ends inside a fragmented ${name} message: ${soFar}`);
      }
    }
    for (const conversation of all) conversation.close('end', NaN);
  }

  private open(stream: number, isOneSequence: boolean): Conversation | undefined {
    const { first, conversations } = (this.opening ??= this.begin());
    const number = first + stream;
    this.next = Math.max(this.next, number + 1);
    return conversations.opened(new TextStream(number, isOneSequence), NaN);
  }

  /** Streams without addresses can't be chosen by them. */
  private begin(): TextOpening {
    const { taker } = this;
    const options = this.options();
    const conversations = new Conversations(
      { ...options, wants: undefined },
      {
        record: (record, ends) => taker.record(record, ends),
        ending: (...args) => taker.ending?.(...args),
        closed: (summary, ends) => taker.closed(summary, ends),
      },
    );
    return { first: options.first, conversations };
  }

  private takeBare(bytes: Uint8Array, time: number): void {
    if (!this.hasBare) this.bare = this.open(0, true);
    this.hasBare = true;
    this.bare?.data(0, bytes, 0, bytes.length, time);
  }

  /** Follow output distinguishes two directions, but does not name them: their contents show which is which. */
  private takeSide(stream: number, side: 0 | 1, bytes: Uint8Array, time: number): void {
    const { oneSided } = this;
    if (oneSided === undefined || this.streams.has(stream)) return this.hand(stream, side, bytes, time);
    if (side === 0) {
      for (const piece of oneSided.said(stream, { bytes: bytes.slice(), time })) this.takeBare(piece.bytes, piece.time);
      return;
    }
    const before = oneSided.answered(stream);
    // Too late for a dialogue: the first sender is the one that was stated, and this is the other.
    if (before === undefined) return;
    for (const piece of before) this.hand(stream, 0, piece.bytes, piece.time);
    this.hand(stream, side, bytes, time);
  }

  private hand(stream: number, side: 0 | 1, bytes: Uint8Array, time: number): void {
    if (!this.streams.has(stream)) {
      this.streams.set(stream, this.open(stream, false));
    }
    this.streams.get(stream)?.data(side, bytes, 0, bytes.length, time);
  }
}

/** More than a stray line of digits, and the beginning of what is read here. */
function isBare(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes.some((byte) => byte !== 0) && looksLikeWebSocket(bytes, 1);
}
