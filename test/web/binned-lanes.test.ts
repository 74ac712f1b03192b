import { expect, it } from 'vitest';
import type { BinSpans, LaneBins } from '../../src/describe/timeline/bins.js';
import { LaneSorter } from '../../src/describe/timeline/lane-sorter.js';
import { ROW_KIND, RowColumns, type TimelineRow } from '../../src/describe/timeline/row-columns.js';
import { BinnedLanes } from '../../src/web/overview/binned-lanes.js';
import fc from '../fc.js';

const rows: fc.Arbitrary<TimelineRow> = fc.record({
  time: fc.oneof(fc.nat(99), fc.constant(NaN)),
  connection: fc.nat(2),
  kind: fc.constantFrom(1, 2, 9, 10, ROW_KIND.handshake, ROW_KIND.ended, ROW_KIND.stall),
  size: fc.nat(70_000),
  flags: fc.nat(31),
  wait: fc.oneof(fc.nat(9), fc.constant(NaN)),
});
const VIEW = { from: 0, to: 100, width: 40 };

/** As it is now: the room is used again. */
function drawn({ bars, unknownBars, marks, clientPongs, serverPongs, clientStalls, serverStalls }: LaneBins): unknown {
  const spans = [clientPongs, serverPongs, clientStalls, serverStalls];
  const shown = ({ begins, ends, count }: BinSpans): unknown => [begins.slice(0, count), ends.slice(0, count)];
  return [bars.slice(), unknownBars.slice(), marks.slice(), spans.map(shown)];
}

it('lanes that are drawn as they grow are those that are drawn at the end', () => {
  fc.assert(
    fc.property(
      fc.array(rows, { maxLength: 60 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 20 }),
      fc.option(fc.nat(60)),
      (all, isSorted, size, forgotten) => {
        const given = isSorted ? all.toSorted((a, b) => a.time - b.time || 0) : all;
        const columns = new RowColumns();
        const sorter = new LaneSorter(columns);
        const growing = new BinnedLanes();
        const draw = (): unknown => {
          const table = sorter.table();
          growing.forget(table);
          return growing.of(table.all, columns, table, VIEW).map(drawn);
        };
        for (const [i, row] of given.entries()) {
          columns.push(row);
          if (i % size === 0) draw();
          if (i !== forgotten) continue;
          columns.dropFirst(Math.ceil(i / 2));
          sorter.forget();
        }
        const table = sorter.table();
        const whole = new BinnedLanes().of(table.all, columns, table, VIEW);
        expect(draw()).toEqual(whole.map(drawn));
      },
    ),
  );
});
