import type { RecordingTaker } from '../capture/recording.js';
import { Client, type ClientOptions, type ClientTaker, type Outcome } from '../live/client.js';
import { dial, DialError, type DialStage, type Line } from '../live/dial.js';
import type { Refused } from '../live/refused.js';
import { escapeBytes, escapeText } from '../render/escape.js';
import { headersOf, withoutSecrets } from './connect-headers.js';
import type { Told } from './connect-display.js';
import type { ReachOptions } from './connect-options.js';
import { routeOf } from './connect-route.js';
import type { Target } from './connect-url.js';
import { reasonOf } from './connect-verdict.js';
import { EXIT, UsageError } from './exit.js';
import type { Io } from './io.js';
import { liveReading, perMessageDeflate } from './live-reading.js';

/** What a handshake needs besides the way to get there. */
export interface OpeningOptions extends ReachOptions {
  preview?: number;
  autoPong: boolean;
}

export interface OpeningTaker extends ClientTaker {
  connected(words: string): void;
  /** Keeps what passes. */
  readonly recorder?: RecordingTaker | undefined;
}

export type Opened =
  | { readonly client: Client }
  /** `mayRetry`: another try may well do. */
  | { readonly failure: Told; readonly mayRetry: boolean };

export const STAGE_EXIT: Readonly<Record<DialStage, number>> = {
  'proxy-name': EXIT.proxyName,
  name: EXIT.hostName,
  connect: EXIT.connect,
  tls: EXIT.tls,
  certificate: EXIT.certificate,
  time: EXIT.time,
};

const MOST_REDIRECTS = 10;

/** Opens connections to one target, again and again where it has to. */
export class Opening {
  private number = 0;

  constructor(
    private readonly io: Io,
    private readonly options: OpeningOptions,
    private readonly taker: OpeningTaker,
  ) {}

  /** Until the handshake is done, redirects followed. `signal` gives up. */
  async open(first: Target, signal: AbortSignal): Promise<Opened> {
    let target = first;
    for (let hops = 0; ; hops++) {
      const tried = await this.attempt(target, isSamePlace(first, target), signal);
      if (!('outcome' in tried)) return tried;
      const { outcome } = tried;
      const next = this.options.location ? redirectOf(target, outcome) : undefined;
      if (next === undefined) return failureOf(outcome);
      if (hops === MOST_REDIRECTS) {
        return failed({ message: `more than ${MOST_REDIRECTS} redirects`, exit: EXIT.refused });
      }
      target = next;
    }
  }

  private async attempt(
    target: Target,
    isFirst: boolean,
    signal: AbortSignal,
  ): Promise<Opened | { readonly outcome: Outcome }> {
    // What can't be sent is told before anybody is bothered.
    const request = this.requestTo(target, isFirst);
    const route = await routeOf(this.io, target, this.options);
    let line;
    try {
      line = await dial(route, signal);
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      const exit = STAGE_EXIT[error.stage];
      return failed({ message: error.message, exit }, exit === EXIT.hostName || exit === EXIT.connect);
    }
    this.taker.connected(line.words);
    let opened = (): void => undefined;
    const isOpen = new Promise<'open'>((resolve) => (opened = () => resolve('open')));
    const taker: ClientTaker = {
      record: (record) => this.taker.record(record),
      closed: (summary) => this.taker.closed(summary),
      message: (...args) => this.taker.message(...args),
      pong: (time) => this.taker.pong(time),
      open: (handshake) => {
        this.taker.open(handshake);
        opened();
      },
    };
    const client = this.clientOn(line, request, taker);
    const giveUp = (): void => client.terminate();
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    const result = await Promise.race([isOpen, client.finished]);
    signal.removeEventListener('abort', giveUp);
    if (result === 'open') return { client };
    if (signal.aborted && result.kind === 'unanswered') {
      return failed({ message: 'the server does not answer the handshake in time', exit: EXIT.time });
    }
    return { outcome: result };
  }

  /** What is asked for, and how. Throws a UsageError. */
  private requestTo(target: Target, isFirst: boolean): ClientOptions {
    const { io, options } = this;
    const all = headersOf(target, options);
    const headers = new Map(isFirst ? all : withoutSecrets(all));
    const subprotocols = [...(options.subprotocol ?? [])];
    for (const [name, values] of headers) {
      // `ws` refuses an answer to what it did not offer itself.
      if (!/^sec-websocket-protocol$/i.test(name) || values === undefined) continue;
      headers.delete(name);
      const names = values.join(',').split(',');
      for (const each of names) subprotocols.push(each.trim());
    }
    return {
      now: () => io.now(),
      reading: liveReading(options),
      recorder: this.taker.recorder,
      isSecure: target.secure,
      url: target.url,
      subprotocols,
      headers,
      deflate: perMessageDeflate(options.deflate),
      autoPong: options.autoPong,
    };
  }

  private clientOn(line: Line, request: ClientOptions, taker: ClientTaker): Client {
    try {
      return new Client(line, this.number++, request, taker);
    } catch (error) {
      line.stream.destroy();
      throw new UsageError(`the handshake can't be written: ${(error as Error).message}`);
    }
  }
}

function failed(failure: Told, mayRetry = false): { readonly failure: Told; readonly mayRetry: boolean } {
  return { failure, mayRetry };
}

function isSamePlace(a: Target, b: Target): boolean {
  return a.url.host === b.url.host && a.unixSocket === b.unixSocket && !(a.secure && !b.secure);
}

/** Where an answer sends us; undefined: nowhere that a WebSocket could be. */
function redirectOf(from: Target, outcome: Outcome): Target | undefined {
  if (outcome.kind !== 'refused' || outcome.location === undefined) return undefined;
  let url: URL;
  try {
    url = new URL(outcome.location, from.url);
  } catch {
    return undefined;
  }
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return undefined;
  url.hash = '';
  const secure = url.protocol === 'wss:';
  const stays = from.unixSocket !== undefined && url.host === from.url.host;
  return { url, secure, ...(stays && { unixSocket: from.unixSocket }) };
}

function failureOf(outcome: Outcome): Opened {
  switch (outcome.kind) {
    case 'refused':
      return failed({
        message: `the upgrade was refused: ${outcome.status} ${outcome.reason}`.trimEnd(),
        exit: EXIT.refused,
        more: { status: outcome.status, body: new TextDecoder().decode(outcome.body) },
        below: refusalText(outcome),
      });
    case 'invalid':
      return failed({ message: `the handshake is invalid: ${reasonOf(outcome)}`, exit: EXIT.handshake });
    default: {
      const message = 'message' in outcome ? outcome.message : outcome.kind;
      return failed({ message: `the connection ended before it was open: ${message}`, exit: EXIT.dropped }, true);
    }
  }
}

/** The answer as it came, fit for a terminal. */
function refusalText({ status, reason, headers, body, isCut }: Refused): string {
  const head = [`HTTP/1.1 ${status} ${reason}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const text = escapeBytes(body, { newline: 'keep', backslash: false });
  const lines = [...head.map((line) => escapeText(line)), ...(text === '' ? [] : ['', text.replace(/\n$/, '')])];
  return `${lines.join('\n')}\n${isCut ? '…\n' : ''}`;
}
