import { encodeFrame } from '../../codec/frames/frame-writer.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import { isOpen } from '../bench/bench.js';
import type { Case } from '../case.js';
import { binary, close, continuation, message, notOpened, ping, pong, text } from '../verdicts/autobahn.js';
import {
  echoes,
  measured,
  suite,
  plainCase,
  refuses,
  sendAll,
  surviving,
  reports,
  unserved,
  verdictOf,
} from '../verdicts/suite.js';
import type { Sending } from '../bench/tester.js';

/** Frames beyond groups 1 to 5: lengths, masks, floods, and ends of TCP (RFC 6455 §5, §7, §10.4). */

const EMPTY = new Uint8Array(0);
const HELLO = encodeUtf8('Hello');
const LONG = new Uint8Array(200).fill(0x2a);
/** The longest payload of a control frame. */
const FULL = new Uint8Array(125).fill(0x70);
/** Text that is a fragment if it is read as a frame. */
const FRAME = Uint8Array.of(0x01, 0x02, 0x68, 0x69);
const TOP = 2n ** 63n;

const LENGTHS: readonly Case[] = [
  ...(
    [
      ['16-of-5', '5 bytes, their length in 16 bits', HELLO, 16],
      ['64-of-5', '5 bytes, their length in 64 bits', HELLO, 64],
      ['64-of-200', '200 bytes, their length in 64 bits', LONG, 64],
    ] as const
  ).map(([id, what, payload, lengthForm]) =>
    reports({
      id: `frames.length-${id}`,
      rfc: 'RFC 6455 §5.2',
      title: `A text message of ${what}`,
      expected: 'the peer fails the connection, or takes it: the shortest form is the duty of the sender',
      send: [text(payload, { lengthForm })],
    }),
  ),
  ...(
    [
      ['', '2^63 + 5 for 5 bytes', TOP + 5n, HELLO],
      ['-empty', '2^63 for none', TOP, EMPTY],
      ['-all', '2^64 - 1', 2n * TOP - 1n, HELLO],
    ] as const
  ).map(([id, what, payloadLength, payload]) =>
    refuses({
      id: `frames.length-top-bit${id}`,
      rfc: 'RFC 6455 §5.2',
      title: `A text frame with a 64-bit length of ${what}: its top bit is set`,
      expected: 'the peer fails the connection',
      codes: [1002, 1009],
      send: [text(payload, { payloadLength, lengthForm: 64 })],
    }),
  ),
];

/** How each kind of frame is sent, with the mask that it must not have, or without the one that it must. */
const UNMASKED: readonly (readonly [string, string, readonly Sending[]])[] = [
  ['text', 'a text frame', [text(HELLO)]],
  ['empty', 'an empty text frame', [text(EMPTY)]],
  ['ping', 'a ping', [ping(HELLO)]],
  ['close', 'a close frame', [close()]],
];

const MASKS: readonly Case[] = [
  ...UNMASKED.flatMap(([id, what, frames]) =>
    (['server', 'client'] as const).map((peer) =>
      refuses({
        id: `frames.${peer === 'server' ? 'unmasked' : 'masked'}-${id}`,
        rfc: 'RFC 6455 §5.1',
        title: `To a ${peer}: ${what} that is ${peer === 'server' ? 'not ' : ''}masked`,
        expected: `the ${peer} closes the connection`,
        peers: [peer],
        // As bytes: a close frame that the peer does not read as one is none for the tester.
        send: async ({ tester }) => {
          for (const frame of frames) await tester.write(tester.frame({ ...frame, masked: peer === 'client' }));
        },
      }),
    ),
  ),
  refuses({
    id: 'frames.unmasked-continuation',
    rfc: 'RFC 6455 §5.1',
    title: 'To a server: a message whose first fragment is masked, and whose second is not',
    expected: 'the server closes the connection',
    peers: ['server'],
    send: [text(HELLO, { fin: false }), continuation(HELLO, { masked: false })],
  }),
  ...(
    [
      ['zero', 'A masking key of 00000000, and another one', [0, 0x12345678]],
      ['same', 'The same masking key twice', [0x12345678, 0x12345678]],
    ] as const
  ).map(([id, title, keys]) =>
    echoes({
      id: `frames.mask-key-${id}`,
      rfc: 'RFC 6455 §5.3',
      title,
      expected: 'two echoes: which key is taken is the duty of the client',
      peers: ['server'],
      send: async ({ tester }) => {
        for (const key of keys) {
          await tester.write(encodeFrame({ fin: true, rsv: 0, opcode: OPCODE.text, payload: HELLO, key }));
        }
      },
      back: [message(HELLO), message(HELLO)],
    }),
  ),
];

const EMPTY_FRAMES: readonly Sending[] = [
  text(EMPTY),
  ping(EMPTY),
  { opcode: OPCODE.pong },
  text(EMPTY, { fin: false }),
  ping(EMPTY),
  continuation(EMPTY, { fin: false }),
  continuation(EMPTY),
];

