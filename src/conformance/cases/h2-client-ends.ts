import { goawayText, HTTP2_ERROR, HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import { HTTP2_FLAG, HTTP2_TYPE } from '../../codec/http2/http2-frame.js';
import { writeCloseBody } from '../../codec/messages/close.js';
import type { Case, CaseVerdict } from '../case.js';
import { openingVerdict } from '../handshakes/ruling.js';
import type { Http2Link } from '../http2/http2-link.js';
import {
  ANSWER_TIME,
  HELLO,
  http2Verdict,
  isServed,
  QUIET_TIME,
  talking,
  type Http2Talk,
} from '../http2/http2-talk.js';
import { close, text } from '../verdicts/autobahn.js';

/** Resets, GOAWAY, PUSH_PROMISE and floods towards a client (RFC 9113 §5.4.2, §6.6, §6.8, §10.5). */

const CLIENT = ['client'] as const;
const EMPTY = new Uint8Array(0);

interface ClientResetRow {
  readonly id: string;
  readonly title: string;
  act(this: void, talk: Http2Talk): void;
}

const RESETS: readonly ClientResetRow[] = [
  { id: 'open', title: 'when the WebSocket is open', act: () => undefined },
  {
    id: 'mid-frame',
    title: 'in the middle of a frame',
    act: ({ link, stream, tester }) => link.data(stream, tester.frame(text(HELLO)).subarray(0, 4)),
  },
  {
    id: 'after-close',
    title: 'directly after a close frame',
    act: ({ link, stream, tester }) => link.data(stream, tester.frame(close(writeCloseBody(1000)))),
  },
];

/** An error of a stream is none of the connection: whoever needs it no more may end it, in order. */
const RESETTING = RESETS.map(({ id, title, act }) =>
  talking(
    {
      id: `h2.client-reset-${id}`,
      rfc: 'RFC 9113 §5.4.2',
      title: `RST_STREAM ${title}; then PING on the connection`,
      expected:
        'the client answers PING, or ends the connection in order (GOAWAY NO_ERROR, or the end of TCP); nothing comes on the stream',
      peers: CLIENT,
    },
    async (talk) => {
      const { link, stream, bench } = talk;
      act(talk);
      link.rst(stream.id, HTTP2_ERROR.cancel);
      stream.hasEnded = true;
      const hasAnswered = await pinged(link, bench.patience);
      const { goaway, end } = link;
      if (goaway && goaway.code !== HTTP2_ERROR.noError)
        return http2Verdict(talk, 'FAILED', `${goawayText(goaway)} came`);
      if (hasAnswered) return http2Verdict(talk, 'OK', 'the connection goes on: PING was answered');
      if (goaway || end === 'fin') return http2Verdict(talk, 'OK', 'the client ended the connection in order');
      if (end === 'reset') return http2Verdict(talk, 'NON-STRICT', 'the client reset the connection');
      return http2Verdict(talk, 'FAILED', 'PING was not answered');
    },
  ),
);

/** Whether PING is acknowledged: what was sent before it was read. */
async function pinged(link: Http2Link, patience: number): Promise<boolean> {
  const before = link.pongs.length;
  link.frame(HTTP2_TYPE.ping, 0, new Uint8Array(8));
  return link
    .until(() => link.pongs.length > before || link.isOver || link.goaway !== undefined, ANSWER_TIME * patience)
    .then(() => link.pongs.length > before);
}

const REFUSED_BY_GOAWAY = talking(
  {
    id: 'h2.goaway-unprocessed',
    rfc: 'RFC 9113 §6.8',
    title: 'GOAWAY whose last stream is 0 while the WebSocket is open: its stream was not processed',
    expected: 'the client takes the stream as closed',
    level: 'SHOULD',
    peers: CLIENT,
  },
  async (talk) => {
    const { link, stream, bench } = talk;
    link.sendGoaway(0);
    await link.until(() => stream.isOver || link.end !== undefined, QUIET_TIME * bench.patience);
    if (stream.isOver || link.end) return http2Verdict(talk, 'OK', 'it ended the stream');
    const isAlive = await isServed(talk);
    return http2Verdict(talk, 'FAILED', isAlive ? 'the WebSocket goes on' : 'the stream was left open');
  },
);

/** RFC 9113 §8.4: whoever has forbidden it treats it as an error; who has not gets a request that can't be trusted. */
const PUSHED = talking(
  {
    id: 'h2.push-promise-forbidden',
    rfc: 'RFC 9113 §6.6',
    title: 'PUSH_PROMISE on the stream, where the client has set SETTINGS_ENABLE_PUSH to 0',
    expected: 'the client ends the connection: GOAWAY PROTOCOL_ERROR',
    peers: CLIENT,
  },
  async (talk) => {
    const { link, stream, bench } = talk;
    if (link.settings?.get(HTTP2_SETTING.enablePush) !== 0)
      return openingVerdict('UNIMPLEMENTED', 'the client allows PUSH_PROMISE');
    const request = link.encoder.encode([
      { name: ':method', value: 'GET' },
      { name: ':scheme', value: bench.isSecure ? 'https' : 'http' },
      { name: ':authority', value: 'localhost' },
      { name: ':path', value: '/' },
    ]);
    link.frame(HTTP2_TYPE.pushPromise, stream.id, [0, 0, 0, 2, ...request], HTTP2_FLAG.endHeaders);
    const hasAnswered = await pinged(link, bench.patience);
    const { goaway, end } = link;
    if (goaway && goaway.code !== HTTP2_ERROR.noError)
      return http2Verdict(talk, goaway.code === HTTP2_ERROR.protocolError ? 'OK' : 'NON-STRICT', goawayText(goaway));
    if (end) return http2Verdict(talk, 'OK', 'the client ended the connection');
    return http2Verdict(talk, 'FAILED', hasAnswered ? 'the connection goes on' : 'nothing came');
  },
);

interface ClientFloodRow {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  act(this: void, talk: Http2Talk): void;
}

const CONTINUATIONS = 2000;
const BOMB = 16_000;
const FLOODS: readonly ClientFloodRow[] = [
  {
    id: 'continuation',
    rfc: 'RFC 9113 §10.5.1',
    title: `Trailers in ${CONTINUATIONS} CONTINUATION frames that do not end`,
    act: ({ link, stream }) => {
      const more = link.encoder.encode([{ name: 'x-wsinspect', value: 'a'.repeat(200), form: 'plain' }]);
      link.frame(HTTP2_TYPE.headers, stream.id, more, HTTP2_FLAG.endStream);
      for (let i = 0; i < CONTINUATIONS && !link.end; i++) link.frame(HTTP2_TYPE.continuation, stream.id, more);
    },
  },
  {
    id: 'header-bomb',
    rfc: 'RFC 9113 §10.5.1',
    title: `Trailers of ${BOMB} bytes that stand for some 60 MiB of fields`,
    act: ({ link, stream }) => {
      const first = link.encoder.encode([{ name: 'x-wsinspect', value: 'a'.repeat(3900) }]);
      link.frame(HTTP2_TYPE.headers, stream.id, first, HTTP2_FLAG.endStream);
      // The newest entry of the table, over and over (RFC 7541 §6.1).
      link.frame(HTTP2_TYPE.continuation, stream.id, new Uint8Array(BOMB).fill(0xbe), HTTP2_FLAG.endHeaders);
    },
  },
  {
    id: 'empty-data',
    rfc: 'RFC 9113 §10.5',
    title: '5000 empty DATA frames',
    act: ({ link, stream }) => {
      for (let i = 0; i < 5000 && !link.isOver; i++) link.data(stream, EMPTY);
    },
  },
  {
    id: 'settings',
    rfc: 'RFC 9113 §10.5',
    title: '5000 SETTINGS frames',
    act: ({ link }) => {
      for (let i = 0; i < 5000 && !link.isOver; i++) link.sendSettings([]);
    },
  },
];

const FLOODING = FLOODS.map(({ id, rfc, title, act }) =>
  talking(
    {
      ...{ id: `h2.client-flood-${id}`, rfc, title },
      expected: 'the client ends the stream or the connection, or still answers a PING of HTTP/2 after it',
      level: 'SHOULD',
      traits: ['unsafe', 'alone'],
      peers: CLIENT,
    },
    async (talk): Promise<CaseVerdict> => {
      const { link, stream, bench } = talk;
      act(talk);
      const hasAnswered = await pinged(link, bench.patience);
      if (link.isOver || link.goaway || stream.resetCode !== undefined)
        return http2Verdict(talk, 'OK', 'the client ended it');
      if (hasAnswered) return http2Verdict(talk, 'INFORMATIONAL', 'the flood was taken, and PING was answered');
      return http2Verdict(talk, 'FAILED', 'the client did not end it, and answered no PING');
    },
  ),
);

export const H2_CLIENT_END_CASES: readonly Case[] = [...RESETTING, REFUSED_BY_GOAWAY, PUSHED, ...FLOODING];
