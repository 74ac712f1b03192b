import { HTTP2_ERROR, HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import type { Bench, Http2Access, LinkChoice, ServedStream } from '../bench/bench.js';
import type { Case, CaseVerdict } from '../case.js';
import { openingVerdict } from '../handshakes/ruling.js';
import {
  answering,
  http2Verdict,
  isServed,
  notServed,
  oneStalled,
  QUIET_TIME,
  servedCase,
  stateText,
  type AboutHttp2,
  type Http2Talk,
} from '../http2/http2-talk.js';
import type { LinkStream } from '../http2/link-stream.js';

/** Several WebSockets that a client opens on one connection, with requests for the same case (RFC 9113 §5). */

const TOO_FEW =
  'the client opened one WebSocket on the connection: it takes two or more, with the same request (connect --streams 2)';

/** What a client has opened: the first is accepted, the others are not answered. */
interface SeveralStreams {
  readonly first: Http2Talk;
  readonly others: readonly LinkStream[];
  accept(this: void, stream: LinkStream): Promise<Http2Talk>;
}

function severalCase(
  about: AboutHttp2,
  run: (streams: SeveralStreams) => Promise<CaseVerdict>,
  choice: LinkChoice = {},
): Case {
  return servedCase({ ...about, traits: ['several'] }, async (bench, http2, served) => {
    const streams = await gathered(bench, http2, served, choice);
    return streams.others.length === 0 ? openingVerdict('UNIMPLEMENTED', TOO_FEW) : run(streams);
  });
}

/** A client may wait for the first answer before it opens another stream. */
async function gathered(
  bench: Bench,
  http2: Http2Access,
  served: ServedStream,
  choice: LinkChoice,
): Promise<SeveralStreams> {
  const { link, further } = served;
  const first = await answering(bench, http2, served, choice);
  await link.until(() => further.opened.length > 0 || link.isOver, QUIET_TIME * bench.patience);
  further.refuseMore();
  // The settings are the connection's: they were sent with the first.
  const accept = (stream: LinkStream): Promise<Http2Talk> =>
    answering(bench, http2, { ...served, stream }, { ...choice, settings: [] });
  return { first, others: further.opened, accept };
}

const ALL = severalCase(
  {
    id: 'h2.client-streams',
    rfc: 'RFC 8441 §4',
    title: 'All WebSockets that the client opens on one connection with this request, each pinged',
    expected: 'each sends its own pong',
  },
  async ({ first, others, accept }) => {
    const talks = [first];
    for (const stream of others) talks.push(await accept(stream));
    const words = `${talks.length} were opened`;
    return (await notServed(talks, words)) ?? http2Verdict(first, 'OK', `${words}, and each answered its ping`);
  },
);

const STALLED = severalCase(
  {
    id: 'h2.client-streams-stalled',
    rfc: 'RFC 9113 §5.2.1',
    title: 'The window of the first of two WebSockets is 0 and it is pinged; the second is pinged and may answer',
    expected: 'the second answers: a stream does not wait for another one',
    level: 'SHOULD',
  },
  async ({ first, others, accept }) => oneStalled(first, await accept(others[0]!)),
  { settings: [[HTTP2_SETTING.initialWindowSize, 0]], holds: 'streams' },
);

interface EndRow {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  act(this: void, streams: SeveralStreams): void | Promise<void>;
}

const ENDS: readonly EndRow[] = [
  {
    id: 'refused',
    rfc: 'RFC 9113 §5.4.2',
    title: 'The second of two WebSockets is answered with RST_STREAM REFUSED_STREAM; then the first is pinged',
    act: ({ others }) => others[0]!.abort(HTTP2_ERROR.refusedStream),
  },
  {
    id: 'reset',
    rfc: 'RFC 9113 §5.4.2',
    title: 'The second of two open WebSockets is reset: RST_STREAM CANCEL; then the first is pinged',
    act: async ({ others, accept }) => (await accept(others[0]!)).stream.abort(HTTP2_ERROR.cancel),
  },
  {
    id: 'goaway',
    rfc: 'RFC 9113 §6.8',
    title: 'GOAWAY NO_ERROR, by which the first of two WebSockets is the last stream; then the first is pinged',
    act: ({ first }) => first.link.sendGoaway(first.stream.id),
  },
];

const ENDING = ENDS.map(({ id, rfc, title, act }) =>
  severalCase(
    {
      ...{ id: `h2.client-streams-${id}`, rfc, title },
      expected: 'the first answers: it has nothing to do with the end of the other one',
      level: 'SHOULD',
    },
    async (streams) => {
      const { first } = streams;
      await act(streams);
      const hasAnswered = await isServed(first);
      if (!hasAnswered) return http2Verdict(first, 'FAILED', `the first one did not answer: ${stateText(first)}`);
      if (first.link.isOver) return http2Verdict(first, 'FAILED', `the first one answered, but ${stateText(first)}`);
      return http2Verdict(first, 'OK', 'the first one answered');
    },
  ),
);

export const H2_CLIENT_STREAM_CASES: readonly Case[] = [ALL, STALLED, ...ENDING];
