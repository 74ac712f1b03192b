import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Side } from '../../src/codec/bytes/stream-taker.js';
import { encodeUtf8 } from '../../src/codec/bytes/utf8.js';
import { jsonRecords } from '../../src/describe/json-records.js';
import { inspect, type InspectInput } from '../../src/traffic/inspect.js';
import { ConnectionInspector } from '../../src/traffic/inspector.js';

const head = (...lines: string[]): string => [...lines, '', ''].join('\r\n');
const REQUEST = head(
  'GET /chat HTTP/1.1',
  'Host: a',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
);
const RESPONSE = head(
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
);
const HINTS = head('HTTP/1.1 103 Early Hints', 'Link: </a.css>');
const REFUSAL = head('HTTP/1.1 401 Unauthorized', 'Content-Length: 0');

type Sent = readonly [side: Side, text: string, time?: number];

/** Time and duration of each handshake. */
function timesOf(sent: readonly Sent[]): object[] {
  const inspector = new ConnectionInspector({ capture: 'any' });
  const records = sent.flatMap(([side, text, time]) => inspector.push(side, encodeUtf8(text), time));
  return [...records, ...inspector.end()].flatMap((record) => {
    if (record.type !== 'handshake') return [];
    const [{ time, duration } = {}] = jsonRecords(record) as { time?: number; duration?: number }[];
    return [{ ...(time !== undefined && { time }), ...(duration !== undefined && { duration }) }];
  });
}

/** Seconds since the epoch. */
const T = 1_795_356_000;

describe('a handshake has the time of its last byte, and takes', () => {
  it.each<[string, readonly Sent[], object[]]>([
    [
      'the time from request to response',
      [
        [0, REQUEST, T + 1],
        [1, RESPONSE, T + 1.25],
      ],
      [{ time: T + 1.25, duration: 0.25 }],
    ],
    [
      'the time from last byte to last byte',
      [
        [0, REQUEST.slice(0, 50), T],
        [0, REQUEST.slice(50), T + 1],
        [1, RESPONSE.slice(0, 50), T + 1.5],
        [1, RESPONSE.slice(50), T + 3],
      ],
      [{ time: T + 3, duration: 2 }],
    ],
    [
      'the time to the final response',
      [
        [0, REQUEST, T],
        [1, HINTS, T + 1],
        [1, RESPONSE, T + 2],
      ],
      [{ time: T + 2, duration: 2 }],
    ],
    [
      'its own time in each try',
      [
        [0, REQUEST, T],
        [1, REFUSAL, T + 1],
        [0, REQUEST, T + 5],
        [1, RESPONSE, T + 5.5],
      ],
      [
        { time: T + 1, duration: 1 },
        { time: T + 5.5, duration: 0.5 },
      ],
    ],
    [
      'no known time where the request was not seen',
      [
        [1, RESPONSE, T],
        [1, '\x81\x00', T + 3],
      ],
      [{ time: T }],
    ],
    ['no known time where there is no response', [[0, REQUEST, T]], [{ time: T }]],
    [
      'no known time where both have one time',
      [
        [0, REQUEST, T],
        [1, RESPONSE, T],
      ],
      [{ time: T }],
    ],
    [
      'no known time where the response was recorded first',
      [
        [1, RESPONSE, T],
        [0, REQUEST, T + 0.001],
      ],
      [{ time: T }],
    ],
    [
      'no known time where there are none',
      [
        [0, REQUEST],
        [1, RESPONSE],
      ],
      [{}],
    ],
    [
      'no known time where one is missing',
      [
        [0, REQUEST],
        [1, RESPONSE, T],
      ],
      [{ time: T }],
    ],
  ])('%s', (_, sent, expected) => {
    expect(timesOf(sent)).toEqual(expected);
  });

  it('the same time when it was recorded', async () => {
    const handshakes = async (input: InspectInput): Promise<unknown[]> => {
      const all: unknown[] = [];
      for await (const record of inspect(input)) {
        if (record.type === 'handshake') all.push(...jsonRecords(record));
      }
      return all;
    };
    const captured = await handshakes(new Uint8Array(readFileSync('fixtures/captures/chat.pcap')));
    expect(captured).toMatchObject([
      { time: T + 0.0104, duration: 0.006 },
      { time: T + 0.1058, duration: 0.006 },
    ]);
    const recorded = captured.map((record) => `${JSON.stringify(record)}\n`).join('');
    expect(await handshakes(recorded)).toMatchObject([
      { time: T + 0.0104, duration: 0.006 },
      { time: T + 0.1058, duration: 0.006 },
    ]);
    // A recording that does not say it has no duration.
    const without = captured
      .map((record) => `${JSON.stringify({ ...(record as object), duration: undefined })}\n`)
      .join('');
    for (const record of await handshakes(without)) expect(record).not.toHaveProperty('duration');
  });
});
