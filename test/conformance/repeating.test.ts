import { expect, it } from 'vitest';
import { reachWords } from '../../src/cli/check/repeating.js';
import type { CheckOptions } from '../../src/cli/options/check-options.js';

const USUAL = { check: true, echo: 'auto', jobs: 12, connectTimeout: 10 } as CheckOptions;

it('has no more than the run had', () => {
  expect(reachWords(USUAL)).toBe('');
});

it('has what the run had, each as one word of a shell, and no password', () => {
  const options: CheckOptions = {
    ...USUAL,
    header: ["X-A: it's", 'Authorization: Bearer t0ken'],
    subprotocol: ['chat'],
    cookie: ['a=b c'],
    user: 'ann:secret',
    insecure: true,
    proxy: 'http://ann:secret@proxy:8080',
  };
  expect(reachWords(options)).toBe(
    String.raw` -H 'X-A: it'\''s' -H 'Authorization: ***' -s chat --cookie 'a=b c' -u 'ann:***' -k` +
      ` --proxy 'http://ann:***@proxy:8080'`,
  );
});
