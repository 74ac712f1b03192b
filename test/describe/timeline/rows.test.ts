import { describe, expect, it } from 'vitest';
import { OPCODE } from '../../../src/codec/frames/registry.js';
import fc from '../../fc.js';
import {
  BAR_KINDS,
  BAR_STEPS,
  barBits,
  barHeight,
  barKind,
  BITS_OF_BAR,
} from '../../../src/describe/timeline/bar-bits.js';
import type { BinSpans } from '../../../src/describe/timeline/bins.js';
import { binRows, density, type BinWindow, type LaneBins } from '../../../src/describe/timeline/bins.js';
import { LaneRows, ROW_MARK } from '../../../src/describe/timeline/lane-rows.js';
import { lanesOf, LaneSorter } from '../../../src/describe/timeline/lane-sorter.js';
import { sortedLanes } from '../../../src/describe/timeline/lanes.js';
import {
  NO_CONNECTION,
  ROW_FLAG,
  ROW_KIND,
  RowColumns,
  type TimelineRow,
} from '../../../src/describe/timeline/row-columns.js';
import { addBatch, batchOf } from '../../../src/describe/timeline/row-batch.js';
import { rowOfRecord } from '../../../src/describe/timeline/row-of-record.js';
import { textOfRecord } from '../../../src/describe/timeline/searched-text.js';
import { secondsText, ticksOf } from '../../../src/describe/timeline/ticks.js';

const rows = fc.array(
  fc.record({
    time: fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constant(NaN)),
    connection: fc.oneof(fc.nat(5), fc.constantFrom(NO_CONNECTION, 1_000_000_000, 7_000_000_001)),
    kind: fc.nat(21),
    size: fc.nat(2 ** 31 - 1),
    flags: fc.nat(31),
    wait: fc.constantFrom(0.25, 3, NaN),
    ratio: fc.constantFrom(2.5, NaN),
  }),
  { maxLength: 200 },
);

function columnsOf(all: readonly TimelineRow[]): RowColumns {
  const columns = new RowColumns();
  for (const row of all) columns.push(row);
  return columns;
}

/** The columns that spans cover. */
function covered({ begins, ends, count }: BinSpans, width: number): boolean[] {
  const columns = Array.from({ length: width }, () => false);
  for (let at = 0; at < count; at++) columns.fill(true, Math.max(0, begins[at]!), ends[at]! + 1);
  return columns;
}

const SPANS = ['clientPongs', 'serverPongs', 'clientStalls', 'serverStalls'] as const;

/** What is drawn of bins. */
function drawn(bins: LaneBins): unknown {
  const { bars, unknownBars, marks, width } = bins;
  return [...[bars, unknownBars, marks].map((all) => [...all]), ...SPANS.map((name) => covered(bins[name], width))];
}

