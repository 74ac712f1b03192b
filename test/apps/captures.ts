import { readdirSync, readFileSync } from 'node:fs';
import { openApp } from '../../src/apps/registry.js';
import { appUnpacking } from '../../src/cli/host/app-unpacking.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import type { PacketVisitor } from '../../src/sources/files/packet-reader.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { Flows } from '../../src/sources/tcp/flows.js';
import { openHttp2 } from '../../src/traffic/layers/http2-traffic.js';
import { PacketTraffic } from '../../src/traffic/inputs/packet-traffic.js';
import { MOST_APP_BYTES, type AppMessage, type PlacedPacket } from '../../src/apps/packet.js';
import { OPCODE } from '../../src/codec/frames/registry.js';
import type { AppOptions } from '../../src/traffic/apps/app-reading.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import type { TrafficTaker } from '../../src/traffic/inputs/traffic-taker.js';

const HERE = new URL('../../fixtures/captures/apps/', import.meta.url);

export interface TruePacket {
  readonly n: number;
  readonly connection: number;
  readonly direction: 'client' | 'server';
  readonly protocol: string;
  readonly type: string;
  readonly name?: string;
  /** The messages that it is made of; absent where it was polled. */
  readonly messages?: readonly number[];
}

/** A capture of real libraries, and what the applications logged. */
export interface AppCase {
  readonly packets: readonly TruePacket[];
  readonly pairs: readonly { readonly call: number; readonly reply: number }[];
}

/** All of them; those that break rules on purpose have `violations` in their names. */
export const CASES: readonly string[] = readdirSync(HERE)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));

export function appCase(name: string): AppCase {
  return JSON.parse(readFileSync(new URL(`${name}.json`, HERE), 'utf8')) as AppCase;
}

/** A packet with the number of its connection. */
export type ReadPacket = PlacedPacket & { readonly connection: number };

/** The packets that are read of a capture; `stated`: the protocol is. Of longer messages only `messageBytes` are kept. */
export function packetsOf(name: string, stated?: string, messageBytes = MOST_APP_BYTES): ReadPacket[] {
  const packets: ReadPacket[] = [];
  const apps = { open: openApp, unpack: appUnpacking, ...(stated !== undefined && { stated }) };
  readCapture(captureOf(name), apps, messageBytes, {
    record: (record) => {
      if (record.type === 'frame')
        for (const packet of record.packets ?? []) packets.push({ ...packet, connection: record.connection });
    },
    closed: () => undefined,
  });
  return packets;
}

/** Its messages, inflated, of all connections. */
export function messagesOf(name: string): AppMessage[] {
  const messages: AppMessage[] = [];
  readCapture(captureOf(name), undefined, MOST_APP_BYTES, {
    record: (record) => {
      const message = record.type === 'frame' ? record.frame.message : undefined;
      if (message?.bytes === undefined) return;
      const { index, opcode, payload: bytes, bytes: length } = message;
      messages.push({ index, direction: record.direction, isText: opcode === OPCODE.text, bytes, length, time: NaN });
    },
    closed: () => undefined,
  });
  return messages;
}

/** The protocols that are recognised in a capture, one of each connection that has one. */
export function protocolsOf(capture: Uint8Array): string[] {
  const protocols: string[] = [];
  const apps = { open: openApp, unpack: appUnpacking };
  readCapture(capture, apps, MOST_APP_BYTES, {
    record: () => undefined,
    closed: ({ app }) => {
      if (app !== undefined) protocols.push(app.protocol);
    },
  });
  return protocols;
}

function captureOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.pcap`, HERE)));
}

function readCapture(
  capture: Uint8Array,
  apps: AppOptions | undefined,
  messageBytes: number,
  taker: Pick<TrafficTaker, 'record' | 'closed'>,
): void {
  const reading = {
    raw: nodeDeflate,
    acceptOf: acceptKey,
    messageBytes,
    previewBytes: 4096,
    payloads: 'view' as const,
  };
  const traffic = new PacketTraffic(
    { Flows, openHttp2 },
    { first: 0, reading, apps, causes: allCauses },
    {},
    { ...taker, passedOver: () => undefined, notice: () => undefined },
  );
  const visitor: PacketVisitor = {
    packet: (...args) => traffic.packet(...args),
    notice: () => undefined,
    problem: ({ message }) => {
      throw new Error(message);
    },
  };
  const reader = pcapReader();
  reader.push(new Uint8Array(capture), visitor);
  reader.end(visitor);
  traffic.end();
}
