import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { headersNamed } from '../../codec/handshake/handshake.js';
import { isOpen, type NotOpened } from './bench.js';
import type { ServerBench } from './server-bench.js';
import { areSameBytes } from '../verdicts/autobahn-verdict.js';

/** What is known of a server before the cases begin. */
export interface Probe {
  /** It answers the handshake as it should. */
  readonly problem?: NotOpened;
  /** Seconds for a ping and its pong, or for the handshake where no pong came. */
  readonly roundTrip: number;
  /** It sends messages back as they came, or means to. */
  readonly echoes: boolean;
  /** What it sent back is something else. */
  readonly answers: boolean;
  /** It agrees to permessage-deflate. */
  readonly deflates: boolean;
  /** What it calls itself (RFC 9110 §10.2.4). */
  readonly name?: string | undefined;
}

const WAIT = 1;
const GREETING = encodeUtf8('wsinspect asks: are you an echo?');
const OFFER = 'permessage-deflate; client_max_window_bits';

/** Asks a server what it is: an echo, one that compresses, near or far. */
export async function probeServer(bench: ServerBench, asksEcho: boolean): Promise<Probe> {
  const { now } = bench.tools;
  const began = now();
  const tester = await bench.open();
  const handshake = now() - began;
  const name = headersNamed(bench.handshake?.response, 'Server')[0]?.value;
  if (!isOpen(tester))
    return { problem: tester, roundTrip: handshake, echoes: false, answers: false, deflates: false, name };
  const asked = now();
  await tester.send({ opcode: OPCODE.ping, payload: encodeUtf8('wsinspect') });
  const isAnswered = await tester.until(
    () => tester.received.some(({ what }) => what === 'pong'),
    WAIT + 4 * handshake,
  );
  const roundTrip = isAnswered ? now() - asked : handshake;
  let echoes = false;
  if (asksEcho) {
    await tester.send({ opcode: OPCODE.text, payload: GREETING });
    // A frame that breaks a rule is an answer too: the cases report what is wrong with it.
    const hasCome = (): boolean =>
      tester.received.some((one) => one.what === 'violation' || (one.what === 'message' && isMeantAsEcho(one.payload)));
    echoes = await tester.until(hasCome, WAIT + 10 * roundTrip);
  }
  const answers = tester.received.some(({ what }) => what === 'message');
  await tester.close(1000);
  await tester.finish(WAIT);
  const compressing = await bench.open({ extensions: OFFER });
  const deflates = isOpen(compressing) && compressing.deflate !== undefined;
  if (isOpen(compressing)) {
    await compressing.close(1000);
    await compressing.finish(WAIT);
  }
  return { roundTrip, echoes, answers, deflates, name };
}

/** What came back, or most of it, or as much of something else: an echo that is broken is one all the same, and has to be reported as one. */
function isMeantAsEcho(payload: Uint8Array): boolean {
  const { length } = payload;
  if (length === GREETING.length) return true;
  return (
    length * 2 >= GREETING.length && areSameBytes(payload.subarray(0, GREETING.length), GREETING.subarray(0, length))
  );
}
