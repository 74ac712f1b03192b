import {
  otherSide,
  type Side,
  type StreamOpener,
  type StreamOrigin,
  type StreamTaker,
} from '../../codec/bytes/stream-taker.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { packetEnds } from '../recordings/recorded-ends.js';
import type { LinkType } from '../bytes/types.js';
import { SegmentEnds } from './segment-ends.js';
import { ACK, FIN, RST, SYN } from '../tcp/segment.js';
import { packetLength, writePacket, type TcpEndpoint } from '../tcp/tcp-packet.js';

const PSH = 0x08;
const NOTHING = new Uint8Array(0);

/** Block types and options (draft-ietf-opsawg-pcapng). */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPT_COMMENT = 1;
const OPT_USER_APPLICATION = 4;
const OPT_TIME_RESOLUTION = 9;
/** Packets begin with the IP header, version 4 or 6. */
const LINK_RAW = 101;
/** Microseconds: more is not in a number that counts seconds from the epoch. */
const TIME_DIGITS = 6;
/** Those of packets as they were captured. */
const NANOSECONDS = 9;

/** Maximum segment size, and a window scale of 7 (RFC 7323 §2.2) with a leading NOP. */
const SYN_OPTIONS = Uint8Array.of(2, 4, 0xff, 0xd7, 1, 3, 3, 7);
const WINDOW = 0xffff;
/** Bytes that may be on their way before they are acknowledged: far below the window. */
const UNACKNOWLEDGED = 256 * 1024;

interface SegmentSender {
  readonly end: TcpEndpoint;
  /** Of the byte that is next: 32 bits that wrap. */
  next: number;
  /** What the other side has said that it has. */
  acknowledged: number;
  finished: boolean;
  readonly segments: SegmentEnds;
}

type Both = readonly [client: SegmentSender, server: SegmentSender];

/** A packet as it was captured. */
export interface CapturedPacket {
  readonly link: LinkType;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  /** Since the epoch. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Numbers of link types (https://www.tcpdump.org/linktypes.html). */
const LINKS: Readonly<Partial<Record<LinkType, number>>> = {
  null: 0,
  ethernet: 1,
  pppoe: 51,
  raw: LINK_RAW,
  loop: 108,
  sll: 113,
  sll2: 276,
};

export interface PcapngOptions {
  /** The program that wrote it. */
  readonly application?: string;
  /** The first sequence number of every connection; by default each has its own. */
  readonly sequence?: number;
  /** Where the ends are not known, no comment says so. */
  readonly isWithoutComments?: boolean;
}

/**
 * A recording as a capture file: the bytes of each connection in TCP segments as they would have passed a wire, with
 * SYN, acknowledgments and FIN or RST. What is complete is handed to `emit` at the end of each call.
 */
export class PcapngWriter implements StreamOpener {
  private blocks: Uint8Array[] = [];
  /** Those of packets as they were captured, by their numbers. */
  private readonly interfaces = new Map<LinkType, number>();

  constructor(
    private readonly emit: (bytes: Uint8Array) => void,
    private readonly options: PcapngOptions = {},
  ) {
    this.blocks.push(sectionHeader(options.application), interfaceDescription());
    this.flush();
  }

  opened(origin: StreamOrigin, time: number): StreamTaker {
    const { client, server, comment: ends } = packetEnds(origin);
    const comment = this.options.isWithoutComments === true ? undefined : ends;
    // Ports may come again: only other sequence numbers distinguish a new connection from a SYN that is sent again.
    const first = this.options.sequence ?? Math.imul(origin.number + 1, 0x9e3779b1);
    const both: Both = [sender(client, first), sender(server, first ^ 0x5bd1e995)];
    this.packet(both, 0, SYN, time, { options: SYN_OPTIONS, comment });
    both[0].next++;
    this.packet(both, 1, SYN | ACK, time, { options: SYN_OPTIONS });
    both[1].next++;
    this.packet(both, 0, ACK, time);
    this.flush();
    return {
      data: (side, bytes, start, end, at) => this.data(both, side, bytes.subarray(start, end), at),
      gap: (side, length) => (both[side].next = (both[side].next + length) | 0),
      fin: (side, at) => this.fin(both, side, at),
      reset: (side, at) => this.reset(both, side, at),
      close: () => undefined,
    };
  }

  /** A packet of a capture file. */
  captured({ link, bytes, originalLength, seconds, nanoseconds }: CapturedPacket): void {
    const number = this.interfaces.get(link) ?? this.describe(link);
    const block = new PcapngBlock(ENHANCED_PACKET, 20 + padded(bytes.length));
    const ticks = BigInt(seconds) * 1_000_000_000n + BigInt(Math.round(nanoseconds));
    block.word(0, number);
    block.word(4, Number(ticks >> 32n));
    block.word(8, Number(ticks & 0xffff_ffffn));
    block.word(12, bytes.length);
    block.word(16, originalLength);
    block.bytes.set(bytes, PcapngBlock.LEAD + 20);
    this.blocks.push(block.bytes);
    this.flush();
  }

