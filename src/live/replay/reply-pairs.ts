import type { Reply } from '../../traffic/run-records/reply-difference.js';

/** An index of either list; one of them is absent where it has no counterpart. */
export type ReplyPair = readonly [recorded: number | undefined, received: number | undefined];

/** Longer lists are paired up to this length, and from there in order. */
const MOST = 65;
/** Bytes of each that are compared. */
const LOOKED_AT = 4096;
/** The cost of leaving one of them without a counterpart. */
const ALONE = 1;

/** Replies that differ, paired in order, so that the most similar ones are pairs. */
export function paired(recorded: readonly Reply[], received: readonly Reply[]): ReplyPair[] {
  const [rows, columns] = [Math.min(MOST, recorded.length), Math.min(MOST, received.length)];
  // Of the first i and j, from the end: the least cost of the rest.
  const costs = Array.from({ length: rows + 1 }, (_, i) =>
    Array.from({ length: columns + 1 }, (_, j) => (rows - i + columns - j) * ALONE),
  );
  const pairCost = (i: number, j: number): number =>
    2 * ALONE * (1 - likeness(recorded[i]!, received[j]!)) + costs[i + 1]![j + 1]!;
  const alone = (i: number, j: number): number => ALONE + Math.min(costs[i + 1]![j]!, costs[i]![j + 1]!);
  const together = new Set<number>();
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const [pair, apart] = [pairCost(i, j), alone(i, j)];
      costs[i]![j] = Math.min(pair, apart);
      if (pair <= apart) together.add(i * MOST + j);
    }
  }
  const pairs: ReplyPair[] = [];
  let [i, j] = [0, 0];
  while (i < rows && j < columns) {
    if (together.has(i * MOST + j)) pairs.push([i++, j++]);
    else if (costs[i + 1]![j]! <= costs[i]![j + 1]!) pairs.push([i++, undefined]);
    else pairs.push([undefined, j++]);
  }
  for (; i < recorded.length || j < received.length; i++, j++) {
    pairs.push([i < recorded.length ? i : undefined, j < received.length ? j : undefined]);
  }
  return pairs;
}

/** From 0, another kind, to nearly 1: the part of the longer one that both begin and end with. */
function likeness(a: Reply, b: Reply): number {
  if (a.binary !== b.binary) return 0;
  const [x, y] = [a.data.subarray(0, LOOKED_AT), b.data.subarray(0, LOOKED_AT)];
  const shorter = Math.min(x.length, y.length);
  let before = 0;
  while (before < shorter && x[before] === y[before]) before++;
  let after = 0;
  while (after < shorter - before && x[x.length - 1 - after] === y[y.length - 1 - after]) after++;
  return (before + after) / (Math.max(x.length, y.length) + 1);
}
