import * as crypto from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tlsCryptoWith } from '../../src/codec/tls/node-crypto.js';
import type { TlsCrypto } from '../../src/codec/tls/tls-crypto.js';
import type { TlsFacts } from '../../src/codec/tls/tls-facts.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { pcapngReader } from '../../src/sources/files/pcapng.js';
import { Flows } from '../../src/sources/tcp/flows.js';
import type { PacketVisitor } from '../../src/sources/files/packet-reader.js';
import { openHttp2 } from '../../src/traffic/layers/http2-traffic.js';
import { PacketTraffic } from '../../src/traffic/inputs/packet-traffic.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { TlsTraffic, type TlsTrafficOptions } from '../../src/traffic/layers/tls-traffic.js';

const FIXTURES = new URL('../../fixtures/captures/', import.meta.url);

type Folder = 'tls' | 'http2';

export interface TrueMessage {
  readonly connection: number;
  readonly direction: 'client' | 'server';
  readonly opcode: string;
  readonly text?: string;
  readonly hex?: string;
}

/** A capture of real peers, its key log, and what the applications logged. */
export interface TlsCase {
  readonly name: string;
  readonly packets: Uint8Array;
  readonly keys: Uint8Array;
  readonly messages: readonly TrueMessage[];
  readonly recoverable?: readonly number[];
  readonly tls: { readonly version: string; readonly cipher: string };
}

export function namesIn(folder: Folder): string[] {
  return readdirSync(new URL(`${folder}/`, FIXTURES))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -5));
}

export const NAMES: readonly string[] = namesIn('tls');

export function tlsCase(name: string, folder: Folder = 'tls'): TlsCase {
  const read = (ending: string): Uint8Array | undefined => {
    const path = new URL(`${folder}/${name}.${ending}`, FIXTURES);
    return existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;
  };
  const truth = JSON.parse(new TextDecoder().decode(read('json'))) as Omit<TlsCase, 'packets' | 'keys'>;
  return { ...truth, name, packets: read('pcap') ?? read('pcapng')!, keys: read('keys') ?? new Uint8Array(0) };
}

export interface Decrypted {
  /** `client text abc`, by connection. */
  readonly messages: readonly (readonly [connection: number, what: string])[];
  readonly facts: readonly (TlsFacts | undefined)[];
  readonly passedOver: readonly string[];
  readonly notices: readonly string[];
  readonly traffic: TlsTraffic;
}

export const whatOf = ({ direction, opcode, text, hex }: TrueMessage): string =>
  `${direction} ${opcode} ${text === undefined ? hex! : Buffer.from(text).toString('hex')}`;

/** Data messages of the truth, those that can be had. */
export function expected({ messages, recoverable }: TlsCase): string[] {
  return messages
    .filter(({ opcode }, i) => ['text', 'binary'].includes(opcode) && (recoverable?.includes(i) ?? true))
    .map(whatOf);
}

