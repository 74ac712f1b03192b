import type { Option } from 'commander';
import { expect, it } from 'vitest';
import { reachWords } from '../../src/cli/check/repeating.js';
import { checkOptions, type CheckOptions } from '../../src/cli/options/check-options.js';

const USUAL = { check: true, echo: 'auto', jobs: 12, connectTimeout: 5 } as CheckOptions;

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

it('has what decides whether the case would run, and whether it would be reached', () => {
  const options: CheckOptions = {
    ...USUAL,
    safe: false,
    connectTimeout: 30,
    passphrase: 'secret',
    allowOrigin: ['*'],
    allowHost: ['proxy.example'],
  };
  expect(reachWords(options)).toBe(
    " --passphrase '***' --connect-timeout 30 --allow-origin '*' --allow-host proxy.example --no-safe",
  );
});

/** What a case alone is the same without: which cases run, how many at a time, and what is written of them. */
const WITHOUT = new Set(
  'listen only skip list quick full safe seed jobs oneshot allowPartial spec name keylog tap github junit html reports record expect saveExpect compare'.split(
    ' ',
  ),
);

it('knows every option of the command', () => {
  const valueOf = (option: Option): unknown => {
    if (option.negate) return false;
    if (option.isBoolean()) return true;
    if (option.long === '--connect-timeout') return 7;
    return option.description.includes('repeatable') ? ['yes'] : 'yes';
  };
  for (const option of checkOptions()) {
    const name = option.attributeName();
    const words = reachWords({ ...USUAL, [name]: valueOf(option) });
    expect({ name, isKnown: words !== '' || WITHOUT.has(name) }).toEqual({ name, isKnown: true });
  }
});
