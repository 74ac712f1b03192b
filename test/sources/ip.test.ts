import { describe, expect, it } from 'vitest';
import { Fragments } from '../../src/sources/packets/fragments.js';
import { Datagram, parseIp } from '../../src/sources/packets/ip.js';
import { parseTcp, Segment } from '../../src/sources/tcp/segment.js';
import { be16, be32, concat, ipv4, ipv6, tcp, text } from './packets.js';
import type { Ipv4Fields } from './packets.js';

const PAYLOAD = tcp({ seq: 5, payload: text('hello') });

function parsed(bytes: Uint8Array, wire = bytes.length, end = bytes.length) {
  const datagram = new Datagram();
  const ok = parseIp(bytes, 0, end, wire, datagram);
  return { ok, datagram, payload: bytes.slice(datagram.start, datagram.end) };
}

const HOP_BY_HOP = (next: number): number[] => [next, 0, 1, 4, 0, 0, 0, 0];
const LONG_DESTINATION = (next: number): number[] => [next, 1, ...Array<number>(14).fill(0)];
const AUTHENTICATION = (next: number): number[] => [next, 4, ...Array<number>(22).fill(0)];
const FRAGMENT = (next: number, offset: number, more: boolean, id = 9): number[] => [
  next,
  0,
  ...be16(offset | (more ? 1 : 0)),
  ...be32(id),
];

describe('parseIp', () => {
  it.each([
    ['IPv4', ipv4(PAYLOAD)],
    ['IPv4 with options', ipv4(PAYLOAD, { options: [1, 1, 1, 1, 1, 1, 1, 0] })],
    ['IPv4 with padding', concat(ipv4(PAYLOAD), [0, 0, 0])],
    ['IPv4 with a total length of 0', ipv4(PAYLOAD, { total: 0 })],
    ['IPv6', ipv6(PAYLOAD)],
    ['IPv6 with a payload length of 0', ipv6(PAYLOAD, { length: 0 })],
    ['IPv6 with padding', concat(ipv6(PAYLOAD), [0, 0])],
    ['IPv6 with hop-by-hop options', ipv6(concat(HOP_BY_HOP(6), PAYLOAD), { next: 0 })],
    [
      'IPv6 with three kinds of options',
      ipv6(concat(HOP_BY_HOP(60), LONG_DESTINATION(51), AUTHENTICATION(6), PAYLOAD), { next: 0 }),
    ],
    [
      'IPv6 with a fragment header and nothing else',
      ipv6(concat(FRAGMENT(60, 0, false), LONG_DESTINATION(6), PAYLOAD), { next: 44 }),
    ],
  ])('%s: the payload', (_name, bytes) => {
    const { ok, datagram, payload } = parsed(bytes);
    expect(ok).toBe(true);
    expect(payload).toEqual(PAYLOAD);
    expect(datagram).toMatchObject({ protocol: 6, missing: 0, fragmented: false });
  });

  it('a cut packet says how much is missing', () => {
    for (const bytes of [ipv4(PAYLOAD), ipv6(PAYLOAD)]) {
      const { ok, datagram } = parsed(bytes, bytes.length, bytes.length - 3);
      expect([ok, datagram.missing]).toEqual([true, 3]);
    }
    expect(parsed(ipv4(PAYLOAD, { total: 0 }), 45 + 10).datagram.missing).toBe(10);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a version of 5', concat([0x55], new Uint8Array(39))],
    ['IPv4 cut in its header', ipv4(PAYLOAD).subarray(0, 19)],
    ['IPv4 with a header of 16 bytes', concat([0x44, 0, 0, 45], new Uint8Array(41))],
    ['IPv4 cut in its options', ipv4(PAYLOAD, { options: [1, 1, 1, 0] }).subarray(0, 22)],
    ['IPv4 shorter than its header', ipv4(PAYLOAD, { total: 19 })],
    ['IPv6 cut in its header', ipv6(PAYLOAD).subarray(0, 39)],
    ['IPv6 options behind the end', ipv6(new Uint8Array([6, 9, 0, 0, 0, 0, 0, 0]), { next: 0 })],
    ['IPv6 cut in an option', ipv6(new Uint8Array([6, 0, 0]), { next: 0 })],
    ['IPv6 cut in a fragment header', ipv6(new Uint8Array([6, 0, 0]), { next: 44 })],
  ])('%s: no', (_name, bytes) => {
    expect(parsed(bytes).ok).toBe(false);
  });
});

