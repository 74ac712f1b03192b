import { i32, u16 } from '../bytes/bytes.js';
import type { LinkType } from '../bytes/types.js';

/** No IP datagram in this packet. */
export const NO_IP = -1;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_PPPOE_SESSION = 0x8864;
/** Tags of 4 bytes in front of the real type: 802.1Q, 802.1ad (QinQ), and what was used before it. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
/** AF_INET, and AF_INET6 of NetBSD/OpenBSD, FreeBSD, Darwin. Linux's 10 is what a Linux host writes. */
const FAMILIES: ReadonlySet<number> = new Set([2, 10, 24, 28, 30]);

/** A link type that a capture file states. */
export type KnownLink = Exclude<LinkType, 'unknown'>;

/** Position of the IP header of the packet in `bytes` from `start` to `end`, or NO_IP. Never looks behind `end`. */
export function ipBehind(link: KnownLink, bytes: Uint8Array, start: number, end: number): number {
  switch (link) {
    case 'ethernet':
      return end - start < 14 ? NO_IP : afterType(bytes, start + 12, start + 14, end);
    case 'raw':
      return start;
    case 'sll':
      return end - start < 16 ? NO_IP : afterType(bytes, start + 14, start + 16, end);
    case 'sll2':
      return end - start < 20 ? NO_IP : afterType(bytes, start, start + 20, end);
    case 'null':
    case 'loop':
      return afterFamily(bytes, start, end);
    case 'pppoe':
      return afterPppoe(bytes, start, end);
  }
}

/** Behind an EtherType at `typeAt` whose payload begins at `at`: through VLAN tags (2 bytes tag, 2 bytes type) and PPPoE. */
function afterType(bytes: Uint8Array, typeAt: number, at: number, end: number): number {
  let type = u16(bytes, typeAt);
  let next = at;
  while (VLAN_TAGS.has(type)) {
    if (end - next < 4) return NO_IP;
    type = u16(bytes, next + 2);
    next += 4;
  }
  if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return next;
  return type === ETHERTYPE_PPPOE_SESSION ? afterPppoe(bytes, next, end) : NO_IP;
}

/** RFC 2516 §4: version and type 1+1, code 0, session 2, length 2, then PPP's protocol 2. */
function afterPppoe(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 8 || bytes[at] !== 0x11 || bytes[at + 1] !== 0) return NO_IP;
  const protocol = u16(bytes, at + 6);
  return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? at + 8 : NO_IP;
}

/** NULL: the address family in the byte order of the host that captured; LOOP: in network order. */
function afterFamily(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 4) return NO_IP;
  const word = i32(bytes, at);
  return FAMILIES.has(word) || ((word & 0xffffff) === 0 && FAMILIES.has(word >>> 24)) ? at + 4 : NO_IP;
}
