import { areSameBytes } from '../verdicts/autobahn-verdict.js';
import { notOpened, ping } from '../verdicts/autobahn.js';
import { plainCase, type About } from '../verdicts/suite.js';
import { openingVerdict } from '../handshakes/ruling.js';
import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Behavior, Case, CaseVerdict } from '../case.js';
import { HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import type { Bench, Http2Access, LinkChoice, ServedStream } from '../bench/bench.js';
import { OPEN_TIME } from '../bench/open-time.js';
import type { Tester } from '../bench/tester.js';
import type { Http2Link } from './http2-link.js';
import type { LinkField } from './link-writer.js';
import type { LinkStream } from './link-stream.js';
import type { SectionForm } from './written-frames.js';
import { outcomeText } from './http2-server-bench.js';

/** A WebSocket on a connection of HTTP/2, with everything below it. */
export interface Http2Talk {
  readonly bench: Bench;
  readonly http2: Http2Access;
  readonly link: Http2Link;
  readonly stream: LinkStream;
  readonly tester: Tester;
}

/** Seconds for an answer in the stream. */
export const ANSWER_TIME = 2;
/** Seconds without anything after which nothing is considered to come. */
export const QUIET_TIME = 0.5;

export const HELLO = encodeUtf8('Hello');

/** What a case about HTTP/2 has. */
export type AboutHttp2 = Omit<About, 'peers' | 'http'>;

/** A case about HTTP/2 with a server, of any course. */
export function http2Case(about: AboutHttp2, run: (bench: Bench, http2: Http2Access) => Promise<CaseVerdict>): Case {
  return plainCase({ ...about, peers: ['server'], http: '2' }, async (bench) => {
    if (!bench.http2) throw new Error('it is a case about HTTP/2');
    return run(bench, bench.http2);
  });
}

/** The same with a client, whose stream was not answered yet. */
export function servedCase(
  about: AboutHttp2,
  run: (bench: Bench, http2: Http2Access, served: ServedStream) => Promise<CaseVerdict>,
): Case {
  return plainCase({ ...about, peers: ['client'], http: '2' }, async (bench) => {
    if (!bench.http2?.served) throw new Error('it is a case about a client over HTTP/2');
    return run(bench, bench.http2, bench.http2.served);
  });
}

/** The same with a WebSocket that is open, of a server and of a client. */
export function talking(
  { peers = ['server', 'client'], ...about }: Omit<About, 'http'>,
  run: (talk: Http2Talk) => Promise<CaseVerdict>,
  choice: LinkChoice = {},
): Case {
  return plainCase({ ...about, peers, http: '2' }, async (bench) => {
    const { http2 } = bench;
    if (!http2) throw new Error('it is a case about HTTP/2');
    if (http2.served) return run(await answering(bench, http2, http2.served, choice));
    const opened = await opening(bench, http2, await http2.link(choice));
    return 'behavior' in opened ? opened : run(opened);
  });
}

/** Accepts a client's request. */
export async function answering(
  bench: Bench,
  http2: Http2Access,
  { link, stream }: ServedStream,
  { settings = [], holds }: LinkChoice = {},
): Promise<Http2Talk> {
  link.holds = holds;
  stream.holdsWindow = holds !== undefined;
  for (const [id, value] of settings) if (id === HTTP2_SETTING.initialWindowSize) link.resizeWindows(value);
  // The client has our first ones: these are others, and apply once they are acknowledged.
  if (settings.length > 0) link.sendSettings(settings);
  await link.until(() => link.settingsAcks >= link.settingsSent || link.isOver, ANSWER_TIME * bench.patience);
  link.section(stream, http2.fields());
  return { bench, http2, link, stream, tester: http2.tester(stream) };
}

/** Opens a WebSocket on a connection; a verdict where that is not possible. */
export async function opening(
  bench: Bench,
  http2: Http2Access,
  link: Http2Link,
  change: (fields: readonly LinkField[]) => readonly LinkField[] = (fields) => fields,
  form?: SectionForm,
): Promise<Http2Talk | CaseVerdict> {
  const stream = link.open(change(http2.fields()), form);
  await link.until(() => stream.isDecided || link.isOver, OPEN_TIME * bench.patience);
  if (!isAccepted(stream)) return notOpened({ problem: `the extended CONNECT ${outcomeText(stream, link)}` });
  return { bench, http2, link, stream, tester: http2.tester(stream) };
}

export function isAccepted({ status }: LinkStream): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** A verdict; a rule of HTTP/2 that the peer has broken meanwhile is a failure. */
export function http2Verdict({ link }: Pick<Http2Talk, 'link'>, behavior: Behavior, actual: string): CaseVerdict {
  const [fault] = link.faults;
  if (!fault) return openingVerdict(behavior, actual);
  return {
    ...openingVerdict('FAILED', `${actual}; ${fault.text} (${fault.rfc})`),
    fault: 'what comes breaks a rule of HTTP/2',
  };
}

/** Whether a pong of that payload comes. */
export function pongComes(
  { bench, tester }: Pick<Http2Talk, 'bench' | 'tester'>,
  payload: Uint8Array,
  seconds = ANSWER_TIME,
): Promise<boolean> {
  const isThere = (): boolean =>
    tester.received.some((one) => one.what === 'pong' && areSameBytes(one.payload, payload));
  return tester.until(isThere, seconds * bench.patience);
}

/** Whether the WebSocket answers a ping: it is open, and not stuck. */
export async function isServed(talk: Pick<Http2Talk, 'bench' | 'tester'>, payload = HELLO): Promise<boolean> {
  await talk.tester.send(ping(payload));
  return pongComes(talk, payload);
}

/** Pings WebSockets of one connection at once, each with its own number: the verdict where one does not answer its own. */
export async function notServed(talks: readonly Http2Talk[], words: string): Promise<CaseVerdict | undefined> {
  const answered = await Promise.all(talks.map((talk, i) => isServed(talk, Uint8Array.of(i >> 8, i & 0xff))));
  const silent = talks.filter((_, i) => !answered[i]);
  const [one] = silent;
  if (one) return http2Verdict(one, 'FAILED', `${words}; ${silent.length} answered no ping: ${stateText(one)}`);
  const mixed = talks.find(({ tester, stream }) => tester.received.length > 1 && stream.received > 0);
  return mixed && http2Verdict(mixed, 'FAILED', `${words}; stream ${mixed.stream.id} got a pong of another one`);
}

/** Two WebSockets of a connection with windows of 0: the first is pinged, then the second, which may answer. */
export async function oneStalled(stalled: Http2Talk, other: Http2Talk): Promise<CaseVerdict> {
  const { link, bench } = other;
  await stalled.tester.send(ping(HELLO));
  await link.until(() => link.isOver, QUIET_TIME * bench.patience);
  other.stream.give(1000);
  if (!(await isServed(other)))
    return http2Verdict(other, 'FAILED', `the second one did not answer: ${stateText(other)}`);
  stalled.stream.give(1000);
  if (await isServed(stalled, Uint8Array.of(2)))
    return http2Verdict(other, 'OK', 'the second one answered, and the first one when its window was open');
  const words = `the first one did not answer when its window was open: ${stateText(stalled)}`;
  return http2Verdict(other, 'FAILED', words);
}

/** What became of the stream and the connection, where an answer was waited for. */
export function stateText({ stream, link }: Pick<Http2Talk, 'stream' | 'link'>): string {
  if (stream.resetCode !== undefined || link.goaway || link.end) return outcomeText({ ...closedView(stream) }, link);
  return stream.isOver ? `the ${link.peer} ended the stream` : 'nothing came';
}

/** Without its head, which was there before. */
function closedView(stream: LinkStream): Parameters<typeof outcomeText>[0] {
  return { status: undefined, head: undefined, resetCode: stream.resetCode, isOver: stream.isOver };
}
