import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crowd } from './capture-options.js';
import { records, Workshop } from './binary.js';
import { runHere } from './in-process.js';

const CHAT = 'fixtures/captures/chat.pcap';

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
});
afterAll(() => shop.remove());

async function decode(...args: string[]): Promise<Record<string, unknown>[]> {
  return records((await runHere(['decode', '--json', ...args])).out);
}

describe('times', () => {
  it('of each direction run forwards, also where a hole was given up only later', async () => {
    const found = (await decode(CHAT, '--connection', '1')).filter(({ type }) => type === 'frame');
    for (const sender of ['client', 'server']) {
      const times = found.filter(({ direction }) => direction === sender).map(({ time }) => time as number);
      expect(times.length).toBeGreaterThan(2);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
    const cut = found.find(({ truncated }) => truncated === true);
    expect(cut?.['time']).toBeCloseTo(1_795_356_001.254_15, 5);
  });

  it.each(['81820000000068', '8182'])('of what the end breaks off are of its own connection: %s', async (last) => {
    // Two connections of 2023, and two of 2026.
    const found = await decode(shop.write('early.pcap', crowd(2, last)), CHAT);
    expect(found.filter(({ truncated, code }) => truncated === true || code === 'frame-truncated')).not.toEqual([]);
    const durations = found.filter(({ type }) => type === 'connection').map(({ duration }) => duration as number);
    expect(durations).toHaveLength(4);
    for (const duration of durations) expect(duration).toBeLessThan(10);
  });
});
