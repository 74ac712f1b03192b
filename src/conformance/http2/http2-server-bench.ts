import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { DeflateParameters } from '../../codec/handshake/deflate-params.js';
import { readHandshake, type Handshake } from '../../codec/handshake/handshake.js';
import type { RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { latin1 } from '../../codec/http1/text.js';
import { goawayText, http2ErrorName } from '../../codec/http2/http2-codes.js';
import { http2HeadOf } from '../../codec/http2/http2-heads.js';
import { explain, isFinding } from '../../rules/catalogue.js';
import { judgeHandshake } from '../../rules/handshake/rules.js';
import type { BenchOpenOptions, Http2Access, LinkChoice, NotOpened } from '../bench/bench.js';
import { OPEN_TIME } from '../bench/open-time.js';
import { ServerBench } from '../bench/server-bench.js';
import type { Wire } from '../bench/wire.js';
import { Tester } from '../bench/tester.js';
import { lineParts, valueOf } from '../handshakes/heads.js';
import { Http2Link } from './http2-link.js';
import type { LinkField } from './link-writer.js';
import { valueIn, type LinkStream } from './link-stream.js';

/** What the connection has recorded is not recorded again for its stream. */
export const RECORDED = { add: (): void => undefined };
/** What HTTP/2 has other fields for, or none (RFC 8441 §5, RFC 9113 §8.2.2). */
const LEFT_OUT: ReadonlySet<string> = new Set(['host', 'upgrade', 'connection', 'sec-websocket-key']);

/** Connects to a server over HTTP/2: each WebSocket is the stream of an extended CONNECT, on a connection of its own. */
export class Http2ServerBench extends ServerBench {
  readonly http2: Http2Access = {
    link: (choice) => this.link(choice),
    fields: () => this.fields(),
    tester: (stream, deflate) => this.tester(stream, deflate),
  };

  override async open({ extensions }: BenchOpenOptions = {}): Promise<Tester | NotOpened> {
    const link = await this.begin({}, (wire) => void wire.flushed().then(() => wire.drop()));
    const unfit = unfitness(link);
    if (unfit) return this.given(link, unfit.isRefusal ? await this.tried(link, unfit) : unfit);
    const fields = this.fields();
    const offer = extensions === undefined ? [] : [{ name: 'sec-websocket-extensions', value: extensions }];
    const stream = link.open([...fields, ...offer]);
    const isUnseen = (): boolean => link.goaway !== undefined && link.goaway.last < stream.id;
    await link.until(() => stream.isDecided || link.isOver || isUnseen(), this.answerTime);
    const handshake = handshakeOf([...fields, ...offer], stream);
    this.handshake = handshake;
    const problem = problemOf(handshake, stream, link);
    if (problem) return this.given(link, problem);
    return this.tester(stream, handshake.deflate);
  }

  /** A connection, after the preface of both ends, or after the time for that. */
  private async begin(choice: LinkChoice = {}, left: (wire: Wire) => void = () => undefined): Promise<Http2Link> {
    const { wire, exchange } = await this.connect();
    const link = new Http2Link({ role: 'client', wire, exchange, ...choice, left: () => left(wire) });
    link.begin();
    await link.until(() => link.settings !== undefined || link.foreign !== undefined, this.answerTime);
    return link;
  }

  private async link(choice?: LinkChoice): Promise<Http2Link> {
    const link = await this.begin(choice);
    const unfit = unfitness(link);
    if (unfit) throw new Error(unfit.problem);
    return link;
  }

  private get answerTime(): number {
    return (this.options.openTime ?? OPEN_TIME) * this.patience;
  }

  /** RFC 8441 §4, §5. */
  private fields(): LinkField[] {
    const head = this.options.head;
    const usual: readonly (readonly [string, string])[] = [
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':scheme', this.isSecure ? 'https' : 'http'],
      [':path', lineParts(head).target],
      [':authority', valueOf(head, 'Host')],
    ];
    const others = head.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
    return [...usual, ...others.filter(([name]) => !LEFT_OUT.has(name))].map(([name, value]) => ({
      name,
      value: bytesAsText(value),
    }));
  }

  private tester(stream: LinkStream, deflate?: DeflateParameters): Tester {
    const random = (): number => this.random();
    return new Tester({
      wire: stream,
      exchange: RECORDED,
      isStream: true,
      role: 'client',
      tools: this.tools,
      deflate,
      random,
    });
  }

  /** An extended CONNECT where the server has announced none: what becomes of it is added to the reason. */
  private async tried(link: Http2Link, { problem, ...rest }: NotOpened): Promise<NotOpened> {
    const stream = link.open(this.fields());
    await link.until(() => stream.isDecided || link.isOver, this.answerTime);
    return { ...rest, problem: `${problem}; one that is sent nevertheless ${outcomeText(stream, link)}` };
  }

  private given(link: Http2Link, notOpened: NotOpened): NotOpened {
    link.wire.drop();
    return notOpened;
  }
}

