import type { Address } from '../packets/address.js';

/** An end of a TCP connection, as its packets name it. */
export interface TcpEndpoint {
  /** One word for IPv4, four for IPv6: the same for both ends. */
  readonly address: Address;
  readonly port: number;
}

/** What a packet is made of; the payload is `bytes` from `start` to `end`. */
export interface TcpPacket {
  readonly from: TcpEndpoint;
  readonly to: TcpEndpoint;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  /** A multiple of four bytes. */
  readonly options: Uint8Array;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const TCP_HEADER = 20;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const PROTOCOL_TCP = 6;
const HOPS = 64;
/** Don't fragment: the identification may be 0 then (RFC 6864 §4.1). */
const DONT_FRAGMENT = 0x4000;

/** Bytes of the packet, IP header included. */
export function packetLength({ from, options, start, end }: TcpPacket): number {
  return (from.address.length === 1 ? IPV4_HEADER : IPV6_HEADER) + TCP_HEADER + options.length + end - start;
}

/** Writes the packet at `at`, IP header first (RFC 791 §3.1, RFC 8200 §3), with the checksums that it has to have. */
export function writePacket(out: Uint8Array, at: number, packet: TcpPacket): void {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const isIpv4 = packet.from.address.length === 1;
  const tcp = at + (isIpv4 ? IPV4_HEADER : IPV6_HEADER);
  const length = TCP_HEADER + packet.options.length + packet.end - packet.start;
  if (isIpv4) {
    view.setUint16(at, 0x4500);
    view.setUint16(at + 2, IPV4_HEADER + length);
    view.setUint16(at + 6, DONT_FRAGMENT);
    out[at + 8] = HOPS;
    out[at + 9] = PROTOCOL_TCP;
    writeAddresses(view, at + 12, packet);
    view.setUint16(at + 10, folded(sumOf(out, at, tcp)));
  } else {
    view.setUint32(at, 0x6000_0000);
    view.setUint16(at + 4, length);
    out[at + 6] = PROTOCOL_TCP;
    out[at + 7] = HOPS;
    writeAddresses(view, at + 8, packet);
  }
  writeTcp(out, view, tcp, packet);
  // RFC 9293 §3.1: the pseudo-header's addresses, protocol and length count too.
  const addresses = isIpv4 ? at + 12 : at + 8;
  const pseudo = sumOf(out, addresses, tcp) + PROTOCOL_TCP + length;
  view.setUint16(tcp + 16, folded(pseudo + sumOf(out, tcp, tcp + length)));
}

/** RFC 9293 §3.1, its checksum left 0. */
function writeTcp(out: Uint8Array, view: DataView, at: number, packet: TcpPacket): void {
  const { from, to, sequence, acknowledgment, flags, window, options, bytes, start, end } = packet;
  view.setUint16(at, from.port);
  view.setUint16(at + 2, to.port);
  view.setUint32(at + 4, sequence);
  view.setUint32(at + 8, acknowledgment);
  out[at + 12] = ((TCP_HEADER + options.length) >> 2) << 4;
  out[at + 13] = flags;
  view.setUint16(at + 14, window);
  out.set(options, at + TCP_HEADER);
  out.set(bytes.subarray(start, end), at + TCP_HEADER + options.length);
}

function writeAddresses(view: DataView, at: number, { from, to }: TcpPacket): void {
  let next = at;
  for (const word of [...from.address, ...to.address]) {
    view.setInt32(next, word);
    next += 4;
  }
}

/**
 * The sum of the 16-bit words (RFC 1071 §2), four bytes at a time: the sum of wider words folds to the same, and so does
 * that of swapped bytes once it is swapped back. It stays exact up to megabytes.
 */
function sumOf(bytes: Uint8Array, start: number, end: number): number {
  const from = bytes.byteOffset + start;
  const isAligned = LITTLE_ENDIAN && from % 4 === 0;
  const words = isAligned ? (end - start) >> 2 : 0;
  let sum = 0;
  if (words > 0) {
    const view = new Uint32Array(bytes.buffer, from, words);
    for (let i = 0; i < words; i++) sum += view[i]!;
    const swapped = fold(sum);
    sum = ((swapped & 0xff) << 8) | (swapped >> 8);
  }
  const even = end - ((end - start) & 1);
  for (let at = start + 4 * words; at < even; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
  return even < end ? sum + (bytes[even]! << 8) : sum;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function folded(sum: number): number {
  return ~fold(sum) & 0xffff;
}

function fold(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest % 0x10000) + Math.floor(rest / 0x10000);
  return rest;
}
