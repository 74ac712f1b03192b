import { print } from '../../src/describe/printable.js';
import { describe, expect, it } from 'vitest';
import { drawConnections, type ConnectionsOptions } from '../../src/terminal/connections/table.js';
import { MOST_LINES } from '../../src/terminal/layout.js';
import { bytesCell, grouped, secondsText, shortNumberCell } from '../../src/terminal/connections/words.js';
import { createTheme, PLAIN_THEME } from '../../src/terminal/theme.js';
import { displayWidth } from '../../src/terminal/width.js';
import { DirectionTally } from '../../src/traffic/tally/lane.js';
import { RunTally } from '../../src/traffic/tally/run.js';
import type { ConnectionSummary, DirectionSummary, RunTotals } from '../../src/traffic/tally/summary.js';

function counted(parts: Partial<DirectionSummary> = {}): DirectionSummary {
  return { ...new DirectionTally().summary(), ...parts };
}

const CLIENT = counted({
  frames: 120,
  opcodes: { text: 118, ping: 1, close: 1 },
  wireBytes: 13_020,
  payloadBytes: 12_300,
  messages: 118,
  messageBytes: 80_100,
  compressedMessages: 118,
  compressedWireBytes: 12_300,
  compressedBytes: 80_100,
  ping: { answered: 3, skipped: 1, unanswered: 1, times: { min: 0.0004, median: 0.0021, max: 1.5 } },
  close: { code: 1000, reason: 'bye' },
});
const SERVER = counted({
  frames: 80,
  opcodes: { text: 78, pong: 1, close: 1 },
  wireBytes: 8200,
  payloadBytes: 8000,
  messages: 78,
  messageBytes: 40_200,
  compressedMessages: 78,
  compressedWireBytes: 8000,
  compressedBytes: 40_200,
  gaps: 2,
  lostBytes: 2896,
  close: { code: 1000, reason: '' },
});

const FEED: ConnectionSummary = {
  connection: 0,
  client: '10.0.0.1:20000',
  server: '10.1.0.1:80',
  firstTime: 1_700_000_000,
  lastTime: 1_700_000_012.3,
  handshake: { target: '/feed', status: 101, extensions: ['permessage-deflate'], upgraded: true, answered: true },
  directions: { client: CLIENT, server: SERVER },
  diagnostics: { 'mask-key-repeated': 2, 'client-frame-unmasked': 3, 'bytes-not-captured': 2 },
  closeCode: 1000,
  closedBy: 'client',
  ended: 'fin',
};
const EMPTY: ConnectionSummary = {
  connection: 1,
  directions: { client: counted(), server: counted() },
  diagnostics: {},
};
const HOSTILE_TEXT = '/\x1b]0;pwn\x07\r\n\u202eevil\u200b漢字'.repeat(20);
const HOSTILE: ConnectionSummary = {
  ...FEED,
  connection: 2,
  client: '[2001:db8:85a3:8d3:1319:8a2e:370:7348]:65535',
  server: '[2001:db8:85a3:8d3:1319:8a2e:370:7349]:65535',
  handshake: {
    target: HOSTILE_TEXT,
    status: 101,
    subprotocol: HOSTILE_TEXT,
    extensions: [HOSTILE_TEXT, HOSTILE_TEXT],
    upgraded: true,
    answered: true,
  },
  directions: { client: { ...CLIENT, close: { code: 4999, reason: HOSTILE_TEXT } }, server: SERVER },
  closeCode: 4999,
  ended: 'reset',
};
const HUGE_COUNTS = Object.fromEntries(
  Object.keys(new DirectionTally().summary())
    .filter((name) => name !== 'opcodes')
    .map((name) => [name, Number.MAX_SAFE_INTEGER]),
);
const ALL_OPCODES = {
  text: 9e15,
  binary: 9e15,
  continuation: 9e15,
  ping: 9e15,
  pong: 9e15,
  close: 9e15,
  reserved: 9e15,
};
const HUGE: ConnectionSummary = {
  ...HOSTILE,
  connection: 999_999_999,
  lastTime: 9e9,
  directions: {
    client: { ...CLIENT, ...HUGE_COUNTS, opcodes: ALL_OPCODES },
    server: counted(),
    unknown: { ...counted(HUGE_COUNTS), opcodes: ALL_OPCODES },
  },
};
const EACH = { feed: FEED, empty: EMPTY, hostile: HOSTILE, huge: HUGE };

interface Others {
  readonly passedOver?: Readonly<Record<string, number>>;
  readonly packets?: number;
}

