import { describe, expect, it } from 'vitest';
import { Flows } from '../../src/sources/tcp/flows.js';
import type { FlowLimits } from '../../src/sources/tcp/flows.js';
import {
  ACK,
  concat,
  ENCAPSULATIONS,
  FIN,
  handshake,
  ipv4,
  ipv6,
  Recorder,
  RST,
  send,
  sendAll,
  SYN,
  tcp,
  text,
} from './packets.js';
import type { Sent } from './packets.js';

const HELLO = handshake(1000, 5000);
const C = 1001;
const S = 5001;
const OPEN = 'open 0 10.0.0.1:40000 10.1.0.1:80 syn';
const END = 'close 0 end';
/** The client has all up to `ack`. */
const acked = (ack: number, time?: number): Sent => ({
  from: 'client',
  seq: C,
  ack,
  ...(time === undefined ? {} : { time }),
});
const server = (offset: number, data: string, more: Partial<Sent> = {}): Sent => ({
  from: 'server',
  seq: S + offset,
  ack: C,
  data,
  ...more,
});

interface Case {
  readonly name: string;
  readonly sent: readonly Sent[];
  /** All events; where it begins with the handshake, `open` is left out. */
  readonly events: readonly string[];
  readonly limits?: Partial<FlowLimits>;
}

const ORDER: readonly Case[] = [
  { name: 'in order', sent: [server(0, 'ab'), server(2, 'cd')], events: ['data 0 1 ab', 'data 0 1 cd', END] },
  {
    name: 'both directions',
    sent: [server(0, 'ab'), { seq: C, ack: S + 2, data: 'x' }],
    events: ['data 0 1 ab', 'data 0 0 x', END],
  },
  { name: 'swapped', sent: [server(2, 'cd'), server(0, 'ab')], events: ['data 0 1 ab', 'data 0 1 cd', END] },
  {
    name: 'reversed',
    sent: [server(4, 'e'), server(2, 'cd'), server(0, 'ab')],
    events: ['data 0 1 ab', 'data 0 1 cd', 'data 0 1 e', END],
  },
  {
    name: 'twice',
    sent: [server(0, 'ab'), server(0, 'ab'), server(2, 'c')],
    events: ['data 0 1 ab', 'data 0 1 c', END],
  },
  {
    name: 'early and twice',
    sent: [server(2, 'cd'), server(2, 'cd'), server(0, 'ab')],
    events: ['data 0 1 ab', 'data 0 1 cd', END],
  },
  {
    name: 'new bytes behind old ones',
    sent: [server(0, 'abc'), server(1, 'bcde')],
    events: ['data 0 1 abc', 'data 0 1 de', END],
  },
  {
    name: 'early, overlapping',
    sent: [server(3, 'def'), server(2, 'cde'), server(0, 'abc')],
    events: ['data 0 1 abc', 'data 0 1 de', 'data 0 1 f', END],
  },
  { name: 'early, then all in one', sent: [server(2, 'c'), server(0, 'abcd')], events: ['data 0 1 abcd', END] },
  { name: 'inside of what is known', sent: [server(0, 'abcd'), server(1, 'bc')], events: ['data 0 1 abcd', END] },
  {
    name: 'keep-alive probes',
    sent: [server(0, 'ab'), server(1, '\0'), server(1, ''), server(2, 'c')],
    events: ['data 0 1 ab', 'data 0 1 c', END],
  },
  {
    name: 'a zero-window probe, and its byte again',
    sent: [server(0, 'ab'), server(2, 'c'), server(2, 'cde')],
    events: ['data 0 1 ab', 'data 0 1 c', 'data 0 1 de', END],
  },
  { name: 'data in the SYN', sent: [], events: [END] },
];

