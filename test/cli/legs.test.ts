import { expect, it } from 'vitest';
import { records } from './binary.js';
import { run } from './in-process.js';

/** Captures of real programs: fixtures/captures/legs/README.md. */
const capture = (name: string): string =>
  new URL(`../../fixtures/captures/legs/${name}.pcap`, import.meta.url).pathname;

interface Leg {
  readonly front: number;
  readonly upstream: number;
  readonly closedBy?: string;
}

it.each<[name: string, pairs: string[]]>([
  ['nginx', ['0 2 client', '1 3 server']],
  ['haproxy', ['0 1 proxy']],
  ['wsinspect', ['0 1 client']],
  // The first response of nginx is missing.
  ['lossy', ['1 3 server']],
  ['chain', ['0 1 client', '1 2 client']],
  // Handshakes of their own, one leg is compressed.
  ['relay', ['0 1 client', '2 3 client']],
  // Nothing is proven: refusals, no proxy at all.
  ...['shared', 'refused', 'independent', 'chat', 'copiedkey'].map((name): [string, string[]] => [name, []]),
])('%s', async (name, pairs) => {
  for (const jobs of ['1', '2']) {
    const { out } = await run(['decode', '--stats', '--json', '--jobs', jobs, capture(name)]);
    const { legs = [] } = records(out).at(-1) as { legs?: Leg[] };
    expect(legs.map(({ front, upstream, closedBy }) => `${front} ${upstream} ${closedBy}`)).toEqual(pairs);
  }
});
