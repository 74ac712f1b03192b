import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/codec/connection/connection.js';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { encodeFrame } from '../../src/codec/frames/frame-writer.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { bytesOf } from './vectors.js';

const HEADERS = 'Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
const request = encodeUtf8(`GET /ws HTTP/1.1\r\n${HEADERS}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
const accept = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';
const upgrade = encodeUtf8(`HTTP/1.1 101 Switching Protocols\r\n${HEADERS}${accept}\r\n`);
const hello = bytesOf('818537fa213d7f9f4d5158');
const ping = bytesOf('898037fa213d');
const world = bytesOf('8105776f726c64');
const news = bytesOf('81046e657773');
/** Enough of them to be a chain beyond doubt. */
const stream = concat(
  Array.from({ length: 36 }, (_, i) =>
    encodeFrame({ fin: true, rsv: 0, opcode: 1, payload: encodeUtf8(`{"id":${i * i}}`) }),
  ),
);

type Step = readonly [who: 'client' | 'server' | 'lost client' | 'lost server', time: number, bytes: Uint8Array];

/** What is reported, each with its time; the client opened the connection. */
function told(steps: readonly Step[], end = 99): string[] {
  const connection = new Connection({ capture: 'any' });
  const lines: string[] = [];
  const taker = {
    frame: (frame: { direction: string }, time: number) => void lines.push(`frame ${frame.direction} ${time}`),
    event(event: ReturnType<Connection['push']>[number], time: number): void {
      const halves =
        event.type === 'handshake' ? [event.handshake.request && 'asked', event.handshake.response && 'answered'] : [];
      lines.push([event.type, event.direction, ...halves.filter(Boolean), time].join(' '));
    },
  };
  for (const [who, time, bytes] of steps) {
    const side = who.endsWith('client') ? 0 : 1;
    if (who.startsWith('lost')) connection.gap(side, bytes.length, time, taker);
    else connection.read(side, bytes, 0, bytes.length, time, taker);
  }
  connection.end(end, taker);
  return lines;
}

const CASES: readonly (readonly [name: string, steps: readonly Step[], lines: readonly string[]])[] = [
  [
    'the answer is recorded ahead of its request',
    [
      ['server', 1.001, upgrade],
      ['server', 1.002, world],
      ['client', 1, request],
      ['client', 2, hello],
    ],
    ['handshake server asked answered 1.001', 'frame server 1.002', 'frame client 2'],
  ],
  [
    'between both parts of the request',
    [
      ['client', 1, request.subarray(0, 60)],
      ['server', 1.001, upgrade],
      ['client', 1, request.subarray(60)],
      ['client', 2, hello],
    ],
    ['handshake server asked answered 1.001', 'frame client 2'],
  ],
  [
    'the request comes when nobody waits for it any more',
    [
      ['server', 1, upgrade],
      ['server', 2, world],
      ['client', 0.9, request],
      ['client', 3, hello],
    ],
    ['handshake server answered 1', 'frame server 2', 'handshake server asked answered 1', 'frame client 3'],
  ],
  [
    'the request was not recorded',
    [
      ['server', 1, upgrade],
      ['server', 1.1, world],
      ['client', 1.2, hello],
      ['server', 1.3, news],
    ],
    ['handshake server answered 1', 'frame server 1.1', 'frame client 1.2', 'frame server 1.3'],
  ],
  [
    'the request was lost',
    [
      ['server', 1, upgrade],
      ['server', 1.1, world],
      ['lost client', 1.1, request],
      ['server', 1.3, news],
    ],
    ['handshake server answered 1', 'frame server 1.1', 'gap client 1.1', 'frame server 1.3'],
  ],
  ['an answer is all there is', [['server', 1, upgrade]], ['handshake server answered 1']],
  [
    'nobody recorded the server: frames have their own times, and are told when no answer can be on its way',
    [
      ['client', 1, request],
      ['client', 1.5, hello],
      ['client', 2.5, ping],
      ['client', 3.5, hello],
    ],
    ['handshake client asked 1', 'frame client 1.5', 'frame client 2.5', 'frame client 3.5'],
  ],
  [
    'the answer was lost: the client is read at once',
    [
      ['client', 1, request],
      ['lost server', 1.1, upgrade],
      ['client', 1.2, hello],
      ['client', 1.3, ping],
    ],
    ['gap server 1.1', 'handshake client asked 1', 'frame client 1.2', 'frame client 1.3'],
  ],
  [
    'the answer was not recorded, and no hole tells: the server’s frames are found, and then the client’s',
    [
      ['client', 1, request],
      ['client', 1.1, hello],
      ['server', 1.2, stream],
      ['client', 1.3, ping],
    ],
    // The server's first one says too little by itself.
    [
      'handshake client asked 1',
      'frame server 1.2',
      ...Array<string>(35).fill('frame server 1.2'),
      'frame client 1.1',
      'frame client 1.3',
    ],
  ],
  [
    'another request behind one that nobody answered',
    [
      ['client', 1, request],
      ['client', 5, request],
    ],
    ['handshake client asked 1', 'unread client 99'],
  ],
];

describe('the halves of a handshake, as they were recorded', () => {
  it.each(CASES)('%s', (_, steps, lines) => {
    expect(told(steps)).toEqual(lines);
  });
});
