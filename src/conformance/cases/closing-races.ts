import { writeCloseBody } from '../../codec/messages/close.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { isOpen } from '../bench/bench.js';
import type { Case, CaseVerdict } from '../case.js';
import { close, CLOSE_TIME, continuation, message, notOpened, ping, text } from '../verdicts/autobahn.js';
import {
  closedWell,
  failing,
  goodbye,
  isSame,
  suite,
  plainCase,
  sendAll,
  unserved,
  verdictOf,
  type Talk,
} from '../verdicts/suite.js';
import type { Sending } from '../bench/tester.js';

/** Closing beyond group 7: what comes after a close frame, and both ends closing at once (RFC 6455 §5.5.1, §7.1). */

const HELLO = encodeUtf8('Hello');
const GOODBYE = close(writeCloseBody(1000));
/** Reserved bits and a reserved opcode: a peer that reads it fails the connection. */
const FAULT = { opcode: 7, payload: HELLO, rsv: 7 };

/** Exactly one close frame has to come, and nothing after it. */
async function closing(talk: Talk): Promise<CaseVerdict> {
  const { bench, tester } = talk;
  await tester.finish(CLOSE_TIME * bench.patience);
  const { framesAfterClose } = tester;
  const isFine = tester.received.length === 0 && tester.state.peerClosed && framesAfterClose === 0;
  const note = framesAfterClose > 0 ? `${framesAfterClose} frames came after the close frame` : undefined;
  return verdictOf(talk, [isFine ? 'OK' : 'FAILED', closedWell(talk)], note);
}

interface RaceRow {
  readonly id: string;
  readonly title: string;
  readonly send: readonly Sending[];
  readonly chop?: number;
}

const ROWS: readonly RaceRow[] = [
  {
    id: 'message-open',
    title: 'A close frame while a fragmented message is open and stays unfinished',
    send: [text(HELLO, { fin: false }), GOODBYE],
  },
  { id: 'by-octets', title: 'A close frame, octet by octet', send: [close(writeCloseBody(1000, 'bye'))], chop: 1 },
  {
    id: 'fragments-behind',
    title: 'A fragmented message and a ping after a close frame',
    send: [GOODBYE, text(HELLO, { fin: false }), ping(HELLO), continuation(HELLO)],
  },
  {
    id: 'fault-behind',
    title: 'Frames with reserved bits and reserved opcodes after a close frame',
    send: [GOODBYE, FAULT, { opcode: 3 }, { opcode: 11 }],
  },
  {
    id: 'megabyte-behind',
    title: 'A mebibyte of text after a close frame',
    send: [GOODBYE, text(new Uint8Array(1_048_576).fill(0x2a))],
  },
];

const BEHIND: readonly Case[] = ROWS.map(({ id, title, send, chop }) =>
  suite({
    id: `closing.${id}`,
    rfc: 'RFC 6455 §5.5.1',
    title,
    expected: 'one close frame answers it, and nothing else comes',
    ...(id === 'megabyte-behind' && { traits: ['unsafe'] as const }),
    run: async (talk) => {
      await sendAll(talk, send, chop);
      return closing(talk);
    },
  }),
);

/** It is not known which end closes first; a peer that fails the connection closes of its own accord. */
const RACE = suite({
  id: 'closing.race',
  rfc: 'RFC 6455 §7.1.7',
  title: 'A frame that the peer has to fail the connection for, and a close frame in the same write',
  expected: 'one close frame and no second one, or none; then TCP ends',
  run: async (talk) => {
    const { bench, tester } = talk;
    await sendAll(talk, [FAULT, GOODBYE]);
    const ending = await tester.finish(CLOSE_TIME * bench.patience);
    const isFine = tester.received.length === 0 && tester.framesAfterClose === 0;
    const note = isFine ? undefined : `${tester.framesAfterClose} frames came after the close frame`;
    const isStuck = ending.weDropped && (bench.peer === 'server' || !ending.peerClosed);
    return verdictOf(talk, [isFine ? 'OK' : 'FAILED', isStuck ? 'FAILED BY CLIENT' : 'OK'], note);
  },
});

/** "Hello" may come back before the peer sees what follows it; what follows the fault may not. */
const BEHIND_FAILURE = suite({
  id: 'closing.nothing-behind-failure',
  rfc: 'RFC 6455 §7.1.7',
  title: 'A frame that the peer has to fail the connection for, followed by a message and a ping',
  expected: 'the connection fails, and what follows the frame is not processed',
  run: async (talk) => {
    await sendAll(talk, [FAULT, text(HELLO), ping(HELLO)]);
    const verdict = await failing(talk);
    const after = talk.tester.framesAfterClose;
    if (after === 0) return verdict;
    return {
      ...verdict,
      behavior: 'FAILED',
      actual: `${verdict.actual}; ${after} frames came after the close frame`,
    };
  },
});