/** HPACK has bytes. */
function bytesAsText(value: string): string {
  const bytes = encodeUtf8(value);
  return latin1(bytes, 0, bytes.length);
}

/** Why there can't be a WebSocket on this connection. */
function unfitness({ settings, foreign, end, connects, faults }: Http2Link): NotOpened | undefined {
  if (foreign !== undefined) {
    const [line = ''] = foreign.split('\r\n');
    return { problem: `what came is no HTTP/2: it begins ${JSON.stringify(line)}`, isForeign: true };
  }
  if (!settings) {
    const [fault] = faults;
    if (fault) return { problem: `${fault.text} (${fault.rfc})`, end: end ?? 'reset' };
    if (end) return { problem: `the connection ended (${end}) before SETTINGS came: the server speaks no HTTP/2`, end };
    return { problem: 'no SETTINGS came in time: the server speaks no HTTP/2' };
  }
  if (connects) return undefined;
  const problem =
    'the server does not announce SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3): no WebSocket is possible over HTTP/2';
  return { problem, isRefusal: true };
}

/** Request and answer of a stream, for the rules. */
export function handshakeOf(fields: readonly LinkField[], stream: LinkStream): Handshake {
  const { head, id } = stream;
  return readHandshake({
    request: http2HeadOf('request', fields, { stream: id }) as RequestHead,
    ...(head && { response: http2HeadOf('response', head.fields, { stream: id }) as ResponseHead }),
  });
}

/** The first fault of an answer, with its code. */
export function answerFault(handshake: Handshake, isWarning = false): string | undefined {
  const found = judgeHandshake(handshake).find((one) => one.side === 'response' && isFinding(one, isWarning));
  if (!found) return undefined;
  const { message, code } = explain(found);
  return `${message} (${code})`;
}

function problemOf(handshake: Handshake, stream: LinkStream, link: Http2Link): NotOpened | undefined {
  if (stream.head === undefined) {
    // What it sent ends the connection for this end, also where it holds TCP open.
    const isEnded = link.isOver || link.goaway !== undefined || link.faults.length > 0;
    const end = stream.end ?? link.end ?? (isEnded ? 'reset' : undefined);
    return { problem: `the extended CONNECT ${outcomeText(stream, link)}`, handshake, ...(end && { end }) };
  }
  const { isOver } = stream;
  const end = isOver ? { end: stream.end! } : {};
  if (!handshake.upgraded) return { problem: `refused with ${stream.status ?? 'no status'}`, handshake, ...end };
  const fault = answerFault(handshake);
  return fault === undefined ? undefined : { problem: fault, handshake };
}

/** What became of a request, in words that follow it. */
export function outcomeText(
  stream: Pick<LinkStream, 'status' | 'head' | 'resetCode' | 'isOver'>,
  link: Pick<Http2Link, 'faults' | 'goaway' | 'end' | 'peer'>,
): string {
  const { status, head, resetCode } = stream;
  if (head) {
    const isAccepted = status !== undefined && status >= 200 && status < 300;
    return `was ${isAccepted ? 'accepted' : 'refused'} with ${status ?? valueIn(head.fields, ':status') ?? 'no status'}`;
  }
  if (resetCode !== undefined) return `was answered with RST_STREAM ${http2ErrorName(resetCode)}`;
  const [fault] = link.faults;
  if (fault) return `was not answered: ${fault.text} (${fault.rfc})`;
  if (link.goaway) return `was answered with ${goawayText(link.goaway)}`;
  if (link.end) return `was not answered: the ${link.peer} ${link.end === 'fin' ? 'ended' : 'reset'} the connection`;
  return stream.isOver ? 'was not answered: the stream was ended' : 'got no answer in time';
}