const GAPS: readonly Case[] = [
  {
    name: 'at the end of the capture',
    sent: [server(0, 'ab'), server(4, 'ef')],
    events: ['data 0 1 ab', 'gap 0 1 2', 'data 0 1 ef', END],
  },
  {
    name: 'not yet where an acknowledgment came first',
    sent: [acked(S + 2), server(2, 'cd'), server(0, 'ab')],
    events: ['data 0 1 ab', 'data 0 1 cd', END],
  },
  {
    name: 'acknowledged, and enough packets later',
    sent: [
      server(2, 'cd'),
      acked(S + 4),
      server(4, 'e'),
      server(5, 'f'),
      server(6, 'g'),
      { seq: C, ack: S, data: 'x' },
    ],
    events: ['gap 0 1 2', 'data 0 1 cd', 'data 0 1 e', 'data 0 1 f', 'data 0 1 g', 'data 0 0 x', END],
    limits: { latePackets: 4 },
  },
  {
    name: 'acknowledged, and enough time later',
    sent: [
      server(0, 'a', { time: 1 }),
      acked(S + 3, 1.1),
      server(3, 'd', { time: 11 }),
      server(4, 'e', { time: 11.1 }),
    ],
    events: ['data 0 1 a', 'gap 0 1 2', 'data 0 1 d', 'data 0 1 e', END],
  },
  {
    name: 'not acknowledged, and long waited for',
    sent: [
      server(2, 'c', { time: 1 }),
      server(3, 'd', { time: 20 }),
      server(4, 'e', { time: 32 }),
      server(0, 'ab', { time: 33 }),
    ],
    events: ['gap 0 1 2', 'data 0 1 c', 'data 0 1 d', 'data 0 1 e', END],
  },
  {
    name: 'too many segments',
    sent: [server(2, 'c'), server(4, 'e'), server(6, 'g')],
    events: ['gap 0 1 2', 'data 0 1 c', 'gap 0 1 1', 'data 0 1 e', 'gap 0 1 1', 'data 0 1 g', END],
    limits: { streamSegments: 2 },
  },
  {
    name: 'too many bytes',
    sent: [server(2, 'c'.repeat(300)), server(400, 'e'), server(0, 'ab')],
    events: ['gap 0 1 2', `data 0 1 ${'c'.repeat(300)}`, 'gap 0 1 98', 'data 0 1 e', END],
    limits: { streamBytes: 600 },
  },
  {
    name: 'too many bytes in all',
    sent: [server(2, 'c'), { seq: C + 1, data: 'y' }, server(0, 'ab'), { seq: C, data: 'x' }],
    events: ['gap 0 1 2', 'data 0 1 c', 'data 0 0 x', 'data 0 0 y', END],
    limits: { totalBytes: 300 },
  },
  {
    name: 'the last bytes, acknowledged and never seen',
    sent: [server(0, 'ab'), acked(S + 7)],
    events: ['data 0 1 ab', 'gap 0 1 5', END],
  },
  {
    name: 'in front of a FIN',
    sent: [server(0, 'ab'), server(5, '', { flags: ACK | FIN }), { seq: C, ack: S + 6, flags: ACK | FIN }],
    events: ['data 0 1 ab', 'fin 0 0', 'gap 0 1 3', 'fin 0 1', 'close 0 fin'],
  },
  {
    name: 'cut by the snap length',
    sent: [server(0, 'abcd', { captured: 1 }), server(4, 'ef')],
    events: ['data 0 1 a', 'gap 0 1 3', 'data 0 1 ef', END],
  },
  {
    name: 'cut by the snap length to nothing',
    sent: [server(0, 'abcd', { captured: 0 }), server(4, 'ef')],
    events: ['gap 0 1 4', 'data 0 1 ef', END],
  },
  {
    name: 'cut, early, and whole the second time',
    sent: [server(2, 'cdef', { captured: 1 }), server(2, 'cdef'), server(0, 'ab')],
    events: ['data 0 1 ab', 'data 0 1 c', 'gap 0 1 3', END],
  },
  {
    name: 'old bytes, new ones behind them cut off',
    sent: [server(0, 'ab'), server(0, 'abcdef', { captured: 3 }), server(6, 'g')],
    events: ['data 0 1 ab', 'data 0 1 c', 'gap 0 1 3', 'data 0 1 g', END],
  },
];