/** The same of each row alone, as simply as it can be said. */
function drawnOfEach(all: readonly TimelineRow[], { from, to, width }: BinWindow): unknown {
  const columnOf = (time: number): number => Math.min(width - 1, Math.floor((time - from) * (width / (to - from))));
  const [bars, unknownBars, marks] = [0, 0, 0].map(() => new Array<number>(width).fill(0)) as [
    number[],
    number[],
    number[],
  ];
  const spans = Object.fromEntries(SPANS.map((name) => [name, new Array<boolean>(width).fill(false)]));
  for (const { time, kind, flags, size, wait = NaN } of all) {
    const isClient = (flags & ROW_FLAG.client) !== 0;
    const span = Math.fround(wait);
    const [begin, end] = kind === OPCODE.pong ? [time - span, time] : [time, time + span];
    if ((kind === OPCODE.pong || kind === ROW_KIND.stall) && begin <= to && end >= from) {
      const name = `${isClient ? 'client' : 'server'}${kind === OPCODE.pong ? 'Pongs' : 'Stalls'}`;
      spans[name]!.fill(true, Math.max(0, columnOf(begin)), columnOf(end) + 1);
    }
    if (!(time >= from && time <= to)) continue;
    const column = columnOf(time);
    const isSent = (flags & (ROW_FLAG.client | ROW_FLAG.server)) !== 0;
    const shift = isClient || !isSent ? 0 : BITS_OF_BAR;
    if (kind < ROW_KIND.handshake) (isSent ? bars : unknownBars)[column]! |= barBits(kind, size) << shift;
    if (flags & ROW_FLAG.error) marks[column]! |= ROW_MARK.error;
    if (flags & ROW_FLAG.warning) marks[column]! |= ROW_MARK.warning;
    if (kind === ROW_KIND.gap) marks[column]! |= ROW_MARK.gap;
    if (kind === ROW_KIND.ended) marks[column]! |= ROW_MARK.ended;
    if (kind === ROW_KIND.handshake) marks[column]! |= ROW_MARK.handshake;
    if (kind === ROW_KIND.handshake && flags & ROW_FLAG.trouble) marks[column]! |= ROW_MARK.refused;
  }
  return [bars.map((bits) => bits >>> 0), unknownBars, marks, ...SPANS.map((name) => spans[name])];
}

function rowsOf({ times, connections, kinds, sizes, flags, waits, ratios, length }: RowColumns): TimelineRow[] {
  return Array.from({ length }, (_, i) => ({
    time: times[i]!,
    connection: connections[i]!,
    kind: kinds[i]!,
    size: sizes[i]!,
    flags: flags[i]!,
    wait: waits[i]!,
    ratio: ratios[i]!,
  }));
}

describe('columns of rows', () => {
  it('come out of batches as they went in, whatever the size of the batches', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 70 }), (all, size) => {
        const from = columnsOf(all);
        const to = new RowColumns();
        for (let at = 0; at < all.length; at += size) {
          addBatch(to, batchOf(from, at, Math.min(all.length, at + size)).buffer as ArrayBuffer);
        }
        expect(rowsOf(to)).toEqual(all);
      }),
    );
  });

  it('take little room in a batch where they are alike', () => {
    const columns = columnsOf(
      Array.from({ length: 1000 }, (_, i) => ({ time: i / 3, connection: i % 7, kind: 1, size: i, flags: i % 2 })),
    );
    expect(batchOf(columns, 0, 1000).length).toBe(16 + 8000 + 2000 + 2000 + 3 * 8 + 1000);
    const to = new RowColumns();
    addBatch(to, batchOf(columns, 0, 1000).buffer as ArrayBuffer);
    expect(rowsOf(to)).toEqual(rowsOf(columns));
  });

  it('are not changed by bytes that are no batch', () => {
    const columns = columnsOf([{ time: 1, connection: 0, kind: 1, size: 5, flags: 0 }]);
    const batch = batchOf(columns, 0, 1);
    for (let length = 0; length <= batch.length - 8; length += 4) {
      expect(() => addBatch(columns, batch.slice(0, length).buffer)).toThrow(RangeError);
    }
    expect(columns.length).toBe(1);
  });

  it('forget the oldest rows', () => {
    fc.assert(
      fc.property(rows, fc.nat(200), (all, count) => {
        const columns = columnsOf(all);
        columns.dropFirst(count);
        expect(rowsOf(columns)).toEqual(all.slice(count));
      }),
    );
  });
});

