import { readHandshake } from '../../codec/handshake/handshake.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { explain, isFinding } from '../../rules/catalogue.js';
import { judgeHandshake } from '../../rules/handshake/rules.js';
import { isOpen, type Bench } from '../bench/bench.js';
import type { Case, CaseVerdict } from '../case.js';
import { Condition } from '../bench/condition.js';
import { headBytes, plusHeader, valueOf, withHeaders, type HeadParts } from '../handshakes/heads.js';
import { areSameBytes } from '../verdicts/autobahn-verdict.js';
import { notOpened } from '../verdicts/autobahn.js';
import { looseFrame, withRest } from '../handshakes/probe.js';
import { answerCase, clientCase, goOn, type AnswerSpec } from '../handshakes/probe-client.js';
import {
  MUST_ACCEPT,
  MUST_REFUSE,
  RATHER_EITHER,
  SHOULD_ACCEPT,
  REPORTED,
  openingVerdict,
} from '../handshakes/ruling.js';
import type { Tester } from '../bench/tester.js';
import type { Received } from '../bench/received.js';
import { receivedText } from '../verdicts/words.js';

/** The headers of a client's request, and the layout and timing of a correct answer's bytes. */

const ACCEPT = 'Sec-WebSocket-Accept';
const HELLO = encodeUtf8('Hello behind the head');

function smuggled(head: HeadParts, glue: string): HeadParts {
  return { ...withHeaders(head, { [ACCEPT]: undefined, 'X-Other': `a${glue}${ACCEPT}: ${valueOf(head, ACCEPT)}` }) };
}

const HEADS: readonly AnswerSpec[] = [
  {
    id: 'byte-by-byte',
    rfc: 'RFC 6455 §4.1',
    ruling: MUST_ACCEPT,
    title: 'The 101 comes byte by byte',
    answer: (head) => head,
    chop: 1,
  },
  {
    id: 'names-lower-case',
    rfc: 'RFC 9110 §5.1',
    ruling: MUST_ACCEPT,
    title: 'All header names are in lower case',
    answer: (head) => ({ ...head, headers: head.headers.map(([name, value]) => [name.toLowerCase(), value]) }),
  },
  {
    id: 'reason-absent',
    rfc: 'RFC 9112 §4',
    ruling: MUST_ACCEPT,
    title: 'The status line has no reason after the space',
    answer: (head) => ({ ...head, line: 'HTTP/1.1 101 ' }),
  },
  {
    id: 'early-hints',
    rfc: 'RFC 9110 §15.2',
    ruling: SHOULD_ACCEPT,
    title: 'A 103 comes before the 101',
    answer: (head) => withRest({ line: 'HTTP/1.1 103 Early Hints', headers: [['X-Other', 'a']] }, headBytes(head)),
  },
  {
    id: 'fold',
    rfc: 'RFC 9112 §5.2',
    ruling: SHOULD_ACCEPT,
    title: 'An unknown header is folded over two lines',
    answer: (head) => plusHeader(head, 'X-Other', 'a\r\n b'),
  },
  {
    id: 'fold-smuggled',
    rfc: 'RFC 9112 §5.2',
    ruling: MUST_REFUSE,
    title: 'The only accept value is on the folded line of another header, and is part of that one',
    answer: (head) => smuggled(head, '\r\n '),
  },
  {
    id: 'bare-cr',
    rfc: 'RFC 9112 §2.2',
    ruling: MUST_REFUSE,
    title: 'The only accept value follows a bare CR in another header, which does not end a line',
    answer: (head) => smuggled(head, '\r'),
  },
  {
    id: 'nul',
    rfc: 'RFC 9110 §5.5',
    ruling: MUST_REFUSE,
    title: 'A NUL in Upgrade: websocket, NUL, x',
    answer: (head) => withHeaders(head, { Upgrade: 'websocket\0x' }),
  },
  {
    id: 'bare-lf',
    rfc: 'RFC 9112 §2.2',
    ruling: REPORTED,
    title: 'All lines end with a bare LF, which a client may accept',
    answer: (head) => headBytes(head).filter((byte) => byte !== 0x0d),
  },
  {
    id: 'header-large',
    rfc: 'RFC 9110 §5.4',
    ruling: RATHER_EITHER,
    title: 'A header has 100 000 bytes',
    answer: (head) => plusHeader(head, 'X-Large', 'x'.repeat(100_000)),
  },
  {
    id: 'head-endless',
    rfc: 'RFC 9110 §17.5',
    ruling: RATHER_EITHER,
    title: 'A head of 8 MiB does not end',
    expected: 'the client ends TCP at some size',
    traits: ['unsafe'],
    chop: 65_536,
    answer: (head) => headBytes(plusHeader(head, 'X-Endless', 'x'.repeat(8 * 1024 * 1024))).subarray(0, -4),
  },
];

/** Seconds in which a client that does not wait shows it, and for a frame to come back. */
const EARLY_TIME = 0.2;
const FRAME_TIME = 2;

