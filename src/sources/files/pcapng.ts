import { latin1 } from '../../codec/http1/text.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { fileU16, fileU32 } from '../bytes/bytes.js';
import { linkType, UnknownLinks } from '../packets/link-types.js';
import { packetSource, RecordReader } from './packet-reader.js';
import type { PacketReader, PacketVisitor, RecordFormat } from './packet-reader.js';
import { CAPTURE_LIMITS } from './pcap.js';
import type { CaptureLimits } from './pcap.js';
import type { LinkType, Source } from '../bytes/types.js';

/** Block types (draft-ietf-opsawg-pcapng §11.1). The section header's reads the same in both byte orders. */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
/** §4.7: `TLSK`, an NSS key log. */
const TLS_KEY_LOG = 0x544c534b;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Bytes before a block's body (type, length), and after it (the length again). */
const LEAD = 8;
const TRAIL = 4;
const MAX_INTERFACES = 65_536;

/** Where the options of a section header begin (§4.1). */
const SECTION_OPTIONS = 24;
/** A key log in a comment of the capture begins a line with one of its labels (RFC 9850). */
const KEY_LOG_LINE =
  /^(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:(?:HANDSHAKE|EARLY)_)?TRAFFIC_SECRET(?:_0)?) [0-9a-f]{64} /im;
/** Comments that are looked at: a character of a key log is a byte. */
const LONGEST_COMMENT = 65_535;

/** Options of all blocks (§3.5), and of an interface description (§4.2). */
const OPT_END = 0;
const OPT_COMMENT = 1;
const OPT_IF_TSRESOL = 9;
const OPT_IF_TSOFFSET = 14;

interface Interface {
  readonly number: number;
  readonly link: LinkType | undefined;
  /** 0: no limit. */
  readonly snapLength: number;
  readonly ticksPerSecond: number;
  /** Seconds to be added to every timestamp. */
  readonly offset: number;
}

/** Where a kind of packet block keeps its fields, relative to its body; -1 where it has none. */
interface PacketLayout {
  /** The smallest body. */
  readonly fixed: number;
  readonly interfaceAt: number;
  readonly interfaceBytes: 0 | 2 | 4;
  readonly timeAt: number;
  readonly capturedAt: number;
  readonly originalAt: number;
}

/** §4.3, §4.4 and appendix A. A simple packet is of interface 0 and has no time. */
const PACKET_LAYOUTS: ReadonlyMap<number, PacketLayout> = new Map([
  [ENHANCED_PACKET, { fixed: 20, interfaceAt: 0, interfaceBytes: 4, timeAt: 4, capturedAt: 12, originalAt: 16 }],
  [PACKET, { fixed: 20, interfaceAt: 0, interfaceBytes: 2, timeAt: 4, capturedAt: 12, originalAt: 16 }],
  [SIMPLE_PACKET, { fixed: 4, interfaceAt: -1, interfaceBytes: 0, timeAt: -1, capturedAt: -1, originalAt: 0 }],
]);

/** pcapng (draft-ietf-opsawg-pcapng): blocks of `type 4, total length 4, body, total length 4`, each section in a byte order of its own. */
class PcapngFormat implements RecordFormat {
  readonly unit = 'block';
  readonly mayHoldSecrets = true;
  private readonly limits: CaptureLimits;
  private readonly unknown = new UnknownLinks();
  private opened = false;
  private little = false;
  private interfaces: Interface[] = [];

  constructor(limits: CaptureLimits) {
    this.limits = limits;
  }

  measure(bytes: Uint8Array, at: number, available: number): number | string {
    if (available < LEAD + TRAIL) return LEAD + TRAIL;
    const section = fileU32(bytes, at, true) === SECTION_HEADER;
    if (!section && !this.opened) return 'not a pcapng file: it does not begin with a section header';
    const little = section ? fileU32(bytes, at + LEAD, true) === BYTE_ORDER_MAGIC : this.little;
    if (section && fileU32(bytes, at + LEAD, little) !== BYTE_ORDER_MAGIC)
      return 'damaged section header: unknown byte order';
    const length = fileU32(bytes, at + 4, little);
    // Some writers forget to count the padding: the length is rounded up as in Wireshark.
    const padded = length + ((4 - (length % 4)) % 4);
    if (length < (section ? 28 : LEAD + TRAIL)) return `damaged block header: it claims ${length} bytes`;
    if (padded > this.limits.maxRecord) return `damaged block header: it claims ${length} bytes`;
    return padded;
  }