const ENDS: readonly Case[] = [
  {
    name: 'FIN of both sides',
    sent: [server(0, 'bye', { flags: ACK | FIN }), { seq: C, ack: S + 4, flags: ACK | FIN }, server(4, '')],
    events: ['data 0 1 bye', 'fin 0 1', 'fin 0 0', 'close 0 fin'],
  },
  {
    name: 'FIN in front of the bytes before it',
    sent: [server(2, 'c', { flags: ACK | FIN }), server(0, 'ab'), server(2, 'c', { flags: ACK | FIN })],
    events: ['data 0 1 ab', 'data 0 1 c', 'fin 0 1', END],
  },
  {
    name: 'nothing behind a FIN',
    sent: [server(0, 'ab', { flags: ACK | FIN }), server(3, 'zz'), server(0, 'abz')],
    events: ['data 0 1 ab', 'fin 0 1', END],
  },
  {
    name: 'nothing behind a FIN that was early',
    sent: [
      server(4, 'zz'),
      server(2, 'cdz'),
      server(4, '', { flags: ACK | FIN }),
      server(3, 'dz'),
      server(6, 'y'),
      server(0, 'ab'),
    ],
    events: ['data 0 1 ab', 'data 0 1 cd', 'fin 0 1', END],
  },
  {
    name: 'RST',
    sent: [server(0, 'ab'), server(4, 'ef'), { seq: C, flags: RST }, server(2, 'cd')],
    events: ['data 0 1 ab', 'gap 0 1 2', 'data 0 1 ef', 'reset 0 0', 'close 0 reset'],
  },
  {
    name: 'RST out of every window',
    sent: [{ seq: C + 2 ** 31 - 5, flags: RST }, server(0, 'ab')],
    events: ['data 0 1 ab', END],
  },
  {
    name: 'late packets of a closed connection are no new one',
    sent: [{ seq: C, flags: RST }, server(0, 'ab'), server(0, '', { flags: FIN | ACK }), ...HELLO.slice(0, 1)],
    events: ['reset 0 0', 'close 0 reset'],
  },
];

const ODD: readonly Case[] = [
  {
    name: 'one stray sequence number',
    sent: [server(0, 'ab'), server(2 ** 31 - 9, 'zz'), server(2, 'cd')],
    events: ['data 0 1 ab', 'data 0 1 cd', END],
  },
  {
    name: 'the capture paused for 3 GiB',
    sent: [server(0, 'ab'), server(3 * 2 ** 30, 'x'), server(3 * 2 ** 30 + 1, 'y'), server(3 * 2 ** 30 + 2, 'z')],
    events: ['data 0 1 ab', `gap 0 1 ${3 * 2 ** 30 - 1}`, 'data 0 1 y', 'data 0 1 z', END],
  },
  {
    name: 'an acknowledgment out of every window',
    sent: [acked(S + 2 ** 31 - 9), server(0, 'ab')],
    events: ['data 0 1 ab', END],
  },
  {
    name: 'the SYN twice',
    sent: [HELLO[0]!, HELLO[1]!, server(0, 'ab')],
    events: ['data 0 1 ab', END],
  },
  {
    name: 'the port pair again, by a SYN',
    sent: [
      server(0, 'ab'),
      ...handshake(900_000, 700_000),
      { seq: 900_001, data: 'new' },
      { from: 'server', seq: 700_001, data: 'too' },
    ],
    events: [
      'data 0 1 ab',
      'close 0 reused',
      'open 1 10.0.0.1:40000 10.1.0.1:80 syn',
      'data 1 0 new',
      'data 1 1 too',
      'close 1 end',
    ],
  },
  {
    name: 'the port pair again after its end, by a SYN of the other side',
    sent: [
      { seq: C, flags: RST },
      { from: 'server', seq: 77, flags: SYN },
      { seq: 99, ack: 78, flags: SYN | ACK },
      { from: 'server', seq: 78, data: 'x' },
    ],
    events: ['reset 0 0', 'close 0 reset', 'open 1 10.1.0.1:80 10.0.0.1:40000 syn', 'data 1 0 x', 'close 1 end'],
  },
  {
    name: 'the port pair again after its end, the SYN close by',
    sent: [
      { from: 'server', seq: S, flags: RST },
      { sport: 2, seq: 10, data: 'x' },
      { sport: 2, seq: 11, flags: RST },
      { sport: 2, seq: 9, flags: SYN },
    ],
    events: [
      ...['reset 0 1', 'close 0 reset', 'open 1 10.0.0.1:2 10.1.0.1:80', 'data 1 0 x', 'reset 1 0', 'close 1 reset'],
      ...['open 2 10.0.0.1:2 10.1.0.1:80 syn', 'close 2 end'],
    ],
  },
  {
    name: 'the port pair again after its end, in mid-stream',
    sent: [
      { seq: C, flags: RST },
      { seq: 500_000, data: 'x' },
      { seq: 500_001, data: 'y' },
    ],
    events: [
      'reset 0 0',
      'close 0 reset',
      'open 1 10.0.0.1:40000 10.1.0.1:80',
      'data 1 0 x',
      'data 1 0 y',
      'close 1 end',
    ],
  },
];