function totalsOf(summaries: readonly ConnectionSummary[], { passedOver = {}, packets }: Others = {}): RunTotals {
  const run = new RunTally();
  for (const summary of summaries) run.add(summary);
  for (const [kind, count] of Object.entries(passedOver)) run.passOver(kind, count);
  if (packets !== undefined) run.countPackets(packets);
  return run.totals();
}

function draw(
  summaries: readonly ConnectionSummary[],
  width = 80,
  options: ConnectionsOptions = {},
  others: Others = {},
): string {
  return drawConnections(summaries, totalsOf(summaries, others), { theme: PLAIN_THEME, width }, options);
}

function times(count: number, of: (i: number) => Partial<ConnectionSummary> = () => ({})): ConnectionSummary[] {
  return Array.from({ length: count }, (_, i) => ({ ...FEED, connection: i, diagnostics: {}, ...of(i) }));
}

describe('a count', () => {
  it.each([0, 7, 999, 1000, 12_345, 999_999, 1_000_000, 123_456_789_012, Number.MAX_SAFE_INTEGER])(
    'has its digits in groups: %d',
    (n) => expect(grouped(n)).toBe(n.toLocaleString('en-US')),
  );
});

describe('one connection', () => {
  const DRAWN: Record<number, string> = {
    60: `connection 0  10.0.0.1:20000 → 10.1.0.1:80  12.3 s
  handshake  /feed  101  permessage-deflate
             frames  text  ping  pong  close
  → client      120   118     1     ·      1
  ← server       80    78     ·     1      1
             on wire  payload  messages  inflated  ratio
  → client   13.0 KB  12.3 KB       118   80.1 KB   6.5×
  ← server    8.2 KB   8.0 KB        78   40.2 KB   5.0×
  pings      → 3 answered  min 400 µs  median 2.1 ms
             max 1.5 s  1 passed by  1 without a pong seen
  closed     1000 Normal Closure  "bye"  by the client
             answered with 1000
  lost       ← 2,896 bytes in 2 gaps
  rule violations: ✗ 3 client-frame-unmasked
             i 2 mask-key-repeated
`,
    80: `connection 0  10.0.0.1:20000 → 10.1.0.1:80  12.3 s
  handshake  /feed  101  permessage-deflate
             frames  text  ping  pong  close  payload  messages  inflated  ratio
  → client      120   118     1     ·      1  12.3 KB       118   80.1 KB   6.5×
  ← server       80    78     ·     1      1   8.0 KB        78   40.2 KB   5.0×
  pings      → 3 answered  min 400 µs  median 2.1 ms  max 1.5 s  1 passed by
             1 without a pong seen
  closed     1000 Normal Closure  "bye"  by the client  answered with 1000
  lost       ← 2,896 bytes in 2 gaps
  rule violations: ✗ 3 client-frame-unmasked  i 2 mask-key-repeated
`,
    160: `connection 0  10.0.0.1:20000 → 10.1.0.1:80  12.3 s
  handshake  /feed  101  permessage-deflate
             frames  text  ping  pong  close  on wire  payload  messages  inflated  ratio
  → client      120   118     1     ·      1  13.0 KB  12.3 KB       118   80.1 KB   6.5×
  ← server       80    78     ·     1      1   8.2 KB   8.0 KB        78   40.2 KB   5.0×
  pings      → 3 answered  min 400 µs  median 2.1 ms  max 1.5 s  1 passed by  1 without a pong seen
  closed     1000 Normal Closure  "bye"  by the client  answered with 1000
  lost       ← 2,896 bytes in 2 gaps
  rule violations: ✗ 3 client-frame-unmasked  i 2 mask-key-repeated
`,
  };
  it.each(Object.entries(DRAWN))('at %s columns', (width, drawn) => {
    expect(draw([FEED], Number(width))).toBe(drawn);
  });

  it('without a frame', () => {
    expect(draw([EMPTY])).toBe(`connection 1
  handshake  not seen
  frames     none
  rule violations: none
`);
  });

  it('of bytes whose sender is not known', () => {
    const unknown = counted({ frames: 2, opcodes: { text: 2 }, wireBytes: 14, payloadBytes: 10, messages: 2 });
    expect(draw([{ ...EMPTY, directions: { ...EMPTY.directions, unknown } }])).toBe(`connection 1
             frames  text  on wire  payload  messages
  · unknown       2     2     14 B     10 B         2
  rule violations: none
`);
  });

  it('lists what else there was', () => {
    const others = { passedOver: { tls: 3, http: 2, http2: 1, silent: 1, other: 4, 'x\x1b': 1 }, packets: 5123 };
    expect(draw([FEED], 80, {}, others).split('\n\n').at(-1)).toBe(`total  1 connection  12.3 s  5,123 packets
  others     12 without WebSocket  3 TLS  2 HTTP  1 HTTP/2  4 other
             1 without data  1 x\\x1b
`);
  });

  type Ending = Partial<ConnectionSummary>;
  const closes = (client?: number, server?: number): ConnectionSummary['directions'] => ({
    client: counted(client === undefined ? {} : { close: { code: client, reason: '' } }),
    server: counted(server === undefined ? {} : { close: { code: server, reason: '' } }),
  });
  const ENDINGS: [Ending, string][] = [
    [{ ended: 'end' }, 'open at the end of the input'],
    [{ ended: 'fin' }, 'ended by TCP'],
    [{ ended: 'fin', closeCode: 1006 }, '1006 without a close frame  ended by TCP'],
    [{ ended: 'reset', closeCode: 1006 }, '1006 without a close frame  reset by TCP'],
    [{ ended: 'reset', closeCode: 1006, http: '2' }, '1006 without a close frame  reset'],
    [{ ended: 'fin', closeCode: 1006, http: '2' }, '1006 without a close frame  ended'],
    [{ ended: 'end', http: '2' }, 'open at the end of the input'],
    [{ ended: 'reused' }, 'its ports serve a new connection'],
    [{ ended: 'evicted' }, 'given up: too many connections at a time'],
    [
      { closeCode: 1001, closedBy: 'server', directions: closes(1001, 1001), ended: 'fin' },
      '1001 Going Away  by the server  answered with 1001',
    ],
    [
      { closeCode: 1011, closedBy: 'server', directions: closes(undefined, 1011), ended: 'reset' },
      '1011 Internal Error  by the server  not answered  reset by TCP',
    ],
    [
      {
        closeCode: 1000,
        closedBy: 'server',
        directions: { ...closes(undefined, 1000), client: counted({ gaps: 1, lostBytes: 11, isEndUnseen: true }) },
      },
      "1000 Normal Closure  from the server  the client's end not seen",
    ],
    [{ closeCode: 1005, closedBy: 'unknown' }, '1005 No Status Received'],
    [{ closedBy: 'client' }, 'a close frame, its code not captured  by the client  not answered'],
  ];
  it.each(ENDINGS)('%j: %s', (ending, words) => {
    expect(draw([{ ...EMPTY, ...ending }])).toContain(`\n  closed     ${words}\n`);
  });

  it('shows a refusal, and an answer that was not seen', () => {
    const handshake = { target: '/', extensions: [], upgraded: false };
    expect(draw([{ ...EMPTY, handshake: { ...handshake, status: 403, answered: true } }])).toContain('/  403\n');
    expect(draw([{ ...EMPTY, handshake: { ...handshake, answered: false } }])).toContain('/  no response seen\n');
  });

  it('names the worst rules, and all of them when asked', () => {
    const codes = ['text-not-utf8', 'reserved-opcode', 'mask-key-zero', 'control-after-close', 'control-fragmented'];
    const more = ['length-not-minimal', 'control-too-long', 'data-after-close', 'server-frame-masked'];
    const diagnostics = Object.fromEntries([...codes, ...more].map((code, i) => [code, 1000 + i]));
    const few = draw([{ ...EMPTY, diagnostics }]);
    expect(few).toContain('rule violations: ✗ 1,008 server-frame-masked  ✗ 1,007 data-after-close\n');
    expect(few).toMatch(/! 1,003 control-after-close {2}and 1 more rule\n$/);
    expect(draw([{ ...EMPTY, diagnostics }], 80, { all: true })).toMatch(/i 1,002 mask-key-zero\n$/);
  });
});

