import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isCi, settled } from '../tools.js';

afterEach(() => vi.restoreAllMocks());

describe('a tool that is missing', () => {
  it('is a failure where it is required', () =>
    expect(() => settled(['tshark', 'nginx'], true)).toThrow(
      'a test needs tshark, nginx: not installed (apt-get install tshark nginx-light), and with CI set every tool is required',
    ));

  it('is a skip that is printed elsewhere', () => {
    const told = vi.spyOn(console, 'warn').mockReturnValue();
    expect(settled(['python wsproto'], false)).toBe(false);
    expect(told.mock.calls).toEqual([
      ['SKIPPED: tests that need python wsproto: not installed (apt-get install python3-wsproto)'],
    ]);
  });

  it('is none where none is missing', () => expect(settled([], true)).toBe(true));

  it.each([
    [{}, false],
    [{ CI: '' }, false],
    [{ CI: 'false' }, false],
    [{ CI: '0' }, false],
    [{ CI: 'true' }, true],
    [{ CI: '1' }, true],
  ])('%j: required %j', (env, required) => expect(isCi(env)).toBe(required));

  it('is one that .ci/run installs, and it sets CI', () => {
    const script = readFileSync('.ci/run', 'utf8');
    const packages = [
      ...readFileSync('test/tools.ts', 'utf8').matchAll(/^ {2}\S.*\), '([\w-]+)'\],$|undefined, '([\w-]+)'\],$/gm),
    ];
    expect(packages.length).toBeGreaterThan(10);
    for (const [, one, other] of packages) expect(script).toMatch(new RegExp(`[ (]${one ?? other}[ )\n]`));
    expect(script).toMatch(/^export CI=true$/m);
  });
});
