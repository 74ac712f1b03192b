import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { codesOf, lineMessage, openReader, talk, violations, type Line } from './talk.js';

function textOf(bytes: Uint8Array): unknown {
  const message = { ...lineMessage(['c', ''], 0), bytes, length: bytes.length };
  const [packet] = openReader('socket.io', { isJoined: true }).read(message)!;
  return packet!.fields().map(({ name, span }) => [name, span.start, span.end]);
}

describe('the head of a Socket.IO packet', () => {
  it.each([
    [
      '40/ü,{}',
      [
        ['engine type', 0, 1],
        ['type', 1, 2],
        ['namespace', 2, 6],
        ['data', 6, 8],
      ],
    ],
    [
      '40/admin',
      [
        ['engine type', 0, 1],
        ['type', 1, 2],
        ['namespace', 2, 8],
      ],
    ],
    [
      '42/a,12["x"]',
      [
        ['engine type', 0, 1],
        ['type', 1, 2],
        ['namespace', 2, 5],
        ['id', 5, 7],
        ['data', 7, 12],
      ],
    ],
  ])('%s', (text, fields) => {
    expect(textOf(encodeUtf8(text))).toEqual(fields);
  });

  it('has its places where the text is not UTF-8', () => {
    const bytes = Uint8Array.of(0x34, 0x30, 0x2f, 0xff, 0xfe, 0x2c);
    expect(textOf(bytes)).toEqual([
      ['engine type', 0, 1],
      ['type', 1, 2],
      ['namespace', 2, 6],
    ]);
  });
});

const target = (more: string): { handshake: { target: string } } => ({
  handshake: { target: `/socket.io/?transport=websocket&${more}` },
});
const OPEN = '0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}';
const JOIN: readonly Line[] = [
  ['c', '40'],
  ['s', '40{"sid":"b"}'],
];

describe('acknowledgements', () => {
  violations(
    'socket.io',
    [
      ['of an event', [...JOIN, ['c', '420["a"]'], ['s', '430[]']], []],
      ['of an event of the server', [...JOIN, ['s', '420["a"]'], ['c', '430[]']], []],
      ['of an event with attachments', [...JOIN, ['c', '450-0["a"]'], ['s', '430[]']], []],
      ['of nothing', [...JOIN, ['s', '430[]']], ['unknown-ack']],
      ['of an own event', [...JOIN, ['c', '420["a"]'], ['c', '430[]']], ['unknown-ack']],
      ['with another id', [...JOIN, ['c', '420["a"]'], ['s', '431[]']], ['unknown-ack']],
      ['in another namespace', [...JOIN, ['c', '420["a"]'], ['s', '43/b,0[]']], ['unknown-ack']],
      ['twice', [...JOIN, ['c', '420["a"]'], ['s', '430[]'], ['s', '430[]']], ['unknown-ack']],
    ],
    target('EIO=4'),
  );
});

describe('a connection that continues what began by polling', () => {
  violations(
    'socket.io',
    [
      [
        'the probe, then events',
        [
          ['c', '2probe'],
          ['s', '3probe'],
          ['c', '5'],
          ['c', '42["a"]'],
          ['c', '42/b,["a"]'],
        ],
        [],
      ],
      [
        'a reply to a call by polling',
        [
          ['c', '5'],
          ['s', '430[]'],
        ],
        [],
      ],
    ],
    target('EIO=4&sid=abc'),
  );
});

describe('pongs of Engine.IO', () => {
  violations(
    'socket.io',
    [
      [
        'in time',
        [
          ['s', OPEN, 0],
          ['s', '2', 25],
          ['c', '3', 44.9],
        ],
        [],
      ],
      [
        'late',
        [
          ['s', OPEN, 0],
          ['s', '2', 25],
          ['c', '3', 45.5],
        ],
        ['pong-late'],
      ],
      [
        'of a ping that was not seen',
        [
          ['s', OPEN, 0],
          ['c', '3', 90],
        ],
        [],
      ],
      [
        'without an open packet',
        [
          ['s', '2', 25],
          ['c', '3', 90],
        ],
        [],
      ],
      [
        'at times that are not known',
        [
          ['s', OPEN, NaN],
          ['s', '2', NaN],
          ['c', '3', NaN],
        ],
        [],
      ],
    ],
    target('EIO=4'),
  );

  it('are the server\u2019s in version 3', () => {
    const lines: readonly Line[] = [
      ['s', OPEN, 0],
      ['c', '2', 25],
      ['s', '3', 50],
    ];
    expect(codesOf('socket.io', talk('socket.io', lines, target('EIO=3')))).toEqual(['pong-late']);
  });
});

describe('CONNECT in Socket.IO 2', () => {
  violations(
    'socket.io',
    [
      [
        'of the server, and of another namespace',
        [
          ['s', '40'],
          ['c', '40/a?token=x,'],
        ],
        [],
      ],
      ['for /', [['c', '40']], ['connect-form']],
      ['with a payload', [['c', '40/a,{"token":1}']], ['connect-form']],
    ],
    target('EIO=3'),
  );
});
