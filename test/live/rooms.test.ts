import { describe, expect, it, vi } from 'vitest';
import { Rooms, type RoomLimits } from '../../src/live/server/rooms.js';

const LIMITS: RoomLimits = { rooms: 3, cost: 10_000, retention: 60 };

function opened(limits: Partial<RoomLimits> = {}): { rooms: Rooms; pass: (seconds: number) => void } {
  let now = 1000;
  return { rooms: new Rooms(() => now, { ...LIMITS, ...limits }), pass: (seconds) => void (now += seconds) };
}
const never = new AbortController().signal;

describe('rooms', () => {
  it('are not made by reading, however it is done', async () => {
    const { rooms } = opened();
    for (let i = 0; i < 100; i++) {
      expect(rooms.since(`r${i}`, 0)).toEqual({ cursor: 0, messages: [] });
      expect(await rooms.wait(`r${i}`, 0, 0, never)).toEqual({ cursor: 0, messages: [] });
      expect(rooms.canEnter(`r${i}`)).toBe(true);
    }
    expect(rooms.count).toBe(0);
    expect(rooms.speak('main', 'ada', 'hello')?.id).toBe(1);
    expect(rooms.count).toBe(1);
  });

  it('have the messages for those who come later, for a time', () => {
    const { rooms, pass } = opened();
    rooms.speak('main', 'ada', 'one');
    pass(59);
    expect(rooms.since('main', 0).messages).toHaveLength(1);
    // Whoever comes back keeps it.
    pass(59);
    expect(rooms.since('main', 1)).toEqual({ cursor: 1, messages: [] });
    pass(61);
    rooms.endUnused();
    expect([rooms.count, rooms.cost]).toEqual([0, 0]);
  });

  it('lose nothing to an old cursor where one of the same name ended before', () => {
    const { rooms, pass } = opened();
    for (const msg of ['1', '2', '3']) rooms.speak('main', 'ada', msg);
    pass(100);
    expect(rooms.since('main', 3)).toEqual({ cursor: 3, messages: [] });
    expect(rooms.count).toBe(0);
    expect(rooms.speak('main', 'ada', 'again')?.id).toBe(4);
    expect(rooms.since('main', 3)).toMatchObject({ cursor: 4, messages: [{ id: 4, msg: 'again' }] });
    // To those who were never here nothing is missing.
    expect(rooms.since('main', 0)).toEqual({ cursor: 4, messages: [expect.objectContaining({ id: 4 })] });
    expect(rooms.since('main', 1_000_000).cursor).toBe(4);
  });

  it('stay while they have clients, and are limited in number', () => {
    const { rooms, pass } = opened();
    const leave = ['a', 'b', 'c'].map((name) => rooms.enter(name)!.listen(() => undefined));
    pass(1000);
    rooms.endUnused();
    expect(rooms.count).toBe(3);
    expect(rooms.canEnter('d')).toBe(false);
    expect(rooms.enter('d')).toBeUndefined();
    expect(rooms.speak('d', 'ada', 'x')).toBeUndefined();
    leave[1]!();
    rooms.left('b');
    expect(rooms.speak('d', 'ada', 'x')?.id).toBe(1);
    expect(rooms.count).toBe(3);
  });

  it('give way to a new one, the longest unused first', () => {
    const { rooms } = opened();
    for (const name of ['a', 'b', 'c']) rooms.speak(name, 'ada', name);
    rooms.since('a', 0);
    rooms.speak('d', 'ada', 'd');
    expect(['a', 'b', 'c', 'd'].map((name) => rooms.since(name, 0).messages.length)).toEqual([1, 0, 1, 1]);
  });

  it('have one budget together: 1,000 rooms cost no more than one', () => {
    const { rooms } = opened({ rooms: 1000 });
    for (let i = 0; i < 2000; i++) {
      rooms.speak(`r${i % 1000}`, 'ada', 'x'.repeat(500));
      expect(rooms.cost).toBeLessThanOrEqual(LIMITS.cost);
    }
    // Messages without characters cost something too.
    for (let i = 0; i < 2000; i++) rooms.speak('main', 'a', '');
    expect(rooms.cost).toBeLessThanOrEqual(LIMITS.cost);
    expect(rooms.since('main', 0).missed).toBeGreaterThan(0);
  });

  it('have that budget while each has a client', () => {
    const { rooms } = opened({ rooms: 1000 });
    for (let i = 0; i < 100; i++) rooms.enter(`r${i}`)!.listen(() => undefined);
    for (let i = 0; i < 300; i++) rooms.speak(`r${i % 100}`, 'ada', 'x'.repeat(500));
    expect(rooms.count).toBe(100);
    expect(rooms.cost).toBeLessThanOrEqual(LIMITS.cost);
    // What is larger than all of it is said, and not kept.
    const heard = vi.fn();
    rooms.enter('r0')!.listen(heard);
    rooms.speak('r0', 'ada', 'x'.repeat(20_000));
    expect(heard).toHaveBeenCalledOnce();
    expect(rooms.cost).toBeLessThanOrEqual(LIMITS.cost);
  });

  it('answer pollers in pieces', () => {
    const { rooms } = opened({ cost: 10_000_000 });
    for (let i = 0; i < 20; i++) rooms.speak('main', 'ada', 'x'.repeat(100_000));
    const first = rooms.since('main', 0);
    expect(first.messages).toHaveLength(5);
    expect(rooms.since('main', first.cursor).messages[0]!.id).toBe(6);
  });

  it('report who waits, also for a room that is made later', async () => {
    const { rooms } = opened();
    const waiting = [rooms.wait('later', 0, 60, never), rooms.wait('later', 0, 60, never)];
    expect(rooms.count).toBe(0);
    rooms.speak('other', 'ada', 'x');
    rooms.speak('later', 'ada', 'hello');
    for (const heard of await Promise.all(waiting)) expect(heard.messages.map(({ msg }) => msg)).toEqual(['hello']);
    const gone = new AbortController();
    const left = rooms.wait('later', 1, 60, gone.signal);
    expect(rooms.enter('later')!.isEmpty).toBe(false);
    gone.abort();
    expect((await left).messages).toEqual([]);
    expect(rooms.enter('later')!.isEmpty).toBe(true);
  });
});
