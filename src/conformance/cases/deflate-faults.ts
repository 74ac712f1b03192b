import { writeCloseBody } from '../../codec/messages/close.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Case } from '../case.js';
import { DeflateBits, type Copy } from '../verdicts/deflate-bits.js';
import { binary, close, continuation, ping, text } from '../verdicts/autobahn.js';
import { refuses, sendAll, reports } from '../verdicts/suite.js';
import type { Sending } from '../bench/tester.js';
import { noise } from './deflate-data.js';

/** Compressed messages that no sender may send (RFC 7692 §6, §7). */

const RSV1 = { rsv: 4 };
const EMPTY = new Uint8Array(0);
const HELLO = encodeUtf8('Hello');
const OWN_CODE = 3210;
const PING = encodeUtf8('ping');

const deflated = (): DeflateBits => new DeflateBits();
/** A message in one frame, compressed. */
const packed = (payload: Uint8Array): Sending => text(payload, RSV1);
const STORED = deflated().stored(HELLO).message();
const FIXED = deflated().fixed([HELLO]).message();

/** The peer may read any of these as data that cannot be inflated: the RFC names none. */
const UNREADABLE = [1002, 1007];
const PLAIN = {};

const RESERVED_BITS: readonly Case[] = [
  refuses({
    id: 'deflate.rsv1-not-negotiated',
    rfc: 'RFC 6455 §5.2',
    title: 'A compressed message where permessage-deflate was not negotiated',
    expected: 'the peer fails the connection',
    send: [binary(FIXED, RSV1)],
  }),
  ...(
    [
      ['ping', ping(PING, RSV1)],
      ['pong', { opcode: 10, payload: PING, ...RSV1 }],
      ['close', { ...close(writeCloseBody(OWN_CODE)), ...RSV1 }],
    ] as const
  ).map(([name, frame]) =>
    refuses({
      id: `deflate.rsv1-on-${name}`,
      rfc: 'RFC 7692 §6',
      title: `A ${name} frame with RSV1`,
      expected: 'the peer fails the connection: control frames are not compressed',
      deflate: PLAIN,
      // A peer that answers with it has read the frame as a close.
      wrongCode: OWN_CODE,
      send: [frame],
    }),
  ),
  ...(
    [
      ['continuation', 'A compressed message whose continuation has RSV1 too', [RSV1, RSV1]],
      ['continuation-only', 'A message in two fragments, RSV1 on the second only', [{}, RSV1]],
    ] as const
  ).map(([name, title, [first, second]]) =>
    refuses({
      id: `deflate.rsv1-on-${name}`,
      rfc: 'RFC 7692 §6',
      title,
      expected: 'the peer fails the connection: RSV1 is set on the first fragment only',
      deflate: PLAIN,
      send: [binary(STORED.subarray(0, 4), { fin: false, ...first }), continuation(STORED.subarray(4), second)],
    }),
  ),
  refuses({
    id: 'deflate.rsv2',
    rfc: 'RFC 6455 §5.2',
    title: 'A compressed message with RSV2 on top, permessage-deflate alone being negotiated',
    expected: 'the peer fails the connection',
    deflate: PLAIN,
    send: [text(FIXED, { rsv: 6 })],
  }),
];

/** [id, what is wrong, the payload] */
const INVALID: readonly (readonly [string, string, Uint8Array])[] = [
  ['block-type', 'a block of the reserved type 3', deflated().bits(7, 3).message()],
  [
    'stored-length',
    'a stored block whose length and complement differ',
    deflated().stored(HELLO, { complement: 5 }).message(),
  ],
  [
    'distance',
    'a reference to before the first byte',
    deflated()
      .fixed([{ length: 5, distance: 5 }])
      .message(),
  ],
  [
    'length-symbol',
    'the length symbol 286, which does not occur',
    deflated().bits(1, 1).bits(1, 2).symbol(286).bits(0, 16).end(),
  ],
  [
    'distance-symbol',
    'the distance symbol 30, which does not occur',
    deflated().bits(2, 3).symbol(72).symbol(257).code(30, 5).bits(0, 16).end(),
  ],
  ['code-count', 'more length symbols than there are', deflated().bits(4, 3).bits(31, 5).bits(31, 5).bits(0, 32).end()],
  [
    'oversubscribed',
    'code lengths that are no code',
    deflated().bits(4, 3).bits(0, 14).bits(0x249, 12).bits(0, 32).end(),
  ],
  ['noise', 'bytes that are no DEFLATE', new Uint8Array(64).fill(0xff)],
];

const UNREADABLE_DATA: readonly Case[] = INVALID.map(([id, what, payload]) =>
  refuses({
    id: `deflate.invalid-${id}`,
    rfc: 'RFC 7692 §7.2.2',
    title: `A compressed message with ${what}`,
    expected: 'the peer fails the connection, and delivers nothing of it',
    deflate: PLAIN,
    codes: UNREADABLE,
    send: [binary(payload, RSV1)],
  }),
);

/** Cut short, and what a receiver reads of it with the 00 00 ff ff that it appends. */
const TRUNCATED: readonly Case[] = (
  [
    ['stored', 'within a stored block', deflated().stored(HELLO, { declared: 100, complement: ~100 }).end()],
    ['fixed', 'within a block with fixed codes', deflated().fixed([HELLO]).end().subarray(0, 4)],
    ['empty', 'to nothing at all', EMPTY],
  ] as const
).map(([id, where, payload]) =>
  reports({
    id: `deflate.truncated-${id}`,
    rfc: 'RFC 7692 §7.2.2',
    title: `A compressed message that is cut off ${where}`,
    expected: 'the peer fails the connection: the data is no whole DEFLATE stream',
    deflate: PLAIN,
    send: [binary(payload, RSV1)],
  }),
);

const FAR: Copy = { length: 10, distance: 900 };

const BROKEN_PROMISES: readonly Case[] = [
  reports({
    id: 'deflate.context-after-no-takeover',
    rfc: 'RFC 7692 §7.1.1',
    title: 'A message that refers to the one before, though we have agreed not to',
    expected: 'the peer fails the connection, or still has the context',
    deflate: { ours: { noContext: true } },
    send: [
      text(FIXED, RSV1),
      packed(
        deflated()
          .fixed([{ length: 5, distance: 5 }])
          .message(),
      ),
    ],
    most: 2,
  }),
  reports({
    id: 'deflate.beyond-window',
    rfc: 'RFC 7692 §7.1.2',
    title: 'A reference 900 bytes back, though we have agreed to a window of 512',
    expected: 'the peer fails the connection, or has the larger window',
    deflate: { ours: { bits: 9 } },
    send: async (talk) => {
      const first = deflated().stored(noise(talk, 1000)).message();
      await sendAll(talk, [binary(first, RSV1), binary(deflated().fixed([FAR]).message(), RSV1)]);
    },
    most: 2,
  }),
];

const NOT_UTF8: readonly Case[] = [
  refuses({
    id: 'deflate.not-utf8',
    rfc: 'RFC 6455 §8.1',
    title: 'A compressed text message that is no UTF-8',
    expected: 'the peer fails the connection (1007)',
    deflate: PLAIN,
    codes: [1007],
    send: [
      packed(
        deflated()
          .stored(Uint8Array.of(0xce, 0xba, 0xff))
          .message(),
      ),
    ],
  }),
];

export const DEFLATE_FAULT_CASES: readonly Case[] = [
  ...RESERVED_BITS,
  ...UNREADABLE_DATA,
  ...TRUNCATED,
  ...BROKEN_PROMISES,
  ...NOT_UTF8,
];
