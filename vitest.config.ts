// Local times are shown in the zone of the tests.
process.env['TZ'] = 'UTC';

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export default defineConfig({
  define: { WSINSPECT_VERSION: JSON.stringify(version) },
  // By default one core stays free; most tests wait for processes of their own.
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, maxWorkers: 2 },
});
