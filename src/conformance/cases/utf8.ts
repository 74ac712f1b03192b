import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { bytesOf } from '../bench/bytes.js';
import type { Case } from '../case.js';
import {
  continuation,
  autobahn,
  message,
  NOTHING,
  PEER_REJECTS_TEXT,
  text,
  WE_CLOSE,
  type AutobahnCase,
  type AutobahnStep,
} from '../verdicts/autobahn.js';
import type { Sending } from '../bench/tester.js';
import type { Received } from '../bench/received.js';
import { UTF8_VECTORS } from './utf8-vectors.js';

/** Group 6: text is UTF-8, and is checked as it comes (RFC 6455 §5.6, §8.1). */

const EMPTY = new Uint8Array(0);
const HELLO = encodeUtf8('Hello-µ@ßöäüàá-UTF-8!!');
/** "kosme" in Greek. */
const KOSME = bytesOf('cebae1bdb9cf83cebcceb5');
const EDITED = encodeUtf8('edited');

/** One frame for each octet. */
function octets(payload: Uint8Array): Sending[] {
  return Array.from(payload, (_, i) => ({
    opcode: i === 0 ? OPCODE.text : OPCODE.continuation,
    payload: payload.subarray(i, i + 1),
    fin: i === payload.length - 1,
  }));
}

function valid(id: string, title: string, payload: Uint8Array, send: readonly Sending[]): AutobahnCase {
  return { id, title, steps: [{ send }], received: { OK: [message(payload)] }, close: WE_CLOSE };
}

function invalid(id: string, title: string, send: readonly Sending[]): AutobahnCase {
  return { id, title, steps: [{ send }], received: { OK: NOTHING }, close: PEER_REJECTS_TEXT };
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const SURROGATE = joined(KOSME, bytesOf('eda080'), EDITED);

const GENERAL: readonly AutobahnCase[] = [
  valid('6.1.1', 'An empty text message', EMPTY, [text(EMPTY)]),
  valid('6.1.2', 'An empty text message in three fragments', EMPTY, [
    text(EMPTY, { fin: false }),
    continuation(EMPTY, { fin: false }),
    continuation(EMPTY),
  ]),
  valid(
    '6.1.3',
    'A text message in three fragments, the first and the last empty',
    encodeUtf8('middle frame payload'),
    [
      text(EMPTY, { fin: false }),
      continuation(encodeUtf8('middle frame payload'), { fin: false }),
      continuation(EMPTY),
    ],
  ),
  valid('6.2.1', 'UTF-8 in one frame', HELLO, [text(HELLO)]),
  valid('6.2.2', 'UTF-8 in two fragments, cut between characters', HELLO, [
    text(HELLO.subarray(0, 12), { fin: false }),
    continuation(HELLO.subarray(12)),
  ]),
  valid('6.2.3', 'UTF-8 in fragments of one octet', HELLO, octets(HELLO)),
  valid('6.2.4', 'Greek in fragments of one octet', KOSME, octets(KOSME)),
  invalid('6.3.1', 'A surrogate in UTF-8, in one frame', [text(SURROGATE)]),
  invalid('6.3.2', 'A surrogate in UTF-8, in fragments of one octet', octets(SURROGATE)),
];

const TOO_HIGH = joined(KOSME, bytesOf('f4908080'), EDITED);
/** The invalid sequence is complete; or the byte that makes it invalid is there. */
const CUTS = [
  [KOSME.length, KOSME.length + 4],
  [12, 13],
] as const;

/** Parts a second apart: a peer that checks as bytes come fails the connection at the second. */
function failFast(id: string, title: string, steps: readonly AutobahnStep[]): AutobahnCase {
  const silence = (tag: string): Received => ({ what: 'timeout', tag });
  const received = { OK: [silence('A')], 'NON-STRICT': [silence('A'), silence('B')] };
  return { id, title, steps, received, close: PEER_REJECTS_TEXT };
}

function inFrames(id: string, [from, to]: (typeof CUTS)[number]): AutobahnCase {
  return failFast(id, `A character beyond U+10FFFF in three frames, cut at ${from} and ${to}, a second apart`, [
    { send: [text(TOO_HIGH.subarray(0, from), { fin: false })] },
    { wait: 1, tag: 'A' },
    { send: [continuation(TOO_HIGH.subarray(from, to), { fin: false })] },
    { wait: 1, tag: 'B' },
    { send: [continuation(TOO_HIGH.subarray(to))] },
  ]);
}

/** The same within one frame: its octets come in three parts. */
function inOneFrame(id: string, [from, to]: (typeof CUTS)[number]): AutobahnCase {
  return failFast(id, `A character beyond U+10FFFF in one frame, cut at ${from} and ${to}, a second apart`, [
    { inParts: text(TOO_HIGH, { fin: false }), at: [from, to], wait: 1, tags: ['A', 'B'] },
    { send: [continuation(EMPTY)] },
  ]);
}

const FAIL_FAST: readonly AutobahnCase[] = [
  ...CUTS.map((cut, i) => inFrames(`6.4.${i + 1}`, cut)),
  ...CUTS.map((cut, i) => inOneFrame(`6.4.${i + 3}`, cut)),
];

const VECTORS: readonly AutobahnCase[] = UTF8_VECTORS.trim()
  .split('\n')
  .map((line) => {
    const [id = '', kind, hex = ''] = line.split(' ');
    const payload = bytesOf(hex);
    const spec =
      kind === 'valid'
        ? valid(id, `UTF-8: ${hex}`, payload, [text(payload)])
        : invalid(id, `No UTF-8: ${hex}`, [text(payload)]);
    return { ...spec, kill: 0.5 };
  });

export const UTF8_CASES: readonly Case[] = [...GENERAL, ...FAIL_FAST, ...VECTORS].map((spec) =>
  autobahn({ rfc: 'RFC 6455 §8.1', strictEnd: true, ...spec }),
);
