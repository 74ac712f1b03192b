import { describe, expect, it } from 'vitest';
import type { AppSummary } from '../../src/traffic/apps/app-tally.js';
import { closingFilter } from '../../src/traffic/selection/closing-filter.js';
import { DirectionTally } from '../../src/traffic/tally/lane.js';
import { ranked, rankingBy, type SortKey } from '../../src/traffic/tally/order.js';
import type { ConnectionSummary, DirectionSummary, HandshakeSummary } from '../../src/traffic/tally/summary.js';
import { isTrouble } from '../../src/traffic/tally/trouble.js';

const side = (parts: Partial<DirectionSummary> = {}): DirectionSummary => ({
  ...new DirectionTally().summary(),
  ...parts,
});
const CLOSE = { close: { code: 1000, reason: '' } };

interface Parts extends Omit<Partial<ConnectionSummary>, 'directions'> {
  readonly fromClient?: Partial<DirectionSummary>;
  readonly fromServer?: Partial<DirectionSummary>;
}

function connection({ fromClient, fromServer, ...parts }: Parts): ConnectionSummary {
  const directions = { client: side(fromClient), server: side(fromServer) };
  return { connection: 0, directions, diagnostics: {}, handshake: UPGRADED, ...parts };
}

const UPGRADED: HandshakeSummary = { extensions: [], upgraded: true, answered: true };
const REFUSED: HandshakeSummary = { ...UPGRADED, upgraded: false };
const UNANSWERED: HandshakeSummary = { ...REFUSED, answered: false };
const CLOSED: Parts = { closeCode: 1000, closedBy: 'client', fromClient: CLOSE, fromServer: CLOSE };

const appWith = (diagnostics: Readonly<Record<string, number>>): AppSummary => ({
  ...{ protocol: 'json-rpc', packets: 1, errors: {}, diagnostics, byName: [], subscribed: {} },
  ...{ calls: 0, replies: 0, unanswered: 0, open: 0 },
});

const TROUBLE: readonly (readonly [what: string, parts: Parts])[] = [
  ['an end without a close frame', { closeCode: 1006, ended: 'fin' }],
  ['a close code that reports a failure', { ...CLOSED, closeCode: 1011, ended: 'fin' }],
  ['a close code of an application', { ...CLOSED, closeCode: 4000 }],
  ['a reset without a close frame', { ended: 'reset' }],
  ['a reset where only one side closed', { ...CLOSED, fromServer: {}, ended: 'reset' }],
  ['a refused handshake', { handshake: REFUSED, ended: 'fin' }],
  ['an unanswered handshake', { handshake: UNANSWERED }],
  ['a failure that a recording reports', { ended: 'failed', failure: 'net::ERR_TIMED_OUT' }],
  ['a broken rule', { ...CLOSED, diagnostics: { 'reserved-opcode': 1 } }],
  ['a broken rule of the application protocol', { ...CLOSED, app: appWith({ 'jsonrpc-version': 1 }) }],
  ['a ping without a pong', { ...CLOSED, fromServer: { ...CLOSE, ping: { answered: 9, skipped: 0, unanswered: 1 } } }],
  [
    'an end that took nothing for a second',
    { ...CLOSED, fromClient: { ...CLOSE, stalls: { count: 2, seconds: 1.2, longest: 1 } } },
  ],
  ['a cause that was found', { cause: { code: 'payload-not-masked', message: '' } }],
];

