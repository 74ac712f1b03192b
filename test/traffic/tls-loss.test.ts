import { describe, expect, it } from 'vitest';
import { decrypt, NAMES, packetCount, tlsCase, without } from './tls-captures.js';

/** Whether `all` contains all of `some`, in this order. */
function isSubsequence(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const one of some) {
    at = all.indexOf(one, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Packets with a ServerHello of TLS 1.2: without it, nothing that its keys protect is readable. */
const HELLOS: Readonly<Record<string, readonly number[]>> = {
  't12-aes128gcm': [5],
  't12-cbc-sha1-etm': [5],
  't12-cbc-sha384-noetm': [5],
  't12-reneg-client': [5, 20, 34],
};

const LOSSES = NAMES.filter((name) => !/-late|lost|dsb|resume|partial|deflate/.test(name));

describe.each(LOSSES)('%s, without one of its packets', (name) => {
  const { packets, keys } = tlsCase(name);
  const all = decrypt(packets, keys).messages.map(([connection, what]) => `${connection} ${what}`);

  it('shows all messages but one of each side at most, and nothing else', () => {
    for (let lost = 0; lost < packetCount(packets); lost++) {
      const found = decrypt(
        without(packets, (index) => index === lost),
        keys,
      );
      for (const side of ['client', 'server']) {
        const shown = found.messages.filter(([, what]) => what.startsWith(side)).map(([c, what]) => `${c} ${what}`);
        const there = all.filter((what) => what.includes(` ${side} `));
        const place = `packet ${lost}, ${side}, ${shown.length} of ${there.length}`;
        expect(isSubsequence(shown, there), place).toBe(true);
        if (!HELLOS[name]?.includes(lost)) expect(there.length - shown.length, place).toBeLessThanOrEqual(1);
      }
    }
  });
});

type Messages = ReturnType<typeof decrypt>['messages'];

function lanesOf(messages: Messages): (readonly [connection: number, side: string])[] {
  const numbers = [...new Set(messages.map(([connection]) => connection))];
  return numbers.flatMap((number) => [[number, 'client'] as const, [number, 'server'] as const]);
}

function ofLane(messages: Messages, connection: number, side: string): string[] {
  return messages.filter(([number, what]) => number === connection && what.startsWith(side)).map(([, what]) => what);
}

describe('many packets lost', () => {
  it.each(LOSSES)('of %s: nothing is shown that was not sent', (name) => {
    const { packets, keys } = tlsCase(name);
    const whole = decrypt(packets, keys).messages;
    for (let seed = 1; seed <= 12; seed++) {
      let state = seed;
      const isLost = (): boolean => (state = Math.imul(state, 0x9e3779b1) ^ (state >>> 13)) % 6 === 0;
      const { messages } = decrypt(without(packets, isLost), keys, { mostTrials: 10_000 });
      for (const [connection, side] of lanesOf(messages)) {
        const shown = ofLane(messages, connection, side);
        // The first connection may be lost as a whole.
        const sent = lanesOf(whole).filter(([, by]) => by === side);
        const isTrue = sent.some(([number]) => isSubsequence(shown, ofLane(whole, number, side)));
        expect(isTrue, `seed ${seed}, connection ${connection}, ${side}`).toBe(true);
      }
    }
  });
});