describe('the row of a record', () => {
  it.each([
    [
      'a frame',
      {
        type: 'frame',
        connection: 3,
        direction: 'client',
        time: 5,
        opcode: 9,
        payloadLength: 4,
        diagnostics: [{ severity: 'error' }, { severity: 'warning' }],
      },
      { time: 5, connection: 3, kind: 9, size: 4, flags: ROW_FLAG.client | ROW_FLAG.error | ROW_FLAG.warning },
    ],
    [
      'a frame with a length of 64 bits, without a time',
      { type: 'frame', connection: 0, direction: 'unknown', opcode: 2, payloadLength: '9223372036854775807' },
      { time: NaN, connection: 0, kind: 2, size: 2 ** 32 - 1, flags: 0 },
    ],
    [
      'a pong',
      {
        ...{ type: 'frame', connection: 0, direction: 'server', time: 5, opcode: 10, payloadLength: 0 },
        ...{ diagnostics: [], roundTrip: 0.25 },
      },
      { time: 5, connection: 0, kind: 10, size: 0, flags: ROW_FLAG.server, wait: 0.25 },
    ],
    [
      'a compressed reply',
      {
        ...{ type: 'frame', connection: 0, direction: 'server', time: 5, opcode: 1, payloadLength: 4 },
        ...{ diagnostics: [], latency: 2, message: { wireBytes: 4, bytes: 10 } },
      },
      { time: 5, connection: 0, kind: 1, size: 4, flags: ROW_FLAG.server, wait: 2, ratio: 2.5 },
    ],
    [
      'a gap',
      { type: 'diagnostic', code: 'bytes-not-captured', severity: 'warning', connection: 0, time: 1 },
      { time: 1, connection: 0, kind: ROW_KIND.gap, size: 0, flags: ROW_FLAG.warning },
    ],
    [
      'a stall',
      { type: 'stall', connection: 0, direction: 'client', time: 1, duration: 3 },
      { time: 1, connection: 0, kind: ROW_KIND.stall, size: 0, flags: ROW_FLAG.client, wait: 3 },
    ],
    [
      'a handshake',
      {
        type: 'handshake',
        connection: 1,
        time: 1,
        valid: true,
        response: { line: 'HTTP/1.1 101 Switching Protocols' },
      },
      { time: 1, connection: 1, kind: ROW_KIND.handshake, size: 0, flags: 0 },
    ],
    [
      'a refusal',
      { type: 'handshake', connection: 1, time: 1, valid: true, response: { line: 'HTTP/1.1 403 Forbidden' } },
      { time: 1, connection: 1, kind: ROW_KIND.handshake, size: 0, flags: ROW_FLAG.trouble },
    ],
    [
      'an end',
      {
        type: 'connection',
        connection: 2,
        time: 10,
        duration: 2.5,
        closeCode: 1006,
        closedBy: 'server',
        trouble: true,
      },
      { time: 12.5, connection: 2, kind: ROW_KIND.ended, size: 1006, flags: ROW_FLAG.server | ROW_FLAG.trouble },
    ],
    [
      'a finding that stands alone',
      { type: 'diagnostic', connection: 2, severity: 'warning' },
      { time: NaN, connection: 2, kind: ROW_KIND.note, size: 0, flags: ROW_FLAG.warning },
    ],
    [
      'a notice about all',
      { type: 'notice', message: 'x', time: 3 },
      { time: 3, connection: NO_CONNECTION, kind: ROW_KIND.note, size: 0, flags: 0 },
    ],
  ])('of %s', (_, record, row) => {
    expect(rowOfRecord(record)).toEqual(row);
  });
});