describe('parseTcp', () => {
  const segmentOf = (bytes: Uint8Array, captured = bytes.length) => {
    const { datagram } = parsed(ipv4(bytes), 20 + bytes.length, 20 + captured);
    const segment = new Segment();
    return { ok: parseTcp(datagram, segment), segment };
  };

  it('fields', () => {
    const { ok, segment } = segmentOf(
      tcp({
        sport: 1,
        dport: 65535,
        seq: 0xfffffffe,
        ack: 7,
        flags: 0x19,
        options: [1, 1, 1, 0],
        payload: text('abc'),
      }),
    );
    expect(ok).toBe(true);
    expect(segment).toMatchObject({
      sourcePort: 1,
      destinationPort: 65535,
      sequence: -2,
      acknowledgment: 7,
      flags: 0x19,
      length: 3,
    });
    expect(segment.end - segment.start).toBe(3);
  });

  it.each([
    ['in its payload', 23, 3],
    ['in its options', 22, 0],
    ['behind its fixed header', 20, 0],
  ])('cut %s: the length on the wire stays', (_name, captured, bytes) => {
    const options = captured === 23 ? [] : [1, 1, 1, 0];
    const { ok, segment } = segmentOf(tcp({ options, payload: text('abcdef') }), captured);
    expect([ok, segment.length, segment.end - segment.start]).toEqual([true, 6, bytes]);
  });

  it.each([
    ['too short', tcp().subarray(0, 19)],
    ['a header of 16 bytes', tcp().map((byte, at) => (at === 12 ? 0x40 : byte))],
    ['a header longer than the segment', tcp().map((byte, at) => (at === 12 ? 0x60 : byte))],
  ])('%s: no', (_name, bytes) => {
    expect(segmentOf(bytes).ok).toBe(false);
  });
});

describe('fragments', () => {
  const whole = tcp({ payload: text('x'.repeat(60) + 'y'.repeat(40)) });
  const part = (from: number, to: number, f: Ipv4Fields = {}) =>
    ipv4(whole.subarray(from, to), { offset: from, more: to < whole.length, ...f });
  const part6 = (from: number, to: number, id = 9) =>
    ipv6(concat(FRAGMENT(6, from, to < whole.length, id), whole.subarray(from, to)), { next: 44 });

  /** Numbers of the fragments that completed a datagram, and how many were lost. */
  function run(
    packets: readonly Uint8Array[],
    times: readonly number[] = [],
    limits?: ConstructorParameters<typeof Fragments>[0],
  ) {
    const fragments = new Fragments(limits);
    const datagram = new Datagram();
    const completed = packets.flatMap((packet, index) => {
      parseIp(packet, 0, packet.length, packet.length, datagram);
      if (!fragments.add(datagram, times[index] ?? 0)) return [];
      expect(datagram.bytes.slice(datagram.start, datagram.end)).toEqual(whole);
      expect(datagram.protocol).toBe(6);
      return [index];
    });
    fragments.end();
    return { completed, lost: fragments.lost };
  }

  it.each([
    ['in order', [part(0, 64), part(64, 120)], [1], 0],
    ['the last first', [part(64, 120), part(0, 64)], [1], 0],
    ['three, shuffled', [part(48, 64), part(64, 120), part(0, 48)], [2], 0],
    ['one of them twice', [part(0, 64), part(0, 64), part(64, 120)], [2], 0],
    ['IPv6', [part6(64, 120), part6(0, 64)], [1], 0],
    ['two datagrams', [part(0, 64), part(0, 64, { id: 8 }), part(64, 120, { id: 8 }), part(64, 120)], [2, 3], 0],
    ['two IPv6 datagrams', [part6(0, 64), part6(0, 64, 8), part6(64, 120, 8), part6(64, 120)], [2, 3], 0],
    ['one missing', [part(0, 48), part(64, 120)], [], 1],
    ['overlap', [part(0, 64), part(56, 120)], [], 1],
    ['overlap in front', [part(56, 120), part(0, 64)], [], 1],
    ['behind the last one', [part(64, 120), ipv4(new Uint8Array(8), { offset: 128, more: true })], [], 1],
    ['two ends', [part(64, 120), ipv4(new Uint8Array(8), { offset: 200 })], [], 1],
    ['the end in front of a part', [part(64, 104, { more: true }), ipv4(new Uint8Array(8), { offset: 8 })], [], 1],
    ['empty', [ipv4(new Uint8Array(0), { more: true })], [], 1],
    ['too large', [ipv4(new Uint8Array(64), { offset: 65528 })], [], 1],
  ])('%s', (_name, packets, completed, lost) => {
    expect(run(packets)).toEqual({ completed, lost });
  });

  it('is bounded: by time, by datagrams, by bytes', () => {
    const late = [part(0, 64), part(0, 64, { id: 8 }), part(64, 120)];
    expect(run(late, [0, 100, 100])).toEqual({ completed: [], lost: 3 });
    const many = Array.from({ length: 10 }, (_, id) => part(0, 64, { id }));
    expect(run(many, [], { datagrams: 4, bytes: 1e6, seconds: 60 }).lost).toBe(10);
    expect(
      run([...many, part(64, 120, { id: 0 })], [], { datagrams: 100, bytes: 1000, seconds: 60 }).completed,
    ).toEqual([]);
    expect(
      run([...many, part(64, 120, { id: 9 })], [], { datagrams: 100, bytes: 1000, seconds: 60 }).completed,
    ).toEqual([10]);
  });
});
