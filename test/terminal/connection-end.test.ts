import { describe, expect, it } from 'vitest';
import { connectionEnds } from '../../src/terminal/connections/end.js';
import { PLAIN_THEME } from '../../src/terminal/theme.js';
import { displayWidth } from '../../src/terminal/width.js';
import { DirectionTally } from '../../src/traffic/tally/lane.js';
import type { ConnectionSummary } from '../../src/traffic/tally/summary.js';

const NONE = new DirectionTally().summary();
const OPEN = { status: 101, extensions: [], upgraded: true, answered: true };

const BASE = {
  connection: 0,
  firstTime: 1_700_000_000,
  lastTime: 1_700_000_012.3,
  handshake: OPEN,
  directions: { client: NONE, server: NONE },
  diagnostics: {},
  ended: 'fin',
  endedBy: 'server',
  endedAt: 1_700_000_012,
} as const;
const CLOSED: ConnectionSummary = {
  ...BASE,
  directions: {
    client: { ...NONE, frames: 1204, close: { code: 1000, reason: 'bye' } },
    server: { ...NONE, frames: 3, close: { code: 1000, reason: '' } },
  },
  closeCode: 1000,
  closedBy: 'client',
};
const DROPPED: ConnectionSummary = {
  ...BASE,
  directions: { client: { ...NONE, frames: 2 }, server: NONE },
  closeCode: 1006,
  ended: 'reset',
  endedBy: 'client',
};
const REFUSED: ConnectionSummary = { ...BASE, handshake: { ...OPEN, status: 403, upgraded: false } };
const HOSTILE: ConnectionSummary = {
  ...CLOSED,
  directions: {
    ...CLOSED.directions,
    client: { ...NONE, close: { code: 4000, reason: '\x1b]0;x\x07\r\n\u202e漢'.repeat(9) } },
  },
  closeCode: 4000,
};

function line(summary: ConnectionSummary, width?: number): string {
  const look = width === undefined ? { theme: PLAIN_THEME, width: 80, isOpen: true } : { theme: PLAIN_THEME, width };
  return connectionEnds(look)(summary).replace(/^[\d:.]+ /, '');
}

describe('the line of a connection that has ended', () => {
  it.each([
    [
      'closed',
      CLOSED,
      undefined,
      '1000 Normal Closure  "bye"  by the client  answered with 1000  FIN by the server after 12.0 s  → 1,204 ← 3 frames',
    ],
    ['closed, in 80 columns', CLOSED, 80, '1000 by the client  12.3 s  → 1,204 ← 3 frames'],
    ['dropped', DROPPED, undefined, '1006 without a close frame  RST by the client after 12.0 s  → 2 ← 0 frames'],
    ['dropped, in 80 columns', DROPPED, 80, '1006 RST by the client  12.3 s  → 2 ← 0 frames'],
    ['refused', REFUSED, 80, 'FIN by the server after 12.0 s'],
    ['refused, in 40 columns', REFUSED, 40, 'HTTP 403'],
  ] as const)('%s', (_name, summary, width, text) => {
    expect(line(summary, width)).toContain(`#0  ↔ ended  ${text}`);
  });

  it.each([20, 40, 60, 80, 100, 160])('stays one line of %i columns, whatever a peer says', (width) => {
    for (const summary of [CLOSED, DROPPED, REFUSED, HOSTILE]) {
      const drawn = connectionEnds({ theme: PLAIN_THEME, width })(summary);
      expect(drawn.indexOf('\n')).toBe(drawn.length - 1);
      expect([...drawn.trimEnd()].filter((char) => char < ' ' || char === '\u202e')).toEqual([]);
      if (width >= 40) expect(displayWidth(drawn.trimEnd()), drawn).toBeLessThanOrEqual(width);
    }
  });
});
