import { OPCODE } from '../../codec/frames/registry.js';
import { isOpen, type Bench, type NotOpened } from '../bench/bench.js';
import type { Case, Level, Need, Trait, CaseVerdict } from '../case.js';
import { knownVerdict, matching, type Expectation } from './autobahn-verdict.js';
import type { Sending, Tester } from '../bench/tester.js';
import type { Received } from '../bench/received.js';
import { expectedText } from './words.js';

/** One action of the tester. */
export type AutobahnStep =
  /** Frames: in one write, each in a write of its own (`sync`), or in pieces of `chop` octets. */
  | { readonly send: readonly Sending[]; readonly sync?: true; readonly chop?: number }
  /** Seconds of silence; with a tag they are noted as received if the connection is still open. */
  | { readonly wait: number; readonly tag?: string }
  /** One frame, its payload cut at these places, with a wait as above at each. */
  | {
      readonly inParts: Sending;
      readonly at: readonly number[];
      readonly wait: number;
      readonly tags: readonly string[];
    }
  /** A close frame as soon as this number of messages and pongs has come. */
  | { readonly closeAfter: number };

/** A case of the Autobahn Testsuite: what is sent, what has to come, and how it has to end. */
export interface AutobahnCase extends Expectation {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly AutobahnStep[];
  /** Seconds until it has failed; the tester then closes with 1001. */
  readonly kill?: number;
  /** Seconds until the tester closes, with an empty close frame. */
  readonly closeIn?: number;
  /** In words, where it can't be derived from `received`. */
  readonly expected?: string;
  readonly rfc?: string;
  readonly level?: Level;
  readonly needs?: readonly Need[];
  readonly traits?: readonly Trait[];
}

/** Seconds that a closing handshake may take. */
export const CLOSE_TIME = 1;
const DEFAULT_KILL = 1;

/** Makes a case of the list. `heavy` makes payloads that are too large to be kept: when the case runs. */
export function autobahn(spec: AutobahnCase, heavy?: () => Pick<AutobahnCase, 'steps' | 'received'>): Case {
  const { id, title, rfc = 'RFC 6455 §5', level = 'MUST', needs = needsOf(spec), traits = [] } = spec;
  return {
    id,
    title,
    rfc,
    level,
    needs,
    traits,
    peers: ['server', 'client'],
    expected: spec.expected ?? expectationText(spec, 'peer'),
    run: (bench) => runKnown(heavy ? { ...spec, ...heavy() } : spec, bench),
  };
}

/** Where a message has to come back, only an echo can send it. */
function needsOf({ received, informational }: AutobahnCase): Need[] {
  if (informational) return [];
  return Object.values(received).some((list) => list.some(({ what }) => what === 'message')) ? ['echo'] : [];
}

async function runKnown(spec: AutobahnCase, bench: Bench): Promise<CaseVerdict> {
  const tester = await bench.open();
  if (!isOpen(tester)) return notOpened(tester);
  const isDone = (): boolean => tester.isClosing || (spec.close.by === 'tester' && isMatch(spec, tester.received));
  for (const step of spec.steps) {
    if (tester.isOver || tester.state.peerClosed) break;
    await take(step, tester, bench);
  }
  await tester.until(isDone, (spec.closeIn ?? spec.kill ?? DEFAULT_KILL) * bench.patience);
  await sayGoodbye(spec, tester);
  const ending = await tester.finish(CLOSE_TIME * bench.patience);
  return {
    expected: spec.expected ?? expectationText(spec, bench.peer),
    ...knownVerdict(spec, tester.received, ending, bench.peer),
  };
}

async function sayGoodbye(spec: AutobahnCase, tester: Tester): Promise<void> {
  if (tester.isClosing) return;
  if (spec.close.by === 'tester' && isMatch(spec, tester.received)) return tester.close(spec.close.codes[0]);
  return spec.closeIn === undefined ? tester.close(1001) : tester.close();
}