describe.each([
  ['order', ORDER],
  ['gaps', GAPS],
  ['ends', ENDS],
  ['odd', ODD],
])('after a handshake: %s', (_group, cases) => {
  it.each(cases)('$name', ({ sent, events, limits }) => {
    expect(sendAll([...HELLO, ...sent], limits).short).toEqual([OPEN, ...events]);
  });

  it.each(cases)('$name, with sequence numbers that wrap', ({ sent, events, limits }) => {
    const wrapped = [...HELLO, ...sent].map((one) => {
      const isServer = one.from === 'server';
      const shift = (isServer ? -5003 : -1001) + 2 ** 32;
      const ackShift = (isServer ? -1001 : -5003) + 2 ** 32;
      return { ...one, seq: ((one.seq ?? 0) + shift) % 2 ** 32, ack: ((one.ack ?? 0) + ackShift) % 2 ** 32 };
    });
    expect(sendAll(wrapped, limits).short).toEqual([OPEN, ...events]);
  });
});

describe('the beginning', () => {
  const cases: readonly Case[] = [
    {
      name: 'SYN/ACK first: its receiver is the initiator',
      sent: [HELLO[1]!, { seq: C, data: 'x' }, server(0, 'a')],
      events: [OPEN, 'data 0 0 x', 'data 0 1 a', END],
    },
    {
      name: 'SYN behind the SYN/ACK',
      sent: [HELLO[1]!, HELLO[0]!, { seq: C, data: 'x' }],
      events: [OPEN, 'data 0 0 x', END],
    },
    {
      name: 'SYN behind data',
      sent: [{ seq: C, data: 'x' }, HELLO[0]!, { seq: C + 1, data: 'y' }],
      events: ['open 0 10.0.0.1:40000 10.1.0.1:80', 'data 0 0 x', 'data 0 0 y', END],
    },
    {
      name: 'the SYN/ACK is lost, and the first answer',
      sent: [HELLO[0]!, HELLO[2]!, server(3, 'd'), server(4, 'e')],
      events: [OPEN, 'gap 0 1 3', 'data 0 1 d', 'data 0 1 e', END],
    },
    {
      name: 'both sides send a SYN at once',
      sent: [
        { seq: 1000, flags: SYN },
        { from: 'server', seq: 5000, flags: SYN },
        { seq: C, ack: S, data: 'x' },
        server(0, 'a'),
      ],
      events: [OPEN, 'data 0 0 x', 'data 0 1 a', END],
    },
    {
      name: 'data in the SYN',
      sent: [
        { seq: 1000, flags: SYN, data: 'early' },
        { from: 'server', seq: 5000, ack: 1006, flags: SYN | ACK, data: 'too' },
      ],
      events: [OPEN, 'data 0 0 early', 'data 0 1 too', END],
    },
    {
      name: 'a refused connection',
      sent: [HELLO[0]!, { from: 'server', seq: 0, ack: C, flags: RST | ACK }],
      events: [OPEN, 'reset 0 1', 'close 0 reset'],
    },
    {
      name: 'mid-stream: the first segment waits for the next packet',
      sent: [
        { seq: 10, data: 'a' },
        { seq: 11, data: 'b' },
      ],
      events: ['open 0 10.0.0.1:40000 10.1.0.1:80', 'data 0 0 a', 'data 0 0 b', END],
    },
    {
      name: 'mid-stream, the first two swapped',
      sent: [
        { seq: 11, data: 'b' },
        { seq: 10, data: 'a' },
      ],
      events: ['open 0 10.0.0.1:40000 10.1.0.1:80', 'data 0 0 a', 'data 0 0 b', END],
    },
    {
      name: 'mid-stream, the server first',
      sent: [
        { from: 'server', seq: 10, data: 'a' },
        { from: 'client', seq: 7, ack: 11 },
      ],
      events: ['open 0 10.1.0.1:80 10.0.0.1:40000', 'data 0 0 a', END],
    },
    {
      name: 'mid-stream, behind an acknowledgment: the bytes between were missed',
      sent: [
        { seq: 7, ack: 100 },
        { from: 'server', seq: 105, data: 'f' },
      ],
      events: ['open 0 10.0.0.1:40000 10.1.0.1:80', 'gap 0 1 5', 'data 0 1 f', END],
    },
    {
      name: 'mid-stream, in front of an acknowledgment: overtaken by it',
      sent: [
        { seq: 7, ack: 100 },
        { from: 'server', seq: 95, data: 'abcde' },
      ],
      events: ['open 0 10.0.0.1:40000 10.1.0.1:80', 'data 0 1 abcde', END],
    },
    {
      name: 'mid-stream, a keep-alive probe first',
      sent: [
        { seq: 7, ack: 100 },
        { from: 'server', seq: 99, data: '\0' },
        { seq: 7, ack: 100 },
        { from: 'server', seq: 100, data: 'a' },
      ],
      events: ['open 0 10.0.0.1:40000 10.1.0.1:80', 'data 0 1 a', END],
    },
    {
      name: 'mid-stream, FIN only',
      sent: [
        { seq: 7, ack: 100, flags: ACK | FIN },
        { from: 'server', seq: 100, ack: 8, flags: ACK | FIN },
      ],
      events: ['open 0 10.0.0.1:40000 10.1.0.1:80', 'fin 0 0', 'fin 0 1', 'close 0 fin'],
    },
    {
      name: 'mid-stream, one packet only',
      sent: [{ seq: 7, data: 'x', flags: ACK | FIN }],
      events: ['open 0 10.0.0.1:40000 10.1.0.1:80', 'data 0 0 x', 'fin 0 0', END],
    },
  ];
  it.each(cases)('$name', ({ sent, events }) => {
    expect(sendAll(sent).short).toEqual(events);
  });
});