  take(bytes: Uint8Array, at: number, length: number, visitor: PacketVisitor): string | undefined {
    const type = fileU32(bytes, at, this.little);
    if (type === SECTION_HEADER) {
      this.little = fileU32(bytes, at + LEAD, true) === BYTE_ORDER_MAGIC;
      this.opened = true;
      this.interfaces = [];
      this.takeComments(bytes, at + SECTION_OPTIONS, at + length - TRAIL, visitor);
    }
    const leading = fileU32(bytes, at + 4, this.little);
    const trailing = fileU32(bytes, at + length - TRAIL, this.little);
    if (trailing !== leading) return `damaged block: its length is ${leading} at its start and ${trailing} at its end`;
    const start = at + LEAD;
    const end = at + length - TRAIL;
    const layout = PACKET_LAYOUTS.get(type);
    if (layout !== undefined) return this.takePacket(layout, bytes, start, end, visitor);
    if (type === DECRYPTION_SECRETS) return this.takeSecrets(bytes, start, end, visitor);
    return type === INTERFACE_DESCRIPTION ? this.takeInterface(bytes, start, end) : undefined;
  }

  /** Some tools write the keys into the comment of the capture. */
  private takeComments(bytes: Uint8Array, start: number, end: number, visitor: PacketVisitor): void {
    for (let at = start; at + 4 <= end;) {
      const code = fileU16(bytes, at, this.little);
      const length = fileU16(bytes, at + 2, this.little);
      const value = at + 4;
      if (code === OPT_END || value + length > end) return;
      const comment = bytes.subarray(value, value + Math.min(length, LONGEST_COMMENT));
      if (code === OPT_COMMENT && KEY_LOG_LINE.test(latin1(comment))) visitor.secrets?.(keyLogLines(comment));
      at = value + length + ((4 - (length % 4)) % 4);
    }
  }

  private takeSecrets(bytes: Uint8Array, start: number, end: number, visitor: PacketVisitor): string | undefined {
    if (end - start < 8) return 'damaged secrets block: too short';
    const length = fileU32(bytes, start + 4, this.little);
    if (length > end - start - 8)
      return `damaged secrets block: it claims ${length} bytes and has room for ${end - start - 8}`;
    const first = start + 8;
    if (fileU32(bytes, start, this.little) === TLS_KEY_LOG) visitor.secrets?.(bytes.subarray(first, first + length));
    return undefined;
  }

  private takePacket(
    layout: PacketLayout,
    bytes: Uint8Array,
    start: number,
    end: number,
    visitor: PacketVisitor,
  ): string | undefined {
    if (end - start < layout.fixed) return 'damaged packet block: too short';
    const number = this.interfaceNumber(layout, bytes, start);
    const from = this.interfaces[number];
    if (from === undefined) return `damaged packet block: no interface ${number} was described`;
    const original = fileU32(bytes, start + layout.originalAt, this.little);
    const room = end - start - layout.fixed;
    const captured =
      layout.capturedAt < 0
        ? simpleLength(original, from, room)
        : fileU32(bytes, start + layout.capturedAt, this.little);
    if (captured > room) return `damaged packet block: it claims ${captured} captured bytes and has room for ${room}`;
    if (from.link === undefined) {
      this.unknown.tell(from.number, visitor);
      return undefined;
    }
    const first = start + layout.fixed;
    const time = layout.timeAt < 0 ? NaN : this.timeAt(bytes, start + layout.timeAt, from);
    if (visitor.stamp && layout.timeAt >= 0) this.stamp(bytes, start + layout.timeAt, from, visitor);
    visitor.packet(from.link, bytes, first, first + captured, Math.max(original, captured), time);
    return undefined;
  }

  private interfaceNumber(layout: PacketLayout, bytes: Uint8Array, start: number): number {
    if (layout.interfaceBytes === 4) return fileU32(bytes, start + layout.interfaceAt, this.little);
    return layout.interfaceBytes === 2 ? fileU16(bytes, start + layout.interfaceAt, this.little) : 0;
  }

