import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { HttpExchanges } from '../../src/codec/http1/http-exchanges.js';

type Piece = readonly [side: 0 | 1, text: string];

/** Reads a dialogue in pieces of `size` bytes, of which bodies of up to 20 bytes are kept. */
function read(pieces: readonly Piece[], size = Infinity) {
  const said: string[] = [];
  const budget = { most: 20, limit: 30, held: 0 };
  const exchanges = new HttpExchanges(
    0,
    {
      wants: ({ target }) => target !== '/other',
      asked: ({ head, body, time }) => said.push(`${head.method} ${head.target} "${text(body)}" ${time}`),
      answered: ({ head, body, time }, { target }) => said.push(`${head.status} of ${target} "${text(body)}" ${time}`),
    },
    budget,
  );
  pieces.forEach(([side, piece], time) => {
    const bytes = encodeUtf8(piece);
    for (let at = 0; at < bytes.length; at += size) exchanges.data(side, bytes.subarray(at, at + size), time);
  });
  const { isOver } = exchanges;
  exchanges.end();
  expect(budget.held).toBe(0);
  return { said, isOver };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const GET = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

const DIALOGUES: readonly (readonly [
  what: string,
  pieces: readonly Piece[],
  said: readonly string[],
  isOver: boolean,
])[] = [
  [
    'a request and its answer',
    [
      [0, GET],
      [1, OK],
    ],
    ['GET /a "" 0', '200 of /a "hi" 1'],
    false,
  ],
  [
    'a body of a request',
    [
      [0, 'POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc'],
      [1, OK],
    ],
    ['POST /a "abc" 0', '200 of /a "hi" 1'],
    false,
  ],
  [
    'chunks',
    [
      [0, GET],
      [1, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1;x\r\ni\r\n0\r\n\r\n'],
    ],
    ['GET /a "" 0', '200 of /a "hi" 1'],
    false,
  ],
  [
    'one after the other',
    [
      [0, GET],
      [1, OK],
      [0, GET.replace('/a', '/b')],
      [1, OK],
    ],
    ['GET /a "" 0', '200 of /a "hi" 1', 'GET /b "" 2', '200 of /b "hi" 3'],
    false,
  ],
  [
    'two requests at once',
    [
      [0, GET + GET.replace('/a', '/b')],
      [1, OK + OK],
    ],
    ['GET /a "" 0', 'GET /b "" 0', '200 of /a "hi" 1', '200 of /b "hi" 1'],
    false,
  ],
  [
    'what is not wanted is passed',
    [
      [0, GET.replace('/a', '/other')],
      [1, OK],
      [0, GET],
      [1, OK],
    ],
    ['GET /a "" 2', '200 of /a "hi" 3'],
    false,
  ],
  [
    'an interim answer',
    [
      [0, GET],
      [1, 'HTTP/1.1 100 Continue\r\n\r\n'],
      [1, OK],
    ],
    ['GET /a "" 0', '200 of /a "hi" 2'],
    false,
  ],
  [
    'no content',
    [
      [0, GET],
      [1, 'HTTP/1.1 204 No Content\r\n\r\n'],
      [0, GET],
      [1, OK],
    ],
    ['GET /a "" 0', '204 of /a "" 1', 'GET /a "" 2', '200 of /a "hi" 3'],
    false,
  ],
  [
    'the answer to HEAD',
    [
      [0, GET.replace('GET', 'HEAD')],
      [1, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'],
      [0, GET],
      [1, OK],
    ],
    ['HEAD /a "" 0', '200 of /a "" 1', 'GET /a "" 2', '200 of /a "hi" 3'],
    false,
  ],
  [
    'a body that is too long',
    [
      [0, GET],
      [1, `HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n${'x'.repeat(21)}`],
      [0, GET],
      [1, OK],
    ],
    ['GET /a "" 0', 'GET /a "" 2', '200 of /a "hi" 3'],
    false,
  ],
  [
    'another protocol',
    [
      [0, GET],
      [1, 'HTTP/1.1 101 Switching Protocols\r\n\r\n\x01\x02'],
    ],
    ['GET /a "" 0'],
    true,
  ],
  [
    'a tunnel',
    [
      [0, 'CONNECT a:1 HTTP/1.1\r\n\r\n'],
      [1, 'HTTP/1.1 200 OK\r\n\r\n\x01'],
    ],
    [],
    true,
  ],
  ['an answer to nothing', [[1, OK]], [], true],
  ['no HTTP', [[0, '\x01\x02\r\n\r\n']], [], true],
];

describe('exchanges of HTTP/1.1', () => {
  it.each(DIALOGUES)('%s', (_, pieces, said, isOver) => {
    expect(read(pieces)).toEqual({ said, isOver });
    for (const size of [1, 2, 7]) expect(read(pieces, size)).toEqual(read(pieces));
  });

  it('never throw, whatever comes', () => {
    const piece = fc.tuple(
      fc.constantFrom(0 as const, 1 as const),
      fc.oneof(
        fc.string(),
        fc.constantFrom(GET, OK, GET.slice(0, 9), OK.slice(9), 'Transfer-Encoding: chunked\r\n\r\n'),
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(9), (pieces, size) => void read(pieces, size + 1)),
    );
  });
});
