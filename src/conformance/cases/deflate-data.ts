import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Case } from '../case.js';
import type { DeflateAsk } from '../handshakes/deflate-asks.js';
import { bomb, DeflateBits } from '../verdicts/deflate-bits.js';
import { binary, continuation, message, ping, pong, text } from '../verdicts/autobahn.js';
import { answering, echoes, flood, suite, sendAll, surviving, type About, type Talk } from '../verdicts/suite.js';
import type { Sending } from '../bench/tester.js';
import type { Received } from '../bench/received.js';

/** Compressed messages (RFC 7692 §6, §7.2), their blocks written by hand. */

const RSV1 = { rsv: 4 };
const EMPTY = new Uint8Array(0);
const HELLO = encodeUtf8('Hello');
const HELLO_TWICE = encodeUtf8('HelloHello');

const deflated = (): DeflateBits => new DeflateBits();
const STORED = deflated().stored(HELLO).message();
const FIXED = deflated().fixed([HELLO]).message();
const FINAL = deflated().fixed([HELLO], true).bits(0, 8).end();

const PLAIN: DeflateAsk = {};

interface Legal extends Pick<About, 'id' | 'title'> {
  readonly section: string;
  readonly send: readonly Sending[];
  readonly back: readonly Received[];
  readonly deflate?: DeflateAsk;
}

/** A message in one frame, compressed. */
const one = (payload: Uint8Array): Sending => text(payload, RSV1);
const many = (count: number, add: (bits: DeflateBits) => DeflateBits): DeflateBits =>
  Array.from({ length: count }).reduce<DeflateBits>((bits) => add(bits), deflated());

const LEGAL: readonly Legal[] = [
  { id: 'fixed', title: 'One block with fixed codes', section: '§7.2.3.1', send: [one(FIXED)], back: [message(HELLO)] },
  { id: 'stored', title: 'One stored block', section: '§7.2.3.3', send: [one(STORED)], back: [message(HELLO)] },
  {
    id: 'final',
    title: 'A block with BFINAL, followed by the octet 0',
    section: '§7.2.3.4',
    send: [one(FINAL)],
    back: [message(HELLO)],
  },
  {
    id: 'behind-final',
    title: 'Two messages, the first with BFINAL',
    section: '§7.2.3.4',
    send: [one(FINAL), one(STORED)],
    back: [message(HELLO), message(HELLO)],
  },
  {
    id: 'several-blocks',
    title: 'Three blocks of two kinds in one message',
    section: '§7.2.3.5',
    send: [one(deflated().fixed([HELLO]).stored(HELLO).fixed([HELLO]).message())],
    back: [message(encodeUtf8('HelloHelloHello'))],
  },
  {
    id: 'empty-blocks',
    title: 'A hundred empty blocks of two kinds around the data',
    section: '§7.2.3.5',
    send: [
      one(
        many(50, (bits) => bits.fixed([]).stored(EMPTY))
          .fixed([HELLO])
          .message(),
      ),
    ],
    back: [message(HELLO)],
  },
  {
    id: 'only-empty-blocks',
    title: 'A message of ten empty blocks',
    section: '§7.2.3.6',
    send: [one(many(10, (bits) => bits.stored(EMPTY)).message())],
    back: [message(EMPTY)],
  },
  {
    id: 'empty',
    title: 'An empty message, compressed: one octet',
    section: '§7.2.3.6',
    send: [one(Uint8Array.of(0))],
    back: [message(EMPTY)],
  },
  {
    id: 'context',
    deflate: { ours: { context: true } },
    title: 'A message that refers to the one before',
    section: '§7.2.3.2',
    send: [
      one(FIXED),
      one(
        deflated()
          .fixed([{ length: 5, distance: 5 }])
          .message(),
      ),
    ],
    back: [message(HELLO), message(HELLO)],
  },
  {
    id: 'overlap',
    title: 'A reference that overlaps what it makes',
    section: '§7.2.2',
    send: [
      one(
        deflated()
          .fixed([HELLO, { length: 5, distance: 5 }])
          .message(),
      ),
    ],
    back: [message(HELLO_TWICE)],
  },
  {
    id: 'uncompressed',
    deflate: { ours: { context: true } },
    title: 'A message without compression between two with it',
    section: '§6',
    send: [
      one(FIXED),
      text(HELLO),
      one(
        deflated()
          .fixed([{ length: 5, distance: 5 }])
          .message(),
      ),
    ],
    back: [message(HELLO), message(HELLO), message(HELLO)],
  },
  {
    id: 'fragmented',
    title: 'A compressed message in fragments of one octet, each followed by a ping',
    section: '§7.2.3.1',
    send: Array.from(STORED, (_, i) => [
      {
        ...(i === 0 ? one(EMPTY) : continuation(EMPTY)),
        payload: STORED.subarray(i, i + 1),
        fin: i === STORED.length - 1,
      },
      ping(Uint8Array.of(i)),
    ]).flat(),
    back: [...Array.from(STORED, (_, i) => pong(Uint8Array.of(i))), message(HELLO)],
  },
  {
    id: 'empty-fragments',
    title: 'A compressed message between empty fragments',
    section: '§7.2.3.1',
    send: [text(EMPTY, { fin: false, ...RSV1 }), continuation(FIXED, { fin: false }), continuation(EMPTY)],
    back: [message(HELLO)],
  },
  {
    id: 'no-context',
    title: 'Two messages where we have agreed not to take over the context',
    section: '§7.1.1',
    deflate: { ours: { noContext: true } },
    send: [one(FIXED), one(STORED)],
    back: [message(HELLO), message(HELLO)],
  },
];

