import { it } from 'vitest';
import * as codec from '../src/index.js';
import { readCorpus } from './fuzz/corpus.js';
import { fuzz } from './fuzz/fuzz.js';
it('x', { timeout: 300000 }, async () => {
  const corpus = readCorpus(new URL('../fixtures/', import.meta.url));
  for (const kind of ['wire', 'connection', 'text', 'head', 'capture', 'capture']) {
    const t = performance.now(); const c = process.cpuUsage();
    await fuzz(codec, corpus, { seed: 1, from: 0, to: 1000, kind });
    const d = process.cpuUsage(c);
    process.stderr.write(`XX ${kind} ${performance.now() - t} cpu ${(d.user + d.system) / 1000}\n`);
  }
});
