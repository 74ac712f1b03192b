import { writeCloseBody } from '../../codec/messages/close.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { bytesOf } from '../bench/bytes.js';
import type { Case } from '../case.js';
import {
  close,
  continuation,
  autobahn,
  message,
  NOTHING,
  PEER_FAILS,
  ping,
  text,
  WE_CLOSE,
  type AutobahnCase,
} from '../verdicts/autobahn.js';
import type { Sending } from '../bench/tester.js';

/** Group 7: the closing handshake (RFC 6455 §5.5.1, §7). */

const HELLO = encodeUtf8('Hello World!');
const GOODBYE = close(writeCloseBody(1000));
const EMPTY = new Uint8Array(0);
/** The tester sends an invalid close frame, and the end of TCP is not judged. */
const REJECTED = { ...PEER_FAILS, by: 'tester' } as const;

function closeWith(id: string, title: string, body: Uint8Array, end: AutobahnCase['close'] = WE_CLOSE): AutobahnCase {
  return { id, title, steps: [{ send: [close(body)] }], received: { OK: NOTHING }, close: end };
}

function afterClose(id: string, title: string, ...after: Sending[]): AutobahnCase {
  return { id, title, steps: [{ send: [GOODBYE, ...after] }], received: { OK: NOTHING }, close: WE_CLOSE };
}

const ORDER: readonly AutobahnCase[] = [
  {
    id: '7.1.1',
    title: 'A text message, and a close frame after its echo',
    steps: [{ send: [text(HELLO)] }, { closeAfter: 1 }],
    received: { OK: [message(HELLO)] },
    close: WE_CLOSE,
  },
  afterClose('7.1.2', 'Two close frames', GOODBYE),
  afterClose('7.1.3', 'A ping after a close frame', ping(EMPTY)),
  afterClose('7.1.4', 'Text after a close frame', text(HELLO)),
  {
    id: '7.1.5',
    title: 'A close frame between two fragments of a message',
    steps: [{ send: [text(encodeUtf8('fragment1'), { fin: false }), GOODBYE, continuation(encodeUtf8('fragment2'))] }],
    received: { OK: NOTHING },
    close: WE_CLOSE,
  },
  {
    id: '7.1.6',
    title: '256 KiB of text, a short text, a close frame and a ping at once',
    steps: [{ send: [text(new Uint8Array(262_144).fill(0x2a)), text(HELLO), GOODBYE, ping(EMPTY)] }],
    received: {},
    close: WE_CLOSE,
    informational: true,
  },
];

const longReason = (length: number): Uint8Array => writeCloseBody(1000, '*'.repeat(length));

const BODIES: readonly AutobahnCase[] = [
  closeWith('7.3.1', 'A close frame without a body', EMPTY),
  closeWith('7.3.2', 'A close frame with a body of one byte', Uint8Array.of(0x61), REJECTED),
  closeWith('7.3.3', 'A close frame with a code', writeCloseBody(1000)),
  closeWith('7.3.4', 'A close frame with a code and a reason', writeCloseBody(1000, 'Hello World!')),
  closeWith('7.3.5', 'A close frame with a reason of 123 bytes, the most that it may have', longReason(123)),
  closeWith('7.3.6', 'A close frame with a reason of 124 bytes, one too many', longReason(124), REJECTED),
  closeWith(
    '7.5.1',
    'A close frame whose reason is no UTF-8',
    concat([writeCloseBody(1000), bytesOf('cebae1bdb9cf83cebcceb5eda080656469746564')]),
    { ...REJECTED, codes: [1002, 1007] },
  ),
];

const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const INVALID = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
const UNDEFINED = [5000, 65535];

const CODES: readonly AutobahnCase[] = [
  ...VALID.map((code, i) =>
    closeWith(`7.7.${i + 1}`, `A close frame with ${code}`, writeCloseBody(code), {
      ...WE_CLOSE,
      codes: [...new Set([1000, code])],
    }),
  ),
  ...INVALID.map((code, i) =>
    closeWith(`7.9.${i + 1}`, `A close frame with ${code}, which may not be sent`, writeCloseBody(code), REJECTED),
  ),
];

const INFORMATIONAL: readonly AutobahnCase[] = UNDEFINED.map((code, i) => ({
  ...closeWith(`7.13.${i + 1}`, `A close frame with ${code}, in no range that is defined`, writeCloseBody(code)),
  informational: true,
}));

export const CLOSING_CASES: readonly Case[] = [
  ...[...ORDER, ...BODIES, ...CODES].map((spec) => autobahn({ rfc: 'RFC 6455 §7.1', strictCode: true, ...spec })),
  ...INFORMATIONAL.map((spec) => autobahn({ rfc: 'RFC 6455 §7.4.2', level: 'REPORT', ...spec })),
];
