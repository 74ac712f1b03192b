import { OPCODE } from '../../codec/frames/registry.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Case } from '../case.js';
import { binary, fragments, message, ping, pong } from '../verdicts/autobahn.js';
import {
  answering,
  echoes,
  flood,
  goodbye,
  isSame,
  suite,
  pongFault,
  surviving,
  unserved,
  verdictOf,
  within,
} from '../verdicts/suite.js';

/** Large amounts of legal data, and peers that do not read (RFC 6455 §5.4, §5.5, §10.4). */

const HELLO = encodeUtf8('Hello');
/** The longest payload of a control frame. */
const FULL = new Uint8Array(125).fill(0x70);

/** The close codes of a peer with limits for what is large or many. */
const LIMIT_CODES: readonly (number | undefined)[] = [1008, 1009, 1013];

const PIECES = 10_000;
const MANY_FRAGMENTS = suite({
  id: 'frames.fragments-10000',
  rfc: 'RFC 6455 §5.4',
  title: `A text message in ${PIECES} fragments of one byte`,
  expected: 'the message, or a limit (1008, 1009)',
  needs: ['echo'],
  traits: ['unsafe'],
  run: async (talk) => {
    const { bench, tester } = talk;
    const payload = new Uint8Array(PIECES).fill(0x2a);
    // By size, an exact multiple ends in an empty fragment: one more is equally valid.
    await flood(talk, fragments(OPCODE.text, payload, 1));
    await tester.until(() => tester.received.length > 0 || tester.isClosing, 5 * bench.patience);
    if (LIMIT_CODES.includes(tester.state.code)) return surviving(talk, 'the peer has a limit', false);
    return answering(talk, [message(payload)]);
  },
});

const PINGS = 5000;
/** A ping's payload: its number, padded to the longest length. */
function numbered(i: number): Uint8Array {
  const payload = FULL.slice();
  payload.set([i >> 8, i & 0xff]);
  return payload;
}

const PING_FLOOD = suite({
  id: 'frames.ping-flood',
  rfc: 'RFC 6455 §5.5.3',
  title: `${PINGS} pings of 125 bytes at once`,
  expected: 'pongs in the order of the pings, for the last one at least',
  traits: ['unsafe'],
  run: async (talk) => {
    const { bench, tester } = talk;
    const payloads = Array.from({ length: PINGS }, (_, i) => numbered(i));
    const last = pong(payloads.at(-1)!);
    await flood(
      talk,
      payloads.map((payload) => ping(payload)),
    );
    const isDone = (): boolean =>
      tester.isClosing || (tester.received.length > 0 && isSame(tester.received.at(-1)!, last));
    await tester.until(isDone, 5 * bench.patience);
    const fault = pongFault(
      tester.received,
      payloads.map((payload) => pong(payload)),
    );
    const note = fault ?? `${tester.received.length} pongs came`;
    if (tester.isClosing) return surviving(talk, 'the peer ended the flood', false);
    await goodbye(talk);
    return { ...verdictOf(talk, [fault ? 'FAILED' : 'OK', 'INFORMATIONAL']), actual: note };
  },
});

const PONG_FLOOD = echoes({
  id: 'frames.pong-flood',
  rfc: 'RFC 6455 §5.5.3',
  title: '10000 unsolicited pongs of 125 bytes, and a ping',
  expected: 'one pong: unsolicited ones are not answered',
  traits: ['unsafe'],
  kill: 5,
  send: async (talk) => {
    await flood(talk, [...Array.from({ length: 10_000 }, () => ({ opcode: OPCODE.pong, payload: FULL })), ping(HELLO)]);
  },
  back: [pong(HELLO)],
});

const SLOW_MESSAGES = 64;
const SLOW_SIZE = 262_144;
const SLOW_READER = suite({
  id: 'frames.slow-reader',
  rfc: 'RFC 6455 §10.4',
  title: '16 MiB of messages to be echoed to a client that does not read, and another connection',
  expected: 'the other connection is served meanwhile',
  level: 'SHOULD',
  peers: ['server'],
  needs: ['echo'],
  traits: ['unsafe', 'alone'],
  run: async (talk) => {
    const { bench, tester } = talk;
    tester.wire.pause();
    const frame = tester.frame(binary(new Uint8Array(SLOW_SIZE)));
    let sent = 0;
    const end = bench.tools.now() + 3 * bench.patience;
    const hasTime = (): boolean => !tester.isOver && bench.tools.now() < end;
    // When the peer reads no more, what it has is enough.
    while (sent < SLOW_MESSAGES && hasTime() && (await within(tester.write(frame), 0.5 * bench.patience))) sent++;
    const problem = await unserved(bench);
    tester.wire.drop();
    await tester.finish(0);
    const note = problem ?? `the other connection was served, ${sent} messages being taken of the first`;
    return { ...verdictOf(talk, [problem ? 'FAILED' : 'OK', 'INFORMATIONAL']), actual: note };
  },
});

export const FLOOD_CASES: readonly Case[] = [MANY_FRAGMENTS, PING_FLOOD, PONG_FLOOD, SLOW_READER];
