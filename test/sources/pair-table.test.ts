import fc from '../fc.js';
import { describe, expect, it } from 'vitest';
import { Datagram } from '../../src/sources/packets/ip.js';
import { Pair, PairTable } from '../../src/sources/tcp/pair-table.js';

/** Few addresses and ports, so that they meet again; those of IPv6 differ in one word only. */
const ENDS = fc.record({
  word: fc.integer({ min: -2, max: 2 }),
  at: fc.integer({ min: 0, max: 3 }),
  port: fc.integer({ min: 1, max: 3 }),
});
const STEPS = fc.array(fc.record({ ipv6: fc.boolean(), from: ENDS, to: ENDS, remove: fc.boolean() }), {
  maxLength: 300,
});

const WORDS = [0, 1, 2, 3] as const;

function pairOf(ipv6: boolean, from: { word: number; at: number; port: number }, to: typeof from): Pair {
  const datagram = new Datagram();
  datagram.version = ipv6 ? 6 : 4;
  const place = (end: typeof from, index: number): number => (index === (ipv6 ? end.at : 0) ? end.word : 0);
  for (const index of WORDS) datagram[`source${index}`] = place(from, index);
  for (const index of WORDS) datagram[`destination${index}`] = place(to, index);
  const pair = new Pair();
  pair.set(datagram, from.port, to.port);
  return pair;
}

describe('PairTable', () => {
  it.each([false, true])('finds what a Map finds, in both directions (all hashes equal: %s)', (collide) => {
    const property = fc.property(STEPS, (steps) => {
      const table = new PairTable<number>();
      const model = new Map<string, number>();
      const name = (end: { word: number; at: number; port: number }, ipv6: boolean): string =>
        `${ipv6 ? (end.word === 0 ? 0 : end.at) : 0} ${end.word} ${end.port}`;
      steps.forEach(({ ipv6, from, to, remove }, step) => {
        const pair = pairOf(ipv6, from, to);
        const back = pairOf(ipv6, to, from);
        expect([...back.words]).toEqual([...pair.words]);
        if (name(from, ipv6) !== name(to, ipv6)) expect(back.swapped).toBe(!pair.swapped);
        if (collide) pair.words[0] = ipv6 ? 1 : 0;
        const key = `${ipv6} ${[name(from, ipv6), name(to, ipv6)].sort().join(' ')}`;
        const slot = table.find(pair);
        expect(slot < 0 ? undefined : table.values[slot]).toBe(model.get(key));
        if (slot < 0) {
          table.add(pair, step);
          model.set(key, step);
        } else if (remove) {
          table.remove(slot);
          model.delete(key);
        }
        expect(table.size).toBe(model.size);
      });
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('gives back addresses and ports', () => {
    const pair = pairOf(true, { word: 2, at: 3, port: 65535 }, { word: -2, at: 0, port: 1 });
    const [low, high] = [false, true].map((end) => [pair.address(end), pair.port(end)]);
    expect([low, high]).toEqual([
      [[-2, 0, 0, 0], 1],
      [[0, 0, 0, 2], 65535],
    ]);
    expect(pairOf(false, { word: 2, at: 0, port: 5 }, { word: 1, at: 0, port: 6 }).address(true)).toEqual([2]);
  });
});
