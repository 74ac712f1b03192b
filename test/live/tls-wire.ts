import * as net from 'node:net';
import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { ACK, CLIENT, ipv4, LINK_NUMBER, pcapFile, SERVER, SYN, tcp, type TcpFields } from '../sources/packets.js';

/** What one end sent, as it came. */
export interface Piece {
  /** Number of the connection, from 0. */
  readonly connection: number;
  readonly side: Side;
  readonly bytes: Uint8Array;
}

export interface RecordedWire {
  /** Where the client connects to. */
  readonly port: number;
  readonly pieces: Piece[];
  /** Resolves when the connections of the clients have ended. */
  readonly close: () => Promise<void>;
}

/** A socket before the server at `port` of 127.0.0.1, which passes on what comes and records it. */
export async function recordedWire(port: number): Promise<RecordedWire> {
  const pieces: Piece[] = [];
  let connections = 0;
  const recorder = net.createServer((client) => {
    const connection = connections++;
    const server = net.connect(port, '127.0.0.1');
    const pass = (side: Side, from: net.Socket, to: net.Socket): void => {
      from.on('data', (data) => {
        pieces.push({ connection, side, bytes: new Uint8Array(data) });
        to.write(data);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
    };
    pass(0, client, server);
    pass(1, server, client);
  });
  const place = await new Promise<net.AddressInfo>((resolve) => {
    recorder.listen(0, '127.0.0.1', () => resolve(recorder.address() as net.AddressInfo));
  });
  return { port: place.port, pieces, close: () => new Promise((resolve) => recorder.close(() => resolve())) };
}

/** Payload of a packet. */
const MOST = 1448;

/** The connections, as a capture would have them. */
export function captureOf(pieces: readonly Piece[]): Uint8Array {
  const lines = new Map<number, Line>();
  const packets: Packet[] = [];
  for (const { connection, side, bytes } of pieces) {
    let line = lines.get(connection);
    if (!line) {
      lines.set(connection, (line = new Line(40_000 + connection)));
      packets.push(line.packet(0, { flags: SYN, ack: 0 }), line.packet(1, { flags: SYN | ACK }));
    }
    for (let at = 0; at < bytes.length; at += MOST) {
      packets.push(line.packet(side, { payload: bytes.subarray(at, at + MOST) }));
    }
  }
  return pcapFile(packets, { link: LINK_NUMBER.raw });
}

interface Packet {
  readonly bytes: Uint8Array;
}

/** One connection of the client's `port` to 443. */
class Line {
  private readonly next: [number, number] = [1000, 2000];

  constructor(private readonly port: number) {}

  packet(side: Side, fields: TcpFields): Packet {
    const { next, port } = this;
    const [sport, dport] = side === 0 ? [port, 443] : [443, port];
    const segment = tcp({ sport, dport, seq: next[side], ack: next[side === 0 ? 1 : 0], ...fields });
    next[side] += fields.payload?.length ?? 1;
    return { bytes: ipv4(segment, side === 0 ? {} : { src: SERVER, dst: CLIENT }) };
  }
}
