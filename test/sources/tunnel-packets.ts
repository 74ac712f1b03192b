/** TCP segments in the tunnels that are opened, each as the packets of an Ethernet capture. */
import { be16, be32, CLIENT, CLIENT6, concat, ipv4, ipv6, SERVER, SERVER6, tcp, type TcpFields } from './packets.js';
import type { Passage } from '../../src/codec/bytes/stream-taker.js';

/** A segment between the usual two hosts. */
export interface Inner extends TcpFields {
  readonly from: 'client' | 'server';
}

type Wrap = (inner: Inner) => Uint8Array;

const MACS = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
const OUTER4 = { client: [192, 0, 2, 1], server: [198, 51, 100, 7] };
const OUTER6 = { client: [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 0x11], server: SERVER6 };
const FROM4 = { from: '192.0.2.1', to: '198.51.100.7' };
const FROM6 = { from: '2001:db8::11', to: '2001:db8::2' };
const other = { client: 'server', server: 'client' } as const;

export const ethernet = (type: number, ...parts: (ArrayLike<number> & Iterable<number>)[]): Uint8Array =>
  concat(MACS, be16(type), ...parts);
const ip4 = (inner: Inner): Uint8Array => ipv4(tcp(inner), inner.from === 'client' ? {} : { src: SERVER, dst: CLIENT });
const ip6 = (inner: Inner): Uint8Array =>
  ipv6(tcp(inner), inner.from === 'client' ? {} : { src: SERVER6, dst: CLIENT6 });
const frame4: Wrap = (inner) => ethernet(0x0800, ip4(inner));
const frame6: Wrap = (inner) => ethernet(0x86dd, ip6(inner));
const tagged: Wrap = (inner) => ethernet(0x8100, [0, 5, 8, 0], ip4(inner));

const outer4 = (protocol: number, from: Inner['from'], payload: Uint8Array): Uint8Array =>
  ethernet(0x0800, ipv4(payload, { protocol, src: OUTER4[from], dst: OUTER4[other[from]] }));
const outer6 = (next: number, from: Inner['from'], payload: Uint8Array): Uint8Array =>
  ethernet(0x86dd, ipv6(payload, { next, src: OUTER6[from], dst: OUTER6[other[from]] }));
export const udp = (port: number, payload: Uint8Array, source = 50_000): Uint8Array =>
  concat(be16(source), be16(port), be16(8 + payload.length), [0, 0], payload);

const inUdp =
  (port: number, payload: Wrap, outer = outer4, source?: number): Wrap =>
  (inner) =>
    outer(17, inner.from, udp(port, payload(inner), source));
const vxlan =
  (payload: Wrap, vni = 42, flags = 8, next = 0): Wrap =>
  (inner) =>
    concat([flags, 0, 0, next], be32(vni * 256), payload(inner));
const geneve =
  (type: number, payload: Wrap, options: number[] = []): Wrap =>
  (inner) =>
    concat([options.length / 4, 0], be16(type), be32(77 * 256), options, payload(inner));
const gre =
  (type: number, payload: Wrap, flags = 0, fields: number[] = [], outer = outer4): Wrap =>
  (inner) =>
    outer(47, inner.from, concat(be16(flags), be16(type), fields, payload(inner)));
const ONE = [0, 0, 0, 1];
const erspan2: Wrap = (inner) => concat(be32(0x10050064), be32(7), frame4(inner));
const erspan3 =
  (payload: Wrap, last = 0, more: number[] = []): Wrap =>
  (inner) =>
    concat(be32(0x20050065), be32(12_345), [0, 0], be16(last), more, payload(inner));
const labels = (...values: number[]): Uint8Array =>
  concat(...values.map((label, i) => be32(label * 4096 + (i === values.length - 1 ? 0x100 : 0) + 64)));
const mpls =
  (payload: Wrap, ...values: number[]): Wrap =>
  (inner) =>
    concat(labels(...values), payload(inner));
