import { describe, expect, it } from 'vitest';
import type { PeerRole } from '../../src/conformance/peer-role.js';
import { fragments } from '../../src/conformance/verdicts/autobahn.js';
import { knownVerdict, type Expectation } from '../../src/conformance/verdicts/autobahn-verdict.js';
import { select } from '../../src/conformance/select.js';
import { CASES } from '../../src/conformance/all-cases.js';
import type { Ending, Received } from '../../src/conformance/bench/received.js';

const KNOWN = CASES.filter(({ id }) => /^\d/.test(id));

describe('the list', () => {
  it('has the 517 known cases, by group, each once', () => {
    const groups = new Map<string, number>();
    for (const { id } of KNOWN) groups.set(id.split('.')[0]!, (groups.get(id.split('.')[0]!) ?? 0) + 1);
    expect(Object.fromEntries(groups)).toEqual({
      ...{ 1: 16, 2: 11, 3: 7, 4: 10, 5: 20, 6: 145, 7: 37 },
      ...{ 9: 54, 10: 1, 12: 90, 13: 126 },
    });
    expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
  });

  it.each(CASES.map((one) => [one.id, one] as const))('%s is legible as a specification', (id, one) => {
    expect(id).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    expect(one.rfc).toMatch(/^RFC \d+ §[\d.]+/);
    expect(one.title).toMatch(/^\S.{4,}[^.]$/);
    expect(one.expected.length).toBeGreaterThan(4);
    expect(one.peers.length).toBeGreaterThan(0);
  });
});

describe('select', () => {
  const ids = (options: Partial<Parameters<typeof select>[1]>, peer: PeerRole = 'server'): string[] =>
    select(KNOWN, { peer, full: false, safe: false, ...options }).cases.map(({ id }) => id);

  it('leaves out groups 9, 12 and 13 unless they are requested', () => {
    expect(ids({})).toHaveLength(247);
    expect(ids({ full: true })).toHaveLength(517);
    expect(ids({ only: ['9.7'] })).toHaveLength(6);
  });

  it.each([
    [['6.4.1'], ['6.4.1']],
    [['2.1'], ['2.1']],
    [['7.3'], [1, 2, 3, 4, 5, 6].map((n) => `7.3.${n}`)],
    [['7.13.*, 10'], ['7.13.1', '7.13.2', '10.1.1']],
    [['*.20'], ['5.20', '6.22.20', '6.23.20'].filter((id) => KNOWN.some((one) => one.id === id))],
    [
      ['2.1', '2.2'],
      ['2.1', '2.2'],
    ],
  ])('%j', (only, expected) => expect(ids({ only })).toEqual(expected));

  it('removes cases, and reports patterns that name nothing', () => {
    expect(ids({ only: ['2'], skip: ['2.1*,2.9'] })).toEqual(['2.2', '2.3', '2.4', '2.5', '2.6', '2.7', '2.8']);
    const { unknown } = select(KNOWN, { peer: 'server', full: false, safe: false, only: ['2.*', '99.*'], skip: ['x'] });
    expect(unknown).toEqual(['99.*', 'x']);
  });

  it('is safe on demand', () => {
    expect(ids({ full: true, safe: true }).some((id) => id.startsWith('9.'))).toBe(false);
  });
});

describe('the verdict', () => {
  const bytes = Uint8Array.of(1, 2);
  const echo: Received = { what: 'message', binary: true, payload: bytes };
  const A: Received = { what: 'timeout', tag: 'A' };
  const B: Received = { what: 'timeout', tag: 'B' };
  const base: Ending = { weClosed: true, peerClosed: true, code: 1000, clean: true, weDropped: false, end: 'fin' };
  const we = { by: 'tester', codes: [1000], clean: true } as const;
  const they = { by: 'peer', codes: [1007], clean: false } as const;
  const echoed: Expectation = { received: { OK: [echo] }, close: we };
  const fast: Expectation = { received: { OK: [A], 'NON-STRICT': [A, B] }, close: they, strictEnd: true };
  const coded: Expectation = { received: { OK: [] }, close: we, strictCode: true };
  const theyClosed = { ...base, weClosed: false, code: 1007 };

  it.each<[string, Expectation, Received[], Partial<Ending>, PeerRole, string, string]>([
    ['an echo', echoed, [echo], {}, 'server', 'OK', 'OK'],
    ['nothing', echoed, [], {}, 'server', 'FAILED', 'OK'],
    ['two echoes', echoed, [echo, echo], {}, 'server', 'FAILED', 'OK'],
    ['text for binary', echoed, [{ ...echo, binary: false }], {}, 'server', 'FAILED', 'OK'],
    ['a byte less', echoed, [{ ...echo, payload: bytes.subarray(1) }], {}, 'server', 'FAILED', 'OK'],
    [
      'no close frame',
      echoed,
      [echo],
      { peerClosed: false, clean: false, code: undefined! },
      'server',
      'OK',
      'UNCLEAN',
    ],
    ['the peer closes', echoed, [echo], { weClosed: false }, 'server', 'OK', 'FAILED'],
    ['another code', echoed, [echo], { code: 1002 }, 'server', 'OK', 'WRONG CODE'],
    ['another code where that counts', coded, [], { code: 1002 }, 'server', 'FAILED', 'WRONG CODE'],
    ['a server that does not end TCP', echoed, [echo], { weDropped: true }, 'server', 'OK', 'FAILED BY CLIENT'],
    ['a client that does not end TCP', echoed, [echo], { weDropped: true }, 'client', 'OK', 'OK'],
    ['fails fast', fast, [A], theyClosed, 'server', 'OK', 'OK'],
    ['fails late', fast, [A, B], theyClosed, 'server', 'NON-STRICT', 'OK'],
    ['fails before anything', fast, [], theyClosed, 'server', 'FAILED', 'OK'],
    ['does not fail', fast, [A, B], base, 'server', 'FAILED', 'FAILED'],
    ['an informational case', { ...echoed, informational: true }, [], {}, 'server', 'INFORMATIONAL', 'INFORMATIONAL'],
  ])('%s', (_, expected, received, ending, peer, behavior, behaviorClose) => {
    expect(knownVerdict(expected, received, { ...base, ...ending }, peer)).toMatchObject({ behavior, behaviorClose });
  });
});

describe('fragments', () => {
  it.each([
    [5, 2, [2, 2, 1]],
    [4, 2, [2, 2, 0]],
    [1, 2, [1]],
    [0, 2, [0]],
  ])('%i bytes by %i', (length, size, sizes) => {
    const frames = fragments(1, new Uint8Array(length), size);
    expect(frames.map(({ payload }) => payload!.length)).toEqual(sizes);
    expect(frames.map(({ opcode }) => opcode)).toEqual(sizes.map((_, i) => (i === 0 ? 1 : 0)));
    expect(frames.map(({ fin }) => fin)).toEqual(sizes.map((_, i) => i === sizes.length - 1));
  });
});
