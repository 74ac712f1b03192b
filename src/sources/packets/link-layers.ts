import { i32, u16 } from '../bytes/bytes.js';
import type { LinkType } from '../bytes/types.js';
import type { Trail } from './trail.js';

/** No IP datagram in this packet. */
export const NO_IP = -1;

/** What follows, by EtherType (IANA, IEEE 802 Numbers). */
export const ETHERTYPE = {
  ipv4: 0x0800,
  ipv6: 0x86dd,
  pppoeSession: 0x8864,
  mpls: 0x8847,
  mplsUpstream: 0x8848,
  /** A whole Ethernet frame (RFC 1701). */
  bridged: 0x6558,
} as const;
/** What tunnels carry that is opened. */
export const CARRIED: ReadonlySet<number> = new Set([
  ETHERTYPE.ipv4,
  ETHERTYPE.ipv6,
  ETHERTYPE.bridged,
  ETHERTYPE.mpls,
  ETHERTYPE.mplsUpstream,
]);
/** What is not opened, and may carry IP. */
const UNREAD: ReadonlyMap<number, string> = new Map([
  [0x88e5, 'MACsec'],
  [0x88e7, 'provider backbone bridging (802.1ah)'],
  [0x894f, 'NSH'],
]);
/** Tags of 4 bytes before the real type: 802.1Q, 802.1ad (QinQ), and what was used before it. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;
/** Labels of MPLS on top of each other, more than any network has. */
const MOST_LABELS = 16;
/** AF_INET, and AF_INET6 of NetBSD/OpenBSD, FreeBSD, Darwin. Linux's 10 is what a Linux host writes. */
const FAMILIES: ReadonlySet<number> = new Set([2, 10, 24, 28, 30]);

/** A link type that a capture file states. */
export type KnownLink = Exclude<LinkType, 'unknown'>;

/** Position of the IP header of the packet in `bytes` from `start` to `end`, or NO_IP. Never looks after `end`. MPLS on the way is noted in `trail`. */
export function ipBehind(link: KnownLink, bytes: Uint8Array, start: number, end: number, trail: Trail): number {
  switch (link) {
    case 'ethernet':
      return end - start < 14 ? NO_IP : afterEtherType(u16(bytes, start + 12), bytes, start + 14, end, trail);
    case 'raw':
      return start;
    case 'sll':
      return end - start < 16 ? NO_IP : afterEtherType(u16(bytes, start + 14), bytes, start + 16, end, trail);
    case 'sll2':
      return end - start < 20 ? NO_IP : afterEtherType(u16(bytes, start), bytes, start + 20, end, trail);
    case 'null':
    case 'loop':
      return afterFamily(bytes, start, end);
    case 'pppoe':
      return afterPppoe(bytes, start, end, trail);
  }
}

/** After an EtherType, whose payload begins at `at`: through VLAN tags (2 bytes tag, 2 bytes type), PPPoE, MPLS and Ethernet in it. */
export function afterEtherType(first: number, bytes: Uint8Array, at: number, end: number, trail: Trail): number {
  let type = first;
  let next = at;
  // Most packets are IPv4 without a tag: a look into the set costs as much as all of the rest.
  while (type !== ETHERTYPE.ipv4 && VLAN_TAGS.has(type)) {
    if (end - next < 4) return NO_IP;
    type = u16(bytes, next + 2);
    next += 4;
  }
  switch (type) {
    case ETHERTYPE.ipv4:
    case ETHERTYPE.ipv6:
      return next;
    case ETHERTYPE.pppoeSession:
      return afterPppoe(bytes, next, end, trail);
    case ETHERTYPE.mpls:
    case ETHERTYPE.mplsUpstream:
      return afterMpls(bytes, next, end, trail);
    case ETHERTYPE.bridged:
      return ipBehind('ethernet', bytes, next, end, trail);
    default:
      return unread(trail, UNREAD.get(type));
  }
}

/** RFC 2516 §4: version and type 1+1, code 0, session 2, length 2, then PPP's protocol 2. */
function afterPppoe(bytes: Uint8Array, at: number, end: number, trail: Trail): number {
  if (end - at < 8 || bytes[at] !== 0x11 || bytes[at + 1] !== 0) return NO_IP;
  const protocol = u16(bytes, at + 6);
  if (protocol === PPP_MPLS) return afterMpls(bytes, at + 8, end, trail);
  return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? at + 8 : NO_IP;
}

/**
 * RFC 3032 §2.1: label 20 bits, class 3, bottom of stack 1, TTL 8. Nothing says what the bottom label carries: IP by its
 * version and length, else Ethernet (RFC 4448), with a control word that begins with four zeros or without one.
 */
function afterMpls(bytes: Uint8Array, at: number, end: number, trail: Trail): number {
  let next = at;
  let entry = 0;
  for (let labels = 0; (entry & 0x100) === 0; labels++, next += 4) {
    if (end - next < 4 || labels === MOST_LABELS) return NO_IP;
    entry = i32(bytes, next);
  }
  if (!trail.enter('MPLS', entry >>> 12)) return NO_IP;
  if (isIp(bytes, next, end)) return next;
  const hasControl = next < end && bytes[next]! >> 4 === 0 && !isEthernet(bytes, next, end);
  const frame = hasControl ? next + 4 : next;
  return end - frame < 14 ? NO_IP : afterEtherType(u16(bytes, frame + 12), bytes, frame + 14, end, trail);
}

/** A MAC address may begin with a 4 or a 6, too: then the length of the header does not fit, and an Ethernet header does. */
function isIp(bytes: Uint8Array, at: number, end: number): boolean {
  const version = at < end ? bytes[at]! >> 4 : 0;
  const header = version === 6 ? 40 : (bytes[at]! & 0x0f) * 4;
  if ((version !== 4 && version !== 6) || header < 20 || end - at < header) return false;
  const length = version === 6 ? u16(bytes, at + 4) + header : u16(bytes, at + 2);
  return (length >= header && length <= end - at) || !isEthernet(bytes, at, end);
}

function isEthernet(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 15) return false;
  const type = u16(bytes, at + 12);
  const version = bytes[at + 14]! >> 4;
  return type === ETHERTYPE.ipv4 ? version === 4 : type === ETHERTYPE.ipv6 ? version === 6 : VLAN_TAGS.has(type);
}

/** Names what begins here and is not opened. */
export function unread(trail: Trail, name: string | undefined): number {
  trail.unread = name;
  return NO_IP;
}

/** NULL: the address family in the byte order of the host that captured; LOOP: in network order. */
function afterFamily(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 4) return NO_IP;
  const word = i32(bytes, at);
  return FAMILIES.has(word) || ((word & 0xffffff) === 0 && FAMILIES.has(word >>> 24)) ? at + 4 : NO_IP;
}