const LEGAL_CASES: readonly Case[] = LEGAL.map(({ id, title, section, send, back, deflate = PLAIN }) =>
  echoes({
    id: `deflate.${id}`,
    rfc: `RFC 7692 ${section}`,
    title,
    expected: 'the same messages, plain or compressed; then the peer answers our close frame',
    deflate,
    send,
    back,
  }),
);

/** Bytes without repetitions, for one run of them. */
export function noise({ bench }: Talk, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(bench.random() * 256));
}

/** What the peer agreed to for itself: an echo that breaks it cannot be inflated with the tester's window. */
const PROMISES: readonly Case[] = (
  [
    ['window-kept', '§7.1.2', 'a window of 512 bytes', { theirs: { bits: 9 } }],
    ['no-context-kept', '§7.1.1', 'no context takeover', { theirs: { noContext: true } }],
  ] as const
).map(([id, section, what, deflate]) =>
  suite({
    id: `deflate.${id}`,
    rfc: `RFC 7692 ${section}`,
    title: `The same kilobyte of noise twice, the peer having agreed to ${what}`,
    expected: 'two echoes that can be inflated as agreed; then the peer answers our close frame',
    needs: ['echo'],
    deflate,
    run: async (talk) => {
      const data = noise(talk, 1024);
      const payload = deflated().stored(data).message();
      await sendAll(talk, [binary(payload, RSV1), binary(payload, RSV1)]);
      return answering(talk, [message(data, true), message(data, true)]);
    },
  }),
);

const MIB = 1048576;

/** A message that inflates to a thousand times its size: the peer has to survive it. */
function inflatesTo(id: string, size: number): Case {
  return suite({
    id: `deflate.${id}`,
    rfc: 'RFC 6455 §10.4',
    title: `A compressed message of ${size / MIB} MiB that inflates to about ${Math.round((size * 1032) / MIB)} MiB`,
    expected: 'the peer protects itself: it closes (1009), or answers, and goes on serving others',
    deflate: PLAIN,
    traits: ['unsafe', 'alone'],
    run: async (talk) => {
      const { bench, tester } = talk;
      await flood(talk, [binary(bomb(size), RSV1)]);
      await tester.until(() => tester.received.length > 0 || tester.isClosing, 5 * bench.patience);
      const isEchoed = tester.received.some((came) => came.what === 'violation' && came.code === 'deflate-too-large');
      const isSilent = !tester.isClosing && tester.received.length === 0;
      const note = isEchoed ? 'it was echoed whole' : isSilent ? 'nothing came of it in time' : undefined;
      return surviving(talk, note, !isSilent);
    },
  });
}

export const DEFLATE_DATA_CASES: readonly Case[] = [
  ...LEGAL_CASES,
  ...PROMISES,
  inflatesTo('bomb-16-mib', MIB / 64),
  inflatesTo('bomb-1-gib', MIB),
];
