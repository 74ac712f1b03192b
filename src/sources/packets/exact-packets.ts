import { u16 } from '../bytes/bytes.js';
import type { Packet } from '../bytes/types.js';
import { ipBehind, NO_IP, type KnownLink } from './link-layers.js';
import { checksumHolds } from './link.js';
import { Trail } from './trail.js';

/** Bytes that show whether a packet may begin. */
export const LEAST_PACKET = 34;
/** IEEE 802.3 §4.2.3.3: shorter frames are filled up, the checksum not counted. */
const LEAST_ETHERNET = 60;
/** `null` stands for `loop` as well. */
const LINKS: readonly KnownLink[] = ['ethernet', 'sll', 'sll2', 'null', 'raw'];
const trail = new Trail();

interface Measured {
  readonly link: KnownLink;
  readonly length: number;
}

/** The packet that begins at `at`, by what its IP header says; undefined: none. Without a link layer the checksum has to hold. */
export function packetAt(bytes: Uint8Array, at: number): Measured | undefined {
  for (const link of LINKS) {
    trail.clear();
    const ip = ipBehind(link, bytes, at, bytes.length, trail);
    const length = ip === NO_IP ? 0 : ipLength(bytes, ip, link === 'raw');
    if (length > 0) return { link, length: ip - at + length };
  }
  return undefined;
}

function ipLength(bytes: Uint8Array, at: number, isBare: boolean): number {
  const version = at < bytes.length ? bytes[at]! >> 4 : 0;
  const header = version === 6 ? 40 : (bytes[at]! & 0x0f) * 4;
  if (bytes.length - at < header || header < 20) return 0;
  if (version === 6)
    return isBare && (bytes[at + 6] !== 6 || u16(bytes, at) !== 0x6000) ? 0 : header + u16(bytes, at + 4);
  const total = u16(bytes, at + 2);
  if (version !== 4 || total < header || (isBare && !checksumHolds(bytes, at, header))) return 0;
  return total;
}

/** The packets that the bytes are, each exactly as long as its IP header says; undefined: they are something else. */
export function exactPackets(bytes: Uint8Array): Packet[] | undefined {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length;) {
    const found = packetAt(bytes, at);
    const end = at + (found?.length ?? 0);
    if (found === undefined || end > bytes.length) return undefined;
    packets.push({ link: found.link, bytes: bytes.slice(at, end), originalLength: end - at });
    at = isFilling(bytes, at, end) ? bytes.length : end;
  }
  return packets;
}

function isFilling(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes.length - at === LEAST_ETHERNET && bytes.subarray(end).every((byte) => byte === 0);
}