const CUT = suite({
  id: 'closing.fin-mid-frame',
  rfc: 'RFC 6455 §7.1.5',
  title: 'A message whose second half is missing: TCP ends there',
  expected: 'nothing of the message is delivered',
  run: async (talk) => {
    const { bench, tester } = talk;
    const frame = tester.frame(text(HELLO));
    await tester.write(frame.subarray(0, frame.length - 2));
    tester.wire.finish();
    await tester.until(() => tester.received.length > 0, bench.patience);
    const isFine = tester.received.length === 0;
    const how = tester.isOver ? 'TCP was ended' : 'TCP was left open';
    await tester.finish(0);
    return verdictOf(talk, [isFine ? 'OK' : 'FAILED', 'INFORMATIONAL'], how);
  },
});

const EMPTY_CLOSE = suite({
  id: 'closing.code-of-empty',
  rfc: 'RFC 6455 §5.5.1',
  title: 'A close frame without a code',
  expected: 'the answer has no code either, or 1000: there is none to be echoed',
  level: 'SHOULD',
  run: async (talk) => {
    const ending = await (talk.tester.close(), talk.tester.finish(CLOSE_TIME * talk.bench.patience));
    const isFine = ending.clean && (ending.code === undefined || ending.code === 1000 || ending.code === 1005);
    return verdictOf(talk, [isFine ? 'OK' : 'FAILED', closedWell(talk)]);
  },
});

const ECHOED_CODE = suite({
  id: 'closing.code-echoed',
  rfc: 'RFC 6455 §5.5.1',
  title: 'A close frame with 3210',
  expected: 'the answer has the same code, as it typically has',
  level: 'REPORT',
  run: async (talk) => {
    await goodbye(talk, 3210);
    const { code, clean } = talk.tester.state;
    return verdictOf(talk, [clean && code === 3210 ? 'OK' : 'INFORMATIONAL', clean ? 'OK' : 'UNCLEAN']);
  },
});

/** The server is the one to end TCP; the client waits for it, up to a limit. */
const PATIENT = suite({
  id: 'closing.client-waits',
  rfc: 'RFC 6455 §7.1.1',
  title: 'Both close frames, and a server that ends TCP a second later',
  expected: 'the client waits for the server to end TCP',
  level: 'SHOULD',
  peers: ['client'],
  run: async (talk) => {
    const { bench, tester } = talk;
    await tester.close(1000);
    await tester.until(() => false, bench.patience);
    const isFine = !tester.isOver && tester.state.peerClosed;
    await tester.finish(CLOSE_TIME * bench.patience);
    return verdictOf(talk, [isFine ? 'OK' : 'FAILED', tester.state.clean ? 'OK' : 'UNCLEAN']);
  },
});

const RESET = plainCase(
  {
    id: 'closing.reset-behind-close',
    rfc: 'RFC 6455 §7.2.1',
    title: 'A message and a close frame, a TCP reset at once, and a new connection',
    expected: 'the new connection is served',
    peers: ['server'],
  },
  async (bench) => {
    const tester = await bench.open();
    if (!isOpen(tester)) return notOpened(tester);
    await tester.sendTogether([text(HELLO), GOODBYE]);
    tester.wire.reset();
    await tester.finish(0);
    const problem = await unserved(bench);
    const actual = problem ?? 'the new connection was served';
    return { behavior: problem ? 'FAILED' : 'OK', behaviorClose: 'INFORMATIONAL', actual };
  },
);

/** A message before a close frame may be answered or not: the RFC leaves it open (§1.4). */
const BEFORE = suite({
  id: 'closing.message-before',
  rfc: 'RFC 6455 §1.4',
  title: 'A message and a close frame in one write',
  expected: 'the echo, followed by the close frame',
  level: 'REPORT',
  needs: ['echo'],
  run: async (talk) => {
    await sendAll(talk, [text(HELLO), GOODBYE]);
    await talk.tester.finish(CLOSE_TIME * talk.bench.patience);
    const { received } = talk.tester;
    const isEchoed = received.length === 1 && isSame(received[0]!, message(HELLO));
    return verdictOf(talk, [isEchoed ? 'OK' : 'INFORMATIONAL', closedWell(talk)]);
  },
});

export const CLOSING_RACE_CASES: readonly Case[] = [
  ...BEHIND,
  RACE,
  BEHIND_FAILURE,
  CUT,
  EMPTY_CLOSE,
  ECHOED_CODE,
  PATIENT,
  RESET,
  BEFORE,
];
