import { concat } from '../../codec/bytes/byte-collector.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { isOpen, type Bench, type NotOpened } from '../bench/bench.js';
import type { Behavior, Case, CloseBehavior, Level, Need, Trait, CaseVerdict } from '../case.js';
import type { PeerRole } from '../peer-role.js';
import { asking, isGranted, type DeflateAsk } from '../handshakes/deflate-asks.js';
import { CLOSE_TIME, notOpened } from './autobahn.js';
import { areSameBytes } from './autobahn-verdict.js';
import { faultOf } from './fault-words.js';
import type { Sending, Tester } from '../bench/tester.js';
import type { Ending, Received } from '../bench/received.js';
import { after } from '../bench/timer.js';
import { endingText, receivedText } from './words.js';

/** Cases of this suite's own: what is sent, and one of a few ways to judge the result. */

/** Seconds within which an immediate reaction has to come. */
const KILL = 2;

export interface Talk {
  readonly bench: Bench;
  readonly tester: Tester;
}

/** What every case of its own has; the rest is the same for most. */
export interface About {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  readonly expected: string;
  readonly level?: Level;
  readonly peers?: readonly PeerRole[];
  readonly needs?: readonly Need[];
  readonly traits?: readonly Trait[];
  readonly http?: Case['http'];
}

/** A case that begins with a WebSocket. */
interface SuiteCase extends About {
  /** permessage-deflate with these parameters: where the peer agrees to less, no verdict is possible. */
  readonly deflate?: DeflateAsk;
  run(this: void, talk: Talk): Promise<CaseVerdict>;
}

/** What is sent: frames, or whatever a case writes. */
interface SuiteSent {
  readonly send: readonly Sending[] | ((talk: Talk) => Promise<void>);
  /** Octets a write. */
  readonly chop?: number;
  /** Seconds that the peer has. */
  readonly kill?: number;
}

export function plainCase(about: About, run: (bench: Bench) => Promise<CaseVerdict>): Case {
  const { level = 'MUST', peers = ['server', 'client'], needs = [], traits = [] } = about;
  const { id, rfc, title, expected, http } = about;
  return {
    ...{ id, rfc, title, expected, level, peers, needs, traits },
    ...(http && { http }),
    run: async (bench) => softened(level, await run(bench)),
  };
}

export function suite({ deflate, run, ...about }: SuiteCase): Case {
  const needs = about.needs ?? [];
  return plainCase({ ...about, needs: deflate ? [...needs, 'deflate'] : needs }, async (bench) => {
    const tester = await bench.open(deflate && asking(deflate));
    if (!isOpen(tester)) return deflate ? withoutDeflate(tester) : notOpened(tester);
    const talk = { bench, tester };
    if (deflate && !(tester.deflate && isGranted(deflate, tester.deflate, bench.peer))) {
      return unimplemented(talk, `the ${bench.peer} did not agree to permessage-deflate as this case needs it`);
    }
    return run(talk);
  });
}

/** A wrong answer to the offer is tested by the cases about offers. */
function withoutDeflate(opened: NotOpened): CaseVerdict {
  if (!opened.handshake?.response) return notOpened(opened);
  return { behavior: 'UNIMPLEMENTED', behaviorClose: 'UNIMPLEMENTED', actual: `no handshake: ${opened.problem}` };
}

/** Where no MUST applies there is no failure. */
function softened(level: Level, verdict: CaseVerdict): CaseVerdict {
  if (level === 'MUST') return verdict;
  const mild = level === 'SHOULD' ? 'NON-STRICT' : 'INFORMATIONAL';
  const isMild = (one: CloseBehavior): boolean => one !== 'OK' && one !== 'UNIMPLEMENTED' && one !== 'INFORMATIONAL';
  return {
    ...verdict,
    behavior: isMild(verdict.behavior) ? mild : verdict.behavior,
    behaviorClose: isMild(verdict.behaviorClose) ? mild : verdict.behaviorClose,
  };
}

/** In one write; a peer that does not read it is not waited for. */
export async function sendAll({ bench, tester }: Talk, sendings: readonly Sending[], chop?: number): Promise<void> {
  await within(tester.sendTogether(sendings, chop), KILL * bench.patience);
}

async function begin(talk: Talk, { send, chop }: SuiteSent): Promise<void> {
  if (typeof send === 'function') await send(talk);
  else await sendAll(talk, send, chop);
}

/** A close frame, and the end. */
export async function goodbye({ bench, tester }: Talk, code = 1000): Promise<Ending> {
  if (!tester.isClosing) await tester.close(code);
  return tester.finish(CLOSE_TIME * bench.patience);
}

