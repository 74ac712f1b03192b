// Local times are shown in the zone of the tests.
process.env['TZ'] = 'UTC';

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { Watchdog } from './test/watchdog.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export default defineConfig({
  define: { WSINSPECT_VERSION: JSON.stringify(version) },
  // No test measures time: what waits for ever ends by the timeout, on a slow machine too. By default one core stays free; most tests wait for processes of their own.
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    setupFiles: ['test/load-apps.ts'],
    reporters: ['default', new Watchdog()],
  },
});
