import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/codec/connection/connection.js';
import type { TranscriptEvent } from '../../src/codec/connection/transcript-event.js';
import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { concat } from '../../src/codec/bytes/byte-collector.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const ask = (change: (text: string) => string = (text) => text): string =>
  change(
    `GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
const grant = (change: (text: string) => string = (text) => text): string =>
  change(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
  );
const swap = (from: string, to: string) => (text: string) => text.replace(from, to);
const HELLO = Uint8Array.of(0x81, 0x85, 0, 0, 0, 0, 0x68, 0x65, 0x6c, 0x6c, 0x6f);
const WORLD = Uint8Array.of(0x81, 5, 0x77, 0x6f, 0x72, 0x6c, 0x64);

type Said = readonly [Side, string | Uint8Array];
const SECOND: readonly Said[] = [
  [0, ask()],
  [1, grant()],
  [0, HELLO],
  [1, WORLD],
];
const FRAMES = ['frame client 1', 'frame server 1'];
const BOTH = ['handshake 101', 'handshake 101', ...FRAMES];

/** [what, what was said, what is reported] */
const CASES: readonly (readonly [string, readonly Said[], readonly string[]])[] = [
  ['POST', [[0, ask(swap('GET', 'POST'))], [1, grant()], ...SECOND], BOTH],
  ['another Upgrade', [[0, ask()], [1, grant(swap('websocket', 'websockets'))], ...SECOND], BOTH],
  ['no Connection', [[0, ask()], [1, grant(swap('Connection: Upgrade\r\n', ''))], ...SECOND], BOTH],
  ['version 8', [[0, ask(swap('Version: 13', 'Version: 8'))], [1, grant()], ...SECOND], BOTH],
  ['a short key', [[0, ask(swap(KEY, 'c2hvcnQ='))], [1, grant()], ...SECOND], BOTH],
  ['a wrong accept value', [[0, ask()], [1, grant(swap(ACCEPT, 'AAAA'))], ...SECOND], BOTH],
  [
    'HTTP of another kind in between',
    [
      [0, ask(swap('GET', 'POST'))],
      [1, grant()],
      [0, 'GET /other HTTP/1.1\r\nHost: a.example\r\n\r\n'],
      [1, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
      ...SECOND,
    ],
    BOTH,
  ],
  [
    'an answer in HTTP',
    [
      [0, ask(swap('GET', 'POST'))],
      [1, grant()],
      [1, 'HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nbad'],
      ...SECOND,
    ],
    ['handshake 101', 'handshake 400', 'body', 'handshake 101', ...FRAMES],
  ],
  [
    'frames all the same',
    [
      [0, ask(swap('GET', 'POST'))],
      [1, grant()],
      [0, HELLO],
      [1, WORLD],
    ],
    ['handshake 101', ...FRAMES],
  ],
  [
    'no frames and no HTTP',
    [
      [0, ask()],
      [1, grant(swap('websocket', 'websockets'))],
      [1, Uint8Array.of(0xff, 0x01, 0x41)],
    ],
    ['handshake 101', 'frame server 15'],
  ],
];

function short(event: TranscriptEvent): string[] {
  if (event.type === 'frame') return [`frame ${event.frame.direction} ${event.frame.header.opcode}`];
  if (event.type === 'handshake') {
    return event.handshake.response === undefined ? [] : [`handshake ${event.handshake.response.status}`];
  }
  return [event.type];
}

describe('HTTP after a 101 that agrees on nothing', () => {
  it.each(CASES)('%s', (name, said, told) => {
    // HTTP that is passed over is looked at where pieces begin.
    for (const size of /other kind|another kind/.test(name) ? [Infinity, 7] : [Infinity, 7, 1]) {
      const connection = new Connection({
        capture: 'any',
        acceptOf: (key) => (key === KEY ? ACCEPT : 'another'),
      });
      const events: TranscriptEvent[] = [];
      for (const [side, what] of said) {
        const bytes = typeof what === 'string' ? encodeUtf8(what) : concat([what]);
        for (let at = 0; at < bytes.length; at += size)
          events.push(...connection.push(side, bytes.slice(at, at + size)));
      }
      events.push(...connection.end());
      const all = events.flatMap(short).filter((each, i, list) => each !== 'body' || list[i - 1] !== 'body');
      expect(all, `pieces of ${size}`).toEqual(told);
    }
  });
});