const gtp =
  (payload: Wrap, flags = 0x30, more: number[] = []): Wrap =>
  (inner) => {
    const inside = payload(inner);
    return concat([flags, 255], be16(more.length + inside.length), be32(0xdeadbeef), more, inside);
  };
const linked =
  (type: number, payload: Wrap): Wrap =>
  (inner) =>
    ethernet(type, payload(inner));
const inIp =
  (protocol: number, payload: Wrap, outer = outer4): Wrap =>
  (inner) =>
    outer(protocol, inner.from, payload(inner));

const named = (name: string, id?: number, ends = FROM4): Passage => ({
  name,
  ...(id !== undefined && { id }),
  ...ends,
});
const MPLS = (id: number): Passage => ({ name: 'MPLS', id });

/** [what, the packet, the tunnels as the client's packets have them] */
export const TUNNELS: readonly (readonly [string, Wrap, readonly Passage[]])[] = [
  ['VXLAN', inUdp(4789, vxlan(frame4)), [named('VXLAN', 42)]],
  ['VXLAN with a group policy', inUdp(4789, vxlan(frame4, 5000, 0x88)), [named('VXLAN', 5000)]],
  ['VXLAN of tagged frames', inUdp(4789, vxlan(tagged)), [named('VXLAN', 42)]],
  ['VXLAN of IPv6', inUdp(4789, vxlan(frame6)), [named('VXLAN', 42)]],
  ['VXLAN over IPv6', inUdp(4789, vxlan(frame4), outer6), [named('VXLAN', 42, FROM6)]],
  ['VXLAN on the port of Linux', inUdp(8472, vxlan(frame4)), [named('VXLAN', 42)]],
  ['VXLAN-GPE', inUdp(4790, vxlan(ip4, 9, 0x0c, 1)), [named('VXLAN-GPE', 9)]],
  ['VXLAN in VXLAN', inUdp(4789, vxlan(inUdp(4789, vxlan(frame4, 43)))), [named('VXLAN', 42), named('VXLAN', 43)]],
  ['Geneve', inUdp(6081, geneve(0x6558, frame4)), [named('Geneve', 77)]],
  ['Geneve with options', inUdp(6081, geneve(0x6558, frame4, [1, 2, 128, 1, 9, 9, 9, 9])), [named('Geneve', 77)]],
  ['Geneve of IPv4', inUdp(6081, geneve(0x0800, ip4)), [named('Geneve', 77)]],
  ['Geneve of IPv6', inUdp(6081, geneve(0x86dd, ip6)), [named('Geneve', 77)]],
  ['Geneve over IPv6', inUdp(6081, geneve(0x6558, frame4), outer6), [named('Geneve', 77, FROM6)]],
  ['GRE', gre(0x0800, ip4), [named('GRE')]],
  ['GRE of IPv6', gre(0x86dd, ip6), [named('GRE')]],
  ['GRE with a key', gre(0x0800, ip4, 0x2000, [0, 0, 1, 2]), [named('GRE', 258)]],
  [
    'GRE with checksum, key and number',
    gre(0x0800, ip4, 0xb000, [0, 0, 0, 0, 0, 0, 1, 2, ...ONE]),
    [named('GRE', 258)],
  ],
  ['GRE over IPv6', gre(0x0800, ip4, 0, [], outer6), [named('GRE', undefined, FROM6)]],
  ['GRE of MPLS', gre(0x8847, mpls(ip4, 100)), [named('GRE'), MPLS(100)]],
  ['GRE in UDP', inUdp(4754, (inner) => concat([0, 0, 8, 0], ip4(inner))), [named('GRE')]],
  ['GRETAP', gre(0x6558, frame4), [named('GRETAP')]],
  ['GRETAP with a key', gre(0x6558, frame4, 0x2000, [0, 0, 0, 7]), [named('GRETAP', 7)]],
  ['GRETAP with a number', gre(0x6558, frame4, 0x1000, ONE), [named('GRETAP')]],
  ['GRETAP of tagged frames', gre(0x6558, tagged), [named('GRETAP')]],
  ['GRETAP over IPv6', gre(0x6558, frame6, 0, [], outer6), [named('GRETAP', undefined, FROM6)]],
  ['ERSPAN I', gre(0x88be, frame4), [named('ERSPAN I')]],
  ['ERSPAN II', gre(0x88be, erspan2, 0x1000, ONE), [named('ERSPAN II', 100)]],
  ['ERSPAN II over IPv6', gre(0x88be, erspan2, 0x1000, ONE, outer6), [named('ERSPAN II', 100, FROM6)]],
  ['ERSPAN III', gre(0x22eb, erspan3(frame4), 0x1000, ONE), [named('ERSPAN III', 101)]],
  [
    'ERSPAN III with a subheader',
    gre(0x22eb, erspan3(frame4, 1, [0, 0, 0, 0, 0, 0, 0, 0]), 0x1000, ONE),
    [named('ERSPAN III', 101)],
  ],
  ['ERSPAN III with a key', gre(0x22eb, erspan3(tagged), 0x3000, [0, 0, 0, 3, ...ONE]), [named('ERSPAN III', 101)]],
  ['IP-in-IP', inIp(4, ip4), [named('IP-in-IP')]],
  ['6in4', inIp(41, ip6), [named('6in4')]],
  ['4in6', inIp(4, ip4, outer6), [named('4in6', undefined, FROM6)]],
  ['6in6', inIp(41, ip6, outer6), [named('6in6', undefined, FROM6)]],
  ['EtherIP', inIp(97, (inner) => concat([0x30, 0], frame4(inner))), [named('EtherIP')]],
  ['MPLS', linked(0x8847, mpls(ip4, 100)), [MPLS(100)]],
  ['MPLS of three labels', linked(0x8847, mpls(ip4, 16, 17, 18)), [MPLS(18)]],
  ['MPLS of IPv6', linked(0x8847, mpls(ip6, 100)), [MPLS(100)]],
  ['MPLS with upstream labels', linked(0x8848, mpls(ip4, 100)), [MPLS(100)]],
  ['MPLS in a VLAN', (inner) => ethernet(0x8100, [0, 5, 0x88, 0x47], labels(100), ip4(inner)), [MPLS(100)]],
  ['MPLS of Ethernet', linked(0x8847, mpls(frame4, 100)), [MPLS(100)]],
  [
    'MPLS of Ethernet with a control word',
    linked(
      0x8847,
      mpls((inner) => concat([0, 0, 0, 0], frame4(inner)), 100),
    ),
    [MPLS(100)],
  ],
  [
    'MPLS of Ethernet to an address that begins with 4',
    linked(
      0x8847,
      mpls((inner) => concat([0x45, 1, 2, 3, 4, 5], frame4(inner).subarray(6)), 100),
    ),
    [MPLS(100)],
  ],
  ['MPLS in UDP', inUdp(6635, mpls(ip4, 33)), [named('MPLS-in-UDP'), MPLS(33)]],
  ['MPLS in IP', inIp(137, mpls(ip4, 33)), [named('MPLS-in-IP'), MPLS(33)]],
  ['GTP-U', inUdp(2152, gtp(ip4), outer4, 2152), [named('GTP-U', 0xdeadbeef)]],
  ['GTP-U of IPv6', inUdp(2152, gtp(ip6)), [named('GTP-U', 0xdeadbeef)]],
  ['GTP-U with a number', inUdp(2152, gtp(ip4, 0x32, [0, 1, 0, 0])), [named('GTP-U', 0xdeadbeef)]],
  ['GTP-U with an N-PDU number', inUdp(2152, gtp(ip4, 0x31, [0, 0, 5, 0])), [named('GTP-U', 0xdeadbeef)]],
  [
    'GTP-U with extension headers',
    inUdp(2152, gtp(ip4, 0x36, [0, 1, 0, 0x85, 1, 0x10, 1, 0xc0, 1, 0, 0, 0])),
    [named('GTP-U', 0xdeadbeef)],
  ],
  ['GTP-U over IPv6', inUdp(2152, gtp(ip4), outer6), [named('GTP-U', 0xdeadbeef, FROM6)]],
];

