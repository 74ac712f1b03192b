import { OPCODE } from '../../codec/frames/registry.js';
import { isOpen, type Bench } from '../bench/bench.js';
import type { Case, CaseVerdict } from '../case.js';
import { CLOSE_TIME, notOpened, WE_CLOSE } from '../verdicts/autobahn.js';
import { areSameBytes, knownVerdict } from '../verdicts/autobahn-verdict.js';
import type { Tester } from '../bench/tester.js';
import { corpus, isText, KINDS, type Kind } from './compression-data.js';
import { agreeTo, NEGOTIATIONS, offerText, type AskedDeflate } from './compression-offers.js';

/** Groups 12 and 13: a thousand compressed messages, one in flight (RFC 7692). */

interface CompressionRow {
  readonly size: number;
  readonly fragment?: number;
}

const SIZES = [16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072];
const ROWS: readonly CompressionRow[] = [
  ...SIZES.map((size) => ({ size })),
  ...SIZES.slice(5).map((size) => ({ size, fragment: 256 })),
  ...[1024, 4096, 32768].map((fragment) => ({ size: 131072, fragment })),
];
const MESSAGES = 1000;
/** The number of different messages, which are sent by turns. */
const DISTINCT = 64;
/** Seconds for a case. */
const KILL = 120;

interface Compressed extends CompressionRow {
  readonly kind: Kind;
  readonly asked: readonly AskedDeflate[];
}

/** Measured with `ws`: of a thousand messages, of their bytes, and of their frames. */
function workOf({ size, fragment = size }: CompressionRow): number {
  return 80 + size / 600 + (3 * size) / fragment;
}

function compressed(id: string, spec: Compressed): Case {
  const { size, fragment, kind, asked } = spec;
  const offer = asked.map(({ noContext, bits }) => [noContext && 'no context takeover', bits && `${bits} window bits`]);
  const wishes = offer.map((parts) => parts.filter(Boolean).join(' and ') || 'the defaults').join(', or ');
  return {
    id,
    title: `${MESSAGES} compressed messages of ${size} bytes of ${kind}${fragment ? ` in fragments of ${fragment} bytes` : ''}; asked for: ${wishes}`,
    rfc: 'RFC 7692 §7',
    level: 'MUST',
    expected: `${MESSAGES} echoes; then the peer answers our close frame (1000)`,
    peers: ['server', 'client'],
    needs: ['echo', 'deflate'],
    traits: ['long', 'unsafe'],
    work: workOf(spec),
    run: (bench) => run(bench, spec),
  };
}

async function run(bench: Bench, spec: Compressed): Promise<CaseVerdict> {
  const { asked, kind } = spec;
  const tester = await bench.open({ extensions: offerText(asked), agree: (request) => agreeTo(asked, request) });
  if (!isOpen(tester)) return notOpened(tester);
  const isAgreed = tester.deflate !== undefined;
  const echoes = isAgreed ? await exchange(tester, bench, spec, isText(kind) ? OPCODE.text : OPCODE.binary) : 0;
  await tester.close(!isAgreed || echoes === MESSAGES ? 1000 : 1001);
  const ending = await tester.finish(CLOSE_TIME * bench.patience);
  const verdict = knownVerdict({ received: { OK: [] }, close: WE_CLOSE }, tester.received, ending, bench.peer);
  if (!isAgreed) return { ...verdict, behavior: 'UNIMPLEMENTED', actual: `permessage-deflate was not agreed to` };
  const behavior = echoes === MESSAGES ? verdict.behavior : 'FAILED';
  return { ...verdict, behavior, actual: `${echoes} of ${MESSAGES} echoes came; ${verdict.actual}` };
}

/** Sends one message after the other; gives the number of those that came back unchanged. */
async function exchange(tester: Tester, bench: Bench, spec: Compressed, opcode: number): Promise<number> {
  const messages = messagesOf(spec);
  const made: Uint8Array[] = [];
  const deadline = bench.tools.now() + KILL * bench.patience;
  for (let i = 0; i < MESSAGES; i++) {
    const message = messages[i % DISTINCT]!;
    const known = tester.compressesAlone ? made[i % DISTINCT] : undefined;
    const payload = (made[i % DISTINCT] = known ?? (await tester.compressed(message)));
    await sendCompressed(tester, opcode, payload, spec.fragment);
    await tester.until(() => tester.received.length > 0 || tester.isClosing, deadline - bench.tools.now());
    const came = tester.received[0];
    const isEcho = came?.what === 'message' && came.binary === (opcode === OPCODE.binary);
    if (!isEcho || !areSameBytes(came.payload, message)) return i;
    tester.shift();
  }
  return MESSAGES;
}

function messagesOf({ kind, size }: Compressed): Uint8Array[] {
  const bytes = corpus(kind);
  const step = Math.floor((bytes.length - size) / DISTINCT);
  return Array.from({ length: DISTINCT }, (_, i) => bytes.subarray(i * step, i * step + size));
}

/** RSV1 is set on the first frame (RFC 7692 §6.1); the compressed bytes are split into fragments. */
function sendCompressed(tester: Tester, opcode: number, payload: Uint8Array, fragment = Infinity): Promise<void> {
  const frames = [];
  for (let at = 0; at === 0 || at < payload.length; at += fragment) {
    const first = at === 0;
    const part = payload.subarray(at, at + fragment);
    frames.push({
      opcode: first ? opcode : 0,
      rsv: first ? 4 : 0,
      payload: part,
      fin: at + fragment >= payload.length,
    });
  }
  return tester.sendTogether(frames);
}

function group(prefix: string, kind: Kind, asked: readonly AskedDeflate[]): Case[] {
  return ROWS.map((row, i) => compressed(`${prefix}.${i + 1}`, { ...row, kind, asked }));
}

export const COMPRESSION_CASES: readonly Case[] = [
  ...KINDS.flatMap((kind, i) => group(`12.${i + 1}`, kind, NEGOTIATIONS[0]!)),
  ...NEGOTIATIONS.flatMap((asked, i) => group(`13.${i + 1}`, 'JSON', asked)),
];
