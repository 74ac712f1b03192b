import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import type { AppHandshake, AppMessage } from '../../src/apps/packet.js';
import { openApp } from '../../src/apps/registry.js';
import { OPCODE } from '../../src/codec/frames/registry.js';
import { acceptKey } from '../../src/codec/handshake/accept-key.js';
import { nodeDeflate } from '../../src/codec/deflate/node-zlib.js';
import { pcapReader } from '../../src/sources/files/pcap.js';
import { Flows } from '../../src/sources/tcp/flows.js';
import { openHttp2 } from '../../src/traffic/layers/http2-traffic.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import { PacketTraffic } from '../../src/traffic/inputs/packet-traffic.js';

export type SeedMessage = Pick<AppMessage, 'direction' | 'isText' | 'bytes'>;

/** A conversation of an application to start from. */
export interface AppSeed {
  readonly protocol: string;
  readonly handshake: AppHandshake;
  readonly messages: readonly SeedMessage[];
}

/** The conversations of a capture of real libraries. */
export function seedsOf(capture: Uint8Array): AppSeed[] {
  const talks = new Map<number, { handshake: AppHandshake; messages: SeedMessage[] }>();
  const seeds: AppSeed[] = [];
  const of = (connection: number): { handshake: AppHandshake; messages: SeedMessage[] } => {
    const talk = talks.get(connection) ?? { handshake: {}, messages: [] };
    talks.set(connection, talk);
    return talk;
  };
  const most = 1024 * 1024;
  const reading = {
    raw: nodeDeflate,
    acceptOf: acceptKey,
    messageBytes: most,
    previewBytes: 10,
    payloads: 'view',
  } as const;
  const traffic = new PacketTraffic(
    { Flows, openHttp2 },
    { first: 0, reading, causes: allCauses, apps: { open: openApp } },
    {},
    {
      record: (record) => {
        const talk = of(record.connection);
        if (record.type === 'handshake') {
          const { request, subprotocol } = record.handshake;
          talk.handshake = { ...(request && { target: request.target }), ...(subprotocol && { subprotocol }) };
        }
        const message = record.type === 'frame' ? record.frame.message : undefined;
        if (message?.bytes === undefined) return;
        const { opcode, payload } = message;
        talk.messages.push({ direction: record.direction, isText: opcode === OPCODE.text, bytes: payload.slice() });
      },
      closed: ({ connection, app }) => {
        if (app !== undefined) seeds.push({ protocol: app.protocol, ...of(connection) });
      },
      passedOver: () => undefined,
      notice: () => undefined,
    },
  );
  const visitor = {
    packet: (...args: Parameters<typeof traffic.packet>) => traffic.packet(...args),
    notice: () => undefined,
    problem: () => undefined,
  };
  const reader = pcapReader();
  reader.push(new Uint8Array(capture), visitor);
  reader.end(visitor);
  traffic.end();
  return seeds;
}

type Said = readonly ['c' | 's', unknown];

