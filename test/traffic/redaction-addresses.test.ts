import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/sources/packets/address-text.js';
import { Addresses } from '../../src/traffic/redaction/addresses.js';

const addresses = new Addresses(new Uint8Array(20).fill(7));
let counted = 0;
const inHead = (header: string): string => {
  counted = 0;
  const text = addresses.inHead(`GET / HTTP/1.1\r\n${header}\r\nA: b\r\n\r\n`, () => counted++);
  return text.slice('GET / HTTP/1.1\r\n'.length, -'\r\nA: b\r\n\r\n'.length);
};
const other = (address: string): string => addresses.endpoint({ address, port: 1 })!.address;
const encoded = (address: string, colon: string): string => other(address).replaceAll(':', colon);

const V4 = '198.51.100.30';
const V6 = '2001:db8::77';

describe('--redact-addresses replaces in a head', () => {
  it.each<[string, string]>([
    [`X: ::ffff:${V4}`, `X: ::ffff:${other(V4)}`],
    [`X: [::ffff:${V4}]:80`, `X: [::ffff:${other(V4)}]:80`],
    ['X: ::FFFF:c633:641e', `X: ::ffff:${other(V4)}`],
    [`X: 64:ff9b::${V4}.`, `X: ${other(`64:ff9b::${V4}`)}.`],
    [`X: ::${V4}`, `X: ${other(`::${V4}`)}`],
    [`X: u=http%3A%2F%2F${V4}%2Fx`, `X: u=http%3A%2F%2F${other(V4)}%2Fx`],
    [`X: u=http%253A%252F%252F${V4}%252Fx`, `X: u=http%253A%252F%252F${other(V4)}%252Fx`],
    [`X: u=%2F%2F${V4}%3A80`, `X: u=%2F%2F${other(V4)}%3A80`],
    ['X: %5B2001%3Adb8%3A%3A77%5D', `X: %5B${encoded(V6, '%3A')}%5D`],
    ['X: %5b2001%3adb8%3a%3a77%5d%3a80', `X: %5b${encoded(V6, '%3a')}%5d%3a80`],
    ['X: %255B2001%253Adb8%253A%253A77%255D', `X: %255B${encoded(V6, '%253A')}%255D`],
    [`X: %3A%3Affff%3A${V4}`, `X: %3A%3Affff%3A${other(V4)}`],
    [`X: cache_${V4}`, `X: cache_${other(V4)}`],
    [`X: cache_${V6}_b`, `X: cache_${other(V6)}_b`],
    [`X: at ${V4}.`, `X: at ${other(V4)}.`],
    [`X: at ${V6}.`, `X: at ${other(V6)}.`],
    [`X:${V4}`, `X:${other(V4)}`],
    [`User-Agent: bot/1.0 (http://${V4}/)`, `User-Agent: bot/1.0 (http://${other(V4)}/)`],
    [`Server: gw (${V4})`, `Server: gw (${other(V4)})`],
    [`Referer: http://h/${V4}`, `Referer: http://h/${other(V4)}`],
    [`X: fe80::1%eth0`, `X: ${other('fe80::1')}%eth0`],
  ])('%s', (header, expected) => {
    expect(inHead(header)).toBe(expected);
    expect(counted).toBe(1);
  });

  it.each([
    'User-Agent: Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36',
    'Server: gateway/10.2.0.1',
    'Sec-CH-UA: "Chromium";v="120.0.0.0"',
    'Sec-CH-UA-Full-Version: "120.0.0.1"',
    'X: v1.198.51.100.35',
    'X: 198.51.100.35.1',
    'X: 12:34:56',
  ])('no part of %s', (header) => {
    expect(inHead(header)).toBe(header);
    expect(counted).toBe(0);
  });

  it('with addresses of the same kind', () => {
    expect(parseAddress(other(V4))).toHaveLength(4);
    expect(other(V4)).toMatch(/^198\.(?!51\.100\.30$)/);
    expect(other(`::ffff:${V4}`)).toBe(`::ffff:${other(V4)}`);
    expect(other(V6)).toMatch(/^2001:/);
  });
});