describe('at once', () => {
  const live = (sent: readonly Sent[]): string[] => sendAll(sent, {}, false).short.slice(1);

  it('mid-stream, with the second segment', () => {
    expect(live([{ seq: 10, data: 'a' }])).toEqual([]);
    expect(
      live([
        { seq: 10, data: 'a' },
        { seq: 11, data: 'b' },
      ]),
    ).toEqual(['data 0 0 a', 'data 0 0 b']);
    expect(
      live([
        { seq: 10, data: 'a' },
        { from: 'server', seq: 7, ack: 11 },
      ]),
    ).toEqual(['data 0 0 a']);
  });

  it('a hole that was acknowledged long before bytes come after it', () => {
    expect(live([...HELLO, acked(S + 3, 1), server(3, 'd', { time: 11 })])).toEqual(['gap 0 1 3', 'data 0 1 d']);
    expect(live([...HELLO, acked(S + 3, 1), server(3, 'd', { time: 1.1 })])).toEqual([]);
  });

  it('all before a reset, and before an end of both sides', () => {
    expect(live([...HELLO, server(2, 'c'), { seq: C, flags: RST }])).toEqual([
      'gap 0 1 2',
      'data 0 1 c',
      'reset 0 0',
      'close 0 reset',
    ]);
  });
});