/** What is read of a capture with these keys. */
export function decrypt(
  packets: Uint8Array,
  keys: Uint8Array | string,
  /** `lookups`: the keys come when they were looked for that many times. */
  {
    lookups,
    tlsCrypto = tlsCryptoWith(crypto),
    ...options
  }: TlsTrafficOptions & { readonly lookups?: number; readonly tlsCrypto?: TlsCrypto } = {},
): Decrypted {
  const messages: [number, string][] = [];
  const facts: (TlsFacts | undefined)[] = [];
  const passedOver: string[] = [];
  const notices: string[] = [];
  const tls = new TlsTraffic(tlsCrypto, options);
  const notice = (message: string): void => void notices.push(message);
  const log = tls.log(notice);
  const whole = typeof keys === 'string' ? new TextEncoder().encode(keys) : keys;
  if (lookups === undefined) {
    log.push(whole);
    log.end();
  } else {
    let left = lookups;
    tls.growBy(() => left-- === 0 && log.push(whole));
  }
  const reading = { raw: nodeDeflate, acceptOf: acceptKey, previewBytes: 1 << 20, messageBytes: 1 << 20 };
  const traffic = new PacketTraffic(
    { Flows, openHttp2 },
    { first: 0, reading, tls, causes: allCauses },
    {},
    {
      record: (record) => {
        if (record.type !== 'frame' || record.frame.message === undefined) return;
        const { opcode, payload } = record.frame.message;
        const hex = Buffer.from(payload ?? []).toString('hex');
        messages.push([record.connection, `${record.direction} ${opcode === 1 ? 'text' : 'binary'} ${hex}`]);
      },
      closed: (summary) => void facts.push(summary.tls),
      passedOver: (what) => void passedOver.push(what),
      notice,
    },
  );
  const reader = packets[0] === 0x0a ? pcapngReader() : pcapReader();
  traffic.secretsAhead(reader);
  const visitor: PacketVisitor = {
    packet: (...args) => traffic.packet(...args),
    secrets: (bytes) => traffic.secrets(bytes),
    notice,
    problem: ({ message }) => notice(message),
  };
  reader.push(packets, visitor);
  reader.end(visitor);
  traffic.end();
  return { messages, facts, passedOver, notices, traffic: tls };
}

const SECRETS = 10;

/** The blocks of a capture (little-endian pcapng): those with secrets, and the others. */
export function pcapngBlocks(file: Uint8Array): { readonly secrets: Uint8Array[]; readonly others: Uint8Array[] } {
  const blocks: { readonly secrets: Uint8Array[]; readonly others: Uint8Array[] } = { secrets: [], others: [] };
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at < file.length; at += view.getUint32(at + 4, true)) {
    const block = file.subarray(at, at + view.getUint32(at + 4, true));
    blocks[view.getUint32(at, true) === SECRETS ? 'secrets' : 'others'].push(block);
  }
  return blocks;
}

/** The capture without some of its packets (little-endian pcap). */
export function without(packets: Uint8Array, lost: (index: number) => boolean): Uint8Array {
  const view = new DataView(packets.buffer, packets.byteOffset, packets.length);
  const kept: Uint8Array[] = [packets.subarray(0, 24)];
  let index = 0;
  for (let at = 24; at < packets.length; index++) {
    const end = at + 16 + view.getUint32(at + 8, true);
    if (!lost(index)) kept.push(packets.subarray(at, end));
    at = end;
  }
  return new Uint8Array(Buffer.concat(kept));
}

export function packetCount(packets: Uint8Array): number {
  let count = 0;
  without(packets, () => {
    count++;
    return false;
  });
  return count;
}

/** The capture without the first `count` bytes that each side sent (little-endian pcap, Ethernet, IPv4). */
export function joinedWithin(packets: Uint8Array, count: number): Uint8Array {
  const kept: Uint8Array[] = [packets.subarray(0, 24)];
  const seen = new Set<number>();
  const view = new DataView(packets.buffer, packets.byteOffset, packets.length);
  for (let at = 24; at < packets.length;) {
    const end = at + 16 + view.getUint32(at + 8, true);
    const packet = packets.slice(at, end);
    at = end;
    const fields = new DataView(packet.buffer);
    const ip = 16 + 14;
    const tcp = ip + (packet[ip]! & 15) * 4;
    const payload = tcp + (packet[tcp + 12]! >> 4) * 4;
    const port = fields.getUint16(tcp);
    if (packet.length - payload <= count || seen.has(port)) {
      kept.push(packet);
      continue;
    }
    seen.add(port);
    fields.setUint32(tcp + 4, fields.getUint32(tcp + 4) + count);
    fields.setUint16(ip + 2, fields.getUint16(ip + 2) - count);
    for (const place of [8, 12]) fields.setUint32(place, packet.length - 16 - count, true);
    kept.push(packet.subarray(0, payload), packet.subarray(payload + count));
  }
  return new Uint8Array(Buffer.concat(kept));
}
