import * as net from 'node:net';
import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { ACK, CLIENT, ipv4, LINK_NUMBER, pcapFile, SERVER, SYN, tcp, type TcpFields } from '../sources/packets.js';

/** What one end sent, as it came. */
export interface Piece {
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
  const recorder = net.createServer((client) => {
    const server = net.connect(port, '127.0.0.1');
    const pass = (side: Side, from: net.Socket, to: net.Socket): void => {
      from.on('data', (data) => {
        pieces.push({ side, bytes: new Uint8Array(data) });
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

/** One connection, as a capture would have it. */
export function captureOf(pieces: readonly Piece[]): Uint8Array {
  const next: [number, number] = [1000, 2000];
  const packet = (side: Side, fields: TcpFields): { bytes: Uint8Array } => {
    const [sport, dport] = side === 0 ? [40_000, 443] : [443, 40_000];
    const segment = tcp({ sport, dport, seq: next[side], ack: next[side === 0 ? 1 : 0], ...fields });
    next[side] += fields.payload?.length ?? 1;
    return { bytes: ipv4(segment, side === 0 ? {} : { src: SERVER, dst: CLIENT }) };
  };
  const packets = [packet(0, { flags: SYN, ack: 0 }), packet(1, { flags: SYN | ACK })];
  for (const { side, bytes } of pieces) {
    for (let at = 0; at < bytes.length; at += MOST) {
      packets.push(packet(side, { payload: bytes.subarray(at, at + MOST) }));
    }
  }
  return pcapFile(packets, { link: LINK_NUMBER.raw });
}
