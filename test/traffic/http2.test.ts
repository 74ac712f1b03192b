import { describe, expect, it } from 'vitest';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { HTTP2_FLAG, HTTP2_TYPE, http2Frame } from '../../src/codec/http2/http2-frame.js';
import { Http2Floods } from '../../src/codec/http2/http2-floods.js';
import type { Judged } from '../../src/traffic/judged.js';
import fc from '../fc.js';
import { CONNECT, Http2End, OK, type Fields } from '../codec/http2/http2-bytes.js';
import { ascii, begin, converse, cutAnew, text, type Piece } from './http2-run.js';

const { endStream, endHeaders } = HTTP2_FLAG;
const GET: Fields = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/a'],
  [':authority', 'a'],
];

const OPEN = new Http2End().headers(1, OK.slice(0, 1));
const REFUSED = new Http2End().headers(1, [[':status', '403']], { flags: endStream });
const CLOSED = concat([OPEN, new Http2End().data(1, Uint8Array.of(0x88, 2, 3, 0xe8), endStream)]);

/** Two WebSockets, streams 1 and 5, and a request between them, stream 3. */
function twoOfThem(): Piece[] {
  const [client, server] = [new Http2End(), new Http2End()];
  return [
    ...begin(client, server),
    [0, client.headers(1, CONNECT)],
    [1, server.headers(1, OK, { parts: 3 })],
    [0, client.headers(3, GET, { flags: endStream })],
    [1, server.headers(3, [[':status', '200']])],
    [0, client.headers(5, CONNECT, { parts: 2 })],
    [1, server.headers(5, OK)],
    [0, client.data(1, text(0, 'one'))],
    [1, server.data(3, ascii('<html>'), endStream)],
    [0, client.padded(5, text(0, 'five'), 7)],
    [1, server.data(5, text(1, 'five too').subarray(0, 4))],
    [1, server.data(1, text(1, 'one too'))],
    [1, server.data(5, text(1, 'five too').subarray(4))],
    [0, client.data(1, new Uint8Array(0), endStream)],
    [1, server.data(1, new Uint8Array(0), endStream)],
    [0, client.reset(5, 8)],
    [1, server.data(5, text(1, 'on its way'))],
    [1, server.goaway(5, 0, 'bye\x1b')],
  ];
}

const TEXTS = [
  '4 1 client one',
  '4 5 client five',
  '4 1 server one too',
  '4 5 server five too',
  '4 5 server on its way',
];

