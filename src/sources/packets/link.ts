import { u16 } from '../bytes/bytes.js';
import { ipBehind, NO_IP } from './link-layers.js';
import type { KnownLink } from './link-layers.js';
import type { LinkType } from '../bytes/types.js';
import { Trail } from './trail.js';

export { NO_IP } from './link-layers.js';

/** Its contents are not used. */
const IGNORED = new Trail();

/** Position of the IP header of the packet in `bytes` from `start` to `end` (`wireEnd`: where it ended on the wire), or NO_IP. MPLS on the way is noted in `trail`. */
export function ipStart(
  link: LinkType,
  bytes: Uint8Array,
  start: number,
  end: number,
  wireEnd: number,
  trail = IGNORED,
): number {
  if (link !== 'unknown') return ipBehind(link, bytes, start, end, trail);
  const inferred = inferLink(bytes, start, end, wireEnd);
  return inferred === undefined ? NO_IP : ipBehind(inferred, bytes, start, end, trail);
}

/** What a text dump's bytes may begin with. The header itself is evidence too, in points: a type at its place counts more than none. Ties go to the first. */
const CANDIDATES: readonly { readonly link: KnownLink; readonly points: number }[] = [
  { link: 'ethernet', points: 2 },
  { link: 'sll', points: 2 },
  { link: 'sll2', points: 2 },
  { link: 'pppoe', points: 2 },
  { link: 'null', points: 1 },
  { link: 'raw', points: 0 },
];
const ENOUGH = 3;

/** The link type of a packet whose source does not state it, by how well an IP header fits at the type's place (`captures.md`, tcpdump text). */
export function inferLink(bytes: Uint8Array, start: number, end: number, wireEnd: number): KnownLink | undefined {
  let best: KnownLink | undefined;
  let most = ENOUGH - 1;
  for (const { link, points } of CANDIDATES) {
    IGNORED.clear();
    const at = ipBehind(link, bytes, start, end, IGNORED);
    const found = at === NO_IP ? 0 : ipPoints(bytes, at, end, wireEnd);
    if (found > 0 && found + points > most) {
      most = found + points;
      best = link;
    }
  }
  return best;
}

/** ICMP, IGMP, IP in IP, TCP, UDP, GRE, ESP, ICMPv6, SCTP and IPv6's extension headers. */
const USUAL_PROTOCOLS: ReadonlySet<number> = new Set([0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 60, 132]);

/** How much the bytes at `at` look like an IP header; 0: not at all. */
function ipPoints(bytes: Uint8Array, at: number, end: number, wireEnd: number): number {
  if (end - at < 20) return 0;
  const version = bytes[at]! >> 4;
  if (version === 4) return ipv4Points(bytes, at, end, wireEnd);
  if (version !== 6 || end - at < 40) return 0;
  return lengthPoints(u16(bytes, at + 4) + 40, wireEnd - at) + protocolPoints(bytes[at + 6]!);
}

function ipv4Points(bytes: Uint8Array, at: number, end: number, wireEnd: number): number {
  const header = (bytes[at]! & 0x0f) * 4;
  const total = u16(bytes, at + 2);
  if (header < 20 || end - at < header || (total !== 0 && total < header)) return 0;
  const sum = checksumHolds(bytes, at, header) ? 4 : 0;
  return sum + lengthPoints(total, wireEnd - at) + protocolPoints(bytes[at + 9]!);
}

/** Exact, followed by padding; a longer one was cut by the capture, and 0 is offload's: no evidence. */
function lengthPoints(stated: number, there: number): number {
  if (stated === there) return 2;
  return stated > 0 && stated < there ? 1 : 0;
}

function protocolPoints(protocol: number): number {
  return USUAL_PROTOCOLS.has(protocol) ? 1 : 0;
}

/** RFC 791 §3.1: the 16-bit words of the header add up to all ones. */
export function checksumHolds(bytes: Uint8Array, at: number, header: number): boolean {
  let sum = 0;
  for (let i = 0; i < header; i += 2) sum += u16(bytes, at + i);
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16) === 0xffff;
}
