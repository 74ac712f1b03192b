import { describe, expect, it } from 'vitest';
import { NO_CONNECTION, RowColumns } from '../../../src/describe/timeline/row-columns.js';
import { ViewerEnd } from '../../../src/describe/timeline/viewer-end.js';

/** A page that has all rows up to `from` asks for more: how many it gets at once, and how many some time later. */
function answered(rows: number, from: number): readonly [atOnce: number, later: number] {
  const columns = new RowColumns();
  for (let i = 0; i < rows; i++) columns.push({ time: i, connection: NO_CONNECTION, kind: 1, size: 0, flags: 0 });
  let sent = 0;
  let isAwaited = false;
  const source = {
    ...{ columns, names: [], hello: () => ({}), progress: () => ({}) },
    ...{ record: () => undefined, search: () => [] },
  };
  const page = new ViewerEnd(source, {
    send: (data) => void (sent += typeof data === 'string' ? 0 : data.length / 30),
    isOpen: () => true,
    later: (go) => go(),
    soon: () => (isAwaited = true),
    matcher: () => () => false,
  });
  page.obey({ type: 'more', id: 0, from, names: 0, rows: [], text: '' });
  const atOnce = sent;
  if (isAwaited) page.change();
  return [atOnce, sent];
}

describe('a page that asks for more rows', () => {
  it.each([
    ['the first rows at once', 10, 0, [10, 10]],
    ['a few some time later, with those that follow', 20, 10, [0, 10]],
    ['many at once', 100_000, 10, [65_536, 65_536]],
    ['none where there are none', 10, 10, [0, 0]],
  ])('gets %s', (_, rows, from, expected) => {
    expect(answered(rows, from)).toEqual(expected);
  });
});
