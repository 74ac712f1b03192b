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
    const expected = { UTC: '2025-03-01 23:59:59.999000', 'America/New_York': '2025-03-01 18:59:59.999000' }[zone];
    expect(momentText(time)).toBe(expected ?? '2025-03-02 05:44:59.999000');
    expect(`${dayText(time)} ${timeText(time)}`).toBe(momentText(time));
  });

  it('have the microsecond that is nearest', () => {
    expect([1e9 + 0.000123, 1e9 + 0.9999997].map((time) => timeText(time).slice(-9))).toEqual([
      '40.000123',
      '41.000000',
    ]);
  });

  it('are as they were written where no day is known', () => {
    expect(momentText(UNDATED + 3600)).toBe('01:00:00.000000');
    expect(dayText(UNDATED + 3600)).toBe('');
  });

  it.each([undefined, NaN, 1e15, -1e15, Infinity])('are nothing for %s', (time) => {
    expect([timeText(time), dayText(time), momentText(time)]).toEqual(['', '', '']);
  });
});