describe('connections', () => {
  it('are numbered by their first packets, and distinguished by addresses and ports', () => {
    const { short } = sendAll([
      ...handshake(1, 1),
      ...handshake(1, 1, { sport: 40001 }),
      { seq: 2, data: 'x' },
      { sport: 40001, seq: 2, data: 'y' },
    ]);
    expect(short.filter((line) => line.startsWith('open') || line.startsWith('data'))).toEqual([
      OPEN,
      'open 1 10.0.0.1:40001 10.1.0.1:80 syn',
      'data 0 0 x',
      'data 1 0 y',
    ]);
  });

  const raw = (flows: Flows, bytes: Uint8Array): void =>
    flows.push({ link: 'raw', bytes, originalLength: bytes.length });

  it('on one address: the ports distinguish the directions', () => {
    const recorder = new Recorder();
    const flows = new Flows(recorder);
    const home = { src: [127, 0, 0, 1], dst: [127, 0, 0, 1] };
    const there = (f: object) => raw(flows, ipv4(tcp({ sport: 9001, dport: 80, ...f }), home));
    const back = (f: object) => raw(flows, ipv4(tcp({ sport: 80, dport: 9001, ...f }), home));
    there({ seq: 100, flags: SYN });
    back({ seq: 100, ack: 101, flags: SYN | ACK });
    there({ seq: 101, ack: 101, payload: text('ping') });
    back({ seq: 101, ack: 105, payload: text('pong') });
    flows.end();
    expect(recorder.short).toEqual(['open 0 127.0.0.1:9001 127.0.0.1:80 syn', 'data 0 0 ping', 'data 0 1 pong', END]);
  });

  it('of a socket with itself: one direction', () => {
    const recorder = new Recorder();
    const flows = new Flows(recorder);
    const home = { src: [127, 0, 0, 1], dst: [127, 0, 0, 1] };
    const itself = (f: object) => raw(flows, ipv4(tcp({ sport: 5000, dport: 5000, ...f }), home));
    itself({ seq: 100, flags: SYN });
    itself({ seq: 100, ack: 101, flags: SYN | ACK });
    itself({ seq: 101, ack: 101, payload: text('echo') });
    itself({ seq: 105, ack: 105, payload: text('!') });
    flows.end();
    expect(recorder.short).toEqual(['open 0 127.0.0.1:5000 127.0.0.1:5000 syn', 'data 0 0 echo', 'data 0 0 !', END]);
  });

  it.each(ENCAPSULATIONS)('%s, IPv4 and IPv6', (_name, link, wrap) => {
    const recorder = new Recorder();
    const flows = new Flows(recorder);
    for (const version of [ipv4, ipv6] as ((segment: Uint8Array) => Uint8Array)[]) {
      for (const packet of [tcp({ seq: 1, flags: SYN }), tcp({ seq: 2, payload: text('a message') })]) {
        const bytes = wrap(version(packet));
        flows.push({ link, bytes: concat(bytes, [0, 0, 0]), originalLength: bytes.length + 3 });
        flows.push({ link: 'unknown', bytes, originalLength: bytes.length });
      }
    }
    flows.end();
    expect([recorder.stream(0, 0), recorder.stream(1, 0)]).toEqual(['a message', 'a message']);
    expect(recorder.connections[1]?.a).toEqual({ address: '2001:db8::1', port: 40000 });
  });

  it('count what passes', () => {
    const recorder = new Recorder();
    const flows = new Flows(recorder);
    for (const one of HELLO) send(flows, one);
    send(flows, { seq: C, data: 'hello' });
    send(flows, { seq: C, data: 'hello' });
    raw(flows, ipv4(new Uint8Array(8), { protocol: 17 }));
    raw(flows, ipv4(new Uint8Array(8)));
    raw(flows, new Uint8Array(40));
    flows.push({ link: 'ethernet', bytes: new Uint8Array(60), originalLength: 60 });
    raw(flows, ipv4(new Uint8Array(8), { more: true }));
    send(flows, { seq: C + 9, data: 'x' });
    flows.end();
    expect(flows.counters).toEqual({
      ...{ packets: 11, bytes: 3 * 40 + 2 * 45 + 28 + 28 + 40 + 60 + 28 + 41, notIp: 1, malformed: 2, notTcp: 1 },
      ...{ fragments: 1, lostDatagrams: 1, connections: 1, evicted: 0, ignored: 0 },
      ...{ duplicates: 1, duplicateBytes: 5, stray: 0, deliveredBytes: 6, lostBytes: 4, crowded: 0 },
    });
    expect(recorder.connections[0]).toMatchObject({ packets: 6, payload: [11, 0], closed: true, synSeen: true });
  });

  it('fragments come together', () => {
    const recorder = new Recorder();
    const flows = new Flows(recorder);
    const segment = tcp({ seq: 2, payload: text('put together again') });
    raw(flows, ipv4(tcp({ seq: 1, flags: SYN })));
    raw(flows, ipv4(segment.subarray(16), { offset: 16 }));
    raw(flows, ipv4(segment.subarray(0, 16), { more: true }));
    expect(recorder.stream(0, 0)).toBe('put together again');
  });

  it('in-order data is a view, early data is a copy', () => {
    const seen: Uint8Array[] = [];
    const flows = new Flows({
      opened: () => ({
        data: (_side, bytes) => seen.push(bytes),
        gap: () => undefined,
        fin: () => undefined,
        reset: () => undefined,
        close: () => undefined,
      }),
    });
    const packets = [
      tcp({ seq: 1, flags: SYN }),
      tcp({ seq: 3, payload: text('b') }),
      tcp({ seq: 2, payload: text('a') }),
    ].map((segment) => ipv4(segment));
    for (const packet of packets) raw(flows, packet);
    expect(seen[0]).toBe(packets[2]);
    expect(seen[1]).toEqual(text('b'));
    expect(seen[1]!.buffer.byteLength).toBe(1);
  });
});