  /** Seconds since the epoch of a 64-bit count of ticks, high word first in either byte order. */
  private timeAt(bytes: Uint8Array, at: number, from: Interface): number {
    const high = fileU32(bytes, at, this.little);
    const low = fileU32(bytes, at + 4, this.little);
    return secondsOf(high, low, from.ticksPerSecond) + from.offset;
  }

  private stamp(bytes: Uint8Array, at: number, from: Interface, visitor: PacketVisitor): void {
    const ticks = (BigInt(fileU32(bytes, at, this.little)) << 32n) | BigInt(fileU32(bytes, at + 4, this.little));
    const perSecond = BigInt(from.ticksPerSecond);
    const seconds = Number(ticks / perSecond);
    visitor.stamp!(seconds + from.offset, Math.round((Number(ticks % perSecond) * 1e9) / from.ticksPerSecond));
  }

  private takeInterface(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (end - start < 8) return 'damaged interface description: too short';
    if (this.interfaces.length >= MAX_INTERFACES) return `more than ${MAX_INTERFACES} interfaces`;
    const number = fileU16(bytes, start, this.little);
    const options = this.interfaceOptions(bytes, start + 8, end);
    this.interfaces.push({
      number,
      link: linkType(number),
      snapLength: fileU32(bytes, start + 4, this.little),
      ...options,
    });
    return undefined;
  }

  /** Options: code 2, length 2, value padded to 4 bytes. What does not fit ends the list. */
  private interfaceOptions(
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Pick<Interface, 'ticksPerSecond' | 'offset'> {
    let ticksPerSecond = 1e6;
    let offset = 0;
    for (let at = start; at + 4 <= end;) {
      const code = fileU16(bytes, at, this.little);
      const length = fileU16(bytes, at + 2, this.little);
      const value = at + 4;
      if (code === OPT_END || value + length > end) break;
      if (code === OPT_IF_TSRESOL && length >= 1) ticksPerSecond = resolution(bytes[value]!);
      if (code === OPT_IF_TSOFFSET && length >= 8) offset = this.signed64(bytes, value);
      at = value + length + ((4 - (length % 4)) % 4);
    }
    return { ticksPerSecond, offset };
  }

  private signed64(bytes: Uint8Array, at: number): number {
    const high = fileU32(bytes, at + (this.little ? 4 : 0), this.little) | 0;
    return high * 0x1_0000_0000 + fileU32(bytes, at + (this.little ? 0 : 4), this.little);
  }
}

/** Nanoseconds since 1970 don't fit into 53 bits: there the part of a second comes from the low words, where the product is exact modulo 2^32. */
function secondsOf(high: number, low: number, ticksPerSecond: number): number {
  const ticks = high * 0x1_0000_0000 + low;
  if (ticks <= Number.MAX_SAFE_INTEGER || ticksPerSecond > 1e9) return ticks / ticksPerSecond;
  const seconds = Math.floor(ticks / ticksPerSecond);
  const rest = (low - Math.imul(seconds, ticksPerSecond)) | 0;
  return seconds + rest / ticksPerSecond;
}

/** if_tsresol: a negative power of 10, or of 2 where the top bit is set. */
function resolution(value: number): number {
  return (value & 0x80) !== 0 ? 2 ** (value & 0x7f) : 10 ** value;
}

/** §4.4: a simple packet states the original length only; the interface's snap length and the block cut it. */
function simpleLength(original: number, from: Interface, room: number): number {
  const snapped = from.snapLength === 0 ? original : Math.min(original, from.snapLength);
  return Math.min(snapped, room);
}

/** Reads pcapng: several sections and interfaces, enhanced, simple and obsolete packet blocks; other blocks are skipped. */
export function pcapngReader(limits: CaptureLimits = CAPTURE_LIMITS): PacketReader {
  return new RecordReader(new PcapngFormat(limits));
}

export function pcapngSource(limits: CaptureLimits = CAPTURE_LIMITS): Source {
  return packetSource(pcapngReader(limits));
}

/** Of a comment, the lines that may be a key log's: other text in it is no mistake. */
function keyLogLines(comment: Uint8Array): Uint8Array {
  const lines = latin1(comment)
    .split('\n')
    .filter((line) => KEY_LOG_LINE.test(line));
  return encodeUtf8(`${lines.join('\n')}\n`);
}
