import { describe, expect, it } from 'vitest';
import { LiveSource, leftWords } from '../../src/web/live/live-source.js';

const note = (row: number, message = `note ${row}`): Record<string, unknown> => {
  return { type: 'notice', row, message, connection: 0, time: row };
};

describe('the rows of live traffic', () => {
  it('have the numbers that the server gave them', () => {
    const source = new LiveSource();
    for (const row of [7, 8, 12]) source.add(note(row), 50);
    // What the page itself has left out has no number.
    source.add({ type: 'missed', count: 3 }, 30);
    expect([0, 1, 2, 3].map((row) => source.numberOf(row))).toEqual([7, 8, 12, 12]);
    expect([7, 12, 9].map((number) => source.rowOf(number))).toEqual([0, 2, -1]);
    expect(source.item(2)).toMatchObject({ kind: 'note', text: 'note 12', connection: 0 });
    expect(source.item(4)).toBe(undefined);
  });

  it('are not all there are where some were left out, and it is said', () => {
    const source = new LiveSource();
    expect(leftWords(source.left)).toBe('');
    source.add({ type: 'missed', count: 1 }, 30);
    expect(leftWords(source.left)).toBe('1 record was left out: counts, sizes and pings here are of the rest');
    source.add({ type: 'missed', count: 3999 }, 30);
    expect(leftWords(source.left)).toMatch(/^4,000 records were left out: /);
    expect(source.hasEnds).toBe(true);
    source.add({ type: 'missed', count: 5, ends: 1 }, 30);
    expect([source.left, source.hasEnds]).toEqual([4005, false]);
    source.clear();
    expect([source.left, source.hasEnds]).toEqual([0, true]);
    for (let row = 0; row < 200_001; row++) source.add(note(row), 50);
    expect(source.left).toBe(50_000);
  });

  it('are searched as they come', () => {
    const source = new LiveSource();
    const found: (readonly number[])[] = [];
    for (const row of [0, 1, 2]) source.add(note(row, row === 1 ? 'apple' : 'pear'), 50);
    source.search('app', (rows, isDone) => found.push([...rows, Number(isDone)]));
    source.add(note(3, 'an apple'), 50);
    source.flush();
    source.add(note(4, 'a plum'), 50);
    source.flush();
    expect(found).toEqual([
      [1, 1],
      [3, 1],
    ]);
  });

  it('are bounded: the oldest lose their records, then they go', () => {
    const source = new LiveSource();
    let dropped = 0;
    source.dropped = (count) => (dropped += count);
    for (let row = 0; row < 40_001; row++) source.add(note(row), 50);
    expect(source.item(0)).toMatchObject({ name: 'not kept', text: 'record 0 is not kept: there are too many' });
    expect(source.item(1)).toMatchObject({ text: 'note 1' });
    for (let row = 40_001; row <= 200_000; row++) source.add(note(row), 50);
    expect(dropped).toBe(50_000);
    expect(source.columns.length).toBe(150_001);
    expect(source.rowOf(49_999)).toBe(-1);
    expect(source.item(source.rowOf(200_000))).toMatchObject({ text: 'note 200000' });
    expect(source.item(source.rowOf(160_000))).toMatchObject({ name: 'not kept' });
    expect(source.item(source.rowOf(160_001))).toMatchObject({ text: 'note 160001' });
  });

  it('are bounded by their characters, too', () => {
    const source = new LiveSource();
    for (let row = 0; row < 100; row++) source.add(note(row), 1024 * 1024);
    expect([51, 52].map((row) => source.item(row)?.kind === 'note' && source.item(row))).toMatchObject([
      { name: 'not kept' },
      { text: 'note 52' },
    ]);
  });

  it('are none at first of another run of the server', () => {
    const source = new LiveSource();
    source.add(note(9), 50);
    source.clear();
    source.add(note(0), 50);
    expect([source.columns.length, source.numberOf(0), source.rowOf(9)]).toEqual([1, 0, -1]);
  });
});
