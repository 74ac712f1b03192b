import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Case } from '../case.js';
import {
  binary,
  close,
  autobahn,
  message,
  NOTHING,
  PEER_FAILS,
  ping,
  text,
  type AutobahnCase,
  type AutobahnStep,
} from '../verdicts/autobahn.js';
import type { Sending } from '../bench/tester.js';

/** Groups 3 and 4: reserved bits and reserved opcodes (RFC 6455 §5.2). */

const HELLO = encodeUtf8('Hello, world!');
const BYTES = new Uint8Array(8).fill(0xff);
const PLAIN = text(HELLO);
const PING = ping(new Uint8Array(0));

/** A frame that has to be refused, alone or after a message whose echo may have come before. */
function refused(id: string, title: string, steps: readonly AutobahnStep[], echoMayCome = false): AutobahnCase {
  const received = echoMayCome ? { OK: [message(HELLO)], 'NON-STRICT': NOTHING } : { OK: NOTHING };
  return { id, title, steps, received, close: PEER_FAILS };
}

type Way = 'together' | 'sync' | 'octets';
const WAYS: Readonly<Record<Way, string>> = { together: '', sync: ', one write a frame', octets: ', octet by octet' };

/** After a message, and followed by a ping. */
function between(id: string, title: string, frame: Sending, way: Way): AutobahnCase {
  const send = [PLAIN, frame, PING];
  const step = way === 'octets' ? { send, chop: 1 } : way === 'sync' ? { send, sync: true as const } : { send };
  return refused(id, `A message, ${title}, a ping${WAYS[way]}`, [step], true);
}

const bits = (rsv: number): string => [4, 2, 1].flatMap((bit, i) => (rsv & bit ? [`RSV${i + 1}`] : [])).join(' and ');

const RESERVED_BITS: readonly AutobahnCase[] = [
  refused('3.1', `A text frame with ${bits(1)}`, [{ send: [text(HELLO, { rsv: 1 })] }]),
  between('3.2', `a text frame with ${bits(2)}`, text(HELLO, { rsv: 2 }), 'together'),
  between('3.3', `a text frame with ${bits(3)}`, text(HELLO, { rsv: 3 }), 'sync'),
  between('3.4', `a text frame with ${bits(4)}`, text(HELLO, { rsv: 4 }), 'octets'),
  refused('3.5', `A binary frame with ${bits(5)}`, [{ send: [binary(BYTES, { rsv: 5 })] }]),
  refused('3.6', `A binary frame with ${bits(6)}`, [{ send: [binary(BYTES, { rsv: 6 })] }]),
  refused('3.7', `A close frame with ${bits(7)}`, [{ send: [{ ...close(), rsv: 7 }] }]),
];

function reservedOpcodes(group: string, first: number, kind: string): AutobahnCase[] {
  const frame = (offset: number): Sending => ({
    opcode: first + offset,
    ...(offset !== 0 && offset !== 2 && { payload: HELLO }),
  });
  const one = (offset: number): string => `a ${kind} frame with opcode ${first + offset}`;
  return [
    refused(`${group}.1`, `A ${kind} frame with opcode ${first}, empty`, [{ send: [frame(0)] }]),
    refused(`${group}.2`, `A ${kind} frame with opcode ${first + 1} and a payload`, [{ send: [frame(1)] }]),
    between(`${group}.3`, `${one(2)}, empty`, frame(2), 'together'),
    between(`${group}.4`, `${one(3)} and a payload`, frame(3), 'together'),
    between(`${group}.5`, `${one(4)} and a payload`, frame(4), 'octets'),
  ];
}

const RESERVED_OPCODES = [
  ...reservedOpcodes('4.1', 3, 'reserved data'),
  ...reservedOpcodes('4.2', 11, 'reserved control'),
];

export const RESERVED_CASES: readonly Case[] = [...RESERVED_BITS, ...RESERVED_OPCODES].map((spec) =>
  autobahn({ rfc: 'RFC 6455 §5.2', ...spec }),
);
