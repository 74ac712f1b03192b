import { i32, u16 } from '../bytes/bytes.js';

/** By UDP port: what may carry connections, and is not opened. */
const BY_PORT: ReadonlyMap<number, string> = new Map([
  [1194, 'OpenVPN'],
  [1701, 'L2TP'],
  [3544, 'Teredo'],
  [4341, 'LISP'],
  [5247, 'CAPWAP'],
  [6080, 'GUE'],
  [9993, 'ZeroTier'],
  [37008, 'TZSP'],
]);
const HTTPS = 443;
const ESP_IN_UDP = 4500;
const WIREGUARD = 51820;

/** What a UDP datagram is that may carry connections and is not opened; its payload is `at` to `end`, `missing` bytes of it were not captured. */
export function nameOfUdp(
  source: number,
  destination: number,
  bytes: Uint8Array,
  at: number,
  end: number,
  missing: number,
): string | undefined {
  const has = (port: number): boolean => destination === port || source === port;
  if (end - at < 4) return undefined;
  if (isWireGuard(bytes, at, end, end - at + missing, has(WIREGUARD))) return 'WireGuard';
  if (isQuic(bytes, at, end, has(HTTPS))) return has(HTTPS) ? 'QUIC (UDP 443)' : 'QUIC';
  if (has(HTTPS) && isDtls(bytes, at)) return 'DTLS (UDP 443)';
  // RFC 3948 §2.2: four zeros mark IKE.
  if (has(ESP_IN_UDP) && end - at >= 8 && i32(bytes, at) !== 0) return 'IPsec ESP in UDP';
  return BY_PORT.get(destination) ?? BY_PORT.get(source);
}

/** Messages of WireGuard (its white paper, §5.4): type 1, zeros 3; lengths of the handshake's, by type. */
const WIREGUARD_LENGTHS = [0, 148, 92, 64];
const WIREGUARD_DATA = 4;
const LEAST_DATA = 32;

function isWireGuard(bytes: Uint8Array, at: number, end: number, length: number, isPort: boolean): boolean {
  const type = bytes[at]!;
  if (type < 1 || type > WIREGUARD_DATA || bytes[at + 1] !== 0 || bytes[at + 2] !== 0 || bytes[at + 3] !== 0)
    return false;
  if (type < WIREGUARD_DATA) return length === WIREGUARD_LENGTHS[type];
  if (length < LEAST_DATA || length % 16 !== 0) return false;
  // Receiver 4, then a counter of 64 bits, little-endian, whose upper half is not used in practice.
  return isPort || (end - at >= 16 && i32(bytes, at + 12) === 0);
}

/** RFC 9001 and RFC 9369, and the drafts. */
const QUIC_VERSIONS: ReadonlySet<number> = new Set([0x00000001, 0x6b3343cf]);

/** RFC 9000 §17: a long header names its version; a short one has the fixed bit, which says something on port 443 alone. */
function isQuic(bytes: Uint8Array, at: number, end: number, isHttps: boolean): boolean {
  const first = bytes[at]!;
  if ((first & 0x80) === 0) return isHttps && (first & 0x40) !== 0;
  if (end - at < 7) return false;
  const version = i32(bytes, at + 1) >>> 0;
  if (QUIC_VERSIONS.has(version) || version >>> 8 === 0xff0000) return (first & 0x40) !== 0;
  // Version negotiation, greased and Google's versions.
  return isHttps;
}

/** RFC 9147 §4, RFC 6347 §4.1: content type, then version 1.0 or 1.2 in complement. */
function isDtls(bytes: Uint8Array, at: number): boolean {
  const version = u16(bytes, at + 1);
  return bytes[at]! >= 20 && bytes[at]! <= 25 && (version === 0xfeff || version === 0xfefd);
}
