import { writeCloseBody } from '../../codec/messages/close.js';
import { HTTP2_ERROR, http2ErrorName } from '../../codec/http2/http2-codes.js';
import type { Case, Level } from '../case.js';
import {
  ANSWER_TIME,
  HELLO,
  http2Verdict,
  isServed,
  opening,
  stateText,
  talking,
  type Http2Talk,
} from '../http2/http2-talk.js';
import { close, text } from '../verdicts/autobahn.js';

/** The ends of a stream (RFC 8441 §5, RFC 9113 §5.4.2). */

const EMPTY = new Uint8Array(0);

/** RFC 8441 §5: the orderly end of TCP is END_STREAM. */
const ENDED = talking(
  {
    id: 'h2.close-end-stream',
    rfc: 'RFC 8441 §5',
    title: 'A closing handshake, begun by the tester',
    expected: 'the peer answers the close frame, and ends the stream with END_STREAM',
  },
  async (talk) => {
    const { tester, stream, bench } = talk;
    await tester.close(1000);
    await tester.until(() => tester.isOver, ANSWER_TIME * bench.patience);
    const { peerClosed } = tester.state;
    if (!peerClosed) return http2Verdict(talk, 'FAILED', `the close frame was not answered: ${stateText(talk)}`);
    if (stream.endedBy) return http2Verdict(talk, 'OK', 'END_STREAM came');
    if (stream.resetCode !== undefined)
      return http2Verdict(
        talk,
        'NON-STRICT',
        `RST_STREAM ${http2ErrorName(stream.resetCode)} came instead of END_STREAM`,
      );
    return http2Verdict(talk, 'FAILED', `the stream was not ended: ${stateText(talk)}`);
  },
);

interface EndRow {
  readonly id: string;
  readonly title: string;
  readonly rfc: string;
  readonly level: Level;
  act(this: void, talk: Http2Talk): void;
}

const ENDS: readonly EndRow[] = [
  {
    id: 'end-stream',
    rfc: 'RFC 8441 §5',
    title: 'END_STREAM without a close frame',
    level: 'SHOULD',
    act: ({ link, stream }) => link.data(stream, EMPTY, { end: true }),
  },
  {
    id: 'end-stream-mid-frame',
    rfc: 'RFC 8441 §5',
    title: 'END_STREAM in the middle of a message',
    level: 'SHOULD',
    act: ({ link, stream, tester }) => link.data(stream, tester.frame(text(HELLO)).subarray(0, -3), { end: true }),
  },
  {
    id: 'end-stream-with-close',
    rfc: 'RFC 8441 §5',
    title: 'END_STREAM in the DATA frame of a close frame',
    level: 'SHOULD',
    act: ({ link, stream, tester }) => link.data(stream, tester.frame(close(writeCloseBody(1000))), { end: true }),
  },
  {
    id: 'trailers',
    rfc: 'RFC 9113 §8.5',
    title: 'Trailers (HEADERS with END_STREAM) on the stream',
    level: 'SHOULD',
    act: ({ link, stream }) => link.section(stream, [{ name: 'x-wsinspect', value: '1' }], { end: true }),
  },
];

const ENDING: readonly Case[] = ENDS.map(({ id, rfc, title, level, act }) =>
  talking(
    { id: `h2.${id}`, rfc, title, level, expected: 'no message is made of it, and the peer ends the stream as well' },
    async (talk) => {
      const { tester, stream, bench } = talk;
      act(talk);
      await tester.until(() => tester.isOver, ANSWER_TIME * bench.patience);
      if (tester.received.some(({ what }) => what === 'message')) return http2Verdict(talk, 'FAILED', 'a message came');
      if (!stream.isOver) return http2Verdict(talk, 'FAILED', `the ${talk.bench.peer} left the stream open`);
      // Whoever has no other stream may end it: a client has none.
      const { goaway } = talk.link;
      const isInOrder = bench.peer === 'client' && (goaway?.code ?? 0) === 0;
      if (talk.link.isOver && !isInOrder)
        return http2Verdict(talk, 'NON-STRICT', 'the connection ended as well, with all of its streams');
      return http2Verdict(
        talk,
        'OK',
        stream.endedBy ? 'END_STREAM came' : `RST_STREAM ${http2ErrorName(stream.resetCode ?? 0)} came`,
      );
    },
  ),
);

interface ResetRow {
  readonly id: string;
  readonly title: string;
  act(this: void, talk: Http2Talk): void;
}

const cancel = ({ stream }: Http2Talk): void => stream.abort(HTTP2_ERROR.cancel);

const RESETS: readonly ResetRow[] = [
  { id: 'open', title: 'when the WebSocket is open', act: cancel },
  {
    id: 'mid-frame',
    title: 'in the middle of a frame',
    act: (talk) => {
      talk.link.data(talk.stream, talk.tester.frame(text(HELLO)).subarray(0, 8));
      cancel(talk);
    },
  },
  {
    id: 'after-close',
    title: 'directly after a close frame',
    act: (talk) => {
      talk.link.data(talk.stream, talk.tester.frame(close(writeCloseBody(1000))));
      cancel(talk);
    },
  },
  {
    id: 'after-end',
    title: 'directly after END_STREAM',
    act: ({ link, stream }) => {
      link.data(stream, EMPTY, { end: true });
      link.rst(stream.id, HTTP2_ERROR.cancel);
    },
  },
  {
    id: 'before-answer',
    title: 'of another request, directly after it',
    act: ({ link, http2 }) => link.open(http2.fields()).abort(HTTP2_ERROR.cancel),
  },
];

/** An error of a stream is none of the others (RFC 9113 §5.4.2). */
const RESETTING: readonly Case[] = RESETS.map(({ id, title, act }) =>
  talking(
    {
      id: `h2.reset-${id}`,
      peers: ['server'],
      rfc: 'RFC 9113 §5.4.2',
      title: `RST_STREAM ${title}; then another WebSocket on the same connection`,
      expected: 'the other WebSocket is served',
    },
    async (talk) => {
      const { bench, http2, link } = talk;
      act(talk);
      const other = await opening(bench, http2, link);
      if ('behavior' in other) return http2Verdict(talk, 'FAILED', other.actual);
      const isAlive = await isServed(other);
      return http2Verdict(
        talk,
        isAlive ? 'OK' : 'FAILED',
        isAlive ? 'the other one was served' : `the other one answered no ping: ${stateText(other)}`,
      );
    },
  ),
);

export const H2_END_CASES: readonly Case[] = [ENDED, ...ENDING, ...RESETTING];
