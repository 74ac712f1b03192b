import { ByteCollector, concat } from '../../codec/bytes/byte-collector.js';
import { encodeBase64 } from '../../codec/bytes/base64.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { DEFAULT_HEAD_LIMIT, HeadReader } from '../../codec/http1/head-reader.js';
import type { Head, RequestHead, ResponseHead } from '../../codec/http1/head.js';
import { parseHead } from '../../codec/http1/head.js';
import { latin1 } from '../../codec/http1/text.js';
import { readHandshake, type Handshake } from '../../codec/handshake/handshake.js';
import { explain, isFinding } from '../../rules/catalogue.js';
import { judgeHandshake } from '../../rules/handshake/rules.js';
import { deliver, Watch } from './delivery.js';
import type { Bench, Fresh, NotOpened, BenchOpenOptions } from './bench.js';
import type { Tools } from './tools.js';
import { Exchange } from './exchange.js';
import { headBytes, withHeaders, type HeadParts } from '../handshakes/heads.js';
import { OPEN_TIME } from './open-time.js';
import { Tester } from './tester.js';
import type { Wire } from './wire.js';

export interface ServerBenchOptions {
  readonly tools: Tools;
  readonly patience: number;
  /** The request without its key, as the user's options make it. */
  readonly head: HeadParts;
  /** The connection is TLS. */
  readonly isSecure?: boolean;
  random(this: void): number;
  /** Seconds that an opening handshake may take, before patience. */
  readonly openTime?: number;
  /** A new connection; throws where there is none. */
  dial(this: void): Promise<Wire>;
}

/** Connects to a server: the tester is the client. One for each case; `exchanges` has the bytes. */
export class ServerBench implements Bench {
  readonly peer = 'server';
  readonly exchanges: Exchange[] = [];
  /** The last one, in any state. */
  handshake: Handshake | undefined;
  protected readonly wires: Wire[] = [];

  constructor(protected readonly options: ServerBenchOptions) {}

  get tools(): Tools {
    return this.options.tools;
  }

  get isSecure(): boolean {
    return this.options.isSecure === true;
  }

  get patience(): number {
    return this.options.patience;
  }

  random(): number {
    return this.options.random();
  }

  /** The request, with a fresh key (RFC 6455 §4.1). */
  head(): HeadParts {
    const key = Uint8Array.from({ length: 16 }, () => Math.floor(this.random() * 256));
    return withHeaders(this.options.head, { 'Sec-WebSocket-Key': encodeBase64(key) });
  }

  async connect(): Promise<Fresh> {
    const wire = await this.options.dial();
    this.wires.push(wire);
    const exchange = new Exchange(this.tools.now, this.exchanges.length);
    this.exchanges.push(exchange);
    return { wire, exchange };
  }

  accept(): never {
    throw new Error('a server is tested');
  }

  async open({ extensions }: BenchOpenOptions = {}): Promise<Tester | NotOpened> {
    const fresh = await this.connect();
    const { wire, exchange } = fresh;
    const request = headBytes(withHeaders(this.head(), { 'Sec-WebSocket-Extensions': extensions }));
    const answer = await ask(fresh, request, (this.options.openTime ?? OPEN_TIME) * this.patience);
    const handshake = readHandshake({
      request: parseHead(request) as RequestHead,
      ...(answer.head && { response: answer.head }),
      acceptOf: this.tools.acceptOf,
    });
    this.handshake = handshake;
    const problem = problemOf(handshake, answer);
    if (problem !== undefined) {
      wire.drop();
      const { began, end } = answer;
      const foreign = isForeign(answer) && ({ isForeign: true } as const);
      return { problem, handshake, ...(end && { end }), ...(began && { began }), ...foreign };
    }
    const { tools } = this;
    const random = (): number => this.random();
    return new Tester({ wire, exchange, role: 'client', tools, deflate: handshake.deflate, random }, answer.rest);
  }

  /** Ends what a case left open. */
  close(): void {
    for (const wire of this.wires) wire.drop();
  }
}

/** The answer to a request. */
export interface Answer {
  readonly head?: ResponseHead;
  /** Bytes after the head. */
  readonly rest: Uint8Array;
  /** How the connection ended, if it ended first. */
  readonly end?: 'fin' | 'reset';
  /** The first bytes that came, where they are no head so far. */
  readonly began?: Uint8Array;
  /** They exceed the length of a head. */
  readonly tooLarge?: boolean;
}

