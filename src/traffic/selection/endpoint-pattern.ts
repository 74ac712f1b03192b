import type { Endpoint } from '../../codec/bytes/endpoint.js';
import { MAPPED, parseAddress } from '../../sources/packets/address-text.js';
import type { Address } from '../../sources/packets/address.js';

/** A block of addresses: `bits` of 128, IPv4 in its IPv4-mapped form. */
interface Network {
  readonly address: Address;
  readonly bits: number;
}

/** What is not given matches everything. */
export interface EndpointPattern {
  readonly network?: Network;
  readonly port?: number;
}

/** Bits of the prefix of all IPv4-mapped addresses (RFC 4291 §2.5.5.2). */
const MAPPED_BITS = 96;

/** The address in brackets or not, the prefix length, the port. */
const ENDPOINT = /^(?:\[([^\]]+)\]|([^[\]/]*?))(\/[^:]*)?(?::([^:/]*))?$/;
/** Without brackets, all the colons are the address's own. */
const BARE_IPV6 = /^[^[\]/:]*:[^[\]/:]*:[^[\]/]*$/;

/** `ADDR`, a block `ADDR/BITS`, `ADDR:PORT`, `[IPv6]:PORT` or `:PORT`. Throws a RangeError with what it has to be. */
export function endpointPattern(text: string): EndpointPattern {
  if (BARE_IPV6.test(text)) return { network: network(text) };
  const [whole, bracketed, bare = '', bits = '', portText] = ENDPOINT.exec(text) ?? [];
  const address = (bracketed ?? bare) + bits;
  if (!whole || (address === '' && portText === undefined)) throw notAnEndpoint(text);
  return {
    ...(address !== '' && { network: network(address) }),
    ...(portText !== undefined && { port: portNumber(portText) }),
  };
}

function network(text: string): Network {
  const [addressText = '', bitsText, ...more] = text.split('/');
  const address = parseAddress(addressText);
  if (!address || more.length > 0) throw notAnEndpoint(text);
  const isIpv6 = addressText.includes(':');
  const most = isIpv6 ? 128 : 32;
  const bits = bitsText === undefined ? most : /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : NaN;
  if (bits <= most) return { address, bits: isIpv6 ? bits : MAPPED_BITS + bits };
  throw new RangeError(`An ${isIpv6 ? 'IPv6' : 'IPv4'} block has a number from 0 to ${most} after the /.`);
}

/** Common mistakes, and the messages for them. */
const ENDPOINT_HINTS: readonly (readonly [RegExp, string])[] = [
  [/^\d+$/, 'A port alone begins with a colon, as in :80.'],
  [/^[^:g-z]*[g-z][^:]*$/i, 'Names are not looked up: it has to be an address, as in 192.0.2.1 or ::1.'],
  [/%/, 'Captures know no zones: it has to be the address without % and what follows.'],
];

function notAnEndpoint(text: string): RangeError {
  const hint = ENDPOINT_HINTS.find(([mistake]) => mistake.test(text))?.[1];
  return new RangeError(
    hint ?? 'It has to be an address, a block as in 10.0.0.0/8 or fd00::/8, ADDR:PORT, [IPv6]:PORT, or :PORT.',
  );
}

/** Throws a RangeError with what it has to be. */
export function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new RangeError('A port is a number from 0 to 65535.');
}

/** Whether the end is at one of them. */
export function matchesAny(patterns: readonly EndpointPattern[], { address, port }: Endpoint): boolean {
  return patterns.some(
    (pattern) =>
      (pattern.port === undefined || pattern.port === port) &&
      (pattern.network === undefined || holds(pattern.network, address)),
  );
}

function holds({ address, bits }: Network, text: string): boolean {
  const other = parseAddress(text);
  if (!other) return false;
  // `::/0` means IPv6: that IPv4 is kept in that range is our own choice.
  if (bits < MAPPED_BITS && MAPPED.every((word, index) => word === other[index])) return false;
  return address.every((word, index) => {
    const counted = Math.min(32, Math.max(0, bits - 32 * index));
    return counted === 0 || (word ^ other[index]!) >>> (32 - counted) === 0;
  });
}