describe('lanes', () => {
  it('have each row with a connection once, by time', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const columns = columnsOf(all);
        const { all: lanes, order } = lanesOf(columns);
        const own = all.flatMap(({ connection }, i) => (connection === NO_CONNECTION ? [] : [i]));
        expect([...order].sort((a, b) => a - b)).toEqual(own);
        for (const { connection, start, end, frames } of lanes) {
          const mine = [...order.subarray(start, end)];
          expect(mine.every((row) => all[row]!.connection === connection)).toBe(true);
          expect(mine.filter((row) => all[row]!.kind < ROW_KIND.handshake).length).toBe(frames);
          const times = mine.map((row) => all[row]!.time).filter((time) => !Number.isNaN(time));
          expect(times).toEqual([...times].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('are the same whether rows come at once or in parts, and after others were forgotten', () => {
    fc.assert(
      fc.property(rows, rows, fc.integer({ min: 1, max: 70 }), (before, all, size) => {
        const columns = columnsOf(before);
        const sorter = new LaneSorter(columns);
        sorter.table();
        columns.clear();
        sorter.forget();
        for (const [i, row] of all.entries()) {
          columns.push(row);
          if (i % size === 0) sorter.table();
        }
        expect(sorter.table()).toEqual({ ...lanesOf(columns), generation: 1 });
      }),
    );
  });

  it('have the last ending and the last handshake by time, in whatever order they come', () => {
    const row = { connection: 0, size: 0, flags: 0 };
    const all = [
      { ...row, time: 3, kind: ROW_KIND.ended, size: 1001, flags: ROW_FLAG.client },
      { ...row, time: 2, kind: ROW_KIND.ended, size: 1006, flags: ROW_FLAG.trouble },
      { ...row, time: NaN, kind: ROW_KIND.ended, size: 1006, flags: ROW_FLAG.trouble },
      { ...row, time: 1, kind: ROW_KIND.handshake },
      { ...row, time: 0, kind: ROW_KIND.handshake, flags: ROW_FLAG.trouble },
    ];
    const [lane] = lanesOf(columnsOf(all)).all;
    expect([lane!.outcome, lane!.code, lane!.closedBy]).toEqual(['closed', 1001, 'client']);
  });

  const lane = (connection: number, time: number, size: number, ending?: Partial<TimelineRow>): TimelineRow[] => [
    { time, connection, kind: 1, size, flags: ROW_FLAG.client },
    ...(ending ? [{ time: time + 1, connection, kind: ROW_KIND.ended, size: 1000, flags: 0, ...ending }] : []),
  ];
  const columns = columnsOf([
    ...lane(0, 30, 5, {}),
    ...lane(1, 20, 50),
    ...lane(2, 10, 20, { size: 1006, flags: ROW_FLAG.trouble | ROW_FLAG.server }),
    { time: 11, connection: 2, kind: 10, size: 0, flags: ROW_FLAG.client, wait: 0.5 },
    { time: 11, connection: 2, kind: 10, size: 0, flags: ROW_FLAG.client, wait: 0.1 },
    { time: 31, connection: 0, kind: 10, size: 0, flags: ROW_FLAG.client, wait: 0.2 },
    { time: 31, connection: 0, kind: 10, size: 0, flags: ROW_FLAG.client },
    { time: 5, connection: 3, kind: ROW_KIND.handshake, size: 0, flags: ROW_FLAG.trouble },
  ]);

  it('know how each ended', () => {
    const { all, first, last } = lanesOf(columns);
    expect(all.map(({ outcome, code, closedBy }) => [outcome, code, closedBy])).toEqual([
      ['closed', 1000, undefined],
      ['open', 0, undefined],
      ['trouble', 1006, 'server'],
      ['refused', 0, undefined],
    ]);
    expect([first, last]).toEqual([5, 31]);
  });

  it.each([
    ['open when the input ended', { ended: 'end' }, 'open', false],
    ['of which the file has no end', { ended: 'unrecorded' }, 'open', true],
    ['closed before the input ended', { ended: 'end', closeCode: 1000 }, 'closed', false],
    ['ended by TCP alone', { ended: 'fin' }, 'closed', false],
    ['open when the input ended, in trouble', { ended: 'end', trouble: true }, 'trouble', false],
  ])('know a connection that was %s', (_, end, outcome, isEndless) => {
    const row = rowOfRecord({ type: 'connection', connection: 0, time: 1, duration: 1, ...end });
    expect(lanesOf(columnsOf([row])).all[0]).toMatchObject({ outcome, isEndless });
  });

  it.each([
    ['HTTP/1.1 101 Switching Protocols', 0],
    ['HTTP/2 204', 0],
    ['HTTP/1.1 200 OK', ROW_FLAG.trouble],
    ['HTTP/2 403', ROW_FLAG.trouble],
  ])('know what an answer of %s came to', (line, flags) => {
    expect(rowOfRecord({ type: 'handshake', connection: 0, valid: true, response: { line } }).flags).toBe(flags);
  });

  it.each([
    ['number', [0, 1, 2, 3]],
    ['trouble', [2, 3, 1, 0]],
    ['time', [3, 2, 1, 0]],
    ['bytes', [1, 2, 0, 3]],
    ['ping', [2, 0, 1, 3]],
  ] as const)('are sorted by %s', (order, expected) => {
    expect(sortedLanes(lanesOf(columns).all, order).map(({ connection }) => connection)).toEqual(expected);
  });
});

describe('bins', () => {
  const windows = fc
    .tuple(fc.nat(99), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 60 }))
    .map(([from, span, width]): BinWindow => ({ from, to: from + span, width }));

  const binsOf = (all: readonly TimelineRow[], window: BinWindow, room?: LaneBins): LaneBins => {
    const columns = columnsOf(all.map((row) => ({ ...row, connection: 0 })));
    const laneRows = new LaneRows();
    laneRows.grow(columns, lanesOf(columns).order);
    return binRows(laneRows, window, room);
  };

  it('are of all rows what they are of each of them', () => {
    fc.assert(
      fc.property(rows, windows, (all, window) => {
        expect(drawn(binsOf(all, window))).toEqual(drawnOfEach(all, window));
        const frames = all.filter(({ time, kind }) => kind < 16 && time >= window.from && time <= window.to);
        expect(density(columnsOf(all), window).reduce((sum, count) => sum + count, 0)).toBe(frames.length);
      }),
    );
  });

  it('are so of many rows in a column too', () => {
    const kinds = fc.constantFrom(1, 1, 1, 1, 2, 8, 9, 10, 10, ROW_KIND.handshake, ROW_KIND.gap, ROW_KIND.stall);
    const sent = fc.constantFrom(0, 1, 1, 2, 2, 2, 2, ROW_FLAG.error);
    const runs = fc.array(
      fc.record({ count: fc.nat(700), step: fc.constantFrom(0, 0.001, 0.1, 3), kind: kinds, flags: sent }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(runs, windows, (some, window) => {
        let time = 0;
        const all = some.flatMap(({ count, step, kind, flags }) =>
          Array.from({ length: count }, (_, i): TimelineRow => {
            return { time: (time += step), connection: 0, kind, flags, size: i % 100, wait: 1 + (i % 7) };
          }),
        );
        expect(drawn(binsOf(all, window))).toEqual(drawnOfEach(all, window));
      }),
      { numRuns: 40 },
    );
  });

  it('are of the place at which a frame was', () => {
    const frames = [0, 1, 2.5, 4].map((time) => ({ time, connection: 0, kind: 1, size: 0, flags: ROW_FLAG.server }));
    const { bars } = binsOf(frames, { from: 0, to: 4, width: 4 });
    expect([...bars].map((bits) => bits !== 0)).toEqual([true, true, true, true]);
  });

  it('have a wait of which an end, or both, are beyond the edges', () => {
    const pong = { connection: 0, kind: OPCODE.pong, size: 0, flags: ROW_FLAG.client };
    const all = [
      { ...pong, time: 11, wait: 2 },
      { ...pong, time: 30, wait: 1 },
      { ...pong, time: 22, wait: 3 },
    ];
    const columns = (from: number, to: number): string =>
      covered(binsOf(all, { from, to, width: 10 }).clientPongs, 10)
        .map((is) => (is ? '-' : '.'))
        .join('');
    expect(columns(10, 20)).toBe('--.......-');
    expect(columns(20, 21)).toBe('----------');
    expect(columns(23, 28)).toBe('..........');
  });

  it('are the same in room that was used before', () => {
    const window = { from: 0, to: 100, width: 40 };
    fc.assert(
      fc.property(rows, rows, (before, all) => {
        expect(drawn(binsOf(all, window, binsOf(before, window)))).toEqual(drawn(binsOf(all, window)));
      }),
    );
  });

  it('show the rarest opcode of several, and the tallest bar', () => {
    const shown = (...opcodes: readonly number[]): string =>
      BAR_KINDS[barKind(opcodes.reduce((bits, opcode) => bits | barBits(opcode, 5), 0))]!;
    expect([shown(1), shown(1, 9), shown(8, 9), shown(0), shown(0, 1, 2), shown(2, 3), shown(15, 10)]).toEqual([
      ...['text', 'control', 'close', 'continuation', 'binary', 'reserved', 'control'],
    ]);
    const heights = [0, 1, 125, 65_535, 2 ** 32 - 1].map((size) => barHeight(barBits(1, size)));
    expect(heights).toEqual([2, 3, 5, 8, BAR_STEPS]);
    expect(barHeight(barBits(1, 65_535) | barBits(2, 3))).toBe(8);
  });
});

describe('the time axis', () => {
  it.each([
    [0, 10, 5, ['0', '2 s', '4 s', '6 s', '8 s', '10 s']],
    [0, 0.01, 5, ['0', '2 ms', '4 ms', '6 ms', '8 ms', '10 ms']],
    [59, 61, 2, ['59 s', '1:00', '1:01']],
    [0, 0, 5, []],
    [NaN, NaN, 5, []],
  ])('from %d to %d has at most %d steps', (from, to, most, labels) => {
    expect(ticksOf(from, to, most).map(({ label }) => label)).toEqual(labels);
  });

  it('has whole days, and round numbers of them, where the traffic spans many', () => {
    const labels = (days: number): string[] => ticksOf(0, days * 86_400, 10).map(({ label }) => label);
    expect(labels(8)).toEqual(['0', '1 d', '2 d', '3 d', '4 d', '5 d', '6 d', '7 d', '8 d']);
    expect(labels(95).slice(0, 4)).toEqual(['0', '10 d', '20 d', '30 d']);
    expect(labels(4).slice(0, 4)).toEqual(['0', '12:00:00', '1 d', '1 d 12 h']);
  });

  it('has few ticks, whatever the span', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 1e9, noNaN: true }), fc.integer({ min: 1, max: 20 }), (span, most) => {
        expect(ticksOf(0, span, most).length).toBeLessThanOrEqual(most + 2);
      }),
    );
  });

  it.each([
    [3723, 1, '1:02:03'],
    [-61, 1, '-1:01'],
    [59.9999, 0.001, '60.000 s'],
    [60.25, 0.01, '1:00.25'],
    [86_399.9999, 0.001, '1 d 0:00:00.000'],
    [86_400, 43_200, '1 d'],
    [129_600, 43_200, '1 d 12 h'],
    [8_208_000, 86_400, '95 d'],
    [-180_061, 1, '-2 d 2:01:01'],
  ])('writes %d s as %s', (seconds, step, text) => {
    expect(secondsText(seconds, step)).toBe(text);
  });
});

it.each([
  ['text', { type: 'frame', opcode: 1, payload: Buffer.from('Grüße').toString('base64') }, 'Grüße'],
  ['an inflated message', { type: 'frame', opcode: 1, payload: '', plain: { text: 'plain' } }, 'plain'],
  ['a close reason', { type: 'frame', opcode: 8, payload: '', closeReason: 'bye' }, 'bye'],
  ['a handshake', { type: 'handshake', request: { line: 'GET / HTTP/1.1', headers: [['Host', 'x']] } }, 'Host: x'],
  ['a notice', { type: 'notice', message: 'damaged' }, 'damaged'],
])('the searched text of %s', (_, record, text) => {
  expect(textOfRecord(record)).toContain(text);
});
