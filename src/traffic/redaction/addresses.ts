import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Endpoint } from '../../codec/bytes/endpoint.js';
import { sha1 } from '../../codec/handshake/sha1.js';
import { formatAddress } from '../../sources/packets/address.js';
import { MAPPED, parseAddress } from '../../sources/packets/address-text.js';
import { headersOf } from './head-secrets.js';

/** Bits that stay, so that an address stays one of its kind: 10.0.0.0/8, fe80::/16. */
const KEPT = { ipv4: 8, ipv6: 16 };
const MOST_KNOWN = 100_000;
/** A colon as in a URL within a URL, which may be encoded again. */
const ENCODED_COLON = String.raw`%(?:25){0,3}3a`;
const COLON = `(?::|${ENCODED_COLON})`;
const DOTTED = String.raw`\d{1,3}(?:\.\d{1,3}){3}(?![a-z\d]|\.[a-z\d])`;
/** Literals of addresses in a head: after what is no part of one, or after an escape of a URL. IPv6 may end with dots (RFC 4291 §2.2). */
const LITERAL = new RegExp(
  String.raw`(?:(?<![a-z\d.])|(?<=%(?:25){0,3}[\da-f]{2}))` +
    String.raw`(?:(?<!:)(?:[\da-f]{0,4}${COLON}){2,8}(?:${DOTTED}|[\da-f]{0,4}(?![a-z\d:]|\.\d|${ENCODED_COLON}))|${DOTTED})`,
  'gi',
);
const ENCODED = new RegExp(ENCODED_COLON, 'gi');
/** Headers that name products with their versions (RFC 9110 §10.1.5, §10.2.4). */
const PRODUCTS = /^(?:user-agent|server)$/i;
const VERSIONS = /^sec-ch-ua(?:-|$)/i;

/**
 * Addresses in place of others: two that begin with the same bits begin with the same bits afterwards, as in Crypto-PAn
 * (Xu, Fan, Ammar, Moon 2002), here by SHA-1 with a key that is not kept.
 */
export class Addresses {
  private readonly known = new Map<string, string>();

  constructor(private readonly key: Uint8Array) {}

  /** A name of a host, or the path of a Unix socket, becomes an unknown end. */
  endpoint(end: Endpoint | undefined): Endpoint | undefined {
    const address = end && this.address(end.address);
    return address === undefined ? undefined : { address, port: end!.port };
  }

  inHead(text: string, count: () => void): string {
    const headers = [...headersOf(text)].filter(({ name }) => PRODUCTS.test(name) || VERSIONS.test(name));
    return text.replace(LITERAL, (literal, offset: number) => {
      const header = headers.find(({ start, end }) => start <= offset && offset < end);
      if (header !== undefined && isVersion(text, offset, header.name)) return literal;
      const [colon = ':'] = literal.match(ENCODED) ?? [];
      const address = this.address(literal.replace(ENCODED, ':'));
      if (address === undefined) return literal;
      count();
      return address.replaceAll(':', colon);
    });
  }

  private address(text: string): string | undefined {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const words = parseAddress(text.replace(/%[^]*/, ''));
    if (words === undefined) return undefined;
    const isIpv4 = MAPPED.every((word, index) => word === words[index]);
    const changed = this.other(isIpv4 ? words.slice(3) : words, isIpv4 ? KEPT.ipv4 : KEPT.ipv6);
    // The IPv4-mapped form of an address is that of its other one.
    const other = formatAddress(isIpv4 && text.includes(':') ? [...MAPPED, ...changed] : changed);
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(text, other);
    return other;
  }

  /** Each bit is turned or not by the bits before it. */
  private other(words: readonly number[], kept: number): number[] {
    const out = [...words];
    const lead = words.length === 1 ? '4' : '6';
    let prefix = '';
    for (let bit = 0; bit < 32 * words.length; bit++) {
      const [word, mask] = [bit >> 5, 1 << (31 - (bit & 31))];
      if (bit >= kept && this.turns(`${lead}${prefix}`)) out[word] = out[word]! ^ mask;
      prefix += (words[word]! & mask) === 0 ? '0' : '1';
    }
    return out;
  }

  private turns(prefix: string): boolean {
    const bytes = new Uint8Array(this.key.length + prefix.length);
    bytes.set(this.key);
    bytes.set(encodeUtf8(prefix), this.key.length);
    return (sha1(bytes)[0]! & 1) === 1;
  }
}

/** Of a product, after its name, as in `Chrome/120.0.0.0`. */
function isVersion(text: string, offset: number, header: string): boolean {
  return VERSIONS.test(header) || /[^\s/:]\/$/.test(text.slice(Math.max(0, offset - 2), offset));
}
