import { concat } from '../../codec/bytes/byte-collector.js';
import { writeCloseBody } from '../../codec/messages/close.js';
import { HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import { HTTP2_TYPE } from '../../codec/http2/http2-frame.js';
import type { LinkChoice } from '../bench/bench.js';
import { OPEN_TIME } from '../bench/open-time.js';
import type { Case, Level } from '../case.js';
import { outcomeText } from '../http2/http2-server-bench.js';
import {
  ANSWER_TIME,
  HELLO,
  http2Case,
  http2Verdict,
  isAccepted,
  isServed,
  pongComes,
  QUIET_TIME,
  stateText,
  talking,
  type Http2Talk,
} from '../http2/http2-talk.js';
import { close, message, ping, text } from '../verdicts/autobahn.js';
import { isSame } from '../verdicts/suite.js';

/** The bytes of a WebSocket in DATA frames, and their windows (RFC 9113 §5.2, §6.1, §6.9). */

const EMPTY = new Uint8Array(0);

interface DataRow {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  readonly level?: Level;
  /** Before the WebSocket is pinged, or instead of that: then it gives what has to come back. */
  act(this: void, talk: Http2Talk): readonly Uint8Array[] | void;
}

/** Frames of a ping, as bytes. */
const pings = ({ tester }: Http2Talk, payloads = [HELLO]): Uint8Array =>
  concat(payloads.map((payload) => tester.frame(ping(payload))));
const numbers = [1, 2, 3].map((n) => Uint8Array.of(n));

const ROWS: readonly DataRow[] = [
  {
    id: 'data-padded',
    rfc: 'RFC 9113 §6.1',
    title: 'A ping in two DATA frames with padding of 0 and of 255 bytes',
    act: (talk) => {
      const bytes = pings(talk);
      talk.link.data(talk.stream, bytes.subarray(0, 4), { padding: 0 });
      talk.link.data(talk.stream, bytes.subarray(4), { padding: 255 });
      return [HELLO];
    },
  },
  {
    id: 'data-empty',
    rfc: 'RFC 9113 §6.1',
    title: 'Empty DATA frames before a ping and within it, one of them with padding alone',
    act: (talk) => {
      const { link, stream } = talk;
      const bytes = pings(talk);
      for (const part of [EMPTY, bytes.subarray(0, 3), EMPTY, bytes.subarray(3)]) link.data(stream, part);
      link.data(stream, EMPTY, { padding: 3 });
      return [HELLO];
    },
  },
  {
    id: 'frame-split',
    rfc: 'RFC 8441 §5',
    title: 'A ping with each byte in a DATA frame of its own',
    act: (talk) => {
      for (const byte of pings(talk)) talk.link.data(talk.stream, Uint8Array.of(byte));
      return [HELLO];
    },
  },
  {
    id: 'frames-joined',
    rfc: 'RFC 8441 §5',
    title: 'Three pings in one DATA frame, and the first bytes of a fourth, which the next one ends',
    act: (talk) => {
      const last = pings(talk);
      talk.link.data(talk.stream, concat([pings(talk, numbers), last.subarray(0, 2)]));
      talk.link.data(talk.stream, last.subarray(2));
      return [HELLO];
    },
  },
  {
    id: 'frame-unknown',
    rfc: 'RFC 9113 §5.5',
    title: 'Frames of an unknown type on the stream and on stream 0',
    act: ({ link, stream }) => {
      link.frame(0xbe, stream.id, [1, 2, 3], 0xff);
      link.frame(0xbe, 0, [1, 2, 3]);
    },
  },
  {
    id: 'setting-unknown',
    rfc: 'RFC 9113 §6.5.2',
    title: 'SETTINGS with a setting that there is not',
    act: ({ link }) => link.sendSettings([[0xbeef, 7]]),
  },
  {
    id: 'priority-frame',
    rfc: 'RFC 9113 §6.3',
    title: 'PRIORITY on the stream, and on one that is idle',
    act: ({ link, stream }) => {
      for (const id of [stream.id, stream.id + 20]) link.frame(HTTP2_TYPE.priority, id, [0, 0, 0, 0, 15]);
    },
  },
  {
    id: 'goaway-ours',
    rfc: 'RFC 9113 §6.8',
    title: 'GOAWAY NO_ERROR of the tester while the WebSocket is open',
    // A peer may take it for a reason to end as well.
    level: 'SHOULD',
    act: ({ link, stream, bench }) => link.sendGoaway(bench.peer === 'client' ? stream.id : 0),
  },
];

const SURVIVING: readonly Case[] = ROWS.map(({ id, rfc, title, level, act }) =>
  talking({ id: `h2.${id}`, rfc, title, expected: 'the ping is answered', ...(level && { level }) }, async (talk) => {
    const wanted = act(talk);
    if (!wanted) {
      const isAlive = await isServed(talk);
      return http2Verdict(
        talk,
        isAlive ? 'OK' : 'FAILED',
        isAlive ? 'the ping was answered' : `the ping was not answered: ${stateText(talk)}`,
      );
    }
    const last = wanted.at(-1)!;
    const isThere = await pongComes(talk, last);
    return http2Verdict(
      talk,
      isThere ? 'OK' : 'FAILED',
      isThere ? 'the pong came' : `no pong came: ${stateText(talk)}`,
    );
  }),
);

/** The client has to wait for the answer (RFC 6455 §4.1): no server has to take it. */
const EARLY = http2Case(
  {
    id: 'h2.data-before-response',
    rfc: 'RFC 9113 §8.5',
    title: 'A ping in DATA directly after the extended CONNECT, before its answer',
    expected: 'the pong comes, or the request is refused: it is not lost',
    level: 'SHOULD',
  },
  async (bench, http2) => {
    const link = await http2.link();
    const stream = link.open(http2.fields());
    const tester = http2.tester(stream);
    await tester.send(ping(HELLO));
    await link.until(() => stream.isDecided || link.isOver, OPEN_TIME * bench.patience);
    const talk = { bench, http2, link, stream, tester };
    if (!isAccepted(stream)) return http2Verdict(talk, 'OK', `it ${outcomeText(stream, link)}`);
    const isThere = await pongComes(talk, HELLO);
    return http2Verdict(
      talk,
      isThere ? 'OK' : 'FAILED',
      isThere ? 'the pong came' : 'it was accepted, and the ping was lost',
    );
  },
);

/** No DATA comes on a stream before the head of the answer. */
const ORDER = talking(
  {
    id: 'h2.answer-first',
    peers: ['server'],
    rfc: 'RFC 9113 §8.1',
    title: 'The answer to the extended CONNECT, and a ping after it',
    expected: 'HEADERS come before DATA, and no further HEADERS without END_STREAM',
  },
  async (talk) => {
    const isAlive = await isServed(talk);
    // The connection reports DATA before it.
    const again = talk.stream.sections.filter(
      (one) => one !== talk.stream.head && !one.isEnd && one.fields.every(({ name }) => name !== ':status'),
    );
    if (again.length > 0) return http2Verdict(talk, 'FAILED', 'a second HEADERS frame came, without END_STREAM');
    return http2Verdict(
      talk,
      isAlive ? 'OK' : 'FAILED',
      isAlive ? 'HEADERS, then DATA' : `the ping was not answered: ${stateText(talk)}`,
    );
  },
);

const windows = (size: number): LinkChoice => ({
  settings: [[HTTP2_SETTING.initialWindowSize, size]],
  holds: 'streams',
});

/** Opens the window by one byte at a time, until `test` holds. */
async function byBytes({ link, stream, bench }: Http2Talk, test: () => boolean, most: number): Promise<void> {
  for (let given = 0; given < most && !test(); given++) {
    const before = stream.received;
    if (
      !(await link.until(
        () => stream.received > before || test() || stream.receiveWindow <= 0,
        ANSWER_TIME * bench.patience,
      ))
    )
      return;
    stream.give(1);
    await link.until(() => stream.receiveWindow <= 0 || test() || link.isOver, ANSWER_TIME * bench.patience);
  }
}

const ONE_BYTE = talking(
  {
    id: 'h2.window-1',
    rfc: 'RFC 9113 §6.9.1',
    title: 'Windows of 1 byte: a ping, whose pong can come only byte by byte',
    expected: 'the pong comes, in DATA of 1 byte each',
  },
  async (talk) => {
    const { tester, stream } = talk;
    await tester.send(ping(HELLO));
    await byBytes(talk, () => tester.received.length > 0, 32);
    const isThere = await pongComes(talk, HELLO, QUIET_TIME);
    return http2Verdict(
      talk,
      isThere ? 'OK' : 'FAILED',
      isThere ? 'the pong came' : `${stream.received} bytes came; ${stateText(talk)}`,
    );
  },
  windows(1),
);

const ZERO_CLOSE = talking(
  {
    id: 'h2.window-0-close',
    rfc: 'RFC 9113 §6.9.1',
    title: 'A ping and a close frame while the window is 0, and then a window',
    expected: 'no DATA comes before the window is open; then the pong and the close frame come',
  },
  async (talk) => {
    const { tester, stream, bench } = talk;
    await tester.sendTogether([ping(HELLO), close(writeCloseBody(1000))]);
    await tester.until(() => stream.received > 0, QUIET_TIME * bench.patience);
    if (stream.received > 0)
      return http2Verdict(talk, 'FAILED', `${stream.received} bytes came though the window was 0`);
    stream.give(1000);
    await tester.until(() => tester.state.peerClosed, ANSWER_TIME * bench.patience);
    if (!tester.state.peerClosed)
      return http2Verdict(talk, 'FAILED', `the window was opened, and no close frame came: ${stateText(talk)}`);
    return http2Verdict(talk, 'OK', 'the close frame came after the window was opened');
  },
  windows(0),
);

const SHRUNK = talking(
  {
    id: 'h2.window-shrunk',
    rfc: 'RFC 9113 §6.9.2',
    title: 'SETTINGS_INITIAL_WINDOW_SIZE goes from 100 to 0 while the stream is open; a ping; then a window',
    expected: 'the window of the stream shrinks: no DATA comes before it is open again',
  },
  async (talk) => {
    const { link, stream, bench, tester } = talk;
    const { settingsAcks } = link;
    link.sendSettings([[HTTP2_SETTING.initialWindowSize, 0]]);
    link.resizeWindows(0);
    await link.until(() => link.settingsAcks > settingsAcks, ANSWER_TIME * bench.patience);
    await tester.send(ping(HELLO));
    await link.until(() => stream.received > 0, QUIET_TIME * bench.patience);
    if (link.faults.length > 0) return http2Verdict(talk, 'FAILED', 'DATA came');
    stream.give(1000);
    const isThere = await pongComes(talk, HELLO);
    return http2Verdict(
      talk,
      isThere ? 'OK' : 'FAILED',
      isThere ? 'the pong came after the window was opened' : `no pong came: ${stateText(talk)}`,
    );
  },
  windows(100),
);

const LARGE = 100_000;
const CONNECTION = talking(
  {
    id: 'h2.window-of-connection',
    rfc: 'RFC 9113 §6.9.1',
    title: `A text message of ${LARGE} bytes to be echoed, the window of the stream large, that of the connection 65535`,
    expected: 'the echo stops at 65535 bytes, and goes on when the window is open',
    needs: ['echo'],
  },
  async (talk) => {
    const { link, tester, bench, stream } = talk;
    const payload = new Uint8Array(LARGE).fill(0x2a);
    await tester.send(text(payload));
    await link.until(() => stream.received >= 65_535 || link.isOver, 5 * bench.patience);
    await link.until(() => link.isOver, QUIET_TIME * bench.patience);
    const held = stream.received;
    if (link.faults.length === 0) link.windowUpdate(0, 1_000_000);
    await tester.until(() => tester.received.length > 0, 5 * bench.patience);
    const isThere = tester.received.some((one) => isSame(one, message(payload)));
    return http2Verdict(
      talk,
      isThere ? 'OK' : 'FAILED',
      `${held} bytes came, ${isThere ? 'and the rest' : `and no echo: ${stateText(talk)}`}`,
    );
  },
  { settings: [[HTTP2_SETTING.initialWindowSize, 1_000_000]], holds: 'all' },
);

/** Each end opens its windows as it reads: nothing obliges it, but otherwise nothing long can be sent. */
const OPENED = talking(
  {
    id: 'h2.window-of-server',
    peers: ['server'],
    rfc: 'RFC 9113 §5.2.2',
    title: 'Ten messages of 20000 bytes, more than the first window of the server allows, and a ping',
    expected: 'the server opens its windows, and answers the ping',
    level: 'SHOULD',
  },
  async (talk) => {
    const { tester, bench } = talk;
    for (let i = 0; i < 10; i++) void tester.send(text(new Uint8Array(20_000).fill(0x2a)));
    void tester.send(ping(HELLO));
    const isThere = await pongComes(talk, HELLO, 3 * bench.patience);
    return http2Verdict(
      talk,
      isThere ? 'OK' : 'FAILED',
      isThere ? 'the pong came' : `no pong came: ${stateText(talk)}`,
    );
  },
);

export const H2_DATA_CASES: readonly Case[] = [
  ...SURVIVING,
  EARLY,
  ORDER,
  ONE_BYTE,
  ZERO_CLOSE,
  SHRUNK,
  CONNECTION,
  OPENED,
];
