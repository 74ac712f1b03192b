import { describe, expect, it } from 'vitest';
import { decrypt, expected, NAMES, packetCount, tlsCase, without } from './tls-captures.js';

/** Whether all of `some` stand in `all`, in this order. */
function isSubsequence(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const one of some) {
    at = all.indexOf(one, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

const sides = ['client', 'server'] as const;
const LOSSES = NAMES.filter((name) => !/-late|lost|dsb|resume|partial|deflate/.test(name));

describe.each(LOSSES)('%s, without one of its packets', (name) => {
  const capture = tlsCase(name);
  const { packets, keys } = capture;
  const whole = decrypt(packets, keys);
  const all = whole.messages.map(([connection, what]) => `${connection} ${what}`);

  it('shows what other packets prove, and nothing else', () => {
    expect(whole.messages.map(([, what]) => what).sort()).toEqual(expected(capture).sort());
    const table: string[] = [];
    for (let lost = 0; lost < packetCount(packets); lost++) {
      const found = decrypt(without(packets, (index) => index === lost), keys);
      for (const side of sides) {
        const shown = found.messages.filter(([, what]) => what.startsWith(side)).map(([c, what]) => `${c} ${what}`);
        const there = all.filter((what) => what.includes(` ${side} `));
        expect(isSubsequence(shown, there), `packet ${lost}: ${side}`).toBe(true);
        if (there.length - shown.length > 1) table.push(`packet ${lost} ${side}: ${shown.length} of ${there.length} ${found.notices.join()}`);
      }
    }
    console.log(name, packetCount(packets), table.join('\n'));
  });
});