async function judgedRequest(bench: Bench): Promise<CaseVerdict> {
  const { request } = await bench.accept();
  const faults = judgeHandshake(readHandshake({ request })).filter(({ side }) => side === 'request');
  await sayGoodbye(bench);
  const errors = faults.filter((one) => isFinding(one, false));
  const [worst = faults[0]] = errors;
  if (worst === undefined) return openingVerdict('OK', 'the request is as it should be');
  const { message, code } = explain(worst);
  return openingVerdict(errors.length > 0 ? 'FAILED' : 'NON-STRICT', `${message} (${code})`);
}

async function sayGoodbye(bench: Bench): Promise<void> {
  const tester = await bench.open();
  if (!isOpen(tester)) return;
  await tester.close(1000);
  await tester.finish(bench.patience);
}

async function waits(bench: Bench): Promise<CaseVerdict> {
  const { wire, exchange, rest } = await bench.accept();
  const happenings = new Condition();
  let bytes = rest.length;
  let isOver = false;
  wire.listen({
    bytes: (chunk) => {
      exchange.add('peer', chunk);
      bytes += chunk.length;
      happenings.notify();
    },
    ended: () => {
      isOver = true;
      happenings.notify();
    },
  });
  await happenings.until(() => bytes > 0 || isOver, EARLY_TIME * bench.patience);
  if (bytes > 0) return openingVerdict('FAILED', `it sent ${bytes} bytes before it had an answer`);
  if (isOver) return openingVerdict('FAILED', 'it ended TCP before it had an answer');
  await sayGoodbye(bench);
  return openingVerdict('OK', 'it sent nothing more');
}

async function accepted(bench: Bench): Promise<CaseVerdict> {
  const tester = await bench.open();
  if (!isOpen(tester)) return notOpened(tester);
  const payload = encodeUtf8('wsinspect');
  const isPong = (one: Received): boolean => one.what === 'pong' && areSameBytes(one.payload, payload);
  await tester.send({ opcode: OPCODE.ping, payload });
  await tester.until(() => tester.received.length > 0, EARLY_TIME * bench.patience);
  // Bytes that directly follow the head have cases of their own: a client that lost them gets another frame.
  if (tester.received.length === 0) await tester.send({ opcode: OPCODE.ping, payload });
  return cameBack(tester, bench, isPong);
}

/** A correct 101 followed by the beginning of a frame, in one write; the rest of it, if any, in another. */
async function afterHead(bench: Bench, opcode: number, share: number): Promise<CaseVerdict> {
  const caller = await bench.accept();
  const frame = looseFrame(bench, { opcode, payload: HELLO });
  const length = Math.round(frame.length * share);
  const tester = await goOn(bench, caller, withRest(bench.head(), frame.subarray(0, length)));
  await tester.write(frame.subarray(length));
  const what = opcode === OPCODE.ping ? 'pong' : 'message';
  return cameBack(tester, bench, (one) => one.what === what && areSameBytes(one.payload, HELLO));
}

async function cameBack(tester: Tester, bench: Bench, test: (one: Received) => boolean): Promise<CaseVerdict> {
  const isBroken = (): boolean => tester.received.some(({ what }) => what === 'violation');
  const came = await tester.until(() => isBroken() || tester.received.some(test), FRAME_TIME * bench.patience);
  const actual = receivedText(tester.received);
  const isFine = came && !isBroken();
  await tester.close(1000);
  await tester.finish(bench.patience);
  return openingVerdict(isFine ? 'OK' : 'FAILED', actual);
}

const OWN: readonly Case[] = [
  clientCase(
    {
      id: 'handshake-client.request',
      rfc: 'RFC 6455 §4.1',
      ruling: MUST_ACCEPT,
      title: "The client's own request",
      expected:
        'the request breaks no rule: GET, Host, Upgrade, Connection, a key of 16 bytes, version 13, legal offers',
    },
    judgedRequest,
  ),
  clientCase(
    {
      id: 'handshake-client.waits',
      rfc: 'RFC 6455 §4.1',
      ruling: MUST_ACCEPT,
      title: 'The answer is late',
      expected: 'the client sends nothing before it has the answer',
    },
    waits,
  ),
  clientCase(
    {
      id: 'handshake-client.accepted',
      rfc: 'RFC 6455 §4.1, §5.1, §5.5.2',
      ruling: MUST_ACCEPT,
      title: 'A 101 as it should be, and a ping',
      expected: 'the client answers the ping, with a masked frame',
    },
    accepted,
  ),
];

const BEHIND: readonly Case[] = (
  [
    ['ping-behind-head', 'A ping', OPCODE.ping, 1],
    ['text-behind-head', 'A text message', OPCODE.text, 1],
    ['half-behind-head', 'Half a frame of a text message, the other half later,', OPCODE.text, 0.5],
  ] as const
).map(([id, what, opcode, share]) =>
  clientCase(
    {
      id: `handshake-client.${id}`,
      rfc: 'RFC 6455 §4.2.2',
      ruling: MUST_ACCEPT,
      title: `${what} comes in the same segment as the 101`,
      expected: 'the client loses nothing of it: the answer comes',
      needs: opcode === OPCODE.text ? ['echo'] : [],
    },
    (bench) => afterHead(bench, opcode, share),
  ),
);

export const CLIENT_CASES: readonly Case[] = [
  ...OWN,
  ...HEADS.map((spec) => answerCase({ ...spec, id: `handshake-client.${spec.id}` })),
  ...BEHIND,
];