/** Bytes after a head that are kept, some more or less. */
const MOST_REST = 1024 * 1024;
/** Of what is no HTTP, what a message shows. */
const MOST_SHOWN = { text: 60, bytes: 16 };
/** How an answer of HTTP/1 begins. */
const HTTP_START = 'HTTP/';
const STATUS_LINE = /^HTTP\/\d\.\d\s+\d{3}(?!\d)/;
/** The same of what is no head. */
const MOST_BEGAN = 256;

/** Writes a request, in pieces of `chop` bytes where that is given, and reads the head that answers it: all within this number of seconds. */
export async function ask(fresh: Fresh, request: Uint8Array, seconds: number, chop?: number): Promise<Answer> {
  const { wire, exchange } = fresh;
  let reader = new HeadReader({ kind: 'response' });
  let head: Head | undefined;
  const after: Uint8Array[] = [];
  let size = 0;
  let end: Answer['end'];
  const began = new ByteCollector(MOST_BEGAN);
  const watch = new Watch(() => head !== undefined || end !== undefined || reader.tooLarge, seconds);
  wire.listen({
    bytes: (chunk) => {
      exchange.add('peer', chunk);
      began.push(chunk);
      if (head && size < MOST_REST) after.push(chunk);
      size += head ? chunk.length : 0;
      let result = head ? undefined : reader.push(chunk);
      // RFC 9110 §15.2: the final answer comes after the interim ones.
      for (; result && isInterim(result.head); result = reader.push(result.rest)) {
        reader = new HeadReader({ kind: 'response' });
      }
      if (result) {
        head = result.head;
        after.push(result.rest.slice());
      }
      watch.notify();
    },
    ended: (how) => {
      end = how;
      watch.notify();
    },
  });
  await deliver(fresh, request, watch, chop);
  await watch.until(watch.isOver, Infinity);
  watch.end();
  const { tooLarge } = reader;
  return {
    ...(head ? { head: head as ResponseHead } : { ...(began.seen > 0 && { began: began.bytes() }), tooLarge }),
    rest: concat(after),
    ...(end && { end }),
  };
}

function isInterim(head: Head): boolean {
  const { status = 0 } = head as ResponseHead;
  return status >= 100 && status < 200 && status !== 101;
}

/** RFC 9112 §4: a response begins with its version, and its first line has a status. Empty lines may come first (§2.2). */
function isForeign({ head, began, tooLarge }: Answer): boolean {
  if (head !== undefined) return !STATUS_LINE.test(head.line);
  if (began === undefined) return false;
  const start = latin1(began)
    .replace(/^[\r\n]+/, '')
    .slice(0, HTTP_START.length);
  return tooLarge === true || !HTTP_START.startsWith(start);
}

function problemOf(handshake: Handshake, answer: Answer): string | undefined {
  const { head } = answer;
  if (head === undefined) return silence(answer);
  if (isForeign(answer))
    return `what came is no HTTP: it begins ${JSON.stringify(head.line.slice(0, MOST_SHOWN.text))}`;
  if (!handshake.upgraded) return `refused with ${head.status ?? head.line}`;
  const fault = judgeHandshake(handshake).find((one) => one.side === 'response' && isFinding(one, false));
  return fault && explain(fault).message;
}

function shownStart(bytes: Uint8Array): string {
  const [line] = /^[ -~]{4,}/.exec(latin1(bytes.subarray(0, MOST_SHOWN.text))) ?? [];
  return line === undefined
    ? `with the bytes ${hexOf(bytes.subarray(0, MOST_SHOWN.bytes), ' ')}`
    : JSON.stringify(line);
}

function silence(answer: Answer): string {
  const { end, began, tooLarge } = answer;
  if (isForeign({ ...answer, tooLarge: false })) return `what came is no HTTP: it begins ${shownStart(began!)}`;
  if (tooLarge) return `the head of the answer has no end: more than ${DEFAULT_HEAD_LIMIT / 1024} KiB came`;
  if (end !== undefined)
    return `the connection ended (${end}) before ${began ? 'the head of the answer was whole' : 'an answer came'}`;
  return began ? 'what came is no head of HTTP, or was not whole in time' : 'no answer came in time';
}