describe('many connections', () => {
  const FAULTY = { 'client-frame-unmasked': 3, 'control-after-close': 1 };
  const GONE = { closedBy: 'server', closeCode: 1011 } as const;

  it('each in a line, without the server that is the same for all', () => {
    const summaries = times(12, (i) => (i === 0 ? { diagnostics: FAULTY } : i === 1 ? GONE : {}));
    summaries[2] = { ...EMPTY, connection: 2, server: FEED.server!, ended: 'end' };
    const lines = draw(summaries, 80).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      '12 connections  → 10.1.0.1:80',
      ' #  client          frames  payload    ping  duration  closed  faults',
      ' 1  10.0.0.1:20000     200  20.3 KB  2.1 ms    12.3 s  ← 1011  lost 2.9 KB',
      ' 0  10.0.0.1:20000     200  20.3 KB  2.1 ms    12.3 s  → 1000  ✗ 3  ! 1',
      ' 3  10.0.0.1:20000     200  20.3 KB  2.1 ms    12.3 s  → 1000  lost 2.9 KB',
      ' 4  10.0.0.1:20000     200  20.3 KB  2.1 ms    12.3 s  → 1000  lost 2.9 KB',
    ]);
    expect(lines).toContain('total  12 connections  12.3 s');
  });

  it('at 160 columns with both payloads, the target and the rules', () => {
    const summaries = times(11, () => ({ diagnostics: { 'client-frame-unmasked': 3 } }));
    expect(draw(summaries, 160).split('\n').slice(1, 3)).toEqual([
      ' #  client          target  → frames  ← frames  → payload  ← payload    ping  duration  closed  faults',
      ' 0  10.0.0.1:20000  /feed        120        80    12.3 KB     8.0 KB  2.1 ms    12.3 s  → 1000  ✗ 3 client-frame-unmasked  lost 2.9 KB',
    ]);
  });

  it('with how many frames there were over time, where there is room', () => {
    const counts = [8, 0, 0, 1, 4, 4, 8, 8, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2];
    const summaries = times(11, (i) => (i === 0 ? { activity: { step: 1, counts } } : {}));
    const [, head = '', first = '', second = ''] = draw(summaries, 160).split('\n');
    expect(head).toContain('  activity      duration');
    expect(first).toContain('  ▄▁▄█▂▂▂▂▂▂▂▂  ');
    expect(second).toContain('  ·             ');
  });

  it('with servers, and IPv6 addresses by their ends', () => {
    const summaries = times(11, (i) => (i === 0 ? { client: HOSTILE.client!, server: HOSTILE.server! } : {}));
    expect(draw(summaries, 80).split('\n').slice(1, 4)).toEqual([
      ' #  client                     server                 frames  closed  faults',
      ' 0  [2001:db8…370:7348]:65535  [2001:db…:7349]:65535     200  → 1000  lost',
      ' 1  10.0.0.1:20000             10.1.0.1:80               200  → 1000  lost',
    ]);
  });

  it.each<[Partial<ConnectionSummary>, string]>([
    [{ closeCode: 1006, ended: 'reset' }, 'reset'],
    [{ closeCode: 1006, ended: 'fin' }, 'no close'],
    [{ ended: 'fin' }, 'ended'],
    [{ ended: 'evicted' }, 'given up'],
    [{ ended: 'reused' }, 'reused'],
    [{}, '·'],
    [{ closedBy: 'server' }, '← ?'],
    [{ handshake: { status: 503, extensions: [], upgraded: false, answered: true }, ended: 'fin' }, 'HTTP 503'],
  ])('%j ends as %s', (ending, words) => {
    const lines = draw(Array.from({ length: 11 }, (_, connection) => ({ ...EMPTY, ...ending, connection }))).split(
      '\n',
    );
    expect(lines[2]!.replace(/ {2,}/g, '|')).toContain(`|${words}|`);
  });

  it('shows up to a number, those with something wrong first, and counts the rest', () => {
    const summaries = times(1204, (i) => (i === 1000 ? { diagnostics: { 'text-not-utf8': 1 } } : {}));
    const drawn = draw(summaries, 80, { hint: print`-v shows them` });
    expect(drawn).toContain('1,204 connections  → 10.1.0.1:80  30 shown, the worst preferred\n');
    expect(drawn).toContain('\n… 1,174 more (-v shows them)\n');
    expect(drawn).toMatch(/^1000 .*✗ 1/m);
    const linesOf = (text: string): number => [...text.matchAll(/^ *\d+ {2}10\.0\.0\.1/gm)].length;
    expect(linesOf(drawn)).toBe(MOST_LINES);
    const all = draw(summaries, 80, { all: true, hint: print`-v shows them` });
    expect(linesOf(all)).toBe(1204);
    expect(all).not.toContain('more');
  });

  it('counts those that it was not given, too', () => {
    const summaries = times(1204);
    const look = { theme: PLAIN_THEME, width: 80 };
    const drawn = drawConnections(summaries.slice(0, 5), totalsOf(summaries), look, { all: true });
    expect(drawn).toContain('5 shown');
    expect(drawn).toContain('… 1,199 more\n');
  });
});

