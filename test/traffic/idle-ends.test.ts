import { describe, expect, it } from 'vitest';
import { IdleEnds } from '../../src/traffic/causes/idle-ends.js';
import { DirectionTally } from '../../src/traffic/tally/lane.js';
import { RunTally } from '../../src/traffic/tally/run.js';
import type { ConnectionSummary } from '../../src/traffic/tally/summary.js';
import { causeOfIdle, type IdleEnd } from '../../src/rules/causes/idle.js';

interface Ended extends Partial<IdleEnd> {
  readonly at: number;
  readonly server?: string;
}

/** A connection that ended without a close frame at that time. */
function ended({ at, server = '192.0.2.1:80', ...idle }: Ended): ConnectionSummary {
  const end: IdleEnd = { by: 'server', silence: 2, sinceOpen: at, ...idle };
  const cause = causeOfIdle(end);
  const none = new DirectionTally().summary();
  return {
    connection: 0,
    directions: { client: none, server: none },
    diagnostics: {},
    closeCode: 1006,
    server,
    endedAt: at,
    idle: end,
    ...(cause && { cause }),
  };
}

/** What is known of the last one, after all. */
function lastOf(...all: readonly Ended[]): string {
  const ends = new IdleEnds();
  const summaries = all.map(ended);
  for (const summary of summaries) ends.add(summary);
  return ends.explained(summaries.at(-1)!).cause?.message ?? 'nothing';
}

describe('an idle timeout', () => {
  it.each<[string, readonly Ended[], string]>([
    ['one end after whole seconds: perhaps', [{ at: 10 }], 's after the last byte, without a close frame: perhaps an'],
    ['one end after other seconds: nothing', [{ at: 10, silence: 2.3 }], 'nothing'],
    [
      'two ends after the same silence',
      [{ at: 10 }, { at: 20, silence: 2.04 }],
      '2.0 s after the last byte, without a close frame, in both of two connections: an idle timeout. Send',
    ],
    [
      'two, of any silence',
      [
        { at: 10, silence: 1.5 },
        { at: 20, silence: 1.52 },
      ],
      'in both of two connections: an idle timeout.',
    ],
    ['four', [10, 20, 30, 40].map((at) => ({ at })), 'in each of 4 connections: an idle timeout.'],
    [
      'long silences are coarser',
      [
        { at: 100, silence: 60.1 },
        { at: 300, silence: 60.5 },
      ],
      'in both',
    ],
    ['two at one time, as of a server that stops', [{ at: 10 }, { at: 10.5 }], 'perhaps'],
    ['one of three does not agree', [{ at: 10 }, { at: 20, silence: 1.7 }, { at: 30 }], 'perhaps'],
    [
      'two that do not agree',
      [
        { at: 10, silence: 1.5 },
        { at: 20, silence: 1.6 },
      ],
      'nothing',
    ],
    ['two of different servers', [{ at: 10, server: '192.0.2.2:80' }, { at: 20 }], 'perhaps'],
    ['two of different sides', [{ at: 10, by: 'client' }, { at: 20 }], 'perhaps'],
    [
      'the same time from the handshake on',
      [
        { at: 10, sinceOpen: 2.01 },
        { at: 20, sinceOpen: 2.02 },
      ],
      'an idle timeout (or a limit on the time from the handshake on)',
    ],
    ['nothing after the handshake', [{ at: 10, sinceOpen: 2 }], 'perhaps an idle timeout (or a limit'],
    [
      'a proxy that names itself',
      [{ at: 10, proxy: 'nginx', setting: 'nginx: proxy_read_timeout' }],
      'perhaps an idle timeout of nginx or of the server. Send pings more often than that (--ping-interval), or raise it (nginx: proxy_read_timeout)',
    ],
  ])('%s', (_, all, words) => {
    expect(lastOf(...all)).toContain(words);
  });

  it('is proven for all of them at the end of a run', () => {
    const run = new RunTally();
    for (const at of [10, 20]) run.add(ended({ at }));
    const messages = run.summaries.map(({ cause }) => cause?.message);
    expect(messages).toEqual([expect.stringContaining('in both'), expect.stringContaining('in both')]);
  });

  it('is proven of no more servers than are remembered', () => {
    const ends = new IdleEnds();
    const of = (number: number): Ended => ({ at: 10, server: `server ${number}` });
    for (let number = 0; number < 1001; number++) ends.add(ended(of(number)));
    for (const number of [0, 1000]) ends.add(ended({ ...of(number), at: 20 }));
    expect(ends.explained(ended(of(0))).cause?.message).toContain('in both');
    expect(ends.explained(ended(of(1000))).cause?.message).toContain('perhaps');
  });

  it('is nothing of a connection that has another cause or none', () => {
    const ends = new IdleEnds();
    const { idle, ...other } = ended({ at: 10 });
    expect(idle).toBeDefined();
    for (const at of [10, 20]) ends.add(ended({ at }));
    expect(ends.explained(other)).toBe(other);
  });
});
