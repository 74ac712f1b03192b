import { describe, expect, it } from 'vitest';
import { addBatch } from '../../../src/describe/timeline/row-batch.js';
import { NO_CONNECTION, RowColumns } from '../../../src/describe/timeline/row-columns.js';
import { ViewerEnd } from '../../../src/describe/timeline/viewer-end.js';

/** A page that has all rows up to `from` asks for more: how many it gets at once, and how many some time later. */
function answered(rows: number, from: number, isDone = false): readonly [atOnce: number, later: number] {
  const columns = new RowColumns();
  for (let i = 0; i < rows; i++) columns.push({ time: i, connection: NO_CONNECTION, kind: 1, size: 0, flags: 0 });
  const sent = new RowColumns();
  let isAwaited = false;
  const source = {
    ...{ columns, isDone, names: [], hello: () => ({}), progress: () => ({}) },
    ...{ record: () => undefined, search: () => [] },
  };
  const page = new ViewerEnd(source, {
    send: (data) => typeof data !== 'string' && addBatch(sent, data.buffer as ArrayBuffer),
    isOpen: () => true,
    later: (go) => go(),
    soon: () => (isAwaited = true),
    matcher: () => () => false,
  });
  page.obey({ type: 'more', id: 0, from, names: 0, rows: [], text: '' });
  const atOnce = sent.length;
  if (isAwaited) page.change();
  return [atOnce, sent.length];
}

describe('a page that asks for more rows', () => {
  it.each([
    ['the first rows at once', 10, 0, [10, 10]],
    ['a few some time later, with those that follow', 20, 10, [0, 10]],
    ['many at once', 70_000, 10, [69_990, 69_990]],
    ['no more than it takes at once', 300_000, 10, [262_144, 262_144]],
    ['none where there are none', 10, 10, [0, 0]],
  ])('gets %s', (_, rows, from, expected) => {
    expect(answered(rows, from)).toEqual(expected);
  });

  it('gets the last ones at once', () => {
    expect(answered(20, 10, true)).toEqual([10, 10]);
  });

  it('has all rows when it hears that the reading is done', () => {
    const columns = new RowColumns();
    const sent: string[] = [];
    const source = {
      ...{ columns, isDone: true, names: [], hello: () => ({}), progress: () => ({ isDone: true }) },
      ...{ record: () => undefined, search: () => [] },
    };
    const page = new ViewerEnd(source, {
      send: (data) => sent.push(typeof data === 'string' ? (JSON.parse(data) as { type: string }).type : 'batch'),
      ...{ isOpen: () => true, later: (go) => go(), soon: () => undefined, matcher: () => () => false },
    });
    columns.push({ time: 0, connection: NO_CONNECTION, kind: 1, size: 0, flags: 0 });
    page.obey({ type: 'more', id: 0, from: 0, names: 0, rows: [], text: '' });
    expect(sent).toEqual(['names', 'batch', 'progress']);
  });
});
