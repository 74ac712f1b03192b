import type { Passage } from '../../codec/bytes/stream-taker.js';
import { latin1 } from '../../codec/http1/text.js';
import { u16 } from '../bytes/bytes.js';
import { endpointAt, type ProxyStep } from './step.js';

/** The PROXY protocol (haproxy.org, proxy-protocol.txt): what a load balancer sends first, with the addresses of the real client. */
const V1 = Array.from('PROXY ', (char) => char.charCodeAt(0));
const V2 = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
/** §2.1: the longest line of version 1, CR LF included. */
const LONGEST_V1 = 107;
const V2_HEADER = 16;
/** §2.2: address families of TCP, with the length of an address. */
const V2_LENGTHS: ReadonlyMap<number, number> = new Map([
  [0x11, 4],
  [0x21, 16],
]);
const LINE = /^PROXY (?:UNKNOWN\b[^\r\n]*|TCP[46] ([0-9a-fA-F.:]{2,39}) ([0-9a-fA-F.:]{2,39}) (\d{1,5}) (\d{1,5}))\r\n/;

export function beginsProxyHeader(first: Uint8Array): 'yes' | 'no' | 'maybe' {
  const pattern = first[0] === V1[0] ? V1 : V2;
  if (pattern.some((byte, i) => i < first.length && first[i] !== byte)) return 'no';
  return first.length < pattern.length ? 'maybe' : 'yes';
}

export function readProxyHeader(client: Uint8Array): ProxyStep {
  return client[0] === V1[0] ? readV1(client) : readV2(client);
}

/** §2.1: `PROXY TCP4 192.0.2.1 198.51.100.7 56324 443` CR LF. */
function readV1(client: Uint8Array): ProxyStep {
  const text = latin1(client, 0, Math.min(client.length, LONGEST_V1));
  const [line, from, to, fromPort, toPort] = LINE.exec(text) ?? [];
  if (line === undefined) return client.length >= LONGEST_V1 || text.includes('\n') ? 'no' : 'more';
  const ends = from && to ? { from: ended(from, fromPort!), to: ended(to, toPort!) } : {};
  return { client: line.length, server: 0, passage: { name: 'PROXY protocol v1', ...ends } };
}

function ended(address: string, port: string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** §2.2: signature 12, version and command 1, family 1, length 2, addresses and ports, TLVs. */
function readV2(client: Uint8Array): ProxyStep {
  if (client.length < V2_HEADER) return 'more';
  if (client[12]! >> 4 !== 2) return 'no';
  const end = V2_HEADER + u16(client, 14);
  if (client.length < end) return 'more';
  const length = V2_LENGTHS.get(client[13]!) ?? 0;
  // Command 0 is the load balancer's own connection.
  const isStated = (client[12]! & 0x0f) === 1 && length > 0 && end >= V2_HEADER + 2 * length + 4;
  const passage: Passage = { name: 'PROXY protocol v2', ...(isStated && ends(client, length)) };
  return { client: end, server: 0, passage };
}

function ends(client: Uint8Array, length: number): Pick<Passage, 'from' | 'to'> {
  const [from, to] = [V2_HEADER, V2_HEADER + length];
  const ports = to + length;
  return {
    from: endpointAt(client, from, length, u16(client, ports)),
    to: endpointAt(client, to, length, u16(client, ports + 2)),
  };
}
