import { describe, expect, it } from 'vitest';
import { APP_PROTOCOLS } from '../../src/apps/registry.js';
import * as codec from '../../src/index.js';
import { readCorpus } from '../fuzz/corpus.js';
import { fuzz, fuzzKinds } from '../fuzz/fuzz.js';

/** A share of what `npm run fuzz` does. */
const SEED = Number(process.env['SEED'] ?? 6455);
const corpus = readCorpus(new URL('../../fixtures/', import.meta.url));
const COUNT = Number(process.env['COUNT'] ?? 1_000);

describe(`random and mutated inputs (SEED=${SEED} COUNT=${COUNT})`, () => {
  it('never throw, come back as they were, and are reported as they are', { timeout: 600_000 }, async () => {
    const { counts, failures } = await fuzz(codec, corpus, { seed: SEED, from: 0, to: COUNT });
    expect(fuzzKinds(codec, corpus)).toEqual(expect.arrayContaining(Object.keys(counts)));
    expect(failures).toEqual([]);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(COUNT);
    expect(Object.keys(counts).toSorted()).toEqual([
      'app',
      'capture',
      'connection',
      'h2',
      'head',
      'paste',
      'text',
      'tls',
      'wire',
    ]);
  });

  it.each(APP_PROTOCOLS.map(({ name }) => name))('of %s alone', async (protocol) => {
    const { counts, failures } = await fuzz(codec, corpus, { seed: SEED, from: 0, to: 3, kind: 'app', protocol });
    expect({ counts, failures }).toEqual({ counts: { app: 3 }, failures: [] });
  });
});
