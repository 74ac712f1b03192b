import { describe, expect, it } from 'vitest';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { clientFirst, type Side, type StreamOrigin } from '../../src/codec/bytes/stream-taker.js';
import { Connection } from '../../src/codec/connection/connection.js';
import { inspect } from '../../src/index.js';
import { PcapngWriter } from '../../src/sources/files/pcapng-writer.js';
import { ConnectionJudge } from '../../src/traffic/connection-judge.js';
import { Conversation } from '../../src/traffic/conversation.js';
import type { Judged } from '../../src/traffic/judged.js';
import { allCauses } from '../../src/traffic/causes/causes.js';
import fc from '../fc.js';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const head = (...lines: string[]): Uint8Array => ascii([...lines, '', ''].join('\r\n'));

const CONNECT = head('CONNECT b.example:80 HTTP/1.1', 'Host: b.example:80');
const AGREED = head('HTTP/1.1 200 Connection established');
const ASKED = head('HTTP/1.1 407 Proxy Authentication Required', 'Content-Length: 2');
const REQUEST = head(
  'GET /x HTTP/1.1',
  'Host: b.example',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
);
const RESPONSE = head(
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
);
const PING = Uint8Array.of(0x89, 0x80, 1, 2, 3, 4);
const TEXT = Uint8Array.of(0x81, 5, 0x48, 0x65, 0x6c, 0x6c, 0x6f);
const TLS = Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0);
/** What a tunnel carries: a handshake, and a frame of each side. */
const WEBSOCKET: Piece[] = [
  [0, REQUEST],
  [1, RESPONSE],
  [1, TEXT],
  [0, PING],
];

type Piece = readonly [side: Side, bytes: Uint8Array | number];

interface Run {
  readonly records: Judged[];
  readonly through: string[];
  readonly passedOver: string[];
  readonly closed: { readonly through: unknown; readonly ended: unknown }[];
}

/** A number instead of bytes is a hole. */
function converse(pieces: readonly Piece[], more: Partial<StreamOrigin> = {}): Run {
  const run: Run = { records: [], through: [], passedOver: [], closed: [] };
  let ignored = false;
  const origin = {
    number: 0,
    a: undefined,
    b: undefined,
    isClientFirst: true,
    ignore: () => (ignored = true),
    ...more,
  };
  const conversation = new Conversation(
    origin,
    1,
    { causes: allCauses, reading: { capture: 'any' } },
    {
      record: (record, { through = [] }) => {
        run.records.push(record);
        run.through.push(through.map(({ name, to }) => `${name} ${to}`).join());
      },
      closed: ({ through, ended }) => run.closed.push({ through, ended }),
      passedOver: (what) => run.passedOver.push(what),
    },
  );
  pieces.forEach(([side, bytes], i) => {
    if (ignored) return;
    if (typeof bytes === 'number') conversation.gap(side, bytes);
    else conversation.data(side, bytes, 0, bytes.length, i + 1);
  });
  if (!ignored) conversation.close('fin', pieces.length + 1);
  return run;
}

/** The same bytes without layers. */
function plain(pieces: readonly Piece[]): Judged[] {
  const records: Judged[] = [];
  const take = (record: Judged): unknown => records.push(record);
  const judge = new ConnectionJudge(new Connection({ capture: 'any' }), { number: 0 }, { frame: take, event: take });
  pieces.forEach(([side, bytes], i) => {
    if (typeof bytes !== 'number') judge.read(side, bytes, 0, bytes.length, i + 1);
  });
  judge.end(pieces.length);
  return records;
}

function essence(records: readonly Judged[]): unknown[] {
  return records.map((record) => {
    if (record.type === 'frame') {
      const { header, payload } = record.frame;
      return [record.direction, header.start, header.opcode, [...payload], record.time, record.diagnostics];
    }
    if (record.type === 'handshake') return [record.handshake.request?.target, record.handshake.response?.status];
    return [record.type, record.direction];
  });
}

