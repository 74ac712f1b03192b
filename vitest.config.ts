// Local times are shown in the zone of the tests.
process.env['TZ'] = 'UTC';

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { countedWork } from './test/counted-work.js';
import { FailureSummary } from './test/failure-summary.js';
import { LongFirst } from './test/long-first.js';
import { Watchdog } from './test/watchdog.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** Tests that change nothing for others: one process runs file after file, and loads src/ once. Not those that replace a module or a timer. */
const APART = [
  ...['*-growth', 'ascii-escaping', 'deflate-streams', 'safety', 'outlet', 'ceilings', 'condition'],
  ...['handshake-client', 'handshake-server'],
];
const others = (folders: string): string => `test/{${folders}}/**/!(${APART.join('|')}).test.ts`;
/** They call functions. */
const PURE = others('apps,codec,describe,endpoint,rules,sources,terminal,traffic,web');
/** They run command lines, servers, clients and browsers. */
const LIVE = ['test/goldens.test.ts', others('attack,browser,cli,conformance,differential,docs,gate,live,properties')];
/** They count the work of functions. */
const COUNTED = 'test/**/*-growth.test.ts';
/** Files that a run leaves out, with commas between (scripts/other-runtimes.js): --exclude has no effect on a project that excludes files itself. */
const LEFT_OUT = process.env['LEFT_OUT']?.split(',') ?? [];

export default defineConfig({
  define: { WSINSPECT_VERSION: JSON.stringify(version) },
  // No test measures time: what waits for ever ends by the timeout, on a slow machine too. Most tests wait for processes of their own, and some for times of the protocol: two workers more than the cores of a small machine keep these busy.
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 4,
    setupFiles: ['test/load-apps.ts'],
    sequence: { sequencer: LongFirst },
    // Of a log that is cut the tail has to hold what failed: no list of each test that took a third of a second.
    slowTestThreshold: 10_000,
    reporters: ['default', new Watchdog(), new FailureSummary()],
    projects: [
      { extends: true, test: { name: 'pure', include: [PURE], exclude: LEFT_OUT, pool: 'forks', isolate: false } },
      { extends: true, test: { name: 'live', include: LIVE, exclude: LEFT_OUT, pool: 'forks', isolate: false } },
      {
        extends: true,
        plugins: [countedWork()],
        test: { name: 'counted', include: [COUNTED], exclude: LEFT_OUT },
      },
      {
        extends: true,
        test: { name: 'apart', include: ['test/**/*.test.ts'], exclude: [PURE, ...LIVE, COUNTED, ...LEFT_OUT] },
      },
    ],
  },
});
