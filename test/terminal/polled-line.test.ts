import { describe, expect, it } from 'vitest';
import { polledLines, polledRecord } from '../../src/terminal/connections/polled-line.js';
import { PLAIN_THEME } from '../../src/terminal/theme.js';
import { displayWidth } from '../../src/terminal/width.js';

const POLLED = {
  client: '127.0.0.1:40000',
  method: 'GET',
  target: '/long-poll?room=main&since=1&timeout=25',
  status: 200,
  requestBytes: 171,
  responseBytes: 12_345,
  messages: 2,
  time: 1_700_000_000,
  duration: 1.9,
};
const drawn = (width: number, polled = {}): string =>
  polledLines({ width, theme: PLAIN_THEME })({ ...POLLED, ...polled }).replace(/^[\d:.]+/, 'TIME');

describe('the line of a request for polling', () => {
  it('has what was asked, the answer, the bytes and the wait', () => {
    expect(drawn(160)).toBe(
      'TIME     ↔ http  GET /long-poll?room=main&since=1&timeout=25  200  → 171 B ← 12.3 KB  2 messages  1.9 s\n',
    );
  });

  it('has the time of the answer', () => {
    const line = polledLines({ width: 80, theme: PLAIN_THEME }, () => 1_700_000_000)(POLLED);
    expect(line).toMatch(/^ {5}1\.900000 /);
  });

  it.each([60, 80, 120])('fits %i columns, whatever was asked', (width) => {
    for (const target of [
      '/poll?since=0',
      `/poll?${'x'.repeat(5000)}`,
      '/poll?\x1b[2J',
      '/poll?漢字漢字漢字漢字漢字漢字漢字',
    ]) {
      const line = drawn(width, { target, requestBytes: 123_456 });
      expect(displayWidth(line.trimEnd())).toBeLessThanOrEqual(width);
      expect(line).not.toContain('\x1b');
    }
  });

  it('of one that left has no status', () => {
    const { client, method, target, requestBytes, time, duration } = POLLED;
    const gone = { client, method, target, requestBytes, responseBytes: 0, time, duration };
    const line = polledLines({ width: 120, theme: PLAIN_THEME })(gone);
    expect(line).toContain('  gone  → 171 B ← 0 B  1.9 s');
    expect(polledRecord(gone)).not.toHaveProperty('status');
  });
});
