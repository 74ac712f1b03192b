import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { beginsProxyHeader, readProxyHeader } from '../../src/sources/proxies/proxy-header.js';
import { beginsSocks, readSocks } from '../../src/sources/proxies/socks.js';
import { SteppedOver } from '../../src/sources/proxies/stepped-over.js';
import type { ReadStep } from '../../src/sources/proxies/step.js';
import type { Carried, Side, StreamTaker } from '../../src/codec/bytes/stream-taker.js';
import { be16, concat, text } from './packets.js';

type Bytes = readonly number[] | Uint8Array;
const said = (...parts: (readonly number[] | Uint8Array | string)[]): Uint8Array =>
  concat(...parts.map((part) => (typeof part === 'string' ? text(part) : part)));

const V2 = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const IPV6 = [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1];
const PORTS = [...be16(56_324), ...be16(8080)];
const ENDS4 = { from: '203.0.113.7:56324', to: '10.0.0.2:8080' };
const TCP4 = [203, 0, 113, 7, 10, 0, 0, 2, ...PORTS];

/** [what, the client's bytes, the proxy's, what it came through] */
const STEPS: readonly (readonly [string, ReadStep, Bytes, Bytes, Carried['passage']])[] = [
  [
    'SOCKS5 to an address',
    readSocks,
    said([5, 1, 0], [5, 1, 0, 1, 10, 0, 0, 2, 31, 144]),
    said([5, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    { name: 'SOCKS5', to: '10.0.0.2:8080' },
  ],
  [
    'SOCKS5 to a name',
    readSocks,
    said([5, 2, 0, 2], [5, 1, 0, 3, 9], 'a.example', [31, 144]),
    said([5, 0], [5, 0, 0, 1, 10, 0, 0, 9, 4, 56]),
    { name: 'SOCKS5', to: 'a.example:8080' },
  ],
  [
    'SOCKS5 to IPv6, with a bound name',
    readSocks,
    said([5, 1, 0], [5, 1, 0, 4], IPV6, [0, 80]),
    said([5, 0], [5, 0, 0, 3, 1], 'x', [0, 0]),
    { name: 'SOCKS5', to: '[2001:db8::1]:80' },
  ],
  [
    'SOCKS5 with a password',
    readSocks,
    said([5, 2, 0, 2], [1, 4], 'user', [4], 'pass', [5, 1, 0, 1, 10, 0, 0, 2, 0, 80]),
    said([5, 2], [1, 0], [5, 0, 0, 4], IPV6, [0, 0]),
    { name: 'SOCKS5', to: '10.0.0.2:80' },
  ],
  [
    'SOCKS4',
    readSocks,
    said([4, 1, 0, 80, 10, 0, 0, 2], 'me', [0]),
    [0, 0x5a, 0, 80, 10, 0, 0, 2],
    { name: 'SOCKS4', to: '10.0.0.2:80' },
  ],
  [
    'SOCKS4A',
    readSocks,
    said([4, 1, 0, 80, 0, 0, 0, 1, 0], 'a.example', [0]),
    [0, 0x5a, 0, 0, 0, 0, 0, 0],
    { name: 'SOCKS4A', to: 'a.example:80' },
  ],
  [
    'PROXY v1',
    readProxyHeader,
    said('PROXY TCP4 203.0.113.7 10.0.0.2 56324 8080\r\n'),
    [],
    { name: 'PROXY protocol v1', ...ENDS4 },
  ],
  [
    'PROXY v1 of IPv6',
    readProxyHeader,
    said('PROXY TCP6 2001:db8::1 ::1 56324 8080\r\n'),
    [],
    { name: 'PROXY protocol v1', from: '[2001:db8::1]:56324', to: '[::1]:8080' },
  ],
  ['PROXY v1, unknown', readProxyHeader, said('PROXY UNKNOWN\r\n'), [], { name: 'PROXY protocol v1' }],
  [
    'PROXY v1, unknown with addresses',
    readProxyHeader,
    said('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'),
    [],
    { name: 'PROXY protocol v1' },
  ],
  ['PROXY v2', readProxyHeader, said(V2, [0x21, 0x11, 0, 12], TCP4), [], { name: 'PROXY protocol v2', ...ENDS4 }],
  [
    'PROXY v2 of IPv6',
    readProxyHeader,
    said(V2, [0x21, 0x21, 0, 36], IPV6, IPV6, PORTS),
    [],
    { name: 'PROXY protocol v2', from: '[2001:db8::1]:56324', to: '[2001:db8::1]:8080' },
  ],
  [
    'PROXY v2 with TLVs',
    readProxyHeader,
    said(V2, [0x21, 0x11, 0, 19], TCP4, [4, 0, 4, 1, 2, 3, 4]),
    [],
    { name: 'PROXY protocol v2', ...ENDS4 },
  ],
  ['PROXY v2 of a health check', readProxyHeader, said(V2, [0x20, 0, 0, 0]), [], { name: 'PROXY protocol v2' }],
  [
    'PROXY v2 of a Unix socket',
    readProxyHeader,
    said(V2, [0x21, 0x31, 0, 216], new Uint8Array(216)),
    [],
    { name: 'PROXY protocol v2' },
  ],
];

/** [what, the client's bytes, the proxy's] */
const REFUSED: readonly (readonly [string, Bytes, Bytes])[] = [
  ['SOCKS5: no method', [5, 1, 0], [5, 0xff]],
  ['SOCKS5: wrong password', said([5, 1, 2], [1, 1], 'u', [1], 'p'), [5, 2, 1, 1]],
  [
    'SOCKS5: no connection',
    said([5, 1, 0], [5, 1, 0, 1, 10, 0, 0, 2, 0, 80]),
    said([5, 0], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]),
  ],
  ['SOCKS4: rejected', [4, 1, 0, 80, 10, 0, 0, 2, 0], [0, 0x5b, 0, 0, 0, 0, 0, 0]],
];

const NONE: readonly (readonly [string, ReadStep, Bytes, Bytes])[] = [
  ['SOCKS5, BIND', readSocks, said([5, 1, 0], [5, 2, 0, 1, 10, 0, 0, 2, 0, 80]), [5, 0]],
  ['SOCKS5 and an answer in HTTP', readSocks, [5, 1, 0], said('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['SOCKS5 with a method of its own', readSocks, [5, 1, 0x80], [5, 0x80]],
  ['SOCKS4 with a name that never ends', readSocks, said([4, 1, 0, 80, 10, 0, 0, 2], 'x'.repeat(600)), []],
  ['PROXY and anything', readProxyHeader, said('PROXY is what I am\r\n'), []],
  ['PROXY and no end', readProxyHeader, said(`PROXY TCP4 ${'1'.repeat(200)}`), []],
  ['PROXY v3', readProxyHeader, said(V2, [0x31, 0x11, 0, 0]), []],
];

interface Sent {
  readonly side: Side;
  readonly bytes: Uint8Array;
}

/** Runs a stream in these pieces. */
function run(read: ReadStep, sent: readonly Sent[]) {
  const carried: { stream: Carried; sent: [string, string]; calls: string[] }[] = [];
  const opener = {
    carries: (stream: Carried): StreamTaker => {
      const taken = { stream, sent: ['', ''] as [string, string], calls: [] as string[] };
      carried.push(taken);
      return {
        data: (side, bytes, start, end) => (taken.sent[side] += latin1(bytes.subarray(start, end))),
        gap: (side, length) => taken.calls.push(`gap ${side} ${length}`),
        fin: () => undefined,
        reset: () => undefined,
        close: (reason) => taken.calls.push(reason),
      };
    },
  };
  const taker = new SteppedOver(opener, read);
  for (const { side, bytes } of sent) taker.data(side, bytes, 0, bytes.length, 0);
  taker.close('end', 0);
  return carried;
}

const latin1 = (bytes: Bytes): string => String.fromCharCode(...bytes);

/** The bytes of both sides in pieces, the client's turn or the proxy's as the dice say, each first by the client. */
const pieces = (client: Uint8Array, server: Uint8Array): fc.Arbitrary<Sent[]> =>
  fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), { minLength: 400, maxLength: 400 }).map((cuts) => {
    const left: [Uint8Array, Uint8Array] = [client, server];
    const sent: Sent[] = [];
    for (const [isServer, length] of cuts) {
      const side: Side = isServer && sent.length > 0 ? 1 : 0;
      if (left[side].length > 0) sent.push({ side, bytes: left[side].subarray(0, length) });
      left[side] = left[side].subarray(length);
    }
    for (const side of [0, 1] as const) if (left[side].length > 0) sent.push({ side, bytes: left[side] });
    return sent;
  });

describe('a dialogue with a proxy', () => {
  it.each(STEPS)('%s is stepped over, in any pieces', (_name, read, client, server, passage) => {
    const sent = pieces(said(client, 'GET / HTTP/1.1\r\n'), said(server, 'HTTP/1.1 101'));
    fc.assert(
      fc.property(sent, (all) => {
        const [first, ...more] = run(read, all);
        expect(more).toEqual([]);
        expect(first!.stream).toEqual({ passage, offsets: [client.length, server.length] });
        expect(first!.sent).toEqual(['GET / HTTP/1.1\r\n', 'HTTP/1.1 101']);
        expect(first!.calls).toEqual(['end']);
      }),
      { numRuns: 50 },
    );
  });

  it.each(STEPS)('%s: its first bytes are recognised', (_name, read, client) => {
    const begins = read === readSocks ? beginsSocks : beginsProxyHeader;
    const first = said(client);
    expect(begins(first)).toBe('yes');
    for (let length = 0; length < first.length; length++) expect(begins(first.subarray(0, length))).not.toBe('no');
  });

  it.each(REFUSED)('%s: nothing is handed on', (_name, client, server) => {
    const sent: Sent[] = [
      { side: 0, bytes: said(client) },
      { side: 1, bytes: said(server) },
      { side: 1, bytes: said('more') },
    ];
    expect(run(readSocks, sent)).toEqual([]);
  });

  it.each(NONE)('%s is handed on as it is', (_name, read, client, server) => {
    const sent: Sent[] = [
      { side: 0, bytes: said(client) },
      { side: 1, bytes: said(server) },
    ];
    const [first] = run(read, sent);
    expect(first!.stream).toEqual({ passage: undefined, offsets: [0, 0] });
    expect(first!.sent).toEqual([latin1(client), latin1(server)]);
  });

  it.each(STEPS)('%s, cut anywhere: what came is handed on as it is', (_name, read, client) => {
    for (let length = 1; length < client.length; length++) {
      const [first] = run(read, [{ side: 0, bytes: said(client).subarray(0, length) }]);
      expect(first!.stream.passage).toBeUndefined();
      expect(first!.sent[0]).toHaveLength(length);
    }
  });

  it('any bytes are handed on, once', () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(readSocks, readProxyHeader), bytes, bytes, (read, client, server) => {
        const carried = run(read, [
          { side: 0, bytes: client },
          { side: 1, bytes: server },
        ]);
        const handed = carried.reduce((sum, { sent }) => sum + sent[0].length + sent[1].length, 0);
        const [a, b] = carried[0]?.stream.offsets ?? [client.length, server.length];
        expect(handed).toBe(carried.length === 0 ? 0 : client.length - a + server.length - b);
      }),
    );
  });

  it('is not held beyond what a proxy says', () => {
    const first = { side: 0 as const, bytes: said(V2, [0x21, 0x11, 0xff, 0xff]) };
    const one = { side: 1 as const, bytes: new Uint8Array(50_000) };
    expect(run(readProxyHeader, [first, one, one])[0]!.stream.passage).toBeUndefined();
  });
});
