import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { Case } from '../case.js';
import {
  continuation,
  autobahn,
  message,
  NOTHING,
  PEER_FAILS,
  ping,
  pong,
  text,
  WE_CLOSE,
  type AutobahnCase,
  type AutobahnStep,
} from '../verdicts/autobahn.js';
import type { Sending } from '../bench/tester.js';
import type { Received } from '../bench/received.js';

/** Group 5: fragmentation (RFC 6455 §5.4). */

const part = (n: number): Uint8Array => encodeUtf8(`fragment${n}`);
const whole = (...parts: number[]): Received => message(encodeUtf8(parts.map((n) => `fragment${n}`).join('')));
const BODY = encodeUtf8('ping payload');
const PING = ping(BODY);
const first = (n = 1): Sending => text(part(n), { fin: false });
const more = (n: number): Sending => continuation(part(n), { fin: false });
const last = (n = 2): Sending => continuation(part(n));
const ORPHAN = encodeUtf8('non-continuation payload');
const HELLO = encodeUtf8('Hello, world!');

const WAYS: readonly (readonly [words: string, step: (send: Sending[]) => AutobahnStep])[] = [
  ['', (send) => ({ send })],
  [', one write a frame', (send) => ({ send, sync: true })],
  [', octet by octet', (send) => ({ send, chop: 1 })],
];

/** The same frames in each of the three ways. */
function threeWays(
  from: number,
  title: string,
  send: Sending[],
  rest: Omit<AutobahnCase, 'id' | 'title' | 'steps'>,
): AutobahnCase[] {
  return WAYS.map(([words, step], i) => ({
    id: `5.${from + i}`,
    title: `${title}${words}`,
    steps: [step(send)],
    ...rest,
  }));
}

const REFUSED = { received: { OK: NOTHING }, close: PEER_FAILS };
const rounds = (fin: boolean): Sending[] => [0, 1].flatMap(() => [continuation(part(1), { fin }), first(2), last(3)]);

const SPECS: readonly AutobahnCase[] = [
  {
    id: '5.1',
    title: 'A ping in two fragments',
    steps: [{ send: [{ opcode: OPCODE.ping, payload: part(1), fin: false }, last()] }],
    ...REFUSED,
  },
  {
    id: '5.2',
    title: 'A pong in two fragments',
    steps: [{ send: [{ opcode: OPCODE.pong, payload: part(1), fin: false }, last()] }],
    ...REFUSED,
  },
  ...threeWays(3, 'A text message in two fragments', [first(), last()], {
    received: { OK: [whole(1, 2)] },
    close: WE_CLOSE,
  }),
  ...threeWays(6, 'A text message in two fragments with a ping between them', [first(), PING, last()], {
    received: { OK: [pong(BODY), whole(1, 2)] },
    close: WE_CLOSE,
  }),
  ...threeWays(9, 'A final continuation of nothing, then text', [continuation(ORPHAN), text(HELLO)], REFUSED),
  ...threeWays(
    12,
    'A continuation of nothing, not final, then text',
    [continuation(ORPHAN, { fin: false }), text(HELLO)],
    REFUSED,
  ),
  {
    id: '5.15',
    title: 'A text message in two fragments, a continuation of nothing, then text',
    steps: [{ send: [first(), last(), continuation(ORPHAN, { fin: false }), text(HELLO)] }],
    received: { OK: [whole(1, 2)], 'NON-STRICT': NOTHING },
    close: PEER_FAILS,
  },
  {
    id: '5.16',
    title: 'Twice a continuation of nothing, not final, then a text message in two fragments',
    steps: [{ send: rounds(false) }],
    ...REFUSED,
  },
  {
    id: '5.17',
    title: 'Twice a final continuation of nothing, then a text message in two fragments',
    steps: [{ send: rounds(true) }],
    ...REFUSED,
  },
  {
    id: '5.18',
    title: 'A text fragment, then another text frame instead of a continuation',
    steps: [{ send: [first(), text(part(2))] }],
    ...REFUSED,
  },
  fiveFragments('5.19', 'A text message in five fragments with two pings and a second of silence', false),
  fiveFragments('5.20', 'The same, one write a frame', true),
];

function fiveFragments(id: string, title: string, sync: boolean): AutobahnCase {
  const ways = sync ? { sync: true as const } : {};
  return {
    id,
    title,
    steps: [
      { send: [first(), more(2), PING], ...ways },
      { wait: 1 },
      { send: [more(3), more(4), PING, last(5)], ...ways },
    ],
    received: { OK: [pong(BODY), pong(BODY), whole(1, 2, 3, 4, 5)] },
    close: WE_CLOSE,
  };
}

export const FRAGMENTATION_CASES: readonly Case[] = SPECS.map((spec) => autobahn({ rfc: 'RFC 6455 §5.4', ...spec }));