function isMatch({ received }: AutobahnCase, came: readonly Received[]): boolean {
  return came.length > 0 && matching(received, came) !== undefined;
}

async function take(step: AutobahnStep, tester: Tester, bench: Bench): Promise<void> {
  if ('send' in step) {
    if (step.sync) for (const sending of step.send) await tester.send(sending, step.chop);
    else await tester.sendTogether(step.send, step.chop);
  } else if ('closeAfter' in step) {
    await tester.until(() => tester.received.length >= step.closeAfter, 10 * bench.patience);
    await tester.close(1000);
  } else if ('inParts' in step) await sendParts(step, tester);
  else await silence(tester, step.wait, step.tag);
}

async function sendParts(
  { inParts, at, wait, tags }: Extract<AutobahnStep, { at: unknown }>,
  tester: Tester,
): Promise<void> {
  const frame = tester.frame(inParts);
  const header = frame.length - inParts.payload!.length;
  let from = 0;
  for (const [i, cut] of at.entries()) {
    await tester.write(frame.subarray(from, header + cut));
    from = header + cut;
    await silence(tester, wait, tags[i]);
    if (tester.isClosing) return;
  }
  await tester.write(frame.subarray(from));
}

async function silence(tester: Tester, seconds: number, tag?: string): Promise<void> {
  await tester.until(() => tester.isClosing, seconds);
  if (tag !== undefined && !tester.isClosing) tester.tick(tag);
}

function expectationText(spec: AutobahnCase, peer: string): string {
  if (spec.informational) return 'anything: it is reported, not judged';
  return Object.values(spec.received)
    .map((list) => expectedText(list, spec.close, peer))
    .join(', or ');
}

/** There was no WebSocket for the test. */
export function notOpened({ problem }: NotOpened): CaseVerdict {
  return { behavior: 'FAILED', behaviorClose: 'FAILED', actual: `no handshake: ${problem}` };
}

/** The tester closes with 1000, and that is answered. */
export const WE_CLOSE = { by: 'tester', codes: [1000], clean: true } as const;
/** The peer fails the connection: a protocol error. */
export const PEER_FAILS = { by: 'peer', codes: [1002], clean: false } as const;
/** The peer fails the connection: text that is not UTF-8. */
export const PEER_REJECTS_TEXT = { by: 'peer', codes: [1007], clean: false } as const;

export const NOTHING: readonly Received[] = [];

export function message(payload: Uint8Array, binary = false): Received {
  return { what: 'message', payload, binary };
}

export function pong(payload: Uint8Array): Received {
  return { what: 'pong', payload };
}

/** A data frame, and control frames. */
export function text(payload: Uint8Array, more: Partial<Sending> = {}): Sending {
  return { opcode: OPCODE.text, payload, ...more };
}

export function binary(payload: Uint8Array, more: Partial<Sending> = {}): Sending {
  return { opcode: OPCODE.binary, payload, ...more };
}

export function continuation(payload: Uint8Array, more: Partial<Sending> = {}): Sending {
  return { opcode: OPCODE.continuation, payload, ...more };
}

export function ping(payload: Uint8Array, more: Partial<Sending> = {}): Sending {
  return { opcode: OPCODE.ping, payload, ...more };
}

export function close(payload: Uint8Array = new Uint8Array(0)): Sending {
  return { opcode: OPCODE.close, payload };
}

/** A message in frames of `size` bytes; of an exact multiple the last frame is empty, as in the reference suite. */
export function fragments(opcode: number, payload: Uint8Array, size: number): Sending[] {
  const sendings: Sending[] = [];
  for (let at = 0; ; at += size) {
    const fin = at + size > payload.length;
    sendings.push({ opcode: at === 0 ? opcode : OPCODE.continuation, payload: payload.subarray(at, at + size), fin });
    if (fin) return sendings;
  }
}