  private describe(link: LinkType): number {
    const number = 1 + this.interfaces.size;
    this.interfaces.set(link, number);
    this.blocks.push(interfaceDescription(LINKS[link], NANOSECONDS));
    return number;
  }

  private data(both: Both, side: Side, bytes: Uint8Array, time: number): void {
    if (both[side].finished) return;
    let start = 0;
    while (start < bytes.length) {
      const end = both[side].segments.next(bytes, start);
      this.packet(both, side, end === bytes.length ? PSH | ACK : ACK, time, { bytes, start, end });
      both[side].next = (both[side].next + end - start) | 0;
      start = end;
      if (((both[side].next - both[side].acknowledged) | 0) >= UNACKNOWLEDGED)
        this.packet(both, otherSide(side), ACK, time);
    }
    this.flush();
  }

  private fin(both: Both, side: Side, time: number): void {
    if (both[side].finished) return;
    both[side].finished = true;
    this.packet(both, side, FIN | ACK, time);
    both[side].next++;
    this.packet(both, otherSide(side), ACK, time);
    this.flush();
  }

  /** Also of a side that has sent a FIN, as long as the other has not. */
  private reset(both: Both, side: Side, time: number): void {
    if (both[0].finished && both[1].finished) return;
    both[0].finished = both[1].finished = true;
    this.packet(both, side, RST | ACK, time);
    this.flush();
  }

  private packet(both: Both, side: Side, flags: number, time: number, more: Partial<PacketParts> = {}): void {
    const { options = NOTHING, bytes = NOTHING, start = 0, end = 0, comment } = more;
    const [from, to] = [both[side], both[otherSide(side)]];
    const isFirst = flags === SYN;
    // The bits are unsigned on the wire, signed here: only they matter.
    const packet = {
      from: from.end,
      to: to.end,
      sequence: from.next,
      acknowledgment: isFirst ? 0 : to.next,
      flags,
      window: WINDOW,
      options,
      bytes,
      start,
      end,
    };
    const length = packetLength(packet);
    const blockOptions = comment === undefined ? NOTHING : endOfOptions(option(OPT_COMMENT, encodeUtf8(comment)));
    const block = new PcapngBlock(ENHANCED_PACKET, 20 + padded(length) + blockOptions.length);
    const ticks = Math.max(0, Math.round(time * 10 ** TIME_DIGITS));
    block.word(0, 0);
    block.word(4, Math.floor(ticks / 2 ** 32));
    block.word(8, ticks % 2 ** 32);
    block.word(12, length);
    block.word(16, length);
    writePacket(block.bytes, PcapngBlock.LEAD + 20, packet);
    block.bytes.set(blockOptions, PcapngBlock.LEAD + 20 + padded(length));
    this.blocks.push(block.bytes);
    if (!isFirst) to.acknowledged = to.next;
  }

  private flush(): void {
    const { blocks } = this;
    this.blocks = [];
    this.emit(blocks.length === 1 ? blocks[0]! : concat(blocks));
  }
}

interface PacketParts {
  readonly options: Uint8Array;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly comment: string | undefined;
}

function sender(end: TcpEndpoint, first: number): SegmentSender {
  return { end, next: first | 0, acknowledged: first | 0, finished: false, segments: new SegmentEnds() };
}

/** A block: type, length, body, length once more, all in little-endian order. */
class PcapngBlock {
  static readonly LEAD = 8;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(type: number, bodyLength: number) {
    const length = PcapngBlock.LEAD + bodyLength + 4;
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
    this.view.setUint32(0, type, true);
    this.view.setUint32(4, length, true);
    this.view.setUint32(length - 4, length, true);
  }

  word(at: number, value: number): void {
    this.view.setUint32(PcapngBlock.LEAD + at, value, true);
  }

  half(at: number, value: number): void {
    this.view.setUint16(PcapngBlock.LEAD + at, value, true);
  }
}

/** Version 1.0, of unknown length. */
function sectionHeader(application = 'wsinspect'): Uint8Array {
  const options = endOfOptions(option(OPT_USER_APPLICATION, encodeUtf8(application)));
  const block = new PcapngBlock(SECTION_HEADER, 16 + options.length);
  block.word(0, 0x1a2b3c4d);
  block.half(4, 1);
  block.word(8, 0xffff_ffff);
  block.word(12, 0xffff_ffff);
  block.bytes.set(options, PcapngBlock.LEAD + 16);
  return block.bytes;
}

function interfaceDescription(link = LINK_RAW, digits = TIME_DIGITS): Uint8Array {
  const options = endOfOptions(option(OPT_TIME_RESOLUTION, Uint8Array.of(digits)));
  const block = new PcapngBlock(INTERFACE_DESCRIPTION, 8 + options.length);
  block.half(0, link);
  // A snap length of 0: none.
  block.bytes.set(options, PcapngBlock.LEAD + 8);
  return block.bytes;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + padded(value.length));
  bytes.set([code & 0xff, code >> 8, value.length & 0xff, value.length >> 8]);
  bytes.set(value, 4);
  return bytes;
}

function endOfOptions(option: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(option.length + 4);
  bytes.set(option);
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