describe('who is not interested', () => {
  it('ignores from the start, and still distinguishes connections', () => {
    const opened: number[] = [];
    const flows = new Flows({
      opened(connection) {
        opened.push(connection.order);
        return undefined;
      },
    });
    const one = [...HELLO, server(0, 'ab', { flags: ACK | FIN }), { seq: C, flags: ACK | FIN }];
    for (const sent of [
      ...one,
      ...one.slice(3),
      ...handshake(7e6, 8e6),
      { seq: 7e6, flags: RST },
      ...handshake(9e6, 8e6),
    ])
      send(flows, sent);
    flows.end();
    expect(opened).toEqual([0, 1, 2]);
    expect(flows.counters).toMatchObject({ connections: 3, ignored: 14, deliveredBytes: 0 });
  });

  /** A reader that loses interest with its `calls`th piece of data. */
  function fickle(calls: number, sent: readonly Sent[]) {
    const recorder = new Recorder();
    let left = calls;
    const flows: Flows = new Flows({
      opened(connection) {
        const handler = recorder.opened(connection);
        return {
          data(...args) {
            handler.data(...args);
            if (--left === 0) connection.ignore();
          },
          gap: (...args) => handler.gap(...args),
          fin: (...args) => handler.fin(...args),
          reset: (...args) => handler.reset(...args),
          close: (...args) => handler.close(...args),
        };
      },
    });
    for (const one of [...HELLO, ...sent]) send(flows, one);
    flows.end();
    return { short: recorder.short, counters: flows.counters };
  }

  it.each([
    [1, ['data 0 1 ab'], 2],
    [2, ['data 0 1 ab', 'data 0 1 c'], 3],
  ])('ignores from within call %i, with early data waiting', (calls, events, deliveredBytes) => {
    const early = [server(2, 'c'), server(3, 'd'), server(4, 'e', { flags: ACK | FIN })];
    const { short, counters } = fickle(calls, [
      ...early,
      server(0, 'ab'),
      server(5, 'f'),
      { seq: C, flags: ACK | FIN },
    ]);
    expect(short).toEqual([OPEN, ...events]);
    expect(counters).toMatchObject({ deliveredBytes, lostBytes: 0 });
  });

  it('does not take late packets of an ignored connection for a new one', () => {
    const far = 1_000_000;
    const { counters } = fickle(1, [
      server(0, 'ab'),
      server(far, 'y', { flags: ACK | FIN }),
      { seq: C, flags: ACK | FIN },
      server(far, 'y'),
    ]);
    expect(counters.connections).toBe(1);
  });
});

