import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import type { Side, StreamTaker } from '../../src/codec/bytes/stream-taker.js';
import { Flows } from '../../src/sources/tcp/flows.js';
import { ACK, FIN, RST, SYN, handshake, send, type Sent } from './packets.js';

type Stalled = readonly [side: Side, seconds: number];

const NOTHING: StreamTaker = {
  data: () => undefined,
  gap: () => undefined,
  fin: () => undefined,
  reset: () => undefined,
  close: () => undefined,
};

/** What a connection with these segments reports. */
function stallsOf(segments: readonly Sent[]): Stalled[] {
  const found: Stalled[] = [];
  const flows = new Flows({
    opened: () => ({ ...NOTHING, stalled: (side, seconds) => found.push([side, Number(seconds.toFixed(6))]) }),
  });
  for (const segment of segments) send(flows, segment);
  flows.end();
  return found;
}

/** After the handshake: the client's next byte is 101, the server's 501. */
const OPENED = handshake(100, 500).map((segment) => ({ ...segment, time: 0 }));
const client = (time: number, window: number, more: Sent = {}): Sent => ({ seq: 101, ack: 501, window, time, ...more });
const server = (time: number, window: number, more: Sent = {}): Sent => ({
  ...{ from: 'server', seq: 501, ack: 101, window, time },
  ...more,
});

describe('a window of 0', () => {
  it.each<[string, Sent[], Stalled[]]>([
    ['ends with the next window', [client(1, 0), server(2, 9), client(4.2, 1)], [[0, 3.2]]],
    ['is that of the server', [server(1, 0), server(1.5, 512)], [[1, 0.5]]],
    ['is stated again by the answer to each probe', [client(1, 0), client(2, 0), client(5, 8)], [[0, 4]]],
    [
      'takes the byte of a probe',
      [client(1, 0), client(2, 0, { ack: 502 }), client(3, 0, { ack: 503 }), client(4, 8, { ack: 503 })],
      [[0, 3]],
    ],
    [
      'comes more than once',
      [client(1, 0), client(2, 1), client(3, 0), client(6, 1)],
      [
        [0, 1],
        [0, 3],
      ],
    ],
    [
      'is that of both sides',
      [client(1, 0), server(2, 0), client(3, 9), server(5, 9)],
      [
        [0, 2],
        [1, 3],
      ],
    ],
    ['comes with data', [client(1, 0, { data: 'abc' }), client(2, 9, { seq: 104 })], [[0, 1]]],
    ['lasts to the end of the capture', [client(1, 0), server(4, 9)], [[0, 3]]],
    ['lasts to the reset', [client(1, 0), server(7, 9, { flags: RST })], [[0, 6]]],
    [
      'lasts to the end of the connection',
      [client(1, 0), client(2, 0, { flags: FIN | ACK }), server(5, 9, { ack: 102, flags: FIN | ACK })],
      [[0, 4]],
    ],
    [
      'does not end with an older segment',
      [client(1, 0, { ack: 601 }), client(2, 9), client(3, 9, { ack: 601 })],
      [[0, 2]],
    ],
    [
      'does not end with an older segment of data',
      [client(1, 0, { seq: 111 }), client(2, 9, { data: 'overtaken!' }), client(3, 9, { seq: 111 })],
      [[0, 2]],
    ],
  ])('%s', (_, segments, stalls) => {
    expect(stallsOf([...OPENED, ...segments])).toEqual(stalls);
  });

  it.each<[string, Sent[]]>([
    ['a FIN', [...OPENED, client(1, 0, { flags: FIN | ACK }), client(3, 9, { seq: 102 })]],
    ['a reset', [...OPENED, client(1, 0, { flags: RST | ACK })]],
    ['a segment without ACK', [...OPENED, client(1, 0, { flags: 0 }), client(3, 9)]],
    ['the last packet', [...OPENED, client(1, 0)]],
    [
      'a SYN',
      [
        { seq: 100, window: 0, flags: SYN, time: 0 },
        { from: 'server', seq: 500, ack: 101, window: 0, flags: SYN | ACK, time: 1 },
        client(2, 9),
        server(3, 9),
      ],
    ],
  ])('is none in %s', (_, segments) => {
    expect(stallsOf(segments)).toEqual([]);
  });

  it('is none where the side takes more bytes nevertheless', () => {
    const segments = [client(1, 0), client(2, 0, { ack: 901 }), client(9, 5, { ack: 901 })];
    expect(stallsOf([...OPENED, ...segments])).toEqual([]);
  });

  it('is none where the segments of a side have no other window', () => {
    expect(stallsOf([client(1, 0), server(2, 9), server(5, 9)])).toEqual([]);
  });

  it('is counted where times are unknown', () => {
    const untimed = [0, 9].map((window): Sent => ({ seq: 101, ack: 501, window }));
    expect(stallsOf([...OPENED, ...untimed])).toEqual([[0, NaN]]);
  });

  it('is reported as a plain model has it, whatever the windows', () => {
    const segment = fc.record({
      isClient: fc.boolean(),
      window: fc.constantFrom(0, 0, 1, 65_535),
      wait: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 40 }), (drawn) => {
        const since: (number | undefined)[] = [undefined, undefined];
        const expected: Stalled[] = [];
        let time = 0;
        const segments = drawn.map(({ isClient, window, wait }) => {
          time += wait;
          const side = isClient ? 0 : 1;
          if (window === 0) since[side] ??= time;
          else if (since[side] !== undefined) {
            expected.push([side, time - since[side]]);
            since[side] = undefined;
          }
          return isClient ? client(time, window) : server(time, window);
        });
        for (const side of [0, 1] as const) {
          const from = since[side];
          if (from !== undefined && from < time) expected.push([side, time - from]);
        }
        expect(stallsOf([...OPENED, ...segments])).toEqual(expected);
      }),
    );
  });
});
