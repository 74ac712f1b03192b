import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import {
  buildRequest,
  ClientEndpoint,
  encodeFrame,
  encodeUtf8,
  ServerEndpoint,
  type EndpointEvent,
  type SendEvent,
} from '../../src/index.js';
import { openServer, Pair, seeded, type Role } from '../endpoint/pair.js';
import { cuts, cutUp, wireBytes } from './arbitraries.js';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const REQUEST = buildRequest({ url: 'ws://localhost/', key: KEY });

/** Bytes from a peer: a legal handshake or a spoilt one, frames of any kind after it. */
const heads = fc.oneof(
  { weight: 4, arbitrary: fc.constant(REQUEST) },
  fc
    .tuple(fc.nat(REQUEST.length - 1), fc.nat(255))
    .map(([at, byte]) => REQUEST.map((old, i) => (i === at ? byte : old))),
  fc.uint8Array({ maxLength: 300 }),
);
const frames = fc.oneof(
  wireBytes,
  // As a client has to send them, so that more than the first one is looked at.
  fc
    .array(
      fc.record({
        fin: fc.boolean(),
        opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
        payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ maxLength: 20 }).map(encodeUtf8)),
        key: fc.nat(0xffffffff),
      }),
      { maxLength: 8 },
    )
    .map((all) => new Uint8Array(Buffer.concat(all.map((frame) => encodeFrame({ rsv: 0, ...frame }))))),
);

type Endpoint = ClientEndpoint | ServerEndpoint;

function eventsOf(endpoint: Endpoint, chunks: readonly Uint8Array[]): EndpointEvent[] {
  return [
    ...chunks.flatMap((chunk) => {
      const reused = chunk.slice();
      const events = endpoint.receive(reused);
      reused.fill(0xee);
      return events;
    }),
    ...endpoint.end(),
  ];
}

/** A body comes as it comes. */
function joinedBody(events: readonly EndpointEvent[]): unknown[] {
  const joined: unknown[] = [];
  let body = '';
  for (const event of events) {
    if (event.type === 'body') body += Buffer.from(event.bytes).toString('hex');
    else joined.push(event);
  }
  return [...joined, body];
}

const ENDPOINTS: readonly (readonly [string, () => Endpoint])[] = [
  ['a server', () => new ServerEndpoint({ deflate: true, maxMessageBytes: 200 })],
  [
    'a client',
    () => {
      const client = new ClientEndpoint({ url: 'ws://localhost/', random: seeded(), deflate: true });
      client.start();
      return client;
    },
  ],
];

/** What a server answers to the client above, spoilt or not. */
function answers(): fc.Arbitrary<Uint8Array> {
  const client = new ClientEndpoint({ url: 'ws://localhost/', random: seeded(), deflate: true });
  const [, response] = new ServerEndpoint({ deflate: true }).receive(client.start());
  const { bytes } = response as EndpointEvent & { type: 'write' };
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(bytes) },
    fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(([at, byte]) => bytes.map((old, i) => (i === at ? byte : old))),
    fc.uint8Array({ maxLength: 300 }),
  );
}

