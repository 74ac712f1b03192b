import { i32, u16 } from '../bytes/bytes.js';
import type { Datagram } from './ip.js';
import { afterEtherType, CARRIED, ETHERTYPE, ipBehind, NO_IP, unread } from './link-layers.js';
import type { Trail } from './trail.js';

const GRE_CHECKSUM = 0x8000;
const GRE_ROUTING = 0x4000;
const GRE_KEY = 0x2000;
const GRE_SEQUENCE = 0x1000;
const GRE_VERSION = 0x0007;
const ERSPAN = 0x88be;
const ERSPAN_III = 0x22eb;
const PPP = 0x880b;

/** RFC 2784 §2, RFC 2890 §2: flags 2, protocol type 2, then checksum 4, key 4, sequence number 4 where the flags say so. */
export function inGre(outer: Datagram, at: number, trail: Trail): number {
  const { bytes, end } = outer;
  if (end - at < 4) return NO_IP;
  const flags = u16(bytes, at);
  const type = u16(bytes, at + 2);
  if ((flags & GRE_VERSION) !== 0 || (flags & GRE_ROUTING) !== 0) return unread(trail, type === PPP ? 'PPTP' : 'GRE');
  const keyAt = at + 4 + ((flags & GRE_CHECKSUM) !== 0 ? 4 : 0);
  const sequenceAt = keyAt + ((flags & GRE_KEY) !== 0 ? 4 : 0);
  const next = sequenceAt + ((flags & GRE_SEQUENCE) !== 0 ? 4 : 0);
  if (next > end) return NO_IP;
  const key = (flags & GRE_KEY) !== 0 ? i32(bytes, keyAt) >>> 0 : -1;
  if (type === ERSPAN || type === ERSPAN_III) return inErspan(outer, type, (flags & GRE_SEQUENCE) !== 0, next, trail);
  if (!CARRIED.has(type)) return unread(trail, 'GRE of another protocol');
  if (!trail.enter(type === ETHERTYPE.bridged ? 'GRETAP' : 'GRE', key, outer)) return NO_IP;
  return afterEtherType(type, bytes, next, end, trail);
}

/** draft-foschiano-erspan-03 §4: type I has no header, II has 8 bytes, III has 12 and possibly a subheader of 8; then the mirrored frame. */
function inErspan(outer: Datagram, type: number, isNumbered: boolean, at: number, trail: Trail): number {
  const { bytes, end } = outer;
  if (type === ERSPAN && !isNumbered) {
    return trail.enter('ERSPAN I', -1, outer) ? ipBehind('ethernet', bytes, at, end, trail) : NO_IP;
  }
  const isThird = type === ERSPAN_III;
  const header = isThird ? 12 : 8;
  if (end - at < header || bytes[at]! >> 4 !== (isThird ? 2 : 1)) return unread(trail, 'ERSPAN of another version');
  const session = u16(bytes, at + 2) & 0x03ff;
  if (!trail.enter(isThird ? 'ERSPAN III' : 'ERSPAN II', session, outer)) return NO_IP;
  if (!isThird) return ipBehind('ethernet', bytes, at + header, end, trail);
  const last = u16(bytes, at + 10);
  const next = at + header + ((last & 1) !== 0 ? 8 : 0);
  // Frame type 2: a bare IP datagram.
  return ipBehind(((last >> 10) & 0x1f) === 2 ? 'raw' : 'ethernet', bytes, Math.min(next, end), end, trail);
}