describe('WebSockets over HTTP/2', () => {
  it('are conversations of their own, with numbers of their own', () => {
    const { texts, closed, codes, passedOver, records } = converse(twoOfThem());
    expect(texts).toEqual(TEXTS);
    expect(codes).toEqual([]);
    expect(passedOver).toEqual([]);
    expect(closed).toMatchObject([
      { connection: 4, http: '2', stream: 1, requests: 1, ended: 'fin', endedBy: 'client' },
      { connection: 1_000_000_004, http: '2', stream: 5, requests: 1, ended: 'reset', endedBy: 'client' },
    ]);
    expect(records.filter(({ type }) => type === 'http2')).toMatchObject([
      { connection: 1_000_000_004, direction: 'client', event: { name: 'RST_STREAM', code: 8 } },
      { connection: 1_000_000_004, direction: 'server', event: { name: 'GOAWAY', lastStream: 5, debug: 'bye\x1b' } },
    ]);
  });

  it.each<[said: Uint8Array, code: string, advice: RegExp]>([
    [concat([ascii('\r\n'), text(1, 'hello'), text(1, 'world')]), 'stray-bytes', /Over HTTP\/2 no line end follows/],
    [ascii('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'), 'http-response-in-stream', /treats the stream as/],
    [ascii('GET /next HTTP/1.1\r\nHost: a\r\n\r\n'), 'http-request-in-stream', /treats the stream as/],
    [Uint8Array.of(21, 3, 3, 0, 2, 2, 40), 'tls-in-stream', /inside the stream/],
  ])('have causes that do not mention HTTP/1.1 heads: %#', (said, code, advice) => {
    const [client, server] = [new Http2End(), new Http2End()];
    const { records } = converse([
      ...begin(client, server),
      [0, client.headers(1, CONNECT)],
      [1, server.headers(1, OK)],
      [1, server.data(1, said, endStream)],
    ]);
    const causes = records.flatMap((record) => (record.type === 'cause' ? [record.cause] : []));
    expect(causes).toEqual([{ code, message: expect.stringMatching(advice) as string }]);
    expect(causes[0]?.message).not.toMatch(/101|a head ends|upgrade/i);
  });

  it('have a handshake of pseudo-header fields, without key and accept value', () => {
    const [first] = converse(twoOfThem()).records;
    expect(first).toMatchObject({
      type: 'handshake',
      stream: 1,
      handshake: {
        http2: { stream: 1, protocol: 'websocket' },
        upgraded: true,
        subprotocol: 'chat',
        version: '13',
        request: { method: 'CONNECT', target: '/chat', headers: CONNECT.map(([name, value]) => ({ name, value })) },
        response: { status: 200 },
      },
    });
    expect(first).not.toHaveProperty('handshake.key');
    expect(first).not.toHaveProperty('handshake.expectedAccept');
  });

  it.each([
    ['a refusal that is whole', 0, REFUSED, 'fin', []],
    ['an answer that is whole', 0, CLOSED, 'fin', ['4 1 client on its way']],
    ['a refusal that is whole', 8, REFUSED, 'reset', []],
    ['an answer that is not whole', 0, OPEN, 'reset', ['4 1 client on its way']],
  ] as const)('end as a server says by RST_STREAM after %s, code %i', (_, code, answer, ended, expected) => {
    const [client, server] = [new Http2End(), new Http2End()];
    const { texts, closed, records } = converse([
      ...begin(client, server),
      [0, client.headers(1, CONNECT)],
      [1, answer],
      [1, server.reset(1, code)],
      [0, client.data(1, text(0, 'on its way'))],
    ]);
    expect(closed).toMatchObject([{ ended, endedBy: 'server' }]);
    expect(records.filter(({ type }) => type === 'http2')).toMatchObject([{ event: { name: 'RST_STREAM', code } }]);
    expect(texts).toEqual(expected);
  });

  it.each([
    ['an earlier stream', 1, /^the server ended .* by GOAWAY NO_ERROR .*: its last stream comes before this one/],
    ['this stream', 3, undefined],
  ])('have GOAWAY as the cause of their end where it names %s as the last one', (_, last, words) => {
    const [client, server] = [new Http2End(), new Http2End()];
    const { closed } = converse([
      ...begin(client, server),
      [0, client.headers(3, CONNECT)],
      [1, server.headers(3, OK)],
      [1, server.goaway(last, 0)],
    ]);
    expect(closed[0]?.cause?.message).toEqual(words && expect.stringMatching(words));
  });

  it('are reset by a client that resets with NO_ERROR after its END_STREAM', () => {
    const [client, server] = [new Http2End(), new Http2End()];
    const { closed } = converse([
      ...begin(client, server),
      [0, client.headers(1, CONNECT)],
      [1, server.headers(1, OK)],
      [0, client.data(1, new Uint8Array(0), endStream)],
      [0, client.reset(1, 0)],
    ]);
    expect(closed).toMatchObject([{ ended: 'reset', endedBy: 'client' }]);
  });

  it('give the same records, however the bytes are cut', () => {
    const whole = converse(twoOfThem());
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (sizes) => {
        const { texts, codes, closed } = converse(cutAnew(twoOfThem(), () => sizes.next().value as number));
        expect(texts.toSorted()).toEqual(whole.texts.toSorted());
        expect(codes).toEqual(whole.codes);
        expect(closed.map(({ connection, ended }) => [connection, ended])).toEqual(
          whole.closed.map(({ connection, ended }) => [connection, ended]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('are refused by any other status; the body is none of the frames', () => {
    const [client, server] = [new Http2End(), new Http2End()];
    const { records, closed } = converse([
      ...begin(client, server),
      [0, client.headers(1, CONNECT)],
      [1, server.headers(1, [[':status', '403']])],
      [1, server.data(1, ascii('no'), endStream)],
    ]);
    expect(records.map(({ type }) => type)).toEqual(['handshake', 'body']);
    expect(closed).toMatchObject([{ handshake: { status: 403, upgraded: false } }]);
  });

  it('are neither opened nor refused by an answer without a status; trailers after an answer are none', () => {
    const answered = (...answer: readonly Uint8Array[]): unknown => {
      const [client, server] = [new Http2End(), new Http2End()];
      const sent = answer.map((bytes) => [1, bytes] as const);
      return converse([...begin(client, server), [0, client.headers(1, CONNECT)], ...sent]).records[0];
    };
    const other = (): Uint8Array => new Http2End().headers(1, [['a', 'b']], { flags: endStream });
    expect(answered(other())).toMatchObject({
      handshake: { response: { status: undefined }, upgraded: false },
      diagnostics: [{ code: 'h2-status-missing', side: 'response' }],
    });
    expect(answered(new Http2End().headers(1, OK), other())).toMatchObject({
      handshake: { upgraded: true },
      diagnostics: [],
    });
  });

  it('may be compressed', () => {
    const [client, server] = [new Http2End(), new Http2End()];
    // RFC 7692 §7.2.3.1: "Hello".
    const hello = Uint8Array.of(0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00);
    const { texts } = converse([
      ...begin(client, server),
      [0, client.headers(1, CONNECT)],
      [1, server.headers(1, [...OK, ['sec-websocket-extensions', 'permessage-deflate']])],
      [1, server.data(1, hello)],
    ]);
    expect(texts).toEqual(['4 1 server Hello']);
  });

  it('need the setting of the server', () => {
    const [client, server] = [new Http2End(), new Http2End()];
    const run = (settings: Uint8Array): string[] =>
      converse([
        [0, Http2End.preface],
        [0, client.settings()],
        [1, settings],
        [0, new Http2End().headers(1, CONNECT)],
        [1, new Http2End().headers(1, OK)],
      ]).codes;
    expect(run(server.settings([3, 100]))).toEqual(['h2-not-announced']);
    expect(run(server.settings([8, 0]))).toEqual(['h2-not-announced']);
    expect(run(server.settings([8, 1]))).toEqual([]);
  });

  it('keep their masking: an unmasked frame of the client is a fault', () => {
    const [client, server] = [new Http2End(), new Http2End()];
    const { codes } = converse([
      ...begin(client, server),
      [0, client.headers(1, CONNECT)],
      [1, server.headers(1, OK)],
      [0, client.data(1, text(1, 'bare'))],
    ]);
    expect(codes).toEqual(['client-frame-unmasked']);
  });

  it('are found where the server sends first, and the preface comes in parts', () => {
    const pieces = twoOfThem();
    const [preface, ...rest] = pieces;
    const settings = rest.splice(1, 1);
    const bytes = preface![1] as Uint8Array;
    expect(converse([...settings, preface!, ...rest]).texts).toEqual(TEXTS);
    expect(converse([[0, bytes.subarray(0, 9)], ...settings, [0, bytes.subarray(9)], ...rest]).texts).toEqual(TEXTS);
  });

  it('follow an upgrade to h2c', () => {
    const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n';
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
    const [first, second, third, ...rest] = twoOfThem();
    // The answer to the request of HTTP/1.1 is on stream 1, so WebSockets begin with stream 3.
    const later = rest.filter(([side]) => side === 0 || side === 1);
    const { texts, closed } = converse([
      [0, ascii(request)],
      [1, concat([ascii(answer), third![1] as Uint8Array])],
      first!,
      second!,
      ...later.slice(2),
    ]);
    expect(texts).toEqual(TEXTS.filter((line) => line.includes(' 5 ')));
    expect(closed).toMatchObject([{ connection: 4, stream: 5, requests: 2 }]);
  });

  it('count where there are none: the connection is passed over', () => {
    const [client, server] = [new Http2End(), new Http2End()];
    const { passedOver, records } = converse([
      ...begin(client, server),
      [0, client.headers(1, GET, { flags: endStream })],
      [1, server.headers(1, [[':status', '200']], { flags: endStream })],
    ]);
    expect(passedOver).toEqual(['http2']);
    expect(records).toEqual([]);
  });
});

describe('an HTTP/2 connection that was joined late', () => {
  /** The frames of stream 1, many of them. */
  const talk = (count: number): Piece[] => {
    const [client, server] = [new Http2End(), new Http2End()];
    return Array.from({ length: count }, (_, i): Piece[] => [
      [0, client.data(1, text(0, `question ${i}`))],
      [1, server.data(1, text(1, `answer ${i}`))],
    ]).flat();
  };
  const joined = { isClientFirst: false };

  it('is read by its DATA, and marked', () => {
    const { texts, closed } = converse(talk(4), joined);
    expect(texts.toSorted()).toEqual(
      [0, 1, 2, 3].flatMap((i) => [`4 1 client question ${i}`, `4 1 server answer ${i}`]).toSorted(),
    );
    expect(closed).toMatchObject([{ connection: 4, stream: 1, headersLost: true }]);
    expect(closed[0]!.handshake).toBeUndefined();
  });

  it('is not read without proof', () => {
    const { texts, passedOver } = converse(talk(1).slice(0, 1), joined);
    expect(texts).toEqual([]);
    expect(passedOver).not.toContain('http2');
  });

  it('leaves a WebSocket without HTTP/2 as it is, whose first bytes look like a frame of it', () => {
    // Its header as HTTP/2 has them: DATA of 129 bytes on stream 0x107; and the piece ends with it.
    const start = concat([Uint8Array.of(0, 0, 0x81, 0, 0, 0, 1, 7), ascii('begin: ')]);
    const first = concat([start, text(1, 'x'.repeat(138 - start.length - 2))]);
    const pieces: Piece[] = [[1, first], ...Array.from({ length: 9 }, (_, i): Piece => [1, text(1, `text ${i}`)])];
    const [read, unasked] = [true, false].map((http2) => converse(pieces, joined, { http2 }));
    expect(first).toHaveLength(138);
    expect(read!.texts).toEqual(unasked!.texts);
    expect(read!.texts.length).toBeGreaterThan(9);
    expect(read!.closed).toEqual(unasked!.closed);
  });

  it('names fields that are in an unknown part of the table as unknown', () => {
    const [client, server] = [new Http2End(), new Http2End()];
    const before: Piece[] = [...begin(client, server), [0, client.headers(1, CONNECT)], [1, server.headers(1, OK)]];
    const asked = client.headers(3, [...CONNECT, ['x-new', 'a']]);
    const answered = server.headers(3, [...OK, ['sec-websocket-extensions', 'permessage-deflate']]);
    expect(before).toHaveLength(5);
    const pieces: Piece[] = [
      [0, asked],
      [1, answered],
      [0, client.data(3, text(0, 'known'))],
    ];
    const { records } = converse([...talk(3), ...pieces], joined);
    const [head] = records.filter(({ type }) => type === 'handshake');
    const { headers, http2 } = (head as Judged & { type: 'handshake' }).handshake.response!;
    // The status is in the static table, the subprotocol in what was not captured.
    expect(headers.map(({ name, value }) => [name, value])).toEqual([
      [':status', '200'],
      ['sec-websocket-extensions', 'permessage-deflate'],
    ]);
    expect(http2).toEqual({ stream: 3, unknown: 1 });
  });
});

describe('a hole', () => {
  const messages = (stream: number, side: 0 | 1, end: Http2End, count: number, from = 0): Piece[] =>
    Array.from({ length: count }, (_, i): Piece => [side, end.data(stream, text(side, `${stream} ${i + from}`))]);

  function open(): { client: Http2End; server: Http2End; pieces: Piece[] } {
    const [client, server] = [new Http2End(), new Http2End()];
    const opened = [1, 3].flatMap((stream): Piece[] => [
      [0, client.headers(stream, CONNECT)],
      [1, server.headers(stream, OK)],
    ]);
    return { client, server, pieces: [...begin(client, server), ...opened] };
  }

  it('within DATA costs that stream the bytes that are missing, and no other one anything', () => {
    const { client, pieces } = open();
    const long = client.data(1, text(0, 'x'.repeat(300)));
    const { texts, records } = converse([
      ...pieces,
      [0, long.subarray(0, 100)],
      [0, 50],
      [0, long.subarray(150)],
      ...messages(3, 0, client, 2),
      ...messages(1, 0, client, 2),
    ]);
    expect(texts.slice(-4)).toEqual(
      ['4 1 client 1 0', '4 1 client 1 1', '4 3 client 3 0', '4 3 client 3 1'].toSorted(
        (a, b) => texts.indexOf(a) - texts.indexOf(b),
      ),
    );
    expect(records.filter(({ type }) => type === 'gap')).toMatchObject([{ connection: 4, length: 50 }]);
  });

  it('is known to a direction that continues after END_STREAM, as it must not', () => {
    const [client, server] = [new Http2End(), new Http2End()];
    const whole = concat([text(0, 'one message, and bytes of it are lost'), text(0, 'another one, which is whole')]);
    const parts = Array.from({ length: Math.ceil(whole.length / 6) }, (_, i) => whole.subarray(6 * i, 6 * i + 6));
    const { texts } = converse([
      ...begin(client, server),
      [0, client.headers(1, CONNECT)],
      [1, server.headers(1, OK)],
      ...parts.map((part, i): Piece => {
        const frame = client.data(1, part, endStream);
        return [0, i === 3 ? frame.length : frame];
      }),
    ]);
    expect(
      texts.filter((one) => !/one message, and bytes of it are lost|another one, which is whole/.test(one)),
    ).toEqual([]);
  });

  it('over frames is read on after where frames are proven to begin', () => {
    const { client, server, pieces } = open();
    const { texts } = converse([
      ...pieces,
      ...messages(1, 0, client, 2),
      [0, 1000],
      [0, client.data(1, text(0, 'z'.repeat(60))).subarray(20)],
      ...messages(1, 0, client, 6, 10),
      ...messages(3, 1, server, 2),
      ...messages(3, 0, client, 6, 20),
    ]);
    const wanted = [...Array.from({ length: 6 }, (_, i) => `4 1 client 1 ${i + 10}`)];
    expect(texts).toEqual(expect.arrayContaining([...wanted, '4 3 server 3 0', '4 3 server 3 1', '4 3 client 3 25']));
    expect(texts.filter((line) => !/^4 [13] (client|server) [13] \d+$/.test(line))).toEqual([]);
  });

  it('makes the table of its direction unknown, not the other one', () => {
    const { client, server, pieces } = open();
    const { records } = converse([
      ...pieces,
      [0, 500],
      ...messages(1, 0, client, 3),
      [0, client.headers(5, [...CONNECT, ['x-late', 'yes']])],
      [1, server.headers(5, OK)],
      ...messages(5, 0, client, 3),
    ]);
    const [, , last] = records.filter(({ type }) => type === 'handshake');
    expect(last).toMatchObject({ handshake: { response: { headers: OK.map(([name, value]) => ({ name, value })) } } });
  });
});

describe('what an attack is', () => {
  const attack = (pieces: (client: Http2End) => Piece[], withWebSocket: boolean): ReturnType<typeof converse> => {
    const [client, server] = [new Http2End(), new Http2End()];
    const opened: Piece[] = withWebSocket
      ? [
          [0, client.headers(1, CONNECT)],
          [1, server.headers(1, OK)],
        ]
      : [];
    return converse([...begin(client, server), ...opened, ...pieces(client)]);
  };
  const frame = (type: number, stream: number, payload: readonly number[] | Uint8Array, flags = 0): Piece => [
    0,
    http2Frame({ type, stream, flags }, payload),
  ];
  const flood = (): Piece[] => [
    frame(HTTP2_TYPE.headers, 3, []),
    ...Array.from({ length: 2000 }, () => frame(HTTP2_TYPE.continuation, 3, [])),
  ];
  const bomb = (client: Http2End): Piece[] => [
    [0, client.headers(3, [...GET, ['x', 'y'.repeat(3900)]], { flags: endStream })],
    frame(HTTP2_TYPE.headers, 5, new Uint8Array(10_000).fill(0xbe), endHeaders | endStream),
  ];
  const resets = (client: Http2End): Piece[] =>
    Array.from({ length: 200 }, (_, i): Piece[] => [
      [0, client.headers(2 * i + 11, GET, { flags: endStream })],
      [0, client.reset(2 * i + 11, 8)],
    ]).flat();

  const pings = (count: number, more: readonly Piece[] = []): Piece[] =>
    Array.from({ length: count }, () => [frame(HTTP2_TYPE.ping, 0, new Uint8Array(8)), ...more]).flat();

  it('is a rapid reset flood of WebSockets', () => {
    const floods = (client: Http2End): Piece[] =>
      Array.from({ length: 150 }, (_, i): Piece[] => [
        [0, client.headers(2 * i + 11, CONNECT)],
        [0, client.reset(2 * i + 11, 8)],
      ]).flat();
    expect(attack(floods, true).codes).toEqual(['h2-rapid-reset']);
  });

  it('is no flood where each is answered, or they come over a long time', () => {
    const ack: Piece = [1, http2Frame({ type: HTTP2_TYPE.ping, flags: HTTP2_FLAG.ack }, new Uint8Array(8))];
    expect(attack(() => pings(3000, [ack]), true).codes).toEqual([]);
    const floods = new Http2Floods();
    const counts = Array.from({ length: 3000 }, (_, i) => floods.came(0, false, i / 50));
    expect(counts.filter((count) => count !== undefined)).toEqual([]);
  });

  it.each([
    ['a CONTINUATION flood', flood, 'block-too-long'],
    ['a header bomb', bomb, 'field-section-too-large'],
    ['a rapid reset flood', resets, 'rapid-reset'],
    ['a flood of PING', () => pings(1000), 'flood'],
    [
      'a flood of SETTINGS',
      (client: Http2End) => Array.from({ length: 1500 }, (): Piece => [0, client.settings()]),
      'flood',
    ],
    ['PING of 3 bytes', () => [frame(HTTP2_TYPE.ping, 0, [0, 0, 0])], 'frame-size'],
    ['an index without an entry', () => [frame(HTTP2_TYPE.headers, 3, [0xff, 0x10], endHeaders)], 'compression'],
    [
      'a frame within a field block',
      (client: Http2End): Piece[] => [frame(HTTP2_TYPE.headers, 3, []), [0, client.settings()]],
      'block-interrupted',
    ],
    ['RST_STREAM of 3 bytes', () => [frame(HTTP2_TYPE.rstStream, 1, [0, 0, 0])], 'frame-size'],
  ])('%s is named once, with a WebSocket and without', (_, pieces, kind) => {
    expect(attack(pieces, true).codes).toEqual([`h2-${kind}`]);
    const { passedOver, faults } = attack(pieces, false);
    expect(passedOver).toEqual(['http2']);
    expect(faults).toEqual([kind]);
  });

  /** Findings of a WebSocket to a server that gives that window. */
  const windowed = (window: number, then: (client: Http2End) => readonly Piece[]): string[] => {
    const [client, server] = [new Http2End(), new Http2End()];
    const { records } = converse([
      [0, Http2End.preface],
      [0, client.settings()],
      [1, server.settings([8, 1], [4, window])],
      [0, new Http2End().headers(1, CONNECT)],
      [1, new Http2End().headers(1, OK)],
      ...then(client),
    ]);
    return records.flatMap(({ direction, diagnostics }) => diagnostics.map(({ code }) => `${direction} ${code}`));
  };

  it('is a window that stays empty: the side that gives it is named', () => {
    const run = (window: number, update: readonly number[]): string[] =>
      windowed(window, (client) => [
        [0, client.data(1, text(0, 'four'))],
        ...update.map((n): Piece => [1, http2Frame({ type: HTTP2_TYPE.windowUpdate, stream: 1 }, [0, 0, 0, n])]),
      ]);
    expect(run(10, [])).toEqual(['server h2-window-exhausted']);
    expect(run(0, [10])).toEqual(['server h2-window-exhausted']);
    expect(run(11, [])).toEqual([]);
    expect(run(0, [10, 1])).toEqual([]);
  });

  it('is a window of zero that the other side gives up for', () => {
    const run = (window: number): string[] => windowed(window, (client) => [[0, client.reset(1, 8)]]);
    expect(run(0)).toEqual(['server h2-window-exhausted']);
    expect(run(10)).toEqual([]);
  });

  it('is many open WebSockets', () => {
    const opening = (client: Http2End): Piece[] =>
      Array.from({ length: 4200 }, (_, i): Piece => [0, client.headers(2 * i + 3, CONNECT)]);
    const { codes, closed } = attack(opening, true);
    expect(codes.filter((code) => code.startsWith('h2-'))).toEqual(['h2-too-many-streams']);
    expect(closed).toHaveLength(4096);
  });
});
