import { i32, u16 } from '../bytes/bytes.js';
import type { Datagram } from './ip.js';
import { inGre } from './gre.js';
import { afterEtherType, CARRIED, ETHERTYPE, ipBehind, NO_IP, unread } from './link-layers.js';
import type { Trail } from './trail.js';
import { nameOfUdp } from './udp-names.js';

const UDP_HEADER = 8;

type TunnelReader = (outer: Datagram, at: number, trail: Trail) => number;

/** By UDP port (IANA; 8472 is what Linux took for VXLAN first). Either port does: some answers come from it. */
const OPENERS: ReadonlyMap<number, TunnelReader> = new Map<number, TunnelReader>([
  [2152, inGtp],
  [4754, inGre],
  [4789, inVxlan],
  [4790, inVxlanGpe],
  [6081, inGeneve],
  [6635, inMpls],
  [8472, inVxlan],
]);

/** As `ipInside`, for UDP (RFC 768): ports 2+2, length 2, checksum 2. */
export function inUdp(outer: Datagram, trail: Trail): number {
  const { bytes, start, end } = outer;
  if (end - start < UDP_HEADER) return NO_IP;
  const source = u16(bytes, start);
  const destination = u16(bytes, start + 2);
  const body = start + UDP_HEADER;
  const opener = OPENERS.get(destination) ?? OPENERS.get(source);
  if (opener !== undefined) return opener(outer, body, trail);
  return unread(trail, nameOfUdp(source, destination, bytes, body, end, outer.missing));
}

/** RFC 7348 §5: flags 1 (I: there is a VNI), reserved 3, VNI 3, reserved 1. The group policy extension uses the first reserved bits. */
function inVxlan(outer: Datagram, at: number, trail: Trail): number {
  const { bytes, end } = outer;
  if (end - at < 8 || (bytes[at]! & 0x08) === 0) return NO_IP;
  if (!trail.enter('VXLAN', i32(bytes, at + 4) >>> 8, outer)) return NO_IP;
  return ipBehind('ethernet', bytes, at + 8, end, trail);
}

/** draft-ietf-nvo3-vxlan-gpe §3.2: what follows, in the byte before the VNI, where P is set. */
const GPE_TYPES: readonly (number | undefined)[] = [
  undefined,
  ETHERTYPE.ipv4,
  ETHERTYPE.ipv6,
  ETHERTYPE.bridged,
  undefined,
  ETHERTYPE.mpls,
];

function inVxlanGpe(outer: Datagram, at: number, trail: Trail): number {
  const { bytes, end } = outer;
  if (end - at < 8 || (bytes[at]! & 0x08) === 0) return NO_IP;
  const type = (bytes[at]! & 0x04) === 0 ? ETHERTYPE.bridged : GPE_TYPES[bytes[at + 3]!];
  if (type === undefined) return unread(trail, 'VXLAN-GPE of another protocol');
  if (!trail.enter('VXLAN-GPE', i32(bytes, at + 4) >>> 8, outer)) return NO_IP;
  return afterEtherType(type, bytes, at + 8, end, trail);
}

/** RFC 8926 §3.4: version 2 bits and length of the options in words 6 bits, flags 1, protocol type 2, VNI 3, reserved 1, options. */
function inGeneve(outer: Datagram, at: number, trail: Trail): number {
  const { bytes, end } = outer;
  if (end - at < 8) return NO_IP;
  const type = u16(bytes, at + 2);
  const next = at + 8 + (bytes[at]! & 0x3f) * 4;
  if (bytes[at]! >> 6 !== 0 || !CARRIED.has(type)) return unread(trail, 'Geneve of another protocol');
  if (next > end || !trail.enter('Geneve', i32(bytes, at + 4) >>> 8, outer)) return NO_IP;
  return afterEtherType(type, bytes, next, end, trail);
}

/** RFC 7510 §3. */
function inMpls(outer: Datagram, at: number, trail: Trail): number {
  if (!trail.enter('MPLS-in-UDP', -1, outer)) return NO_IP;
  return afterEtherType(ETHERTYPE.mpls, outer.bytes, at, outer.end, trail);
}

const GTP_DATA = 255;

/** 3GPP TS 29.281 §5: flags 1, message type 1, length 2, TEID 4; with E, S or PN four bytes more, whose last names an extension header. */
function inGtp(outer: Datagram, at: number, trail: Trail): number {
  const { bytes, end } = outer;
  if (end - at < 8 || bytes[at + 1] !== GTP_DATA) return NO_IP;
  const flags = bytes[at]!;
  if ((flags & 0xf0) !== 0x30) return unread(trail, 'GTP of another version');
  let next = at + 8;
  if ((flags & 0x07) !== 0) {
    next += 4;
    let type = (flags & 0x04) !== 0 && next <= end ? bytes[next - 1]! : 0;
    // §5.2.1: length in units of four bytes, contents, type of the next one.
    while (type !== 0) {
      const length = next < end ? bytes[next]! * 4 : 0;
      if (length === 0 || next + length > end) return NO_IP;
      next += length;
      type = bytes[next - 1]!;
    }
  }
  const version = next < end ? bytes[next]! >> 4 : 0;
  if (version !== 4 && version !== 6) return unread(trail, 'GTP-U without IP');
  return trail.enter('GTP-U', i32(bytes, at + 4) >>> 0, outer) ? next : NO_IP;
}