const NO_TROUBLE: readonly (readonly [what: string, parts: Parts])[] = [
  [
    'pings whose pongs may be among bytes that are missing',
    {
      ...CLOSED,
      fromClient: { ...CLOSE, ping: { answered: 1, skipped: 0, unanswered: 1 } },
      fromServer: { ...CLOSE, gaps: 1, lostBytes: 7 },
    },
  ],
  [
    'a reset where the other close frame may be among bytes that are missing',
    { ...CLOSED, fromServer: { gaps: 1, lostBytes: 7, isEndUnseen: true }, ended: 'reset' },
  ],
  ['a connection that is open at the end of the input', { ended: 'end' }],
  ['1000 from both', { ...CLOSED, ended: 'fin' }],
  ['1001', { ...CLOSED, closeCode: 1001 }],
  ['an application protocol that keeps its rules', { ...CLOSED, app: appWith({}) }],
  ['a close frame without a code', { ...CLOSED, closeCode: 1005 }],
  ['a close frame whose code was not captured', { closedBy: 'server', fromServer: { close: { reason: '' } } }],
  ['a reset after both close frames', { ...CLOSED, ended: 'reset' }],
  ['ports that serve a new connection', { ended: 'reused' }],
  ['a FIN after a gap, which may hold the close frame', { ended: 'fin', fromServer: { gaps: 1, lostBytes: 99 } }],
  ['a notice', { ...CLOSED, diagnostics: { 'bytes-not-captured': 1 } }],
  [
    'pings that were passed by',
    { ...CLOSED, fromClient: { ...CLOSE, ping: { answered: 1, skipped: 3, unanswered: 0 } } },
  ],
  [
    'stalls of less than a second',
    { ...CLOSED, fromServer: { ...CLOSE, stalls: { count: 9, seconds: 8, longest: 0.999 } } },
  ],
  ['a response that was not captured, as frames show', { handshake: UNANSWERED, fromServer: { frames: 2 } }],
  ['a response in a gap', { handshake: UNANSWERED, fromServer: { gaps: 1, lostBytes: 200 } }],
];

describe('trouble is', () => {
  it.each(TROUBLE)('%s', (_, parts) => {
    expect(isTrouble(connection(parts))).toBe(true);
  });

  it.each(NO_TROUBLE)('not %s', (_, parts) => {
    expect(isTrouble(connection(parts))).toBe(false);
  });

  it.each(TROUBLE)('what the overview shows first: %s', (_, parts) => {
    const others = NO_TROUBLE.map(([, each], index) => connection({ ...each, connection: index }));
    const last = connection({ ...parts, connection: others.length });
    expect(ranked([...others, last])[0]).toBe(last);
  });
});

describe('closingFilter', () => {
  it('is none without its options', () => {
    expect(closingFilter({})).toBeUndefined();
  });

  it('takes codes, ranges and none, of which any has to match', () => {
    const filter = closingFilter({ closed: [{ low: 1006, high: 1006 }, { low: 4000, high: 4999 }, 'none'] })!;
    const codes = [1000, 1005, 1006, 1007, 3999, 4000, 4999, 5000, undefined];
    const let_through = codes.filter((code) => filter(connection(code === undefined ? {} : { closeCode: code })));
    expect(let_through).toEqual([1006, 4000, 4999, undefined]);
  });

  it('wants both, where both are given', () => {
    const filter = closingFilter({ trouble: true, closed: [{ low: 1000, high: 1000 }] })!;
    expect(filter(connection({ ...CLOSED }))).toBe(false);
    expect(filter(connection({ ...CLOSED, diagnostics: { 'reserved-opcode': 1 } }))).toBe(true);
    expect(filter(connection({ closeCode: 1006 }))).toBe(false);
  });
});

describe('the ranking', () => {
  const times = (median: number): DirectionSummary['ping'] & {} => ({
    answered: 1,
    skipped: 0,
    unanswered: 0,
    times: { min: 0, median, max: 9 },
  });
  const all = [
    connection({ connection: 0, fromClient: { frames: 1, wireBytes: 500 }, firstTime: 10, lastTime: 11 }),
    connection({ connection: 1, fromServer: { frames: 3, wireBytes: 20, ping: times(0.2) } }),
    connection({
      connection: 2,
      fromClient: { frames: 3, wireBytes: 499, ping: times(0.1) },
      fromServer: { ping: times(0.3) },
    }),
    connection({ connection: 3, firstTime: 0, lastTime: 9 }),
  ];

  it.each<[SortKey | undefined, number[]]>([
    [undefined, [0, 1, 2, 3]],
    ['bytes', [0, 2, 1, 3]],
    ['frames', [1, 2, 0, 3]],
    ['ping', [2, 1, 0, 3]],
    ['duration', [3, 0, 1, 2]],
  ])('by %s', (key, numbers) => {
    expect(rankingBy(key)(all, 9).map(({ connection }) => connection)).toEqual(numbers);
    if (key)
      expect(rankingBy(key)(all.toReversed(), 2).map(({ connection }) => connection)).toEqual(numbers.slice(0, 2));
  });
});
