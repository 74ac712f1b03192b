import { describe, expect, it } from 'vitest';
import type { AppPacket } from '../../src/apps/packet.js';
import { CallPairing } from '../../src/traffic/apps/calls.js';

const packet = (more: Partial<AppPacket>): AppPacket => ({
  protocol: 'p',
  type: 't',
  summary: '',
  bytes: new Uint8Array(0),
  messages: [],
  fields: () => [],
  diagnostics: [],
  ...more,
});
const call = packet({ asks: 'a' });
const reply = (isLast = true): AppPacket => packet({ answers: [{ key: 'a', isLast }] });

describe('calls and replies', () => {
  it('knows the first reply of several, and that a call is over with the last', () => {
    const first: (number | undefined)[] = [];
    const pairing = new CallPairing('warning', {
      placed: (_, found) => void first.push(found?.isFirst ? found.call.index : undefined),
    });
    pairing.place(call, 'client', 0);
    for (const isLast of [false, false, true]) pairing.place(reply(isLast), 'server', 1);
    expect(first).toEqual([undefined, 0, undefined, undefined]);
    expect([...pairing.waiting]).toEqual([]);
  });

  it('says which call a key is taken from, where that has no reply', () => {
    const pairing = new CallPairing('warning');
    pairing.place(call, 'client', 0);
    expect(pairing.place(call, 'client', 1).replaces).toBe(0);
    pairing.place(reply(false), 'server', 2);
    expect(pairing.place(call, 'client', 3).replaces).toBeUndefined();
  });

  it('is not certain of calls whose replies may be lost', () => {
    const pairing = new CallPairing('warning');
    pairing.place(call, 'client', 0);
    pairing.lost('client');
    expect([...pairing.waiting].map(({ isUncertain }) => isUncertain)).toEqual([false]);
    pairing.lost('server');
    expect([...pairing.waiting].map(({ isUncertain }) => isUncertain)).toEqual([true]);
  });
});
