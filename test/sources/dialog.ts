import { Flows } from '../../src/sources/tcp/flows.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { openHttp2 } from '../../src/traffic/layers/http2-traffic.js';
import { PacketTraffic } from '../../src/traffic/inputs/packet-traffic.js';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import type { Judged } from '../../src/traffic/judged.js';
import type { ConnectionSummary } from '../../src/traffic/tally/summary.js';
import { acceptKey as acceptOf } from '../../src/codec/handshake/accept-key.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { ACK, ipv4, pcapFile, tcp, text, type Recorded } from './packets.js';

const KEY = 'pVsK2mQ8n1TzR4xLw0YbGg==';

export type Step = readonly ['client' | 'server' | 'lost client' | 'lost server', Uint8Array];

export interface DialogOptions {
  /** Of the response. */
  readonly extensions?: string;
  readonly handshake?: boolean;
  /** Both ends have one address. */
  readonly loopback?: boolean;
}

/** A capture of what two ends send, a segment each; what is lost is not in it, but counted by TCP. */
export function dialog(steps: readonly Step[], options: DialogOptions = {}): Recorded[] {
  const { extensions, handshake = true, loopback = false } = options;
  const seq = { client: 1000, server: 5000 };
  const packets: Recorded[] = [];
  const send = (who: 'client' | 'server', payload: Uint8Array, lost = false): void => {
    const other = who === 'client' ? 'server' : 'client';
    const ports = who === 'client' ? { sport: 40000, dport: 80 } : { sport: 80, dport: 40000 };
    const segment = tcp({ ...ports, seq: seq[who], ack: seq[other], flags: ACK, payload });
    const ends = { client: [127, 0, 0, 1], server: [127, 0, 0, loopback ? 1 : 2] };
    seq[who] += payload.length;
    const bytes = ipv4(segment, { src: ends[who], dst: ends[other] });
    if (!lost) packets.push({ bytes, seconds: 1_700_000_000, fraction: packets.length * 1000 });
  };
  if (handshake) {
    const offer =
      extensions === undefined ? '' : 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n';
    const grant = extensions === undefined ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
    send(
      'client',
      text(
        `GET / HTTP/1.1\r\nHost: a\r\n${upgrade}Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n${offer}\r\n`,
      ),
    );
    send(
      'server',
      text(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}Sec-WebSocket-Accept: ${acceptKey(KEY)}\r\n${grant}\r\n`),
    );
  }
  for (const [who, payload] of steps) {
    const side = who.endsWith('client') ? 'client' : 'server';
    // Segments, as a wire has them.
    for (let at = 0; at < payload.length; at += 1448)
      send(side, payload.subarray(at, at + 1448), who.startsWith('lost'));
  }
  return packets;
}

export interface Decoded {
  readonly records: Judged[];
  readonly connections: ConnectionSummary[];
  readonly notices: string[];
  readonly passedOver: string[];
}

/** What `decode` makes of a capture. */
export function decodeCapture(packets: readonly Recorded[], options: { maxMessage?: number } = {}): Decoded {
  const out: Decoded = { records: [], connections: [], notices: [], passedOver: [] };
  const reading = {
    raw: nodeDeflate,
    acceptOf,
    previewBytes: 1 << 20,
    messageBytes: 1 << 20,
    maxMessageBytes: options.maxMessage ?? 1 << 26,
  };
  const capture = new PacketTraffic(
    { Flows, openHttp2 },
    { first: 0, reading, causes: allCauses },
    {},
    {
      record: (record) => out.records.push(record),
      closed: (summary) => out.connections.push(summary),
      notice: (message) => out.notices.push(message),
      passedOver: (what) => out.passedOver.push(what),
    },
  );
  pcapReader().push(pcapFile(packets, { link: 101 }), {
    packet: (...packet) => capture.packet(...packet),
    notice: (message) => out.notices.push(message),
    problem: ({ message }) => out.notices.push(message),
  });
  capture.end();
  return out;
}

/** Codes of the rules that it finds broken, in order; `all` with the notices. */
export function codesOf({ records }: Decoded): string[] {
  return records.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
}

/** The messages, as text: `client hello`. */
export function messagesOf({ records }: Decoded): string[] {
  return records.flatMap((record) => {
    const message = record.type === 'frame' ? record.frame.message : undefined;
    return message?.bytes === undefined
      ? []
      : [`${record.direction} ${Buffer.from(message.payload).toString('latin1')}`];
  });
}