/** Conversations of protocols of which there is no capture. */
const WRITTEN: Readonly<Record<string, readonly Said[]>> = {
  bayeux: [
    ['c', [{ channel: '/meta/handshake', id: '1', version: '1.0', supportedConnectionTypes: ['websocket'] }]],
    ['s', [{ channel: '/meta/handshake', id: '1', successful: true, clientId: 'a', version: '1.0' }]],
    ['c', [{ channel: '/meta/subscribe', id: '2', clientId: 'a', subscription: '/x' }]],
    [
      's',
      [
        { channel: '/meta/subscribe', id: '2', successful: true, subscription: '/x' },
        { channel: '/x', data: 1 },
      ],
    ],
  ],
  hocuspocus: [
    ['c', Uint8Array.of(3, 100, 111, 99, 2, 0, 2, 116, 107)],
    ['s', Uint8Array.of(3, 100, 111, 99, 2, 2, 2, 114, 119)],
    ['c', Uint8Array.of(3, 100, 111, 99, 0, 0, 1, 0)],
    ['s', Uint8Array.of(3, 100, 111, 99, 0, 1, 2, 0, 0)],
  ],
  'json-rpc': [
    ['c', { jsonrpc: '2.0', id: 1, method: 'eth_call', params: [{ to: '0x1' }] }],
    ['s', { jsonrpc: '2.0', id: 1, result: { a: 1 } }],
    [
      'c',
      [
        { jsonrpc: '2.0', id: '1', method: 'a' },
        { jsonrpc: '2.0', method: 'b' },
      ],
    ],
    ['s', [{ jsonrpc: '2.0', id: '1', error: { code: -32601, message: 'no' } }]],
  ],
  jupyter: [
    [
      'c',
      {
        header: { msg_id: '1', msg_type: 'execute_request', session: 's' },
        parent_header: {},
        metadata: {},
        content: { code: '1' },
        channel: 'shell',
        buffers: [],
      },
    ],
    [
      's',
      {
        header: { msg_id: '2', msg_type: 'execute_reply', session: 's' },
        parent_header: { msg_id: '1' },
        metadata: {},
        content: { status: 'ok' },
        channel: 'shell',
        buffers: [],
      },
    ],
  ],
  nes: [
    ['c', { type: 'hello', id: 1, version: '2' }],
    ['s', { type: 'hello', id: 1, heartbeat: { interval: 15000, timeout: 5000 }, socket: 'a' }],
    ['c', { type: 'request', id: 2, method: 'GET', path: '/h' }],
    ['s', { type: 'request', id: 2, statusCode: 200, payload: 'x', headers: {} }],
  ],
  'openai-realtime': [
    ['s', { type: 'session.created', event_id: 'e1', session: {} }],
    ['c', { type: 'input_audio_buffer.append', event_id: 'e2', audio: 'AAAA' }],
    ['c', { type: 'response.create', event_id: 'e3' }],
    ['s', { type: 'response.output_audio.delta', response_id: 'r', delta: 'AAAA' }],
  ],
  pusher: [
    ['s', { event: 'pusher:connection_established', data: '{"socket_id":"1.2","activity_timeout":120}' }],
    ['c', { event: 'pusher:subscribe', data: { channel: 'a' } }],
    ['s', { event: 'pusher_internal:subscription_succeeded', channel: 'a', data: '{}' }],
    ['s', { event: 'x', channel: 'a', data: '{"a":1}' }],
  ],
  socketcluster: [
    ['c', { event: '#handshake', data: { authToken: null }, cid: 1 }],
    ['s', { rid: 1, data: { id: 'a', pingTimeout: 10000 } }],
    ['c', { event: '#subscribe', data: { channel: 'a' }, cid: 2 }],
    ['s', ''],
  ],
  trpc: [
    ['c', { id: 1, method: 'subscription', params: { path: 'a.b', input: {} } }],
    ['s', { id: 1, result: { type: 'started' } }],
    ['s', { id: 1, result: { type: 'data', data: 5 } }],
    ['c', { id: 1, method: 'subscription.stop' }],
  ],
  'vite-hmr': [
    ['s', { type: 'connected' }],
    ['s', { type: 'update', updates: [{ type: 'js-update', path: '/a', acceptedPath: '/a', timestamp: 1 }] }],
    ['c', { type: 'custom', event: 'vite:invoke', data: { id: 'a', name: 'f', data: [] } }],
  ],
  'webdriver-bidi': [
    ['c', { id: 1, method: 'session.new', params: {} }],
    ['s', { type: 'success', id: 1, result: { sessionId: 'a' } }],
    ['s', { type: 'event', method: 'log.entryAdded', params: { level: 'info' } }],
    ['s', { type: 'error', id: 2, error: 'unknown command', message: 'no' }],
  ],
  amqp: [
    ['c', Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0)],
    ['c', Uint8Array.of(0, 0, 0, 0x13, 2, 0, 0, 0, 0, 0x53, 0x10, 0xc0, 6, 1, 0xa1, 3, 0x61, 0x62, 0x63)],
    ['s', Uint8Array.of(0, 0, 0, 8, 2, 0, 0, 0)],
  ],
  'discord-gateway': [
    ['s', { op: 10, d: { heartbeat_interval: 41250 } }],
    ['c', { op: 2, d: { token: 'x', intents: 1, properties: {} } }],
    ['s', { op: 0, s: 1, t: 'READY', d: { session_id: 'a' } }],
    ['c', { op: 1, d: 1 }],
    ['s', { op: 11 }],
  ],
};

export function writtenSeeds(): AppSeed[] {
  return Object.entries(WRITTEN).map(([protocol, lines]) => ({
    protocol,
    handshake: {},
    messages: lines.map(([side, said]) => ({
      direction: side === 'c' ? ('client' as const) : ('server' as const),
      isText: !(said instanceof Uint8Array),
      bytes: said instanceof Uint8Array ? said : encodeUtf8(typeof said === 'string' ? said : JSON.stringify(said)),
    })),
  }));
}
