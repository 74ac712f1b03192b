import { describe, expect, it } from 'vitest';
import { inferLink, ipStart, NO_IP } from '../../src/sources/packets/link.js';
import { concat, ENCAPSULATIONS, ipv4, ipv6, tcp, text } from './packets.js';

const segment = tcp({ seq: 1, payload: text('hello') });
const DATAGRAMS = [
  ['IPv4', ipv4(segment)],
  ['IPv4 with options', ipv4(segment, { options: [1, 1, 1, 0] })],
  ['IPv6', ipv6(segment)],
] as const;

describe.each(ENCAPSULATIONS)('%s', (_name, link, wrap) => {
  it.each(DATAGRAMS)('%s: stated and inferred', (_version, ip) => {
    const packet = wrap(ip);
    const noise = [0xff, 0xee];
    const bytes = concat(noise, packet, noise);
    const end = 2 + packet.length;
    const expected = end - ip.length;
    expect(ipStart(link, bytes, 2, end, end)).toBe(expected);
    expect(ipStart('unknown', bytes, 2, end, end)).toBe(expected);
  });

  it('inferred with trailing padding, with offloaded length, and cut', () => {
    const ip = ipv4(segment);
    const padded = concat(wrap(ip), [0, 0, 0, 0, 0, 0]);
    const at = padded.length - 6 - ip.length;
    expect(ipStart('unknown', padded, 0, padded.length, padded.length)).toBe(at);
    const offloaded = wrap(ipv4(segment, { total: 0 }));
    expect(ipStart('unknown', offloaded, 0, offloaded.length, offloaded.length)).toBe(at);
    expect(ipStart('unknown', padded, 0, padded.length - 8, padded.length - 8)).toBe(at);
  });

  it('never looks after the end', () => {
    const packet = wrap(ipv4(segment));
    for (let end = 0; end < packet.length; end++) {
      const at = ipStart(link, packet, 0, end, packet.length);
      expect(at).toBeLessThanOrEqual(end);
      expect(ipStart('unknown', packet, 0, end, packet.length)).toBeLessThanOrEqual(end);
    }
  });
});

describe('no IP', () => {
  const arp = concat(Array<number>(12).fill(0xff), [8, 6, 0, 1, 8, 0, 6, 4, 0, 1], Array<number>(36).fill(0));
  const cases = [
    ['ARP', 'ethernet', arp],
    ['PPPoE discovery', 'ethernet', concat(Array<number>(12).fill(2), [0x88, 0x63, 0x11, 9, 0, 0, 0, 0])],
    ['PPP control', 'pppoe', new Uint8Array([0x11, 0, 0, 5, 0, 4, 0xc0, 0x21, 1, 1])],
    ['another family', 'null', new Uint8Array([7, 0, 0, 0, 0x45])],
    ['too short', 'ethernet', new Uint8Array(13)],
    ['nothing', 'unknown', new Uint8Array(0)],
    ['text', 'unknown', text('Each packet of this one is only text, you see.')],
    ['ARP in a text dump', 'unknown', arp],
  ] as const;
  it.each(cases)('%s', (_name, link, bytes) => {
    expect(ipStart(link, bytes, 0, bytes.length, bytes.length)).toBe(NO_IP);
  });

  it('names what was inferred', () => {
    const packet = concat(Array<number>(12).fill(2), [8, 0], ipv4(segment));
    expect(inferLink(packet, 0, packet.length, packet.length)).toBe('ethernet');
    expect(inferLink(packet, 14, packet.length, packet.length)).toBe('raw');
  });
});
