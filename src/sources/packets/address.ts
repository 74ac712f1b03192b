/** An IP address as big-endian 32-bit words (signed): one for IPv4, four for IPv6. */
export type Address = readonly number[];

/** As people write it: dotted, or RFC 5952 §4 (lower case, no leading zeros, the longest run of zeros as `::`). */
export function formatAddress(address: Address): string {
  const octets = address.flatMap((word) => [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff]);
  if (address.length === 1) return octets.join('.');
  const groups = address.flatMap((word) => [word >>> 16, word & 0xffff]);
  if (isMapped(groups)) return `::ffff:${octets.slice(12).join('.')}`;
  const run = longestZeroRun(groups);
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return run.length < 2 ? text(0, 8) : `${text(0, run.start)}::${text(run.start + run.length, 8)}`;
}

/** RFC 5952 §5: an IPv4-mapped address keeps its dots. */
function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}

/**
 * Which of `count` shards (from 0) the connections between two addresses belong to: the same in both directions, on every machine, in every version.
 *
 *     h = FNV-1a, 32 bits, over the bytes of the lesser address and then of the greater (network order, unsigned comparison)
 *     h = MurmurHash3's finalizer of h, because the low bits of FNV-1a depend only on the low bits of its input
 *     shard = h mod count
 */
export function shardOf(a: Address, b: Address, count: number): number {
  const ordered = isLess(b, a) ? [...b, ...a] : [...a, ...b];
  let hash = 0x811c9dc5;
  for (const word of ordered) {
    for (let shift = 24; shift >= 0; shift -= 8) hash = Math.imul(hash ^ ((word >>> shift) & 0xff), 0x01000193);
  }
  return (mixed(hash) >>> 0) % count;
}

function isLess(a: Address, b: Address): boolean {
  const index = a.findIndex((word, at) => word !== b[at]);
  return index >= 0 && a[index]! >>> 0 < (b[index] ?? 0) >>> 0;
}

/** MurmurHash3's 32-bit finalizer: every bit of the input changes every bit of the result. */
export function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
