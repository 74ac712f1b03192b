/** Packets and capture files by hand, for the tests of `src/sources/`. Lengths and checksums are right unless a test says otherwise. */
import { Flows } from '../../src/sources/tcp/flows.js';
import type { TcpConnection, FlowLimits } from '../../src/sources/tcp/flows.js';
import type { CloseReason, Side, StreamOpener, StreamTaker } from '../../src/codec/bytes/stream-taker.js';
import type { PacketReader, PacketVisitor } from '../../src/sources/files/packet-reader.js';
import type { InputProblem, LinkType } from '../../src/sources/bytes/types.js';

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

export const be16 = (n: number): number[] => [(n >>> 8) & 0xff, n & 0xff];
export const be32 = (n: number): number[] => [...be16(n >>> 16), ...be16(n)];
export const le32 = (n: number): number[] => be32(n).reverse();
export const le16 = (n: number): number[] => be16(n).reverse();
export const text = (s: string): Uint8Array => new TextEncoder().encode(s);
export const concat = (...parts: (ArrayLike<number> & Iterable<number>)[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

export interface TcpFields {
  readonly sport?: number;
  readonly dport?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly window?: number;
  readonly options?: number[];
  readonly payload?: Uint8Array;
}

export function tcp(f: TcpFields = {}): Uint8Array {
  const { sport = 40000, dport = 80, seq = 0, ack = 0, flags = ACK, window = 256 } = f;
  const { options = [], payload = new Uint8Array(0) } = f;
  const words = 5 + options.length / 4;
  return concat(
    [...be16(sport), ...be16(dport), ...be32(seq), ...be32(ack), words << 4, flags, ...be16(window), 0, 0, 0, 0],
    options,
    payload,
  );
}

export interface Ipv4Fields {
  readonly src?: number[];
  readonly dst?: number[];
  readonly protocol?: number;
  readonly options?: number[];
  readonly id?: number;
  /** In bytes. */
  readonly offset?: number;
  readonly more?: boolean;
  readonly total?: number;
}

export const CLIENT = [10, 0, 0, 1];
export const SERVER = [10, 1, 0, 1];

export function ipv4(payload: Uint8Array, f: Ipv4Fields = {}): Uint8Array {
  const { src = CLIENT, dst = SERVER, protocol = 6, options = [], id = 7, offset = 0, more = false } = f;
  const header = 20 + options.length;
  const flags = (more ? 0x2000 : 0) | (offset / 8);
  const total = f.total ?? header + payload.length;
  const bytes = concat(
    [0x40 | (header / 4), 0, ...be16(total), ...be16(id), ...be16(flags), 64, protocol, 0, 0, ...src, ...dst],
    options,
    payload,
  );
  let sum = 0;
  for (let i = 0; i < header; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  sum = (sum & 0xffff) + (sum >>> 16);
  bytes.set(be16(~((sum & 0xffff) + (sum >>> 16))), 10);
  return bytes;
}

export const CLIENT6 = [0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 1];
export const SERVER6 = [0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 2];

export function ipv6(
  payload: Uint8Array,
  f: { src?: number[]; dst?: number[]; next?: number; length?: number } = {},
): Uint8Array {
  const { src = CLIENT6, dst = SERVER6, next = 6, length = payload.length } = f;
  return concat([0x60, 0, 0, 0, ...be16(length), next, 64, ...src, ...dst], payload);
}

const MAC = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
const typeOf = (ip: Uint8Array): number => (ip[0]! >> 4 === 6 ? 0x86dd : 0x0800);
const pppoeHeader = (ip: Uint8Array): number[] => [
  ...[0x11, 0, 0, 5],
  ...be16(ip.length + 2),
  ...(typeOf(ip) === 0x0800 ? [0, 0x21] : [0, 0x57]),
];

/** An IP datagram in the link layers that are read: [name, link type of a capture file, the packet]. */
export const ENCAPSULATIONS: readonly (readonly [string, LinkType, (ip: Uint8Array) => Uint8Array])[] = [
  ['ethernet', 'ethernet', (ip) => concat(MAC, be16(typeOf(ip)), ip)],
  ['vlan', 'ethernet', (ip) => concat(MAC, [0x81, 0, 0, 5], be16(typeOf(ip)), ip)],
  ['qinq', 'ethernet', (ip) => concat(MAC, [0x88, 0xa8, 0, 5, 0x81, 0, 0, 6], be16(typeOf(ip)), ip)],
  ['pppoe over ethernet', 'ethernet', (ip) => concat(MAC, [0x88, 0x64], pppoeHeader(ip), ip)],
  ['pppoe over vlan', 'ethernet', (ip) => concat(MAC, [0x81, 0, 0, 5, 0x88, 0x64], pppoeHeader(ip), ip)],
  ['sll', 'sll', (ip) => concat([0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0], be16(typeOf(ip)), ip)],
  [
    'sll with vlan',
    'sll',
    (ip) => concat([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0, 0, 5], be16(typeOf(ip)), ip),
  ],
  ['sll2', 'sll2', (ip) => concat(be16(typeOf(ip)), [0, 0, 0, 0, 0, 1, 3, 4, 0, 6], Array<number>(8).fill(0), ip)],
  ['null, little endian', 'null', (ip) => concat(le32(typeOf(ip) === 0x0800 ? 2 : 30), ip)],
  ['null, big endian', 'null', (ip) => concat(be32(typeOf(ip) === 0x0800 ? 2 : 24), ip)],
  ['loop', 'loop', (ip) => concat(be32(typeOf(ip) === 0x0800 ? 2 : 28), ip)],
  ['pppoe', 'pppoe', (ip) => concat(pppoeHeader(ip), ip)],
  ['raw', 'raw', (ip) => ip],
];

/** The number that a capture file has for a link type. */
export const LINK_NUMBER: Readonly<Record<Exclude<LinkType, 'unknown'>, number>> = {
  ethernet: 1,
  sll: 113,
  sll2: 276,
  null: 0,
  loop: 108,
  raw: 101,
  pppoe: 51,
};

export interface Recorded {
  readonly bytes: Uint8Array;
  readonly seconds?: number;
  /** Microseconds, or nanoseconds where the file says so. */
  readonly fraction?: number;
  readonly original?: number;
}

export function pcapFile(
  packets: readonly Recorded[],
  f: { big?: boolean; magic?: number; link?: number; snap?: number } = {},
): Uint8Array {
  const u32 = f.big === true ? be32 : le32;
  const u16 = f.big === true ? be16 : le16;
  const { magic = 0xa1b2c3d4, link = 1, snap = 262144 } = f;
  const extra = magic === 0xa1b2cd34 ? Array<number>(8).fill(0) : [];
  const records = packets.map(({ bytes, seconds = 1_700_000_000, fraction = 0, original = bytes.length }) =>
    concat(u32(seconds), u32(fraction), u32(bytes.length), u32(original), extra, bytes),
  );
  return concat(u32(magic), u16(2), u16(4), u32(0), u32(0), u32(snap), u32(link), ...records);
}

/** Blocks of a pcapng section in one byte order. */
export function pcapngBlocks(big: boolean) {
  const u32 = big ? be32 : le32;
  const u16 = big ? be16 : le16;
  const pad = (n: number): number[] => Array<number>((4 - (n % 4)) % 4).fill(0);
  const block = (type: number, ...body: (ArrayLike<number> & Iterable<number>)[]): Uint8Array => {
    const bytes = concat(...body);
    const length = 12 + bytes.length + pad(bytes.length).length;
    return concat(u32(type), u32(length), bytes, pad(bytes.length), u32(length));
  };
  const option = (code: number, value: number[]): Uint8Array =>
    concat(u16(code), u16(value.length), value, pad(value.length));
  return {
    block,
    option,
    section: () => block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)),
    iface: (link: number, snap = 0, options: Uint8Array = new Uint8Array(0)) =>
      block(1, u16(link), u16(0), u32(snap), options),
    enhanced: (number: number, high: number, low: number, bytes: Uint8Array, original = bytes.length) =>
      block(6, u32(number), u32(high), u32(low), u32(bytes.length), u32(original), bytes),
    obsolete: (number: number, high: number, low: number, bytes: Uint8Array, original = bytes.length) =>
      block(2, u16(number), u16(0xffff), u32(high), u32(low), u32(bytes.length), u32(original), bytes),
    simple: (bytes: Uint8Array, original = bytes.length) => block(3, u32(original), bytes),
    u32,
    u16,
  };
}

export interface SeenPacket {
  readonly link: LinkType;
  readonly bytes: Uint8Array;
  readonly original: number;
  readonly time: number;
}

/** Runs a reader over a file in chunks of `size` bytes. */
export function readAll(reader: PacketReader, file: Uint8Array, size = file.length) {
  const packets: SeenPacket[] = [];
  const notices: string[] = [];
  const problems: InputProblem[] = [];
  const visitor: PacketVisitor = {
    packet: (link, bytes, start, end, original, time) =>
      packets.push({ link, bytes: bytes.slice(start, end), original, time }),
    notice: (message) => notices.push(message),
    problem: (problem) => problems.push(problem),
  };
  for (let at = 0; at < file.length; at += Math.max(1, size))
    reader.push(file.subarray(at, at + Math.max(1, size)), visitor);
  reader.end(visitor);
  return { packets, notices, problems };
}

export type FlowEvent =
  | {
      readonly type: 'open';
      readonly connection: number;
      readonly a: string;
      readonly b: string;
      readonly synSeen: boolean;
    }
  | {
      readonly type: 'data';
      readonly connection: number;
      readonly side: number;
      readonly bytes: Uint8Array;
      readonly offset: number;
      readonly time: number;
    }
  | {
      readonly type: 'gap';
      readonly connection: number;
      readonly side: number;
      readonly offset: number;
      readonly length: number;
    }
  | { readonly type: 'fin' | 'reset'; readonly connection: number; readonly side: number }
  | { readonly type: 'close'; readonly connection: number; readonly reason: CloseReason };

/** Writes down what `Flows` says. */
export class Recorder implements StreamOpener<TcpConnection> {
  readonly events: FlowEvent[] = [];
  readonly connections: TcpConnection[] = [];

  opened(connection: TcpConnection): StreamTaker {
    const { order: number, a, b, synSeen } = connection;
    const { events } = this;
    this.connections.push(connection);
    events.push({
      type: 'open',
      connection: number,
      a: `${a.address}:${a.port}`,
      b: `${b.address}:${b.port}`,
      synSeen,
    });
    const offsetOf = (side: Side, length: number): number => connection.streams[side].offset - length;
    return {
      data: (side, bytes, start, end, time) => {
        const offset = offsetOf(side, end - start);
        events.push({ type: 'data', connection: number, side, bytes: bytes.slice(start, end), offset, time });
      },
      gap: (side, length) =>
        events.push({ type: 'gap', connection: number, side, offset: offsetOf(side, length), length }),
      fin: (side) => events.push({ type: 'fin', connection: number, side }),
      reset: (side) => events.push({ type: 'reset', connection: number, side }),
      close: (reason) => events.push({ type: 'close', connection: number, reason }),
    };
  }

  /** One direction as text; what is missing as `[n]`. Offsets are checked on the way. */
  stream(connection: number, side: number): string {
    let offset = 0;
    let all = '';
    for (const event of this.events) {
      if ((event.type !== 'data' && event.type !== 'gap') || event.connection !== connection || event.side !== side)
        continue;
      if (event.offset !== offset) throw new Error(`offset ${event.offset}, expected ${offset}`);
      offset += event.type === 'gap' ? event.length : event.bytes.length;
      all += event.type === 'gap' ? `[${event.length}]` : new TextDecoder('latin1').decode(event.bytes);
    }
    return all;
  }

  /** The events in short: `open 0`, `data 0 side "text"`, `gap 0 side length`. */
  get short(): string[] {
    return this.events.map((event) => {
      switch (event.type) {
        case 'open':
          return `open ${event.connection} ${event.a} ${event.b}${event.synSeen ? ' syn' : ''}`;
        case 'data':
          return `data ${event.connection} ${event.side} ${new TextDecoder('latin1').decode(event.bytes)}`;
        case 'gap':
          return `gap ${event.connection} ${event.side} ${event.length}`;
        case 'fin':
        case 'reset':
          return `${event.type} ${event.connection} ${event.side}`;
        case 'close':
          return `close ${event.connection} ${event.reason}`;
      }
    });
  }
}

/** A segment between the usual two hosts, by its sender; the ports are the client's view; `time` in seconds. */
export interface Sent extends TcpFields {
  readonly from?: 'client' | 'server';
  readonly data?: string;
  readonly time?: number;
  /** Captured bytes of the payload, where the capture cut it. */
  readonly captured?: number;
}

export function sendAll(sent: readonly Sent[], limits: Partial<FlowLimits> = {}, finish = true) {
  const recorder = new Recorder();
  const flows = new Flows(recorder, limits);
  for (const segment of sent) send(flows, segment);
  if (finish) flows.end();
  return { recorder, flows, short: recorder.short, counters: flows.counters };
}

export function send(flows: Flows, { from = 'client', data = '', time, captured, ...fields }: Sent): void {
  const { sport = 40000, dport = 80, payload = text(data) } = fields;
  const isClient = from === 'client';
  const ports = isClient ? { sport, dport } : { sport: dport, dport: sport };
  const ip = ipv4(tcp({ ...fields, ...ports, payload }), isClient ? {} : { src: SERVER, dst: CLIENT });
  const bytes = captured === undefined ? ip : ip.subarray(0, ip.length - payload.length + captured);
  flows.push({ link: 'raw', bytes, originalLength: ip.length, ...(time === undefined ? {} : { time }) });
}

/** The three segments of a handshake; the client's data begin at `seq` + 1, the server's at `ack` + 1. */
export function handshake(seq: number, ack: number, ports: TcpFields = {}): Sent[] {
  return [
    { ...ports, seq, flags: SYN },
    { ...ports, from: 'server', seq: ack, ack: seq + 1, flags: SYN | ACK },
    { ...ports, seq: seq + 1, ack: ack + 1 },
  ];
}
