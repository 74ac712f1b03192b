import { describe, expect, it } from 'vitest';
import type { AppPacket, SubscriptionChange } from '../../src/apps/packet.js';
import { AppSums, AppTally, withoutSamples, type AppSummary } from '../../src/traffic/apps/app-tally.js';
import { CallPairing } from '../../src/traffic/apps/calls.js';

const packet = (more: Partial<AppPacket>): AppPacket => ({
  protocol: 'p',
  type: 'call',
  summary: '',
  bytes: new Uint8Array(0),
  messages: [],
  fields: () => [],
  diagnostics: [],
  ...more,
});

/** Calls of the client by key, and replies of the server: `+key` and `-key`, `~key` is a reply that others follow, `xkey` ends an own call. */
function summaryOf(steps: readonly (readonly [string, number, Partial<AppPacket>?])[], lost?: 'client' | 'server') {
  const tally = new AppTally('p');
  const pairing = new CallPairing('warning', tally);
  for (const [step, time, more = {}] of steps) {
    const key = step.slice(1);
    if (step.startsWith('+')) pairing.place(packet({ asks: key, ...more }), 'client', time);
    else if (step.startsWith('x')) {
      pairing.place(packet({ type: 'end', answers: [{ key, isOwn: true, isLast: false }] }), 'client', time);
    } else {
      const answers = [{ key, isLast: step.startsWith('-') }];
      pairing.place(packet({ type: 'reply', answers, ...more }), 'server', time);
    }
  }
  if (lost) pairing.lost(lost);
  return tally.summary(pairing.waiting);
}

const counts = (summary: AppSummary | undefined): number[] => {
  const { packets, calls, replies, unanswered, open } = summary!;
  return [packets, calls, replies, unanswered, open];
};

describe('calls of an application protocol', () => {
  it.each<[string, Parameters<typeof summaryOf>[0], number[]]>([
    [
      'one answered, one not',
      [
        ['+a', 0],
        ['-a', 1],
        ['+b', 2],
      ],
      [3, 2, 1, 1, 0],
    ],
    [
      'one that only a failure answers',
      [
        ['+a', 0, { isAnsweredByFailure: true }],
        ['+b', 0, { isAnsweredByFailure: true }],
        ['-b', 1],
      ],
      [3, 1, 1, 0, 0],
    ],
    [
      'a subscription with replies that go on',
      [
        ['+a', 0],
        ['~a', 1],
        ['~a', 2],
      ],
      [3, 1, 2, 0, 1],
    ],
    [
      'a subscription that ended',
      [
        ['+a', 0],
        ['~a', 1],
        ['-a', 2],
      ],
      [3, 1, 2, 0, 0],
    ],
    [
      'a call that its caller has ended',
      [
        ['+a', 0],
        ['xa', 1],
      ],
      [2, 1, 0, 0, 0],
    ],
    [
      'a key that is used again before its reply',
      [
        ['+a', 0],
        ['+a', 1],
        ['-a', 2],
      ],
      [3, 2, 1, 0, 0],
    ],
    ['a reply without a call', [['-a', 0]], [1, 0, 0, 0, 0]],
  ])('%s', (_, steps, expected) => {
    expect(counts(summaryOf(steps))).toEqual(expected);
  });

  it('does not count as unanswered what may have been answered in what was lost', () => {
    expect(counts(summaryOf([['+a', 0]], 'server'))).toEqual([1, 1, 0, 0, 0]);
    expect(counts(summaryOf([['+a', 0]], 'client'))).toEqual([1, 1, 0, 1, 0]);
  });

  it('measures the first reply, by type and name', () => {
    const steps = Array.from({ length: 100 }, (_, i) => [
      [`+${i}`, i, { name: 'n' }] as const,
      [`~${i}`, i + (i + 1) / 1000] as const,
      [`~${i}`, i + 50] as const,
    ]).flat();
    const summary = summaryOf(steps)!;
    expect(summary.latency).toEqual({ p50: 0.05, p99: 0.099, max: 0.1 });
    expect(summary.byName).toMatchObject([{ type: 'call', name: 'n', calls: 100, replies: 200, open: 100 }]);
  });

  it('has no latency where times are not known', () => {
    expect(
      summaryOf([
        ['+a', NaN],
        ['-a', NaN],
      ])!.latency,
    ).toBeUndefined();
  });

  it('counts failures by type', () => {
    expect(summaryOf([['-a', 0, { isError: true, type: 'ERROR' }]])!.errors).toEqual({ ERROR: 1 });
  });

  it('keeps a bounded number of names, and counts the calls of all', () => {
    const summary = summaryOf(Array.from({ length: 250 }, (_, i) => [`+${i}`, i, { name: `name ${i}` }]))!;
    expect(summary.byName).toHaveLength(101);
    expect(summary.byName.at(-1)).toMatchObject({ calls: 150, unanswered: 150 });
    expect(summary.byName.at(-1)).not.toHaveProperty('type');
  });
});

describe('sums of application protocols', () => {
  it('add up connections, and find the quantiles of all', () => {
    const sums = new AppSums();
    const ran = (from: number): AppSummary =>
      summaryOf(
        Array.from({ length: 50 }, (_, i) => [[`+${i}`, 0] as const, [`-${i}`, (from + i) / 1000] as const]).flat(),
      )!;
    sums.add(ran(1));
    sums.add(ran(51));
    expect(sums.totals()).toMatchObject([
      { protocol: 'p', connections: 2, calls: 100, packets: 200, latency: { p50: 0.05, p99: 0.099, max: 0.1 } },
    ]);
  });

  it('are made of what is dropped from the connections that are kept', () => {
    const bare = withoutSamples(
      summaryOf([
        ['+a', 0],
        ['-a', 1],
      ])!,
    );
    expect(bare).not.toHaveProperty('samples');
    expect(bare.byName[0]).not.toHaveProperty('samples');
    expect(bare.latency).toEqual({ p50: 1, p99: 1, max: 1 });
  });
});

describe('subscriptions', () => {
  const subscribing = (tally: AppTally, ...changes: SubscriptionChange[]): void =>
    void new CallPairing('warning', tally).place(packet({ subscriptions: changes }), 'client', 0);

  it('counts those that are open, by topic', () => {
    const tally = new AppTally('p');
    subscribing(tally, { key: '1', topic: 'a' }, { key: '2', topic: 'a' }, { key: '3', topic: 'b' }, { key: '3' });
    const summary = tally.summary([])!;
    expect(summary.subscribed).toEqual({ a: 2 });
    const sums = new AppSums();
    sums.add(summary);
    sums.add(summary);
    expect(sums.totals()[0]!.subscribed).toEqual({ a: 4 });
  });

  it('counts none that may have ended in what was lost', () => {
    const tally = new AppTally('p');
    subscribing(tally, { key: '1', topic: 'a' });
    tally.lost();
    expect(tally.summary([])!.subscribed).toEqual({});
  });
});