/** A verdict with what came and how it ended, preceded by `note`. */
export function verdictOf(
  { bench, tester }: Talk,
  [behavior, behaviorClose]: readonly [Behavior, CloseBehavior],
  note?: string,
): CaseVerdict {
  const { state, received } = tester;
  const came = `${receivedText(received)}; ${endingText(state, bench.peer)}`;
  return {
    behavior,
    behaviorClose,
    actual: note === undefined ? came : `${note}; ${came}`,
    ...(state.code !== undefined && { remoteCloseCode: state.code }),
  };
}

async function unimplemented(talk: Talk, why: string): Promise<CaseVerdict> {
  await goodbye(talk);
  return { ...verdictOf(talk, ['UNIMPLEMENTED', closedWell(talk)]), actual: why };
}

/** Whether the peer answered our close frame, as it has to: with the code that we gave, or 1000. */
export function closedWell({ bench, tester }: Talk): CloseBehavior {
  const { weClosed, clean, code, weDropped } = tester.state;
  if (!weClosed) return 'FAILED';
  if (!clean) return 'UNCLEAN';
  if (code !== undefined && code !== 1000 && code !== 1001) return 'WRONG CODE';
  return bench.peer === 'server' && weDropped ? 'FAILED BY CLIENT' : 'OK';
}

export const PROTOCOL_ERROR = [1002] as const;

interface Refused extends About, SuiteSent {
  readonly deflate?: DeflateAsk;
  /** Codes that match; the RFC requires none of them by a MUST (§7.1.7). */
  readonly codes?: readonly number[];
  /** A code with which the peer shows that it accepted what it had to refuse. */
  readonly wrongCode?: number;
}

/** The peer has to fail the connection (RFC 6455 §7.1.7), and to deliver nothing of it. */
export function refuses({ codes, wrongCode, kill, send, chop, ...about }: Refused): Case {
  const run = async (talk: Talk): Promise<CaseVerdict> => {
    await begin(talk, { send, ...(chop && { chop }) });
    const verdict = await failing(talk, codes, kill);
    const isTaken = wrongCode !== undefined && verdict.remoteCloseCode === wrongCode;
    return isTaken ? { ...verdict, behavior: 'FAILED' } : verdict;
  };
  return suite({ ...about, run });
}

export async function failing(
  talk: Talk,
  codes: readonly number[] = PROTOCOL_ERROR,
  kill = KILL,
): Promise<CaseVerdict> {
  const { bench, tester } = talk;
  await tester.until(() => tester.isClosing, kill * bench.patience);
  const ending = await goodbye(talk, 1001);
  const isClean = tester.received.length === 0;
  const isWrongCode = ending.code !== undefined && !codes.includes(ending.code);
  const close = ending.weClosed ? 'FAILED' : isWrongCode ? 'NON-STRICT' : 'OK';
  return faulted(talk, verdictOf(talk, [isClean && !ending.weClosed ? 'OK' : 'FAILED', close]), 'peer');
}

interface Echoed extends About, SuiteSent {
  readonly deflate?: DeflateAsk;
  /** Messages and pongs, each kind in its order. */
  readonly back: readonly Received[];
}

/** What is sent is legal: these messages and pongs have to come, and our close frame is answered. */
export function echoes({ back, kill = KILL, send, chop, ...about }: Echoed): Case {
  const needsEcho = back.some(({ what }) => what === 'message');
  const run = async (talk: Talk): Promise<CaseVerdict> => {
    await begin(talk, { send, ...(chop && { chop }) });
    return answering(talk, back, kill);
  };
  return suite({ needs: needsEcho ? ['echo'] : [], ...about, run });
}

export async function answering(talk: Talk, back: readonly Received[], kill = KILL): Promise<CaseVerdict> {
  const { bench, tester } = talk;
  const isDone = (): boolean =>
    tester.isClosing || tester.received.length > back.length || areAlike(back, tester.received);
  await tester.until(isDone, kill * bench.patience);
  const came = tester.received;
  const isRight = areAlike(back, came) && !tester.isClosing;
  await goodbye(talk, isRight ? 1000 : 1001);
  return faulted(
    talk,
    verdictOf(talk, [isRight && areAlike(back, came) ? 'OK' : 'FAILED', closedWell(talk)]),
    'tester',
  );
}

/** With the kind of its fault, by who has to end the connection. */
function faulted({ tester }: Talk, verdict: CaseVerdict, by: 'peer' | 'tester'): CaseVerdict {
  const fault = faultOf(verdict, { by, codes: PROTOCOL_ERROR }, tester.received, tester.state);
  return fault === undefined ? verdict : { ...verdict, fault };
}

/** Each kind in its order: a pong may overtake a message, and answer the pings before it too (RFC 6455 §5.5.3). */
function areAlike(back: readonly Received[], came: readonly Received[]): boolean {
  const [wanted, messages] = [back, came].map((list) => list.filter(({ what }) => what !== 'pong'));
  const [pings, pongs] = [back, came].map((list) => list.filter(({ what }) => what === 'pong'));
  if (wanted!.length !== messages!.length || !wanted!.every((one, i) => isSame(one, messages![i]!))) return false;
  return pongFault(pongs!, pings!) === undefined;
}

