import {
  ACK,
  concat,
  CLIENT6,
  ENCAPSULATIONS,
  FIN,
  ipv4,
  ipv6,
  LINK_NUMBER,
  pcapFile,
  pcapngBlocks,
  RST,
  SERVER6,
  SYN,
  tcp,
  text,
  type Recorded,
} from '../sources/packets.js';
import type { Dice } from './dice.js';
import type { Inputs } from './inputs.js';

/** A segment and when it was sent; the captured bytes, and as many as were on the wire. */
type Sent = Required<Pick<Recorded, 'bytes' | 'seconds' | 'fraction' | 'original'>>;
type Wrapped = (ip: Uint8Array) => Uint8Array;

const latin1 = (words: string): Uint8Array => Uint8Array.from(words, (char) => char.charCodeAt(0));
const EXTENSION = 'Sec-WebSocket-Extensions: permessage-deflate';
const request = (more: string): Uint8Array =>
  latin1(
    'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`,
  );
const response = (more: string): Uint8Array =>
  latin1(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n${more}\r\n`,
  );

/** What a connection may carry instead of WebSocket, by side. */
const OTHERS: readonly (readonly [Uint8Array, Uint8Array])[] = [
  [Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3), Uint8Array.of(0x16, 3, 3, 0, 2, 2, 0)],
  [text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), new Uint8Array(9)],
  [text('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), text('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')],
  [text('SSH-2.0-OpenSSH_9.2\r\n'), text('SSH-2.0-OpenSSH_9.2\r\n')],
  [new Uint8Array(0), new Uint8Array(0)],
];
/** Where in the sequence space a direction begins: wraps are near. */
const STARTS = [0, 1, 0x7fffff00, 0x80000000, 0xffffff00, 0xffffffff];
const PORTS = [80, 80, 9001, 19527, 443];

/** Capture files of connections that carry nearly right WebSocket traffic, in packets that are nearly right. */
export class Conversations {
  constructor(private readonly inputs: Inputs) {}

  /** A capture of one to three connections. */
  capture(dice: Dice): Uint8Array {
    const [, link, wrap] = dice.pick(ENCAPSULATIONS);
    const connections = Array.from({ length: dice.once(2) ? 1 : 1 + dice.roll(3) }, (_, i) =>
      this.connection(dice, i, wrap),
    );
    const packets = dice.once(2) ? timed(dice, connections.flat()) : timed(dice, dealt(dice, connections));
    const number = LINK_NUMBER[link as keyof typeof LINK_NUMBER];
    return dice.once(2) ? pcapOf(dice, packets, number) : pcapngOf(dice, packets, number);
  }

  /** The packets of a connection, in the order in which they were captured. */
  private connection(dice: Dice, index: number, wrap: Wrapped): Uint8Array[] {
    const sides = dice.once(6) ? dice.pick(OTHERS) : this.sides(dice);
    const wire = new Wire(dice, dice.once(10) ? 40000 : 40000 + index, wrap);
    const opened = !dice.once(3);
    if (opened) wire.open();
    const left = [...sides];
    while (left[0]!.length + left[1]!.length > 0) {
      const side = left[0]!.length === 0 ? 1 : left[1]!.length === 0 ? 0 : dice.roll(2);
      const size = 1 + dice.roll(dice.pick([1, 8, 100, 1448, 65000]));
      wire.data(side, left[side]!.subarray(0, size));
      left[side] = left[side]!.subarray(size);
    }
    wire.close();
    return impaired(dice, wire.packets, opened ? 3 : 0);
  }

  private sides(dice: Dice): readonly [Uint8Array, Uint8Array] {
    const more = dice.once(2) ? `${EXTENSION}\r\n` : '';
    const heads = dice.once(3) ? [] : [request(more), response(more)];
    const proper = dice.once(2);
    const bodies = [true, false].map((masked) => {
      if (dice.once(6)) return this.inputs.wire(dice);
      const frames = Array.from({ length: dice.roll(8) }, () => this.inputs.frame(dice, proper ? masked : undefined));
      return concat(...frames);
    });
    return [concat(heads[0] ?? [], bodies[0]!), concat(heads[1] ?? [], bodies[1]!)];
  }
}

/** Two hosts that talk; what they send piles up. */
class Wire {
  readonly packets: Uint8Array[] = [];
  private readonly next: [number, number];
  private readonly isIpv6: boolean;
  private readonly port: number;

  constructor(
    private readonly dice: Dice,
    private readonly client: number,
    private readonly wrap: Wrapped,
  ) {
    this.isIpv6 = dice.once(4);
    this.port = dice.pick(PORTS);
    const start = (): number => (dice.once(2) ? dice.pick(STARTS) : dice.next());
    this.next = [start(), start()];
  }

  open(): void {
    this.send(0, SYN);
    this.send(1, SYN | ACK);
    this.send(0, ACK);
  }

  data(side: number, payload: Uint8Array): void {
    const { dice } = this;
    this.send(side, ACK, payload);
    // Sent again with more or less, or other bytes: whatever a retransmission may hold.
    if (!dice.once(10)) return;
    this.next[side as 0 | 1] -= dice.roll(payload.length + 1);
    this.send(
      side,
      ACK,
      payload.map((byte) => (dice.once(20) ? byte ^ 1 : byte)),
    );
  }

  close(): void {
    const { dice } = this;
    if (dice.once(5)) return;
    if (dice.once(4)) return this.send(dice.roll(2), RST);
    this.send(0, FIN | ACK);
    if (!dice.once(4)) this.send(1, FIN | ACK);
  }

  private send(side: number, flags: number, payload: Uint8Array = new Uint8Array(0)): void {
    const { client, port, next, dice } = this;
    const [sport, dport] = side === 0 ? [client, port] : [port, client];
    const [seq, ack] = [next[side as 0 | 1] >>> 0, next[side === 0 ? 1 : 0] >>> 0];
    const segment = tcp({ sport, dport, seq, ack: flags === SYN ? 0 : ack, flags, payload });
    next[side as 0 | 1] += payload.length + (flags & (SYN | FIN) ? 1 : 0);
    const datagrams = this.isIpv6 ? [this.ipv6(side, segment)] : this.ipv4(side, segment, dice.once(15));
    for (const datagram of datagrams) this.packets.push(this.wrap(datagram));
  }

  private ipv6(side: number, segment: Uint8Array): Uint8Array {
    return ipv6(segment, side === 0 ? {} : { src: SERVER6, dst: CLIENT6 });
  }

  private ipv4(side: number, segment: Uint8Array, fragmented: boolean): Uint8Array[] {
    const hosts = side === 0 ? {} : { src: [10, 1, 0, 1], dst: [10, 0, 0, 1] };
    if (!fragmented || segment.length < 24) return [ipv4(segment, hosts)];
    const id = this.dice.roll(65536);
    const cut = 8 * (1 + this.dice.roll((segment.length - 9) >> 3));
    const parts = [
      ipv4(segment.subarray(0, cut), { ...hosts, id, more: true }),
      ipv4(segment.subarray(cut), { ...hosts, id, offset: cut }),
    ];
    return this.dice.once(2) ? parts : parts.reverse();
  }
}

/** What happens to packets on their way: some are lost, doubled or late. `spared` of them are not touched. */
function impaired(dice: Dice, packets: readonly Uint8Array[], spared: number): Uint8Array[] {
  const out = [...packets];
  for (let count = dice.once(2) ? 0 : dice.roll(4); count > 0 && out.length > spared + 1; count--) {
    const at = spared + dice.roll(out.length - spared);
    const packet = out[at]!;
    switch (dice.roll(4)) {
      case 0:
        out.splice(at, 1);
        break;
      case 1:
        out.splice(spared + dice.roll(out.length - spared), 0, packet);
        break;
      case 2:
        out.splice(at, 1);
        out.splice(Math.min(out.length, at + 1 + dice.roll(5)), 0, packet);
        break;
      default:
        out[at] = packet.subarray(0, Math.max(1, packet.length - dice.roll(80)));
    }
  }
  return out;
}

/** One pile from several, each in its own order. */
function dealt(dice: Dice, piles: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  const left = piles.map((pile) => [...pile]);
  const out: Uint8Array[] = [];
  for (let some = left; some.length > 0; some = left.filter(({ length }) => length > 0)) {
    const packet = dice.pick(some).shift();
    if (packet) out.push(packet);
  }
  return out;
}

function timed(dice: Dice, packets: readonly Uint8Array[]): Sent[] {
  let micros = dice.once(20) ? dice.next() * 1000 : 1_700_000_000_000_000;
  return packets.map((bytes) => {
    micros += dice.once(30) ? -dice.roll(5_000_000) : dice.roll(dice.once(10) ? 100_000_000 : 2000);
    const original = bytes.length + (dice.once(40) ? dice.roll(1000) : 0);
    const time = Math.max(0, micros);
    return { bytes, seconds: Math.floor(time / 1e6), fraction: time % 1_000_000, original };
  });
}

function pcapOf(dice: Dice, packets: readonly Sent[], link: number): Uint8Array {
  const magic = dice.pick([0xa1b2c3d4, 0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34]);
  return pcapFile(packets, { big: dice.once(3), magic, link });
}

function pcapngOf(dice: Dice, packets: readonly Sent[], link: number): Uint8Array {
  const blocks = pcapngBlocks(dice.once(3));
  const resolution = dice.once(3) ? blocks.option(9, [dice.pick([3, 6, 9, 0x86, 0xff])]) : new Uint8Array(0);
  const parts = [blocks.section(), blocks.iface(link, 0, resolution), blocks.iface(dice.once(4) ? 147 : link)];
  for (const { bytes, seconds, fraction, original } of packets) {
    const stamp = seconds * 1e6 + fraction;
    const [high, low] = [Math.floor(stamp / 2 ** 32), stamp % 2 ** 32];
    const form = dice.roll(12);
    if (form === 0) parts.push(blocks.simple(bytes, original));
    else if (form === 1) parts.push(blocks.obsolete(dice.roll(2), high, low, bytes, original));
    else parts.push(blocks.enhanced(dice.roll(2), high, low, bytes, original));
    if (dice.once(30)) parts.push(blocks.block(dice.pick([4, 5, 10, 0x40000bad]), bytes.subarray(0, 8)));
    if (dice.once(60)) parts.push(blocks.section(), blocks.iface(link));
  }
  return concat(...parts);
}
