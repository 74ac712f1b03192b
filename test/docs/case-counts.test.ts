import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CASES } from '../../src/conformance/all-cases.js';
import { HTTP2_CASES } from '../../src/conformance/http2/http2-cases.js';
import { ROOT } from '../cli/binary.js';

/** Those of the Autobahn Testsuite have its numbers; all others have names. */
const known = CASES.filter(({ id }) => /^\d/.test(id)).length;
const own = CASES.length - known + HTTP2_CASES.length;

describe('the numbers of cases in the documentation are those of the tables', () => {
  it.each([
    ['README.md', /(\d+) cases of the Autobahn Testsuite,? and (\d+) (?:more|of its own)/g, 2],
    ['README.zh-CN.md', /的 (\d+) 个用例，以及另外 (\d+) 个/g, 1],
    [
      'docs/check.md',
      /(\d+) cases of the Autobahn Testsuite,\s+under their ids and with their verdicts, and (\d+) that/g,
      1,
    ],
  ])('%s', (file, pattern, times) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const found = [...text.matchAll(pattern)].map(([, ...counts]) => counts.map(Number));
    expect(found).toEqual(Array(times).fill([known, own]));
  });
});