const ORDINARY: readonly Case[] = [
  echoes({
    id: 'frames.all-empty',
    rfc: 'RFC 6455 §5.2',
    title: 'Messages, fragments and control frames, all of them without a payload',
    expected: 'two empty messages and two pongs; then the peer answers our close frame',
    send: EMPTY_FRAMES,
    back: [message(EMPTY), message(EMPTY), pong(EMPTY), pong(EMPTY)],
  }),
  echoes({
    id: 'frames.ping-125-between-fragments',
    rfc: 'RFC 6455 §5.4',
    title: 'A ping of 125 bytes between two fragments',
    expected: 'its pong, and the message',
    send: [text(HELLO, { fin: false }), ping(FULL), continuation(HELLO)],
    back: [pong(FULL), message(encodeUtf8('HelloHello'))],
  }),
  echoes({
    id: 'frames.ping-125-by-octets',
    rfc: 'RFC 6455 §5.5',
    title: 'A ping of 125 bytes, octet by octet',
    expected: 'its pong; then the peer answers our close frame',
    send: [ping(FULL)],
    chop: 1,
    back: [pong(FULL)],
  }),
  echoes({
    id: 'frames.ping-behind-header',
    rfc: 'RFC 6455 §5.2',
    title: 'A message of 200 bytes that is cut after each byte of its header, followed by a ping',
    expected: 'the message, and the pong',
    send: async ({ tester }) => {
      const frame = tester.frame(text(LONG));
      await tester.write(frame.subarray(0, 8), 1);
      await tester.write(frame.subarray(8));
      await tester.send(ping(HELLO));
    },
    back: [message(LONG), pong(HELLO)],
  }),
  echoes({
    id: 'frames.frame-in-text',
    rfc: 'RFC 6455 §5.6',
    title: 'A message whose payload has the form of a frame',
    expected: 'its echo: payloads are not frames',
    send: [text(FRAME)],
    back: [message(FRAME)],
  }),
];

const SILENT = suite({
  id: 'frames.length-huge-and-silence',
  rfc: 'RFC 6455 §10.4',
  title: 'A frame that declares 2^63 - 1 bytes, four of them, and then nothing',
  expected: 'the peer closes (1009), or waits without memory for all of it, and goes on serving others',
  level: 'REPORT',
  traits: ['alone'],
  run: async (talk) => {
    const { bench, tester } = talk;
    const cost = await measured(bench, async () => {
      await tester.write(tester.frame(binary(HELLO.subarray(0, 4), { payloadLength: TOP - 1n, lengthForm: 64 })));
      await tester.until(() => tester.isClosing, bench.patience);
    });
    return surviving(talk, cost, tester.isClosing);
  },
});

const HALF_CLOSE = suite({
  id: 'frames.half-close',
  rfc: 'RFC 6455 §7.1.1',
  title: 'A message, followed by a FIN without a close frame',
  expected: 'the echo may still come; then the peer ends TCP',
  level: 'REPORT',
  needs: ['echo'],
  run: async (talk) => {
    const { bench, tester } = talk;
    await sendAll(talk, [text(HELLO)]);
    tester.wire.finish();
    await tester.until(() => false, 2 * bench.patience);
    const isEchoed = tester.received.some(({ what }) => what === 'message');
    const how = tester.isOver ? 'TCP was ended' : 'TCP was left open';
    await tester.finish(0);
    const note = `${isEchoed ? 'the echo came' : 'no echo came'}, and ${how}`;
    return { ...verdictOf(talk, [isEchoed ? 'OK' : 'INFORMATIONAL', 'INFORMATIONAL']), actual: note };
  },
});

const RESET = plainCase(
  {
    id: 'frames.reset-mid-frame',
    rfc: 'RFC 6455 §7.2.1',
    title: 'TCP resets in the middle of a header, of a frame, of a message and of an echo, and a new connection',
    expected: 'the new connection is served',
    peers: ['server'],
  },
  async (bench) => {
    for (const [sending, keep] of [
      [text(HELLO), 1],
      [text(LONG), 100],
      [text(LONG, { fin: false }), Infinity],
      [text(LONG), Infinity],
    ] as const) {
      const tester = await bench.open();
      if (!isOpen(tester)) return notOpened(tester);
      await tester.write(tester.frame(sending).subarray(0, keep));
      tester.wire.reset();
      await tester.finish(0);
    }
    const problem = await unserved(bench);
    const actual = problem ?? 'the new connection was served';
    return { behavior: problem ? 'FAILED' : 'OK', behaviorClose: 'INFORMATIONAL', actual };
  },
);

export const FRAME_CASES: readonly Case[] = [...LENGTHS, ...MASKS, ...ORDINARY, SILENT, HALF_CLOSE, RESET];
