import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { lineMessage, openReader } from './talk.js';

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
