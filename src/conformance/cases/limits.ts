import { OPCODE } from '../../codec/frames/registry.js';
import { isOpen, type Bench } from '../bench/bench.js';
import type { Case, CaseVerdict } from '../case.js';
import {
  CLOSE_TIME,
  fragments,
  autobahn,
  message,
  notOpened,
  WE_CLOSE,
  type AutobahnCase,
} from '../verdicts/autobahn.js';
import { areSameBytes, knownVerdict } from '../verdicts/autobahn-verdict.js';

/** Groups 9 and 10: large messages, small pieces, many messages (RFC 6455 §5.4, §5.6). */

const KB = 1024;
const MB = 1024 * KB;
const KINDS = [
  ['text', OPCODE.text, 0x2a],
  ['binary', OPCODE.binary, 0xfe],
] as const;

type LimitKind = (typeof KINDS)[number];

interface Large {
  readonly size: number;
  readonly fragment?: number;
  readonly chop?: number;
  /** Seconds. */
  readonly kill: number;
}

function large(id: string, [name, opcode, byte]: LimitKind, { size, fragment, chop, kill }: Large): Case {
  const how = fragment ? ` in fragments of ${amount(fragment)}` : chop ? `, written in pieces of ${amount(chop)}` : '';
  const spec: AutobahnCase = {
    id,
    title: `A ${name} message of ${amount(size)}${how}`,
    rfc: 'RFC 6455 §5.6',
    expected: `the same message; then the peer answers our close frame (1000)`,
    steps: [],
    received: { OK: [] },
    close: WE_CLOSE,
    kill,
    needs: ['echo'],
    traits: ['long', 'unsafe'],
  };
  return autobahn(spec, () => {
    const payload = new Uint8Array(size).fill(byte);
    const send = fragment === undefined ? [{ opcode, payload }] : fragments(opcode, payload, fragment);
    return {
      steps: [{ send, ...(chop && { chop }) }],
      received: { OK: [message(payload, opcode === OPCODE.binary)] },
    };
  });
}

function amount(bytes: number): string {
  if (bytes >= MB) return `${bytes / MB} MiB`;
  return bytes >= KB && bytes % KB === 0 ? `${bytes / KB} KiB` : `${bytes} bytes`;
}

const SIZES = [64 * KB, 256 * KB, MB, 4 * MB, 8 * MB, 16 * MB];
const FRAGMENTS = [64, 256, KB, 4 * KB, 16 * KB, 64 * KB, 256 * KB, MB, 4 * MB];
const CHOPS = [64, 128, 256, 512, KB, 2 * KB];
const COUNTED = [0, 16, 64, 256, KB, 4 * KB];
const MESSAGES = 1000;

/** `MESSAGES` messages, each sent when the echo of the one before has come. */
function inSequence(id: string, [name, opcode, byte]: LimitKind, size: number): Case {
  const payload = new Uint8Array(size).fill(byte);
  return {
    id,
    title: `${MESSAGES} ${name} messages of ${amount(size)}, one after the other`,
    rfc: 'RFC 6455 §5.6',
    level: 'MUST',
    expected: `${MESSAGES} echoes; then the peer answers our close frame (1000)`,
    peers: ['server', 'client'],
    needs: ['echo'],
    traits: ['long', 'unsafe'],
    run: (bench) => runSequence(bench, opcode, payload),
  };
}

async function runSequence(bench: Bench, opcode: number, payload: Uint8Array): Promise<CaseVerdict> {
  const tester = await bench.open();
  if (!isOpen(tester)) return notOpened(tester);
  const deadline = bench.tools.now() + 60 * bench.patience;
  let echoes = 0;
  for (; echoes < MESSAGES; echoes++) {
    await tester.send({ opcode, payload });
    await tester.until(() => tester.received.length > 0 || tester.isClosing, deadline - bench.tools.now());
    const came = tester.shift();
    if (came?.what === 'message' && came.binary === (opcode === OPCODE.binary) && areSameBytes(came.payload, payload))
      continue;
    if (came) tester.received.unshift(came);
    break;
  }
  await tester.close(echoes === MESSAGES ? 1000 : 1001);
  const ending = await tester.finish(CLOSE_TIME * bench.patience);
  const verdict = knownVerdict({ received: { OK: [] }, close: WE_CLOSE }, tester.received, ending, bench.peer);
  const behavior = echoes === MESSAGES ? verdict.behavior : 'FAILED';
  return { ...verdict, behavior, actual: `${echoes} of ${MESSAGES} echoes came; ${verdict.actual}` };
}

/** Group `9.n` for text, the next for binary. */
function both<Row>(n: number, rows: readonly Row[], make: (id: string, kind: LimitKind, row: Row) => Case): Case[] {
  return KINDS.flatMap((kind, k) => rows.map((row, i) => make(`9.${n + k}.${i + 1}`, kind, row)));
}

const AUTO_FRAGMENTED: AutobahnCase = {
  id: '10.1.1',
  title: 'A text message of 64 KiB in fragments of 1300 bytes',
  rfc: 'RFC 6455 §5.4',
  steps: [{ send: fragments(OPCODE.text, new Uint8Array(65536).fill(0x2a), 1300) }],
  received: { OK: [message(new Uint8Array(65536).fill(0x2a))] },
  close: WE_CLOSE,
  kill: 10,
};

export const LIMIT_CASES: readonly Case[] = [
  ...both(1, SIZES, (id, kind, size) => large(id, kind, { size, kill: 100 })),
  ...both(3, FRAGMENTS, (id, kind, fragment) => large(id, kind, { size: 4 * MB, fragment, kill: 100 })),
  ...both(5, CHOPS, (id, kind, chop) => large(id, kind, { size: MB, chop, kill: 100 })),
  ...both(7, COUNTED, (id, kind, size) => inSequence(id, kind, size)),
  autobahn(AUTO_FRAGMENTED),
];
