import { i32, u16 } from '../bytes/bytes.js';

export const PROTOCOL_TCP = 6;

/** Next headers of IPv6 that are options, not payload (RFC 8200 §4, IANA's IPv6 Extension Header Types). */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;
const EXTENSIONS: ReadonlySet<number> = new Set([
  HOP_BY_HOP,
  ROUTING,
  AUTHENTICATION,
  DESTINATION_OPTIONS,
  MOBILITY,
  HIP,
  SHIM6,
]);
const IPV6_HEADER = 40;

/** One IP datagram, read in place. One object is filled again and again: a capture has millions of them. */
export class Datagram {
  /** The memory that `start` and `end` mean. */
  bytes: Uint8Array = new Uint8Array(0);
  version: 4 | 6 = 4;
  protocol = 0;
  /** The payload as captured, without link padding. */
  start = 0;
  end = 0;
  /** Bytes of the payload after `end` that were on the wire and not captured. */
  missing = 0;
  /** Addresses as big-endian words; IPv4 uses the first alone, the others are 0. */
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  /** A part of a datagram: `start` to `end` belong at `fragmentOffset` of its payload. */
  fragmented = false;
  fragmentOffset = 0;
  moreFragments = false;
  identification = 0;
}

/**
 * Reads the header at `at`. `end` is where the captured bytes end, `wireEnd` where the packet did on the wire.
 * False: this is no IP header, or it is not all there.
 */
export function parseIp(bytes: Uint8Array, at: number, end: number, wireEnd: number, into: Datagram): boolean {
  if (end - at < 20) return false;
  const version = bytes[at]! >> 4;
  into.bytes = bytes;
  if (version === 4) return parseIpv4(bytes, at, end, wireEnd, into);
  return version === 6 && parseIpv6(bytes, at, end, wireEnd, into);
}

/** RFC 791 §3.1. A total length of 0 is what a capture before segmentation offload shows: the packet's own length counts. */
function parseIpv4(bytes: Uint8Array, at: number, end: number, wireEnd: number, into: Datagram): boolean {
  const header = (bytes[at]! & 0x0f) * 4;
  const total = u16(bytes, at + 2) || wireEnd - at;
  if (header < 20 || total < header || end - at < header) return false;
  setPayload(into, at + header, at + total, end);
  const fragment = u16(bytes, at + 6);
  into.version = 4;
  into.protocol = bytes[at + 9]!;
  into.moreFragments = (fragment & 0x2000) !== 0;
  into.fragmentOffset = (fragment & 0x1fff) * 8;
  into.fragmented = (fragment & 0x3fff) !== 0;
  into.identification = u16(bytes, at + 4);
  into.source0 = i32(bytes, at + 12);
  into.destination0 = i32(bytes, at + 16);
  into.source1 = into.source2 = into.source3 = 0;
  into.destination1 = into.destination2 = into.destination3 = 0;
  return true;
}

/** RFC 8200 §3. A payload length of 0 is a jumbogram's (RFC 2675), or offload's: the packet's own length counts. */
function parseIpv6(bytes: Uint8Array, at: number, end: number, wireEnd: number, into: Datagram): boolean {
  if (end - at < IPV6_HEADER) return false;
  const length = u16(bytes, at + 4) || Math.max(0, wireEnd - at - IPV6_HEADER);
  setPayload(into, at + IPV6_HEADER, at + IPV6_HEADER + length, end);
  into.version = 6;
  into.fragmented = false;
  into.source0 = i32(bytes, at + 8);
  into.source1 = i32(bytes, at + 12);
  into.source2 = i32(bytes, at + 16);
  into.source3 = i32(bytes, at + 20);
  into.destination0 = i32(bytes, at + 24);
  into.destination1 = i32(bytes, at + 28);
  into.destination2 = i32(bytes, at + 32);
  into.destination3 = i32(bytes, at + 36);
  into.protocol = bytes[at + 6]!;
  return skipExtensions(into);
}

function setPayload(into: Datagram, start: number, wireEnd: number, end: number): void {
  into.start = start;
  into.end = wireEnd < end ? wireEnd : end;
  into.missing = wireEnd - into.end;
}

/** RFC 8200 §4: walks from extension header to extension header, to the payload or to a fragment's part. False: cut short on the way. */
export function skipExtensions(into: Datagram): boolean {
  const { bytes } = into;
  while (EXTENSIONS.has(into.protocol)) {
    if (into.end - into.start < 8) return false;
    const unit = into.protocol === AUTHENTICATION ? 4 : 8;
    const length = unit === 4 ? (bytes[into.start + 1]! + 2) * 4 : (bytes[into.start + 1]! + 1) * 8;
    if (length > into.end - into.start) return false;
    into.protocol = bytes[into.start]!;
    into.start += length;
  }
  return into.protocol === FRAGMENT ? readFragmentHeader(into) : true;
}

/** RFC 8200 §4.5: next header 1, reserved 1, offset and flags 2, identification 4. One that is alone is whole (RFC 6946). */
function readFragmentHeader(into: Datagram): boolean {
  if (into.end - into.start < 8) return false;
  const { bytes, start } = into;
  const word = u16(bytes, start + 2);
  into.protocol = bytes[start]!;
  into.fragmentOffset = word & 0xfff8;
  into.moreFragments = (word & 1) !== 0;
  into.fragmented = (word & 0xfff9) !== 0;
  into.identification = i32(bytes, start + 4);
  into.start = start + 8;
  return into.fragmented ? true : skipExtensions(into);
}