describe(`endpoints (SEED=${seed})`, () => {
  it.each(ENDPOINTS)('%s takes any bytes, and how they are cut makes no difference', (name, make) => {
    const input = fc.tuple(name === 'a server' ? heads : answers(), frames);
    fc.assert(
      fc.property(input, cuts, (parts, sizes) => {
        const bytes = new Uint8Array(Buffer.concat(parts));
        const whole = joinedBody(eventsOf(make(), [bytes]));
        expect(joinedBody(eventsOf(make(), cutUp(bytes, sizes)))).toEqual(whole);
        expect(
          joinedBody(
            eventsOf(
              make(),
              Array.from(bytes, (byte) => Uint8Array.of(byte)),
            ),
          ),
        ).toEqual(whole);
      }),
      { numRuns: 500, seed },
    );
  });

  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const event: fc.Arbitrary<SendEvent> = fc.oneof(
    { weight: 3, arbitrary: text.map((one) => ({ type: 'text' as const, text: one })) },
    {
      weight: 3,
      arbitrary: fc.uint8Array({ maxLength: 300 }).map((payload) => ({ type: 'binary' as const, payload })),
    },
    fc
      .tuple(fc.constantFrom('ping' as const, 'pong' as const), fc.uint8Array({ maxLength: 125 }))
      .map(([type, payload]) => ({ type, payload })),
  );
  const options = fc.record({
    deflate: fc.constantFrom(
      false,
      true,
      { clientMaxWindowBits: 9, serverNoContextTakeover: true },
      { serverMaxWindowBits: 8, clientNoContextTakeover: true },
    ),
    fragmentBytes: fc.constantFrom(1, 7, 126, Infinity),
    autoPong: fc.boolean(),
  });
  const script = fc.array(fc.tuple(fc.constantFrom<Role>('client', 'server'), event), { maxLength: 12 });

  it('two of them deliver to each other what they send', () => {
    fc.assert(
      fc.property(options, options, script, cuts, fc.boolean(), (client, server, sent, sizes, clientCloses) => {
        const pair = new Pair(client, server, (chunk) => cutUp(chunk, sizes));
        for (const [from, one] of sent) pair.send(from, one);
        pair.send(clientCloses ? 'client' : 'server', { type: 'close', code: 4000, reason: 'done' });
        pair.end();
        for (const to of ['client', 'server'] as const) {
          const kinds = new Set(['text', 'binary', 'ping', 'fault']);
          const expected = sent.filter(([from, { type }]) => from !== to && kinds.has(type)).map(([, one]) => one);
          expect(pair.events[to].filter(({ type }) => kinds.has(type))).toEqual(expected);
          expect(pair.events[to].at(-1)).toMatchObject({ type: 'closed', code: 4000, clean: true });
        }
      }),
      { numRuns: 300, seed },
    );
  });
});

/** Bytes of all memory that can be reached from a value, and the number of its objects. */
function reachable(value: unknown): { bytes: number; objects: number } {
  const seen = new Set<unknown>();
  const stack = [value];
  let bytes = 0;
  while (stack.length > 0) {
    const one = stack.pop();
    if (typeof one !== 'object' || one === null || seen.has(one)) continue;
    seen.add(one);
    if (ArrayBuffer.isView(one)) {
      if (!seen.has(one.buffer)) bytes += one.buffer.byteLength;
      seen.add(one.buffer);
    } else stack.push(...(Object.values(one) as unknown[]));
  }
  return { bytes, objects: seen.size };
}

describe('what an endpoint holds is bounded', () => {
  const LIMIT = 64 * 1024;
  const key = 0x01020304;
  const FLOODS: readonly (readonly [string, (i: number) => Uint8Array])[] = [
    [
      'one endless message in fragments of a byte',
      (i) => encodeFrame({ fin: false, rsv: 0, opcode: i ? 0 : 2, key, payload: Uint8Array.of(1) }),
    ],
    [
      'one endless message in empty fragments',
      (i) => encodeFrame({ fin: false, rsv: 0, opcode: i ? 0 : 1, key, payload: new Uint8Array(0) }),
    ],
    [
      'a frame of a declared length',
      (i) =>
        i
          ? Uint8Array.of(1)
          : encodeFrame({ fin: true, rsv: 0, opcode: 2, key, payload: new Uint8Array(0), payloadLength: LIMIT }),
    ],
    [
      'a frame of a length beyond all',
      (i) =>
        i
          ? new Uint8Array(1024)
          : encodeFrame({ fin: true, rsv: 0, opcode: 2, key, payload: new Uint8Array(0), payloadLength: 2 ** 40 }),
    ],
    ['pings', () => encodeFrame({ fin: true, rsv: 0, opcode: 9, key, payload: new Uint8Array(125) })],
    ['messages', () => encodeFrame({ fin: true, rsv: 0, opcode: 1, key, payload: new Uint8Array(1000) })],
    ['a header that has no end', (i) => (i ? Uint8Array.of(0x81) : Uint8Array.of(0x81, 0xff))],
  ];

  it.each(FLOODS)('%s', (_, piece) => {
    const server = openServer({ maxMessageBytes: LIMIT });
    const before = reachable(server);
    for (let i = 0; i < 60_000; i++) server.receive(piece(i));
    const after = reachable(server);
    expect(after.bytes - before.bytes).toBeLessThan(2 * LIMIT);
    expect(after.objects - before.objects).toBeLessThan(500);
  });

  it('a head without an end', () => {
    const server = new ServerEndpoint({ maxHeadBytes: 4096 });
    for (let i = 0; i < 1000; i++) server.receive(encodeUtf8('GET / HTTP/1.1 and more'));
    expect(reachable(server).bytes).toBeLessThan(3 * 4096);
    expect(server.state).toBe('closed');
  });
});