describe('bounds', () => {
  const flood = (count: number): Sent[] =>
    Array.from({ length: count }, (_, port) => ({ sport: port + 1, seq: 9, flags: SYN }));

  it('too many connections: the least active are given up', () => {
    const active = { sport: 60_000 };
    const recorder = new Recorder();
    const flows = new Flows(recorder, { connections: 7 });
    for (const one of handshake(1, 1, active)) send(flows, one);
    flood(1000).forEach((one, index) => {
      send(flows, one);
      send(flows, { ...active, seq: 2 + index, data: '.' });
    });
    flows.end();
    expect(recorder.stream(0, 0)).toBe('.'.repeat(1000));
    expect(flows.counters).toMatchObject({ connections: 1001, evicted: 994 });
    expect(recorder.short.filter((line) => line.endsWith('evicted'))).toHaveLength(994);
    expect(recorder.short.at(-1)).toMatch(/^close \d+ end$/);
  });

  it('those that are not read are given up first', () => {
    const recorder = new Recorder();
    const flows = new Flows(
      { opened: (connection) => (connection.a.port === 60_000 ? recorder.opened(connection) : undefined) },
      { connections: 7 },
    );
    for (const one of handshake(1, 1, { sport: 60_000 })) send(flows, one);
    for (const one of flood(100)) send(flows, one);
    send(flows, { sport: 60_000, seq: 2, data: 'still here' });
    expect(recorder.stream(0, 0)).toBe('still here');
  });

  it('an evicted connection hands on what waits', () => {
    const { short } = sendAll([...HELLO, server(2, 'c'), { sport: 1, seq: 1, flags: SYN }], { connections: 1 });
    expect(short.slice(1, 4)).toEqual(['gap 0 1 2', 'data 0 1 c', 'close 0 evicted']);
  });

  it('closed connections make room first, and are forgotten after a while', () => {
    const closed = flood(50).flatMap((one) => [one, { ...one, flags: RST }]);
    const { short, counters } = sendAll([...HELLO, ...closed, server(0, 'ab')], {
      connections: 10,
      closedConnections: 4,
    });
    expect(short).toContain('data 0 1 ab');
    expect(counters).toMatchObject({ connections: 51, evicted: 0 });
    const again = sendAll([...closed, { sport: 1, seq: 10, data: 'x' }, { sport: 50, seq: 10, data: 'y' }], {
      closedConnections: 4,
    });
    expect(again.counters.connections).toBe(51);
  });
});
