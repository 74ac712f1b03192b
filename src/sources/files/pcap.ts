import { fileU16, fileU32 } from '../bytes/bytes.js';
import { linkType, UnknownLinks } from '../packets/link-types.js';
import { packetSource, RecordReader } from './packet-reader.js';
import type { PacketReader, PacketVisitor, RecordFormat } from './packet-reader.js';
import type { LinkType, Source } from '../bytes/types.js';

/** Length limits of a capture file. */
export interface CaptureLimits {
  /** Largest record in bytes; a longer one counts as damage. */
  readonly maxRecord: number;
}

export const CAPTURE_LIMITS: CaptureLimits = { maxRecord: 16 * 1024 * 1024 };

const FILE_HEADER = 24;
/** libpcap's MAXIMUM_SNAPLEN: what a record may hold even where the file header promises less. */
const USUAL_MAXIMUM = 262_144;

/** What the magic number says, as it reads in the file's own byte order: ticks in a second and bytes in a record header. */
const MAGICS: ReadonlyMap<number, { readonly ticks: number; readonly recordHeader: number }> = new Map([
  [0xa1b2c3d4, { ticks: 1e6, recordHeader: 16 }],
  [0xa1b23c4d, { ticks: 1e9, recordHeader: 16 }],
  // Kuznetsov's patched libpcap: interface, protocol and packet type after the lengths.
  [0xa1b2cd34, { ticks: 1e6, recordHeader: 24 }],
]);

/**
 * pcap (draft-ietf-opsawg-pcap §4, §5).
 *
 *     file header    magic 4, version 2+2, reserved 8, snap length 4, link type 4 (its low 16 bits)
 *     record header  seconds 4, fraction 4, captured length 4, original length 4; then the captured bytes
 */
class PcapFormat implements RecordFormat {
  private readonly limits: CaptureLimits;
  private readonly unknown = new UnknownLinks();
  private opened = false;
  private little = false;
  private ticks = 1e6;
  private recordHeader = 16;
  private maxCaptured = USUAL_MAXIMUM;
  private linkNumber = 0;
  private link: LinkType | undefined;

  constructor(limits: CaptureLimits) {
    this.limits = limits;
  }

  get unit(): string {
    return this.opened ? 'packet' : 'file header';
  }

  measure(bytes: Uint8Array, at: number, available: number): number | string {
    if (!this.opened)
      return available >= 4 && !this.readMagic(bytes, at) ? 'not a pcap file: unknown magic number' : FILE_HEADER;
    if (available < this.recordHeader) return this.recordHeader;
    const captured = fileU32(bytes, at + 8, this.little);
    if (captured > this.maxCaptured) return `damaged packet header: it claims ${captured} captured bytes`;
    if (captured === 0 && fileU32(bytes, at + 12, this.little) === 0 && fileU32(bytes, at, this.little) === 0) {
      return 'damaged packet header: only zeros';
    }
    return this.recordHeader + captured;
  }

  take(bytes: Uint8Array, at: number, length: number, visitor: PacketVisitor): string | undefined {
    if (!this.opened) {
      this.readFileHeader(bytes, at);
      return undefined;
    }
    if (this.link === undefined) {
      this.unknown.tell(this.linkNumber, visitor);
      return undefined;
    }
    const time = fileU32(bytes, at, this.little) + fileU32(bytes, at + 4, this.little) / this.ticks;
    visitor.stamp?.(fileU32(bytes, at, this.little), (fileU32(bytes, at + 4, this.little) / this.ticks) * 1e9);
    const start = at + this.recordHeader;
    const end = at + length;
    const original = Math.max(fileU32(bytes, at + 12, this.little), end - start);
    visitor.packet(this.link, bytes, start, end, original, time);
    return undefined;
  }

  private readMagic(bytes: Uint8Array, at: number): boolean {
    this.little = !MAGICS.has(fileU32(bytes, at, false));
    const magic = MAGICS.get(fileU32(bytes, at, this.little));
    if (magic === undefined) return false;
    this.ticks = magic.ticks;
    this.recordHeader = magic.recordHeader;
    return true;
  }

  private readFileHeader(bytes: Uint8Array, at: number): void {
    this.readMagic(bytes, at);
    this.opened = true;
    const snapLength = fileU32(bytes, at + 16, this.little);
    this.maxCaptured = Math.min(Math.max(snapLength, USUAL_MAXIMUM), this.limits.maxRecord);
    this.linkNumber = fileU16(bytes, at + (this.little ? 20 : 22), this.little);
    this.link = linkType(this.linkNumber);
  }
}

/** Reads pcap: both byte orders, micro- and nanoseconds. */
export function pcapReader(limits: CaptureLimits = CAPTURE_LIMITS): PacketReader {
  return new RecordReader(new PcapFormat(limits));
}

export function pcapSource(limits: CaptureLimits = CAPTURE_LIMITS): Source {
  return packetSource(pcapReader(limits));
}