describe('an HTTP tunnel', () => {
  const tunnelled: Piece[] = [[0, CONNECT], [1, AGREED], ...WEBSOCKET];

  it('is a layer: what it carries is read, at the offsets of the stream, and names it', () => {
    const { records, through, closed, passedOver } = converse(tunnelled);
    expect(records.map(({ type }) => type)).toEqual(['handshake', 'frame', 'frame']);
    expect(essence(records)).toEqual(essence(plain(tunnelled)));
    expect(records[1]).toMatchObject({ frame: { header: { start: AGREED.length + RESPONSE.length } } });
    expect(new Set(through)).toEqual(new Set(['HTTP CONNECT b.example:80']));
    expect(closed).toEqual([{ through: [{ name: 'HTTP CONNECT', to: 'b.example:80' }], ended: 'fin' }]);
    expect(passedOver).toEqual([]);
  });

  it('says nothing of layers where there is none', () => {
    const { records, through, closed } = converse(WEBSOCKET);
    expect(records).toHaveLength(3);
    expect(through.join('')).toBe('');
    expect(closed).toEqual([{ through: undefined, ended: 'fin' }]);
  });

  it.each<[string, Piece[], string]>([
    ['the client was heard second', tunnelled.map(([side, bytes]) => [side === 0 ? 1 : 0, bytes]), 'x'],
    ['a first try is refused', [[0, CONNECT], [1, ASKED], [1, ascii('no')], ...tunnelled], 'x'],
    [
      'a refusal does not say how long it is',
      [[0, CONNECT], [1, head('HTTP/1.1 502 Bad')], [1, ascii('no')], ...tunnelled],
      'x',
    ],
    ['a 1xx comes first', [[0, CONNECT], [1, head('HTTP/1.1 103 Early Hints')], ...tunnelled.slice(1)], 'x'],
    [
      'after a refusal the client asks the proxy itself',
      [[0, CONNECT], [1, ASKED], [1, ascii('no')], ...WEBSOCKET],
      'x',
    ],
    ['the client does not wait for the answer', [[0, CONNECT], [0, REQUEST], [1, AGREED], ...WEBSOCKET.slice(1)], 'x'],
    ['a part of the head is missing', [[0, CONNECT.subarray(0, 20)], [0, 9], ...WEBSOCKET], 'x'],
  ])('%s', (_, pieces) => {
    const { records, passedOver } = converse(pieces);
    expect(essence(records).map((one) => (one as unknown[])[2] ?? one)).toEqual([['/x', 101], 1, 9]);
    expect(passedOver).toEqual([]);
  });

  it.each<[string, Piece[], string]>([
    [
      'TLS in it',
      [
        [0, CONNECT],
        [1, AGREED],
        [0, TLS],
      ],
      'tls',
    ],
    [
      'a refusal',
      [
        [0, CONNECT],
        [1, ASKED],
        [1, ascii('no')],
      ],
      'http',
    ],
    ['no answer', [[0, CONNECT]], 'http'],
    [
      'plain HTTP in it',
      [
        [0, CONNECT],
        [1, AGREED],
        [0, head('GET / HTTP/1.1', 'Host: b')],
      ],
      'http',
    ],
    [
      'nothing in it',
      [
        [0, CONNECT],
        [1, AGREED],
      ],
      'silent',
    ],
  ])('with %s is passed over', (_, pieces, what) => {
    const { records, closed, passedOver } = converse(pieces);
    expect(passedOver).toEqual([what]);
    expect([...records, ...closed]).toEqual([]);
  });

  it('cut anywhere gives the same records', () => {
    const bytesOf = (of: Side): Uint8Array =>
      concat(tunnelled.flatMap(([side, bytes]) => (side === of && typeof bytes !== 'number' ? [bytes] : [])));
    // One side's bytes before the other's answer to them: as the wire has them.
    const turns: Piece[] = [
      [0, CONNECT],
      [1, AGREED],
      [0, REQUEST],
      [1, bytesOf(1).subarray(AGREED.length)],
      [0, PING],
    ];
    const expected = essence(converse(turns).records).map((one) => (one as unknown[]).slice(0, 4));
    expect(expected).toHaveLength(3);
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 12 }), (cuts) => {
        const pieces = turns.flatMap(([side, bytes]): Piece[] => {
          const whole = bytes as Uint8Array;
          const at = [0, ...cuts.filter((cut) => cut < whole.length).toSorted((a, b) => a - b), whole.length];
          return at.slice(1).map((end, i) => [side, whole.subarray(at[i], end)]);
        });
        const { records } = converse(pieces);
        expect(essence(records).map((one) => (one as unknown[]).slice(0, 4))).toEqual(expected);
      }),
    );
  });

  it('in a tunnel in a tunnel is read a few levels deep, and never overflows the stack', () => {
    const levels = (count: number): Piece[] => [
      ...Array.from({ length: count }, (): Piece[] => [
        [0, CONNECT],
        [1, AGREED],
      ]).flat(),
      ...WEBSOCKET,
    ];
    expect(converse(levels(3)).through[0]?.split(',')).toHaveLength(3);
    const { records, through } = converse(levels(20_000));
    expect(records).toHaveLength(3);
    expect(through[0]?.split(',')).toHaveLength(8);
  });

  it('is named only where the proxy agreed', () => {
    const { records, through } = converse([[0, CONNECT], [1, ASKED], [1, ascii('no')], ...WEBSOCKET]);
    expect(records).toHaveLength(3);
    expect(through.join('')).toBe('');
  });

  it('is not looked for where the sides are not known', () => {
    const both = concat(tunnelled.map(([, bytes]) => bytes as Uint8Array));
    expect(new Set(converse([[0, both]], { isOneSequence: true }).through)).not.toContain('HTTP CONNECT b.example:80');
  });

  it('is in what inspect gives of a capture', async () => {
    const file: Uint8Array[] = [];
    const writer = new PcapngWriter((bytes) => file.push(bytes));
    const stream = writer.opened(clientFirst(0, { client: '10.0.0.1:4000', server: '10.0.0.2:3128' }), 1);
    for (const [side, bytes] of tunnelled as [Side, Uint8Array][]) stream.data(side, bytes, 0, bytes.length, 2);
    const conversations = [];
    for await (const record of inspect(concat(file))) if ('conversation' in record) conversations.push(record);
    expect(conversations.map(({ type }) => type)).toEqual(['handshake', 'frame', 'frame', 'connection']);
    for (const { conversation } of conversations) {
      expect(conversation.through).toEqual([{ name: 'HTTP CONNECT', to: 'b.example:80' }]);
    }
  });
});

describe('a layer that is passed over', () => {
  it.each([
    ['tls', TLS],
    ['http2', ascii('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
  ])('%s is recognised however its first bytes are cut', (what, bytes) => {
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(
        converse([
          [0, bytes.subarray(0, cut)],
          [0, bytes.subarray(cut)],
        ]).passedOver,
      ).toEqual([what]);
    }
  });

  it('may have begun: what was kept is read', () => {
    const post = head('POST /x HTTP/1.1', 'Host: b');
    const pieces: Piece[] = [
      [0, post.subarray(0, 1)],
      [0, post.subarray(1)],
    ];
    expect(converse(pieces).passedOver).toEqual(['http']);
    // `P` may begin HTTP/2 or a POST.
    expect(converse([[0, ascii('P')]]).passedOver).toEqual(['other']);
    expect(
      converse([
        [0, ascii('P')],
        [1, TLS],
      ]).passedOver,
    ).not.toEqual(['tls']);
  });
});
