import { describe, expect, it } from 'vitest';
import fc from '../../fc.js';
import { connectionPlots, type ConnectionPlot } from '../../../src/describe/plots/plot-data.js';
import { drawPlot, shortNumber } from '../../../src/describe/plots/plot-drawing.js';
import { svgText } from '../../../src/describe/sequence/svg-text.js';
import { ROW_FLAG, ROW_KIND, RowColumns, type TimelineRow } from '../../../src/describe/timeline/row-columns.js';

const { client, server } = ROW_FLAG;

function columnsOf(rows: readonly Partial<TimelineRow>[]): RowColumns {
  const columns = new RowColumns();
  for (const row of rows) columns.push({ time: NaN, connection: 0, kind: 1, size: 0, flags: client, ...row });
  return columns;
}

function plotsOf(rows: readonly Partial<TimelineRow>[]): Record<string, ConnectionPlot> {
  const all = connectionPlots(columnsOf(rows), [...rows.keys()]);
  return Object.fromEntries(all.map((plot) => [plot.title, plot]));
}

describe('the plots of a connection', () => {
  const ROWS: readonly Partial<TimelineRow>[] = [
    { kind: ROW_KIND.handshake, time: 0 },
    { time: 10, size: 0 },
    { time: 10.003, size: 5, ratio: 2.5 },
    { time: 12.05, size: 5000, flags: server, wait: 0.25 },
    { kind: 10, time: 14.8, size: 0, flags: server, wait: 0.3 },
    { kind: ROW_KIND.ended, time: 99, size: 1000 },
  ];

  it.each([
    [
      'Sizes',
      [
        ['0 B', 1, 1],
        ['4 to 8 B', 1, 0],
        ['4 Ki to 8 Ki B', 0, 1],
      ],
    ],
    [
      'Inter-arrival times',
      [
        ['2 ms to 5 ms', 1, 0],
        ['2 s to 5 s', 0, 1],
      ],
    ],
    ['Round trips', [['200 ms to 500 ms', 0, 2]]],
    ['Compression', [['2 to 3', 1, 0]]],
  ])('%s', (title, expected) => {
    const used = plotsOf(ROWS)[title]!.bins.filter((bin) => bin.client + bin.server > 0);
    expect(used.map((bin) => [bin.label, bin.client, bin.server])).toEqual(expected);
  });

  it('have the throughput over the time of the frames, in bytes per second', () => {
    const { bins } = plotsOf(ROWS)['Throughput']!;
    // Edges are round numbers.
    expect(bins).toHaveLength(25);
    expect([Math.round(bins[0]!.client), Math.round(bins[10]!.server)]).toEqual([25, 25_000]);
    expect([bins[0]!.label, bins[5]!.edge]).toEqual(['0 to 200 ms', '1.0 s']);
  });

  it('have no bins where nothing is known, and say so', () => {
    for (const { bins, empty } of connectionPlots(new RowColumns(), [])) {
      expect(bins).toEqual([]);
      expect(empty).not.toBe('');
    }
  });

  it('count each frame of a known sender once, whatever its numbers are', () => {
    const row = fc.record({
      time: fc.oneof(fc.double({ min: 0, max: 1e10, noNaN: true }), fc.constant(NaN)),
      kind: fc.nat(20),
      size: fc.nat(2 ** 32 - 1),
      flags: fc.nat(31),
      wait: fc.double(),
      ratio: fc.double(),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const plots = plotsOf(rows);
        const frames = rows.filter(({ kind, flags }) => kind < ROW_KIND.handshake && (flags & (client | server)) !== 0);
        const counted = plots['Sizes']!.bins.reduce((sum, bin) => sum + bin.client + bin.server, 0);
        expect(counted).toBe(frames.length);
        for (const plot of Object.values(plots)) expect(svgText(drawPlot(plot))).not.toMatch(/NaN|Infinity/);
      }),
    );
  });

  it.each([
    [0, '0'],
    [7, '7'],
    [1234, '1.2 k'],
    [3_000_000, '3 M'],
    [999_999, '1000 k'],
  ])('write %d as %s', (number, text) => {
    expect(shortNumber(number)).toBe(text);
  });
});
