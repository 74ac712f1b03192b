import { i32, u16 } from '../bytes/bytes.js';
import type { SegmentPayload } from './held-segments.js';
import type { Datagram } from '../packets/ip.js';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** A TCP segment, read in place; filled again and again. Its fields of `SegmentPayload` describe the payload. */
export class Segment implements SegmentPayload {
  bytes: Uint8Array = new Uint8Array(0);
  sourcePort = 0;
  destinationPort = 0;
  /** Signed 32 bits: only differences (`| 0`) mean something. */
  sequence = 0;
  acknowledgment = 0;
  flags = 0;
  /** As in the header: not scaled. */
  window = 0;
  /** The payload as captured. */
  start = 0;
  end = 0;
  /** Bytes of payload on the wire: more than `end - start` where the capture cut the packet. */
  length = 0;
  /** Not the header's: `Flows` sets both. */
  time = NaN;
  packet = 0;
}

/** RFC 9293 §3.1: ports 2+2, sequence 4, acknowledgment 4, data offset (4 bits, in words), flags, window 2, checksum 2, urgent 2, options. */
export function parseTcp(datagram: Datagram, into: Segment): boolean {
  const { bytes, start, end } = datagram;
  if (end - start < 20) return false;
  const header = (bytes[start + 12]! >> 4) * 4;
  const length = end - start + datagram.missing - header;
  if (header < 20 || length < 0) return false;
  into.bytes = bytes;
  into.sourcePort = u16(bytes, start);
  into.destinationPort = u16(bytes, start + 2);
  into.sequence = i32(bytes, start + 4);
  into.acknowledgment = i32(bytes, start + 8);
  into.flags = bytes[start + 13]!;
  into.window = u16(bytes, start + 14);
  into.start = start + header < end ? start + header : end;
  into.end = end;
  into.length = length;
  return true;
}