describe('totals', () => {
  it('adds up several', () => {
    const drawn = draw([FEED, { ...FEED, connection: 1 }], 80, {}, { packets: 1 });
    expect(drawn.split('\n\n').at(-1)).toBe(`total  2 connections  12.3 s  1 packet
             frames  text  ping  pong  close  payload  messages  inflated  ratio
  → client      240   236     2     ·      2  24.6 KB       236    160 KB   6.5×
  ← server      160   156     ·     2      2  16.0 KB       156   80.4 KB   5.0×
  closed     2× 1000
  lost       ← 5,792 bytes in 4 gaps
  rule violations: ✗ 6 client-frame-unmasked  i 4 mask-key-repeated
`);
  });

  it('reports that there was no WebSocket', () => {
    expect(draw([], 80, {}, { passedOver: { tls: 1200 }, packets: 3 })).toBe(
      'total  no WebSocket connection  3 packets\n  others     1,200 without WebSocket  1,200 TLS\n',
    );
    expect(draw([])).toBe('total  no WebSocket connection\n');
  });
});

describe('whatever the numbers and words', () => {
  const SETS: [string, ConnectionSummary[]][] = [
    ...Object.entries(EACH).map(([name, summary]): [string, ConnectionSummary[]] => [name, [summary]]),
    ['all', Object.values(EACH)],
    ['many', times(40, (i) => ({ ...Object.values(EACH)[i % 4]!, connection: i * 1_000_003 }))],
  ];
  const CASES = [40, 60, 80, 160].flatMap((width) =>
    SETS.flatMap(([name, set]) => [false, true].map((colour) => [name, width, colour, set] as const)),
  );

  it.each(CASES)('%s at %i columns (colour %s): no line is longer, no byte is raw', async (_, width, colour, set) => {
    const theme = await createTheme(colour);
    const others = { passedOver: { [HOSTILE_TEXT]: 1, tls: 9e15 }, packets: 9e15 };
    for (const all of [false, true]) {
      const drawn = drawConnections(set, totalsOf(set, others), { theme, width }, { all });
      expect(drawn.endsWith('\n')).toBe(true);
      // eslint-disable-next-line no-control-regex
      const plain = drawn.replace(/\x1b\[\d+m/g, '');
      expect(plain).not.toMatch(/[^\P{C}\n]/u);
      expect(plain).not.toMatch(/ $/m);
      for (const line of drawn.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    }
  });

  it.each(CASES)('%s at %i columns (colour %s): colour changes no letter', async (_, width, colour, set) => {
    const look = { theme: await createTheme(colour), width };
    // eslint-disable-next-line no-control-regex
    expect(drawConnections(set, totalsOf(set), look).replace(/\x1b\[\d+m/g, '')).toBe(draw(set, width));
  });
});

describe('units', () => {
  it.each([
    [0, '·'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [12_345, '12.3 KB'],
    [99_949, '99.9 KB'],
    [99_950, '100 KB'],
    [999_499, '999 KB'],
    [999_500, '1.0 MB'],
    [2 ** 53 - 1, '9.0 PB'],
    [9e20, '900000 PB'],
  ])('%i bytes: %s', (bytes, text) => expect(bytesCell(bytes)).toBe(text));

  it.each([
    [0, '0 µs'],
    [0.00012, '120 µs'],
    [0.0009995, '1.0 ms'],
    [0.25, '250 ms'],
    [0.9995, '1.0 s'],
    [12.34, '12.3 s'],
    [59.94, '59.9 s'],
    [59.95, '1 min 0 s'],
    [3599, '59 min 59 s'],
    [3599.6, '1 h 0 min'],
    [86_399, '23 h 59 min'],
    [273_600, '3 d 4 h'],
  ])('%f seconds: %s', (seconds, text) => expect(secondsText(seconds)).toBe(text));

  it.each([
    [0, '·'],
    [9_999_999, '9,999,999'],
    [12_345_678, '12.3 M'],
  ])('a count of %i in a list: %s', (count, text) => expect(shortNumberCell(count)).toBe(text));

  it.each([0, 9, 999, 1000, 9999, 10_001, 100_000, 999_999, 1_000_000, 12_345_678_901, 2 ** 53 - 1])(
    'digits of %i are grouped as in English',
    (count) => expect(grouped(count)).toBe(count.toLocaleString('en-US')),
  );
});
