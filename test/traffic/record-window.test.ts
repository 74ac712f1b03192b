import { describe, expect, it } from 'vitest';
import fc from '../fc.js';
import { RecordWindow, type Kept, type WindowCriteria } from '../../src/traffic/selection/record-window.js';

interface Numbered extends Kept {
  readonly connection: number;
  readonly number: number;
}

interface Step {
  readonly connection: number;
  readonly matches: boolean;
}

function shownOf(steps: readonly Step[], criteria: WindowCriteria, limit?: number, size = 1) {
  const shown: Numbered[] = [];
  const window = new RecordWindow<Numbered>(criteria, (record) => shown.push(record), limit);
  for (const [number, { connection, matches }] of steps.entries()) {
    window[matches ? 'matches' : 'passes'](connection, { connection, number, size, startsGroup: false });
  }
  window.end();
  return { shown, cut: window.cut, isStrained: window.isStrained };
}

/** What has to be shown of one connection, with the gaps before it: all at once, from the whole list. */
function expected(steps: readonly Step[], { last, context = 0, before = context, after = context }: WindowCriteria) {
  const connections = [...new Set(steps.map(({ connection }) => connection))];
  return connections.map((connection) => {
    const own = steps.map((step, number) => ({ ...step, number })).filter((step) => step.connection === connection);
    const near = own.map((_, at) =>
      own.some(({ matches }, other) => matches && other - at <= before && at - other <= after),
    );
    const chosen = own.flatMap(({ number }, at) =>
      near[at] ? [{ number, startsGroup: at === 0 || near[at - 1] !== true }] : [],
    );
    const kept = last === undefined ? chosen : chosen.slice(-last);
    return kept.map((one, at) => (at === 0 ? { ...one, startsGroup: true } : one));
  });
}

const number = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined });
const criteria = fc.record({
  last: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  before: number,
  after: number,
  context: number,
});
const steps = fc.array(fc.record({ connection: fc.integer({ min: 0, max: 2 }), matches: fc.boolean() }), {
  maxLength: 60,
});

describe('RecordWindow', () => {
  it('shows what is near a match of the same connection, each once, in order', () => {
    fc.assert(
      fc.property(steps, criteria, (all, { last, before, after, context }) => {
        const given = {
          ...(last !== undefined && { last }),
          ...(before !== undefined && { before }),
          ...(after !== undefined && { after }),
          ...(context !== undefined && { context }),
        };
        const { shown, cut } = shownOf(all, given);
        const byConnection = [...new Set(all.map(({ connection }) => connection))].map((connection) =>
          shown
            .filter((one) => one.connection === connection)
            .map(({ number, startsGroup }) => ({ number, startsGroup })),
        );
        expect(byConnection).toEqual(expected(all, given));
        expect(cut).toBe(0);
      }),
    );
  });

  it('shows at once what follows a match', () => {
    const shown: number[] = [];
    const window = new RecordWindow<Numbered>({ context: 1 }, ({ number }) => shown.push(number));
    const take = (number: number, matches: boolean): number[] => {
      window[matches ? 'matches' : 'passes'](0, { connection: 0, number, size: 1, startsGroup: false });
      return shown.splice(0);
    };
    expect([take(0, false), take(1, false), take(2, true), take(3, false), take(4, false)]).toEqual([
      [],
      [],
      [1, 2],
      [3],
      [],
    ]);
  });

  it('forgets a connection that has ended: the next of its number has no context from it', () => {
    const shown: number[] = [];
    const window = new RecordWindow<Numbered>({ context: 2 }, ({ number }) => shown.push(number));
    window.passes(0, { connection: 0, number: 0, size: 1, startsGroup: false });
    window.closed(0);
    window.matches(0, { connection: 0, number: 1, size: 1, startsGroup: false });
    expect(shown).toEqual([1]);
  });

  const records = (count: number, connection: number): Step[] =>
    Array.from({ length: count }, () => ({ connection, matches: true }));

  it('holds a bounded number of bytes, and counts what it gave up for that', () => {
    const { shown, cut, isStrained } = shownOf(records(100, 0), { last: 50 }, 30);
    expect(isStrained).toBe(true);
    expect(shown.length).toBeLessThanOrEqual(30);
    expect(shown.length + cut).toBe(50);
    expect(shown.at(-1)!.number).toBe(99);
    expect(shown[0]!.startsGroup).toBe(true);
  });

  it('one connection does not push out what others have', () => {
    const { shown } = shownOf([...records(3, 1), ...records(1000, 0)], { last: 3000 }, 100);
    expect(shown.filter(({ connection }) => connection === 1)).toHaveLength(3);
  });

  it('does not count what would not be shown', () => {
    const passing = Array.from({ length: 100 }, () => ({ connection: 0, matches: false }));
    expect(shownOf(passing, { before: 50 }, 30)).toMatchObject({ shown: [], cut: 0, isStrained: true });
    const matched = shownOf([...passing, { connection: 0, matches: true }], { before: 50 }, 30);
    expect(matched.shown.length - 1 + matched.cut).toBe(50);
  });

  it('a record larger than all that may be held is given up too', () => {
    const { shown, cut } = shownOf(records(2, 0), { last: 2 }, 30, 40);
    expect({ shown, cut }).toEqual({ shown: [], cut: 2 });
  });
});
