import { concat } from '../../codec/bytes/byte-collector.js';
import { encodeFrame } from '../../codec/frames/frame-writer.js';
import { headersNamed, readHandshake, type Handshake } from '../../codec/handshake/handshake.js';
import { parseHead, type RequestHead } from '../../codec/http1/head.js';
import { explain, isFinding } from '../../rules/catalogue.js';
import { judgeHandshake, type HandshakeDiagnostic } from '../../rules/handshake/rules.js';
import type { Bench, Fresh } from '../bench/bench.js';
import type { Case, Need, Trait } from '../case.js';
import { headBytes, type HeadParts } from './heads.js';
import { openingVerdict, type RulingOutcome, type Remark, type Ruling } from './ruling.js';
import { ask, type Answer } from '../bench/server-bench.js';
import { Tester, type Sending } from '../bench/tester.js';
import type { Received } from '../bench/received.js';

/** One unusual request and what a server has to do with it: data for `requestCase`. */
export interface RequestSpec {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  readonly ruling: Ruling;
  /** Instead of the ruling's. */
  readonly expected?: string;
  /** The request: the correct one with its change. */
  request(this: void, head: HeadParts, bench: Bench): HeadParts | Uint8Array;
  /** It requests no WebSocket: any status but 101 is right. */
  readonly plain?: true;
  /** Bytes in a write. */
  readonly chop?: number;
  /** Seconds for the answer, where the ordinary time does not apply. */
  readonly seconds?: number;
  readonly needs?: readonly Need[];
  readonly traits?: readonly Trait[];
  /** A further check. */
  also?(this: void, met: Met, bench: Bench): Remark | undefined | Promise<Remark | undefined>;
}

/** The answer to a request. */
export interface Met {
  readonly fresh: Fresh;
  readonly answer: Answer;
  readonly handshake: Handshake;
  readonly outcome: RulingOutcome;
  readonly actual: string;
}

/** Seconds for an answer, and for the frames after it: together less than a case may take. */
const ANSWER_TIME = 3;
const FRAME_TIME = 1.5;

/** A case in which one request is made of a server. */
export function requestCase(spec: RequestSpec): Case {
  const { ruling } = spec;
  return serverCase(spec, async (bench) => {
    const met = await meet(bench, spec.request(bench.head(), bench), spec);
    const remarks = [spec.plain ? undefined : noError(met), await spec.also?.(met, bench)];
    const told = ruling.level === 'REPORT' ? remarks.slice(1) : remarks;
    return openingVerdict(ruling[met.outcome], met.actual, told, met.outcome);
  });
}

/** A case with a server, of any course. */
export function serverCase(
  spec: Omit<RequestSpec, 'request' | 'plain' | 'chop' | 'seconds' | 'also'>,
  run: (bench: Bench) => ReturnType<Case['run']>,
): Case {
  const { id, rfc, title, ruling, expected = ruling.expected.server, needs = [], traits = [] } = spec;
  return { id, rfc, title, level: ruling.level, expected, needs, traits, peers: ['server'], http: '1.1', run };
}

export interface Meeting {
  readonly chop?: number;
  readonly seconds?: number;
  /** A FIN follows. */
  readonly ending?: true;
}

/** Sends a request on a connection of its own and reads the answer. */
export async function meet(
  bench: Bench,
  request: HeadParts | Uint8Array,
  { chop, seconds = ANSWER_TIME, ending }: Meeting = {},
): Promise<Met> {
  const bytes = bytesOf(request);
  const fresh = await bench.connect();
  const asked = ask(fresh, bytes, seconds * bench.patience, chop);
  // After what `ask` has written at once.
  if (ending) fresh.wire.finish();
  const answer = await asked;
  const handshake = readHandshake({
    request: parseHead(bytes, { kind: 'request' }) as RequestHead,
    ...(answer.head && { response: answer.head }),
    acceptOf: bench.tools.acceptOf,
  });
  return { fresh, answer, handshake, ...outcomeOf(answer) };
}

export function bytesOf(head: HeadParts | Uint8Array): Uint8Array {
  return head instanceof Uint8Array ? head : headBytes(head);
}

function outcomeOf({ head, end }: Answer): Pick<Met, 'outcome' | 'actual'> {
  if (head?.status === 101) return { outcome: 'accepted', actual: 'accepted' };
  if (head !== undefined) {
    const { status = 'what is no HTTP response' } = head;
    return { outcome: 'refused', actual: `refused with ${status}` };
  }
  if (end === undefined) return { outcome: 'silent', actual: 'no answer came in time' };
  return { outcome: 'refused', actual: end === 'fin' ? 'the server ended TCP' : 'the server reset the connection' };
}

/** RFC 6455 §4.2.1: it has to be an error code. */
function noError({ outcome, answer }: Met): Remark | undefined {
  const { head } = answer;
  if (outcome !== 'refused' || head === undefined || (head.status ?? 0) >= 400) return undefined;
  return { behavior: 'NON-STRICT', text: 'that is no error status' };
}

/** A different question than the faults of the 101 itself: that it answers this request at all, and selects none of what the case offers. */
const BESIDE: readonly string[] = ['response-accepted-invalid', 'response-protocol-none'];

/** The faults of the 101 itself. */
export function answerFaults({ handshake }: Met, about: RegExp = /./): HandshakeDiagnostic[] {
  return judgeHandshake(handshake).filter(
    ({ side, code }) => side === 'response' && !BESIDE.includes(code) && about.test(code),
  );
}

/** The 101 judged by the rules with codes for that: an error is a failure, a warning is reported. */
export function judged(about: RegExp = /./): (met: Met) => Remark | undefined {
  return (met) => {
    if (met.outcome !== 'accepted') return undefined;
    const faults = answerFaults(met, about).filter((one) => isFinding(one, true));
    const [worst] = [...faults].sort((a, b) => Number(isFinding(b, false)) - Number(isFinding(a, false)));
    if (worst === undefined) return undefined;
    const { code, message } = explain(worst);
    return { behavior: isFinding(worst, false) ? 'FAILED' : 'NON-STRICT', text: `${message} (${code})` };
  };
}

/** The value of the answer's headers of that name, as one. */
export function answered({ answer }: Met, name: string): string {
  return headersNamed(answer.head, name)
    .map(({ value }) => value)
    .join(', ');
}

/** A frame before there is a tester to send it. */
export function looseFrame(bench: Bench, { opcode, payload = new Uint8Array(0) }: Sending): Uint8Array {
  const key = bench.peer === 'server' ? Math.floor(bench.random() * 0x1_0000_0000) : undefined;
  return encodeFrame({ fin: true, rsv: 0, opcode, payload, ...(key !== undefined && { key }) });
}

/** A head followed by bytes. */
export function withRest(head: HeadParts | Uint8Array, ...rest: readonly Uint8Array[]): Uint8Array {
  return concat([bytesOf(head), ...rest]);
}

/** The WebSocket after a 101. */
export function testerOf({ fresh, answer, handshake }: Met, bench: Bench): Tester {
  const { tools } = bench;
  const random = (): number => bench.random();
  return new Tester({ ...fresh, role: 'client', tools, deflate: handshake.deflate, random }, answer.rest);
}

/** Whether a message of that kind comes in time. */
export function comesBack(tester: Tester, bench: Bench, test: (one: Received) => boolean): Promise<boolean> {
  return tester.until(() => tester.received.some(test), FRAME_TIME * bench.patience);
}
