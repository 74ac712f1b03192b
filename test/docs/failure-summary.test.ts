import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { summaryOf } from '../failure-summary.js';

const folder = mkdtempSync(join(tmpdir(), 'wsinspect-summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('has each failure with its message, the difference and the line, without colours, up to twelve lines', () => {
  const stacks = [
    { file: '/x/node_modules/chai/a.js', line: 1, column: 1, method: '' },
    { file: '/x/test/a.test.ts', line: 7, column: 1, method: '' },
  ];
  const short = { name: 'AssertionError', message: 'expected 1 to be 2', diff: '\u001b[31m- 2\n\u001b[32m+ 1', stacks };
  const long = { message: Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n') };
  const summary = summaryOf([
    { where: 'test/a.test.ts > adds', errors: [short] },
    { where: 'outside of the tests', errors: [long] },
  ]);
  expect(summary).toBe(
    'FAIL test/a.test.ts > adds\n  AssertionError: expected 1 to be 2\n  - 2\n  + 1\n  at /x/test/a.test.ts:7\n' +
      `FAIL outside of the tests\n  Error: line 0\n${Array.from({ length: 11 }, (_, i) => `  line ${i + 1}\n`).join('')}  … 18 more lines\n`,
  );
  expect(summaryOf([])).toBe('');
});

it('is written where FAILURES_TO says: failed tests, hooks, files and late errors, and nothing of what passed', () => {
  const tests = {
    'a.test.mjs': `import { beforeAll, describe, expect, it } from 'vitest';
it('passes', () => undefined);
it('adds', () => expect(1 + 1).toBe(3));
describe('hooked', () => {
  beforeAll(() => { throw new Error('no folder'); });
  it('waits', () => undefined);
});
it('leaves something', () => void Promise.reject(new Error('too late')));`,
    'b.test.mjs': "throw new Error('does not load');",
  };
  for (const [name, code] of Object.entries(tests)) writeFileSync(join(folder, name), code);
  const reporter = join(process.cwd(), 'test/failure-summary.ts');
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `import { FailureSummary } from ${JSON.stringify(reporter)};
export default { test: { globals: true, maxWorkers: 1, reporters: [new FailureSummary()] } };`,
  );
  const path = join(folder, 'failures.txt');
  const vitest = join(process.cwd(), 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', folder, '--config', join(folder, 'vitest.config.mjs')],
    {
      cwd: process.cwd(),
      env: { PATH: process.env['PATH'], FAILURES_TO: path },
    },
  );
  expect(status).toBe(1);
  const summary = readFileSync(path, 'utf8');
  expect(summary.match(/^FAIL .*/gm)?.toSorted()).toEqual([
    'FAIL a.test.mjs > adds',
    'FAIL a.test.mjs > hooked',
    'FAIL b.test.mjs',
    'FAIL outside of the tests',
  ]);
  for (const words of ['expected 2 to be 3', 'no folder', 'does not load', 'too late'])
    expect(summary).toContain(words);
});