/** Pongs are a part of the pings, in their order, up to the last one. */
export function pongFault(pongs: readonly Received[], pings: readonly Received[]): string | undefined {
  let at = 0;
  for (const came of pongs) {
    while (at < pings.length && !isSame(pings[at]!, came)) at++;
    if (at++ >= pings.length) return 'a pong came that answers no ping in its turn';
  }
  const [last, wanted] = [pongs.at(-1), pings.at(-1)];
  return !wanted || (last && isSame(last, wanted)) ? undefined : 'the last ping was not answered';
}

export function isSame(a: Received, b: Received): boolean {
  if (a.what === 'message') return b.what === 'message' && a.binary === b.binary && areSameBytes(a.payload, b.payload);
  return a.what === 'pong' && b.what === 'pong' && areSameBytes(a.payload, b.payload);
}

interface Reported extends About, SuiteSent {
  readonly deflate?: DeflateAsk;
  /** This number of messages and pongs is waited for. */
  readonly most?: number;
}

/** Failing the connection is equally valid: the reaction of the peer is reported. */
export function reports({ most = 1, kill = KILL, send, chop, ...about }: Reported): Case {
  const run = async (talk: Talk): Promise<CaseVerdict> => {
    await begin(talk, { send, ...(chop && { chop }) });
    const { bench, tester } = talk;
    await tester.until(() => tester.received.length >= most || tester.isClosing, kill * bench.patience);
    const hasFailed = tester.isClosing && tester.received.length < most;
    await goodbye(talk);
    return verdictOf(talk, hasFailed ? ['OK', 'OK'] : ['INFORMATIONAL', 'INFORMATIONAL']);
  };
  return suite({ level: 'REPORT', ...about, run });
}

/** Resolves with false where it takes longer; the pending work continues by itself. */
export function within(promise: Promise<unknown>, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = after(seconds, () => resolve(false));
    const done = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(done, done);
  });
}

/** Large or many: writing them takes no more than this number of seconds. */
export async function flood({ bench, tester }: Talk, sendings: readonly Sending[], seconds = 3): Promise<boolean> {
  const frames = concat(sendings.map((sending) => tester.frame(sending)));
  return within(tester.write(frames, 65536), seconds * bench.patience);
}

const ALIVE = Uint8Array.of(0x61, 0x6c, 0x69, 0x76, 0x65);
/** Seconds in which a new connection has to be served. */
const ALIVE_TIME = 4;

/** Opens another connection to a server, and pings it: undefined where it is served, otherwise why not. */
export async function unserved(bench: Bench): Promise<string | undefined> {
  if (bench.peer === 'client') return undefined;
  let problem: string | undefined = `a new connection was not served within ${ALIVE_TIME * bench.patience} s`;
  const trial = ping(bench).then((found) => (problem = found));
  await within(trial, ALIVE_TIME * bench.patience);
  return problem;
}

async function ping(bench: Bench): Promise<string | undefined> {
  try {
    const tester = await bench.open();
    if (!isOpen(tester)) return `a new connection was not served: ${tester.problem}`;
    await tester.send({ opcode: OPCODE.ping, payload: ALIVE });
    const isAnswered = (): boolean => tester.received.some(({ what }) => what === 'pong');
    await tester.until(isAnswered, ALIVE_TIME * bench.patience);
    await goodbye({ bench, tester });
    return isAnswered() ? undefined : 'a ping on a new connection was not answered';
  } catch (error) {
    return `no new connection: ${(error as Error).message}`;
  }
}

/** Ends the connection in any way, and judges by whether others are still served. */
export async function surviving(talk: Talk, note?: string, isFine = true): Promise<CaseVerdict> {
  await goodbye(talk);
  const problem = await unserved(talk.bench);
  const words = [note, problem].filter((one) => one !== undefined).join('; ') || undefined;
  if (problem !== undefined) return verdictOf(talk, ['FAILED', 'INFORMATIONAL'], words);
  return verdictOf(talk, [isFine ? 'OK' : 'INFORMATIONAL', 'INFORMATIONAL'], words);
}

/** The cost of an act for the peer's process, in words: nothing where its memory is not known. */
export async function measured(bench: Bench, act: () => Promise<void>): Promise<string | undefined> {
  const before = await bench.tools.memory?.();
  await act();
  const after = await bench.tools.memory?.();
  if (before === undefined || after === undefined) return undefined;
  return `memory went from ${mib(before)} to ${mib(after)}`;
}

function mib(bytes: number): string {
  return `${(bytes / 1048576).toFixed(1)} MiB`;
}
