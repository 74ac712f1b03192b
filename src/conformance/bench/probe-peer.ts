import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { headersNamed } from '../../codec/handshake/handshake.js';
import { isOpen, type NotOpened } from './bench.js';
import type { ServerBench } from './server-bench.js';
import type { Tester } from './tester.js';
import type { Received } from './received.js';
import { learnUnasked, NOTHING_UNASKED, UnaskedFilter, type Unasked } from './unasked.js';
import { areSameBytes } from '../verdicts/autobahn-verdict.js';

/** What is known of a server before the cases begin. */
export interface Probe {
  /** It answers the handshake correctly. */
  readonly problem?: NotOpened;
  /** Seconds for a ping and its pong, or for the handshake where no pong came. */
  readonly roundTrip: number;
  /** It sends messages back as they came, or tries to. */
  readonly echoes: boolean;
  /** What it sent back differs. */
  readonly answers: boolean;
  /** It agrees to permessage-deflate. */
  readonly deflates: boolean;
  /** What it sends without a request. */
  readonly unasked: Unasked;
  /** Its own name (RFC 9110 §10.2.4). */
  readonly name?: string | undefined;
}

const WAIT = 1;
/** Seconds without a message after which a greeting is considered complete, and the longest time that it is waited for. */
const QUIET = 0.6;
const MOST_LISTENING = 3;
const PING = encodeUtf8('wsinspect');
const GREETING = encodeUtf8('wsinspect asks: are you an echo?');
const OFFER = 'permessage-deflate; client_max_window_bits';

/** Finds the properties of a server: whether it echoes, greets, compresses, and how far away it is. */
export async function probeServer(bench: ServerBench, asksEcho: boolean): Promise<Probe> {
  const { now } = bench.tools;
  const began = now();
  const tester = await bench.open();
  const handshake = now() - began;
  const name = headersNamed(bench.handshake?.response, 'Server')[0]?.value;
  if (!isOpen(tester)) {
    const unknown = { echoes: false, answers: false, deflates: false, unasked: NOTHING_UNASKED };
    return { problem: tester, roundTrip: handshake, ...unknown, name };
  }
  const asked = now();
  await tester.send({ opcode: OPCODE.ping, payload: PING });
  const isAnswered = await tester.until(() => tester.received.some(isPong), WAIT + 4 * handshake);
  const roundTrip = isAnswered ? now() - asked : handshake;
  // A ping is answered by a pong alone: every message so far was sent without a request.
  await listen(tester, QUIET + 4 * roundTrip, now);
  const greeting = tester.received.filter((one) => !isPong(one));
  const before = tester.received.length;
  let echoes = false;
  if (asksEcho) {
    // A frame that breaks a rule is an answer too: the cases report what is wrong with it.
    await tester.send({ opcode: OPCODE.text, payload: GREETING });
    const hasCome = (): boolean =>
      tester.received.some((one, i) => one.what === 'violation' || (i >= before && isMeantAsEcho(one)));
    echoes = await tester.until(hasCome, WAIT + 10 * roundTrip);
  }
  const came = tester.received.slice(before);
  const spent = now() - began;
  await tester.close(1000);
  await tester.finish(WAIT);
  const compressing = await bench.open({ extensions: OFFER });
  const deflates = isOpen(compressing) && compressing.deflate !== undefined;
  let unasked = learnUnasked(greeting, []);
  const others = came.filter((one) => !isMeantAsEcho(one));
  if (isOpen(compressing)) {
    // What came next to the echo may have been late, and not an answer: here nothing is requested.
    const most = greeting.length + others.length;
    if (most > 0) await compressing.until(() => compressing.received.length >= most, spent);
    unasked = learnUnasked(greeting, compressing.received);
    await compressing.close(1000);
    await compressing.finish(WAIT);
  }
  const isUnasked = new UnaskedFilter(unasked);
  const answers = [...greeting, ...others].some((one) => one.what === 'message' && !isUnasked.takes(one));
  return { roundTrip, echoes, answers, deflates, unasked, name };
}

/** Resolves when nothing has come for `quiet` seconds, or after the time limit. */
async function listen(tester: Tester, quiet: number, now: () => number): Promise<void> {
  const began = now();
  let { length } = tester.received;
  while (await tester.until(() => tester.received.length > length, quiet)) {
    if (now() - began > MOST_LISTENING) return;
    ({ length } = tester.received);
  }
}

function isPong(one: Received): boolean {
  return one.what === 'pong' && areSameBytes(one.payload, PING);
}

/** The same message, or most of it, or a different one of about that length: a broken echo is an echo as well, and has to be reported as one. */
function isMeantAsEcho(one: Received): boolean {
  if (one.what !== 'message') return false;
  const { payload } = one;
  const { length } = payload;
  if (length === GREETING.length) return true;
  return (
    length * 2 >= GREETING.length && areSameBytes(payload.subarray(0, GREETING.length), GREETING.subarray(0, length))
  );
}
