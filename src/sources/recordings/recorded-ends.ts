import { MAPPED, parseAddress } from '../packets/address-text.js';
import type { Address } from '../packets/address.js';
import { endpointText, type Endpoint } from '../../codec/bytes/endpoint.js';
import type { StreamOrigin } from '../../codec/bytes/stream-taker.js';
import type { TcpEndpoint } from '../tcp/tcp-packet.js';

/** The ends as packets name them; where they are made up, a comment says so. */
export interface PacketEnds {
  readonly client: TcpEndpoint;
  readonly server: TcpEndpoint;
  readonly comment?: string;
}

/** Reserved for documentation (RFC 5737, RFC 3849). */
const MADE_UP: Readonly<Record<'client' | 'server', { readonly ipv4: string; readonly ipv6: string }>> = {
  client: { ipv4: '192.0.2.1', ipv6: '2001:db8::1' },
  server: { ipv4: '192.0.2.2', ipv6: '2001:db8::2' },
};
const HTTP_PORT = 80;
/** Made-up clients have ports of their own, in turn. */
const FIRST_PORT = 1024;
const PORTS = 65536 - FIRST_PORT;

interface Read {
  /** Four words; undefined where the end has no IP address. */
  readonly address: Address | undefined;
  readonly port: number | undefined;
}

/** An end that packets can name stays; a Unix socket, a name, or an unknown end gets an address for documentation. */
export function packetEnds({ number, a, b }: StreamOrigin): PacketEnds {
  const [client, server] = [readEnd(a), readEnd(b)];
  const isIpv6 = [client, server].some(({ address }) => address !== undefined && !isMapped(address));
  const endpoint = (side: 'client' | 'server', { address, port }: Read, otherwise: number): TcpEndpoint => {
    const words = address ?? parseAddress(MADE_UP[side][isIpv6 ? 'ipv6' : 'ipv4'])!;
    return { address: isIpv6 ? words : words.slice(3), port: port ?? otherwise };
  };
  const comments = (['client', 'server'] as const).flatMap((side) => {
    const [read, end] = side === 'client' ? [client, a] : [server, b];
    return read.address === undefined ? [`the ${side} is ${describe(end)}, its address here is invented`] : [];
  });
  return {
    client: endpoint('client', client, FIRST_PORT + (number % PORTS)),
    server: endpoint('server', server, HTTP_PORT),
    ...(comments.length > 0 && { comment: comments.join('; ') }),
  };
}

function readEnd(end: Endpoint | undefined): Read {
  if (end === undefined || !(end.port <= 0xffff)) return { address: undefined, port: undefined };
  // A zone (fe80::1%eth0) is of one machine only.
  return { address: parseAddress(end.address.replace(/%[^]*/, '')), port: end.port };
}

function isMapped(address: Address): boolean {
  return MAPPED.every((word, index) => word === address[index]);
}

function describe(end: Endpoint | undefined): string {
  if (end === undefined) return 'unknown';
  const text = endpointText(end);
  return text.includes('/') ? `the Unix socket ${text}` : text;
}
