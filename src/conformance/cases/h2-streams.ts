import { HTTP2_ERROR, HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import { HTTP2_FLAG, HTTP2_TYPE } from '../../codec/http2/http2-frame.js';
import type { Bench, Http2Access } from '../bench/bench.js';
import { OPEN_TIME } from '../bench/open-time.js';
import type { Case, CaseVerdict } from '../case.js';
import { openingVerdict } from '../handshakes/ruling.js';
import type { Http2Link } from '../http2/http2-link.js';
import { outcomeText } from '../http2/http2-server-bench.js';
import {
  http2Case,
  http2Verdict,
  isAccepted,
  notServed,
  oneStalled,
  opening,
  type Http2Talk,
} from '../http2/http2-talk.js';
import { measured, unserved } from '../verdicts/suite.js';

/** Several WebSockets on one connection, and floods of streams and fields (RFC 9113 §5.1.2, §5.2, §10.5). */

/** Opens that number at once; those that are open, and the words of the first that is not. */
async function openMany(
  bench: Bench,
  http2: Http2Access,
  link: Http2Link,
  count: number,
): Promise<{ readonly talks: readonly Http2Talk[]; readonly refused: readonly string[]; readonly isLimit: boolean }> {
  const streams = Array.from({ length: count }, () => link.open(http2.fields()));
  await link.until(() => streams.every((one) => one.isDecided) || link.isOver, OPEN_TIME * bench.patience);
  const not = streams.filter((one) => !isAccepted(one));
  return {
    talks: streams.filter(isAccepted).map((stream) => ({ bench, http2, link, stream, tester: http2.tester(stream) })),
    refused: not.map((stream) => `stream ${stream.id} ${outcomeText(stream, link)}`),
    isLimit: not.every((one) => one.resetCode === HTTP2_ERROR.refusedStream || (one.status ?? 0) >= 400),
  };
}

async function crowd(bench: Bench, http2: Http2Access, count: number): Promise<CaseVerdict> {
  const link = await http2.link();
  const limit = link.settings?.get(HTTP2_SETTING.maxConcurrentStreams) ?? Infinity;
  const most = Math.min(count, limit);
  const { talks, refused, isLimit } = await openMany(bench, http2, link, most);
  const opened = `${talks.length} of ${most} were opened`;
  const words = limit < count ? `${opened} (SETTINGS_MAX_CONCURRENT_STREAMS is ${limit})` : opened;
  const wrong = await notServed(talks, words);
  if (wrong) return wrong;
  // A server may refuse what is too much for it (RFC 9113 §8.7).
  if (refused.length > 0)
    return http2Verdict({ link }, isLimit ? 'INFORMATIONAL' : 'FAILED', `${words}: ${refused[0]}`);
  return http2Verdict({ link }, 'OK', `${words}, and each answered its ping`);
}

const SEVERAL = http2Case(
  {
    id: 'h2.streams-4',
    rfc: 'RFC 8441 §4',
    title: 'Four WebSockets at one time on one connection, each pinged',
    expected: 'each is opened, and gets its own pong',
  },
  (bench, http2) => crowd(bench, http2, 4),
);

const HUNDRED = http2Case(
  {
    id: 'h2.streams-100',
    rfc: 'RFC 9113 §5.1.2',
    title: '100 WebSockets at one time on one connection, or as many as the server allows, each pinged',
    expected: 'each is opened, and gets its own pong',
    traits: ['alone'],
  },
  (bench, http2) => crowd(bench, http2, 100),
);

/** Limits above that are not tried. */
const MOST_LIMIT = 500;
const LIMIT = http2Case(
  {
    id: 'h2.streams-limit',
    rfc: 'RFC 9113 §5.1.2',
    title: 'One WebSocket more than SETTINGS_MAX_CONCURRENT_STREAMS allows',
    expected: 'one is refused: RST_STREAM REFUSED_STREAM or PROTOCOL_ERROR',
    traits: ['unsafe', 'alone'],
  },
  async (bench, http2) => {
    const link = await http2.link();
    const limit = link.settings?.get(HTTP2_SETTING.maxConcurrentStreams);
    if (limit === undefined) return openingVerdict('UNIMPLEMENTED', 'the server announces no limit');
    if (limit > MOST_LIMIT) return openingVerdict('UNIMPLEMENTED', `the limit of ${limit} is not tried`);
    // The setting has to be known to be applied: it is, as our first streams follow its acknowledgement.
    const { talks, refused } = await openMany(bench, http2, link, limit + 1);
    if (talks.length > limit)
      return http2Verdict({ link }, 'FAILED', `${talks.length} were opened, ${limit} are allowed`);
    return http2Verdict({ link }, 'OK', refused[0] ?? 'one was refused');
  },
);

const STALLED = http2Case(
  {
    id: 'h2.streams-stalled',
    rfc: 'RFC 9113 §5.2.1',
    title:
      'Two WebSockets on one connection; the first is pinged and its window is 0, the second is pinged and may answer',
    expected: 'the second answers: a stream does not wait for another one',
    level: 'SHOULD',
  },
  async (bench, http2) => {
    const link = await http2.link({ settings: [[HTTP2_SETTING.initialWindowSize, 0]], holds: 'streams' });
    const stalled = await opening(bench, http2, link);
    if ('behavior' in stalled) return stalled;
    const other = await opening(bench, http2, link);
    if ('behavior' in other) return other;
    return oneStalled(stalled, other);
  },
);

/** Seconds for what floods to be written. */
const FLOOD_TIME = 2;

interface FloodRow {
  readonly id: string;
  readonly rfc: string;
  readonly title: string;
  act(this: void, link: Http2Link, http2: Http2Access): void;
}

const RESETS = 500;
const CONTINUATIONS = 2000;
const BOMB = 16_000;

const FLOODS: readonly FloodRow[] = [
  {
    id: 'flood-rapid-reset',
    rfc: 'RFC 9113 §10.5',
    title: `${RESETS} requests, each reset at once`,
    act: (link, http2) => {
      for (let i = 0; i < RESETS && !link.isOver; i++) link.open(http2.fields()).abort(8);
    },
  },
  {
    id: 'flood-continuation',
    rfc: 'RFC 9113 §10.5.1',
    title: `A field block in ${CONTINUATIONS} CONTINUATION frames that does not end`,
    act: (link, http2) => {
      const stream = link.newStream();
      const more = link.encoder.encode([{ name: 'x-wsinspect', value: 'a'.repeat(200), form: 'plain' }]);
      link.frame(HTTP2_TYPE.headers, stream.id, link.encoder.encode(http2.fields()));
      for (let i = 0; i < CONTINUATIONS && !link.end; i++) link.frame(HTTP2_TYPE.continuation, stream.id, more);
    },
  },
  {
    id: 'flood-header-bomb',
    rfc: 'RFC 9113 §10.5.1',
    title: `A field block of ${BOMB} bytes that stand for some 60 MiB of fields`,
    act: (link, http2) => {
      const stream = link.newStream();
      const first = link.encoder.encode([...http2.fields(), { name: 'x-wsinspect', value: 'a'.repeat(3900) }]);
      link.frame(HTTP2_TYPE.headers, stream.id, first);
      // The newest entry of the table, over and over (RFC 7541 §6.1).
      link.frame(HTTP2_TYPE.continuation, stream.id, new Uint8Array(BOMB).fill(0xbe), HTTP2_FLAG.endHeaders);
    },
  },
  {
    id: 'flood-settings',
    rfc: 'RFC 9113 §10.5',
    title: '5000 SETTINGS frames',
    act: (link) => {
      for (let i = 0; i < 5000 && !link.isOver; i++) link.sendSettings([]);
    },
  },
];

const FLOODING: readonly Case[] = FLOODS.map(({ id, rfc, title, act }) =>
  http2Case(
    {
      id: `h2.${id}`,
      rfc,
      title,
      expected: 'the server limits it, and a new connection is served',
      level: 'SHOULD',
      traits: ['unsafe', 'alone'],
    },
    async (bench, http2) => {
      const link = await http2.link();
      let problem: string | undefined;
      const cost = await measured(bench, async () => {
        act(link, http2);
        await link.until(() => link.isOver, FLOOD_TIME * bench.patience);
        problem = await unserved(bench);
      });
      const words = [
        problem ?? 'a new connection was served',
        link.isOver ? 'the server ended the flood' : 'the flood was taken',
        cost,
      ];
      return openingVerdict(
        problem ? 'FAILED' : link.isOver ? 'OK' : 'INFORMATIONAL',
        words.filter(Boolean).join('; '),
      );
    },
  ),
);

export const H2_STREAM_CASES: readonly Case[] = [SEVERAL, STALLED, HUNDRED, LIMIT, ...FLOODING];
