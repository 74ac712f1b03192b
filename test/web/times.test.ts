import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNDATED } from '../../src/codec/bytes/time.js';
import { dayText, momentText, timeText } from '../../src/web/format.js';

describe.each(['UTC', 'America/New_York', 'Asia/Kathmandu'])('times of records in the zone %s', (zone) => {
  const before = process.env['TZ'];
  beforeEach(() => void (process.env['TZ'] = zone));
  afterEach(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  it('are those of its clocks', () => {
    const time = Date.UTC(2025, 2, 1, 23, 59, 59, 999) / 1000;
    const expected = { UTC: '2025-03-01 23:59:59.999', 'America/New_York': '2025-03-01 18:59:59.999' }[zone];
    expect(momentText(time)).toBe(expected ?? '2025-03-02 05:44:59.999');
    expect(`${dayText(time)} ${timeText(time)}`).toBe(momentText(time));
  });

  it('are as they were written where no day is known', () => {
    expect(momentText(UNDATED + 3600)).toBe('01:00:00.000');
    expect(dayText(UNDATED + 3600)).toBe('');
  });

  it.each([undefined, NaN, 1e15, -1e15, Infinity])('are nothing for %s', (time) => {
    expect([timeText(time), dayText(time), momentText(time)]).toEqual(['', '', '']);
  });
});
