import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Case } from '../case.js';
import { bytesOf } from '../bench/bytes.js';
import { close, autobahn, NOTHING, PEER_FAILS, ping, pong, WE_CLOSE, type AutobahnCase } from '../verdicts/autobahn.js';
import { writeCloseBody } from '../../codec/messages/close.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { Sending } from '../bench/tester.js';

/** Group 2: pings and pongs (RFC 6455 §5.5.2, §5.5.3). */

const HELLO = encodeUtf8('Hello, world!');
const LONGEST = new Uint8Array(125).fill(0xfe);
const TEN = Array.from({ length: 10 }, (_, i) => encodeUtf8(`payload-${i}`));
const goodbye = close(writeCloseBody(1000));
const unsolicited = (payload: Uint8Array): Sending => ({ opcode: OPCODE.pong, payload });

function answered(id: string, title: string, payload: Uint8Array): AutobahnCase {
  return {
    id,
    title,
    steps: [{ send: [ping(payload)] }],
    received: { OK: [pong(payload)] },
    close: WE_CLOSE,
    closeIn: 1,
  };
}

const SPECS: readonly AutobahnCase[] = [
  answered('2.1', 'A ping without a payload', new Uint8Array(0)),
  answered('2.2', 'A ping with text in it', HELLO),
  answered('2.3', 'A ping with bytes in it that are no UTF-8', bytesOf('00fffefdfcfb00ff')),
  answered('2.4', 'A ping of 125 bytes, the most that it may have', LONGEST),
  {
    id: '2.5',
    title: 'A ping of 126 bytes, one too many',
    steps: [{ send: [ping(new Uint8Array(126).fill(0xfe))] }],
    received: { OK: NOTHING },
    close: PEER_FAILS,
  },
  {
    ...answered('2.6', 'A ping of 125 bytes, octet by octet', LONGEST),
    steps: [{ send: [ping(LONGEST)], chop: 1 }],
    closeIn: 2,
  },
  {
    id: '2.7',
    title: 'An unsolicited pong without a payload',
    steps: [{ send: [unsolicited(new Uint8Array(0)), goodbye] }],
    received: { OK: NOTHING },
    close: WE_CLOSE,
  },
  {
    id: '2.8',
    title: 'An unsolicited pong with a payload',
    steps: [{ send: [unsolicited(encodeUtf8('unsolicited pong payload')), goodbye] }],
    received: { OK: NOTHING },
    close: WE_CLOSE,
  },
  {
    id: '2.9',
    title: 'An unsolicited pong, then a ping',
    steps: [{ send: [unsolicited(encodeUtf8('unsolicited pong payload')), ping(encodeUtf8('ping payload'))] }],
    received: { OK: [pong(encodeUtf8('ping payload'))] },
    close: WE_CLOSE,
    closeIn: 1,
  },
  tenPings('2.10', 'Ten pings'),
  tenPings('2.11', 'Ten pings, octet by octet', 1),
];

function tenPings(id: string, title: string, chop?: number): AutobahnCase {
  return {
    id,
    title,
    steps: [{ send: TEN.map((payload) => ping(payload)), ...(chop && { chop }) }],
    received: { OK: TEN.map(pong) },
    close: WE_CLOSE,
    closeIn: 3,
  };
}

export const PING_CASES: readonly Case[] = SPECS.map((spec) => autobahn({ rfc: 'RFC 6455 §5.5.2', ...spec }));
