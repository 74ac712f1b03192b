import { u16 } from '../bytes/bytes.js';
import { inGre } from './gre.js';
import type { Datagram } from './ip.js';
import { ETHERTYPE, NO_IP, afterEtherType, ipBehind, unread } from './link-layers.js';
import type { Trail } from './trail.js';
import { inUdp } from './udp-tunnels.js';

/** Protocol numbers of IP (IANA) that carry IP, or something that carries it. */
const IPV4 = 4;
const UDP = 17;
const IPV6 = 41;
const GRE = 47;
const ETHERIP = 97;
const MPLS = 137;
/** Those that are not opened. */
const UNREAD: ReadonlyMap<number, string> = new Map([
  [50, 'IPsec ESP'],
  [51, 'IPsec AH'],
  [55, 'minimal IP encapsulation'],
  [94, 'KA9Q IP-in-IP'],
  [115, 'L2TPv3'],
]);

/** By the versions of the outer and the inner datagram (RFC 2003, RFC 4213, RFC 2473). */
const IP_IN_IP: Readonly<Record<string, string>> = {
  '4in4': 'IP-in-IP',
  '6in4': '6in4',
  '4in6': '4in6',
  '6in6': '6in6',
};

/**
 * Where the IP datagram begins that the payload of `outer` carries, or NO_IP: then `trail.unread` may name what it is.
 * Reads captured bytes of the payload only.
 */
export function ipInside(outer: Datagram, trail: Trail): number {
  const { protocol, version, bytes, start, end } = outer;
  switch (protocol) {
    case UDP:
      return inUdp(outer, trail);
    case IPV4:
    case IPV6:
      return trail.enter(IP_IN_IP[`${protocol === IPV4 ? 4 : 6}in${version}`]!, -1, outer) ? start : NO_IP;
    case GRE:
      return inGre(outer, start, trail);
    case MPLS:
      return trail.enter('MPLS-in-IP', -1, outer) ? afterEtherType(ETHERTYPE.mpls, bytes, start, end, trail) : NO_IP;
    case ETHERIP:
      // RFC 3378 §3: version 3, twelve zeros.
      if (end - start < 2 || u16(bytes, start) !== 0x3000 || !trail.enter('EtherIP', -1, outer)) return NO_IP;
      return ipBehind('ethernet', bytes, start + 2, end, trail);
    default:
      return unread(trail, UNREAD.get(protocol));
  }
}
