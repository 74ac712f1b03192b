import { describe, expect, it } from 'vitest';
import { Flows, type TcpConnection } from '../../src/sources/tcp/flows.js';
import { ACK, FIN, RST, send, SYN, type Sent } from './packets.js';

const ASKS = 'GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n';
const PLAIN = 'GET /poll HTTP/1.1\r\nHost: a\r\nUpgrade-Insecure-Requests: 1\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

/** What happens, with a client's port: in the words of `STEPS`, or payload. */
type Step = readonly [port: number, what: string, from?: 'server'];

const FLAGS: Readonly<Record<string, number>> = { syn: SYN, 'syn-ack': SYN | ACK, fin: FIN | ACK, rst: RST };

/** The numbers of all connections, in the order of their first packets; undefined: it took none. */
function numbersAfter(steps: readonly Step[], first = 0): (number | undefined)[] {
  const all: TcpConnection[] = [];
  const flows = new Flows({ opened: (connection) => void all.push(connection) }, {}, first);
  const next = new Map<string, number>();
  for (const [sport, what, from = 'client'] of steps) {
    const flags = FLAGS[what];
    const data = flags === undefined ? what : '';
    const key = `${sport} ${from}`;
    const seq = next.get(key) ?? 1000;
    next.set(key, seq + data.length + (flags !== undefined && (flags & (SYN | FIN)) !== 0 ? 1 : 0));
    send(flows, { sport, from, seq, data, flags: flags ?? ACK } satisfies Sent);
  }
  flows.end();
  return all.map(({ given }) => given);
}

const open = (port: number): Step[] => [
  [port, 'syn'],
  [port, 'syn-ack', 'server'],
];

describe('numbers of connections count those that may be WebSocket', () => {
  const cases: readonly (readonly [string, readonly Step[], readonly (number | undefined)[]])[] = [
    ['by their first packets', [...open(1), ...open(2), [1, ASKS], [2, ASKS]], [0, 1]],
    ['by their first packets, where the later one asks first', [...open(1), ...open(2), [2, ASKS], [1, ASKS]], [0, 1]],
    [
      'a port that was only tried takes none',
      [[1, 'syn'], [1, 'rst', 'server'], ...open(2), [2, ASKS]],
      [undefined, 0],
    ],
    ['nor one that is being closed without a byte', [...open(1), [1, 'fin'], ...open(2), [2, ASKS]], [undefined, 0]],
    ['nor one that is not answered', [[1, 'syn'], ...open(2), [2, ASKS]], [undefined, 0]],
    ['nor ordinary HTTP', [...open(1), [1, PLAIN], [1, OK, 'server'], ...open(2), [2, ASKS]], [undefined, 0]],
    ['nor one that began with an answer', [[1, OK, 'server'], ...open(2), [2, ASKS]], [undefined, 0]],
    [
      'nor an answer in pieces',
      [...open(1), [1, PLAIN], [1, 'HTTP/1.1 200 OK\r\n', 'server'], [2, ASKS]],
      [undefined, 0],
    ],
    [
      'HTTP that becomes WebSocket is numbered then',
      [
        [1, PLAIN],
        [2, ASKS],
        [1, OK, 'server'],
        [1, ASKS],
      ],
      [1, 0],
    ],
    [
      'also by the answer alone',
      [
        [1, PLAIN],
        [1, 'HTTP/1.1 101 Switching Protocols\r\n', 'server'],
        [2, ASKS],
      ],
      [0, 1],
    ],
    [
      'two requests in a segment',
      [
        [1, PLAIN + ASKS],
        [2, ASKS],
      ],
      [0, 1],
    ],
    [
      'a head in pieces may become one',
      [
        [1, 'GET / HTTP/1.1\r\n'],
        [2, ASKS],
      ],
      [0, 1],
    ],
    [
      'a tunnel may hold one',
      [
        [1, 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'],
        [2, ASKS],
      ],
      [0, 1],
    ],
    [
      'so may HTTP/2',
      [
        [1, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
        [2, ASKS],
      ],
      [0, 1],
    ],
    [
      'and anything else',
      [
        [1, '\x16\x03\x01'],
        [2, '\x81\x05hello'],
      ],
      [0, 1],
    ],
    [
      'also what was taken for a request',
      [
        [1, 'GETTING\r\n\r\n'],
        [2, ASKS],
      ],
      [0, 1],
    ],
    ['a request without the upgrade, but with a key', [[1, 'GET / HTTP/1.1\r\nsec-websocket-key: x\r\n\r\n']], [0]],
  ];

  it.each(cases)('%s', (_, steps, numbers) => {
    expect(numbersAfter(steps)).toEqual(numbers);
    const later = numbers.map((number) => (number === undefined ? number : number + 7));
    expect(numbersAfter(steps, 7)).toEqual(later);
  });

  it('one whose number is read too early has one that no other gets', () => {
    const all: TcpConnection[] = [];
    const flows = new Flows({ opened: (connection) => void all.push(connection) });
    send(flows, { sport: 1, data: PLAIN });
    send(flows, { sport: 2, data: PLAIN });
    expect(all.map(({ isNumbered }) => isNumbered)).toEqual([false, false]);
    expect(all.map(({ number }) => number)).toEqual([500_000_000, 500_000_001]);
    send(flows, { sport: 3, data: ASKS });
    expect(all[2]?.number).toBe(0);
    expect(flows.next).toBe(1);
  });
});
