import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { Flows, type TcpConnection } from '../../src/sources/tcp/flows.js';
import type { StreamTaker } from '../../src/codec/bytes/stream-taker.js';
import { ACK, FIN, RST, send, SYN, type Sent } from './packets.js';

/** Sequence numbers in the neighbourhood of a few: windows, ends and accidents are near. */
const sequence = fc
  .tuple(fc.constantFrom(0, 1000, 0x7fffff00, 0x80000000, 0xffffff00), fc.constantFrom(0, 1, 2, 10, 70_000, 2_000_000))
  .map(([base, more]) => (base + more) >>> 0);

/** Payloads that say what a connection is, and some that do not. */
const PAYLOADS = [
  'x',
  'xx',
  'GET / HTTP/1.1\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
  'GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n',
];

const segment: fc.Arbitrary<Sent> = fc.record({
  from: fc.constantFrom('client' as const, 'server' as const),
  sport: fc.constantFrom(40000, 40001),
  seq: sequence,
  ack: sequence,
  flags: fc.constantFrom(ACK, ACK, ACK, ACK, SYN, SYN | ACK, FIN | ACK, FIN | ACK, RST, RST | ACK),
  data: fc.constantFrom('', '', ...PAYLOADS, 'x'.repeat(1000)),
});

const NOBODY: StreamTaker = {
  data: () => undefined,
  gap: () => undefined,
  fin: () => undefined,
  reset: () => undefined,
  close: () => undefined,
};

/** Which packet opened which connection, and the numbers that they have in the end. */
function opened(sent: readonly Sent[], isRead: (connection: TcpConnection) => boolean, ignores = false): string[] {
  const found: string[] = [];
  const known: TcpConnection[] = [];
  let packet = 0;
  const flows = new Flows(
    {
      opened: (connection) => {
        const { order, a, b } = connection;
        found.push(`${packet}: ${order} ${a.address}:${a.port} ${b.address}:${b.port}`);
        known.push(connection);
        return isRead(connection) ? NOBODY : undefined;
      },
    },
    { closedConnections: 2 },
  );
  for (const one of sent) {
    packet++;
    send(flows, one);
    // As with a connection that turns out to be no WebSocket.
    if (ignores && packet % 3 === 0) for (const connection of known) connection.ignore();
  }
  flows.end();
  return [...found, known.map(({ given }) => given ?? '-').join(' ')];
}

describe('numbers of connections', () => {
  it('do not depend on which of them are read', () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 25 }), (sent) => {
        const all = opened(sent, () => true);
        expect(opened(sent, () => false)).toEqual(all);
        expect(opened(sent, ({ order }) => order % 2 === 0)).toEqual(all);
        expect(opened(sent, () => true, true)).toEqual(all);
      }),
      { numRuns: 2000 },
    );
  });

  it('a SYN that comes late, and a reset from far away, count as they do for a connection that is read', () => {
    const late: Sent[] = [
      { seq: 1003, data: 'x' },
      { seq: 1000, flags: SYN },
      { from: 'server', seq: 5000, ack: 1001, flags: SYN | ACK },
      { from: 'server', seq: 5000 + 2 ** 31 - 5, flags: RST },
      { seq: 1001, ack: 5001, data: 'xx' },
      { seq: 90_000_000, ack: 5001, data: 'x' },
    ];
    expect(opened(late, () => false)).toEqual(opened(late, () => true));
    expect(opened(late, () => false)).toHaveLength(2);
  });
});

describe('a beginning that an acknowledgment shows late', () => {
  const all = { stray: 0, deliveredBytes: 3, lostBytes: 0, duplicateBytes: 0 };
  const dropped = { ...all, stray: 1, deliveredBytes: 0 };

  /** Counted from the first bytes, which were held until then. */
  it.each([
    [0, all],
    [1, { ...all, deliveredBytes: 2, duplicateBytes: 1 }],
    [2 ** 30, { ...all, deliveredBytes: 0, duplicateBytes: 3 }],
    [2 ** 30 + 1, dropped],
    [2 ** 31 - 1, dropped],
    [2 ** 31, dropped],
    [2 ** 31 + 1, dropped],
    [2 ** 32 - 2, { ...all, lostBytes: 2 }],
  ])('%d after them', (distance, expected) => {
    const flows = new Flows({ opened: () => NOBODY });
    send(flows, { seq: 5000, data: 'abc' });
    send(flows, { from: 'server', seq: 8000, ack: 5000 + distance, flags: SYN | ACK });
    flows.end();
    const { stray, deliveredBytes, lostBytes, duplicateBytes } = flows.counters;
    expect({ stray, deliveredBytes, lostBytes, duplicateBytes }).toEqual(expected);
  });
});