const datagram = (protocol: number, payload: Uint8Array): Uint8Array => outer4(protocol, 'client', payload);
const datagrams = (port: number, ...payloads: number[][]): Uint8Array[] =>
  payloads.map((payload) => datagram(17, udp(port, Uint8Array.from(payload))));
const filled = (length: number, ...first: number[]): number[] => [
  ...first,
  ...Array<number>(length - first.length).fill(0x5a),
];
const WIREGUARD_DATA = [4, 0, 0, 0, 9, 9, 9, 9, 1, 0, 0, 0, 0, 0, 0, 0];

/** [name, packets that are counted by it] */
export const UNREAD: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['WireGuard', datagrams(51_820, filled(148, 1, 0, 0, 0), filled(92, 2, 0, 0, 0), filled(128, ...WIREGUARD_DATA))],
  ['WireGuard', datagrams(41_641, filled(64, 3, 0, 0, 0), filled(32, ...WIREGUARD_DATA))],
  ['QUIC (UDP 443)', datagrams(443, filled(1200, 0xc3, 0, 0, 0, 1), filled(60, 0x40), filled(30, 0x5c))],
  ['QUIC', datagrams(8443, filled(1200, 0xc3, 0, 0, 0, 1), filled(1200, 0xd3, 0x6b, 0x33, 0x43, 0xcf))],
  ['DTLS (UDP 443)', datagrams(443, filled(80, 0x17, 0xfe, 0xfd))],
  ['IPsec ESP', [datagram(50, Uint8Array.from(filled(80, 0, 0, 1, 2)))]],
  ['IPsec AH', [datagram(51, Uint8Array.from(filled(80, 6, 4)))]],
  ['IPsec ESP in UDP', datagrams(4500, filled(80, 0, 0, 1, 2))],
  ['OpenVPN', datagrams(1194, filled(80, 0x38))],
  ['L2TP', datagrams(1701, filled(80, 0x40, 2))],
  ['Teredo', datagrams(3544, filled(80, 0x60))],
  ['PPTP', [datagram(47, Uint8Array.from(filled(60, 0x30, 1, 0x88, 0x0b)))]],
  ['GRE of another protocol', [datagram(47, Uint8Array.from(filled(60, 0, 0, 0x88, 0x3e)))]],
  ['Geneve of another protocol', datagrams(6081, filled(60, 0, 0, 0x89, 0x4f))],
  ['MACsec', [ethernet(0x88e5, filled(60, 0x2c))]],
];

/** Packets that no tunnel is in, and that need no report. */
export const ORDINARY: readonly (readonly [string, Uint8Array])[] = [
  ['DNS', datagrams(53, filled(40, 0x12, 0x34, 1, 0))[0]!],
  ['IKE', datagrams(4500, filled(60, 0, 0, 0, 0))[0]!],
  ['NAT keep-alive', datagrams(4500, [0xff])[0]!],
  ['ICMP', datagram(1, Uint8Array.from(filled(40, 8, 0)))],
  [
    'ARP in VXLAN',
    inUdp(
      4789,
      vxlan(() => ethernet(0x0806, filled(28, 0, 1))),
    )({ from: 'client' }),
  ],
  ['an echo of GTP-U', datagrams(2152, filled(12, 0x32, 1))[0]!],
];

/** `depth` datagrams in each other. */
export function nested(depth: number, inner: Inner): Uint8Array {
  let payload = ip4(inner);
  for (let i = 0; i < depth; i++) payload = ipv4(payload, { protocol: 4 });
  return ethernet(0x0800, payload);
}
