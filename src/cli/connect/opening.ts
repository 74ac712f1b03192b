import type { StreamRecorder } from '../../codec/http2/http2-taker.js';
import { Client, type ClientLine, type LiveClientOptions, type ClientTaker } from '../../live/client/client.js';
import type { ClientOutcome } from '../../live/client/client-outcome.js';
import type { RefusedHandshake } from '../../live/client/handshake-refusal.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import { escapeText, foreignLine, foreignLines } from '../../describe/escape.js';
import { forOtherOrigin, headersOf, keptFromOthers } from './headers.js';
import { failed, type ConnectFailure } from './failure.js';
import { ConnectLines, type OpeningOptions } from './lines.js';
import type { Target } from './url.js';
import { reasonOf } from './conclusion.js';
import { EXIT, UsageError } from '../host/exit.js';
import type { Io } from '../host/io.js';
import { liveLook } from '../live/live-apps.js';
import { perMessageDeflate } from '../live/live-reading.js';
import { shownUrl } from '../options/passwords.js';
import { type Printable, lined, print } from '../../describe/printable.js';

export { STAGE_EXIT } from './lines.js';

export interface OpeningTaker extends ClientTaker {
  connected(words: string): void;
  /** Before its handshake: messages may come together with the answer to it. */
  asks?(client: Client): void;
  /** A notice for the user. */
  notice(words: string): void;
  /** Keeps what passes. */
  readonly recorder?: StreamRecorder | undefined;
}

export type ConnectOpened = { readonly client: Client } | ConnectFailure;

const MOST_REDIRECTS = 10;

/** Opens connections to one target, repeatedly where necessary. */
export class ConnectOpening {
  constructor(
    private readonly io: Io,
    private readonly options: OpeningOptions,
    private readonly taker: OpeningTaker,
    /** Shared by those whose WebSockets are on one connection. */
    private readonly lines = new ConnectLines(io),
  ) {}

  /** Until the handshake is done, with redirects followed. `signal` aborts it. */
  async open(first: Target, signal: AbortSignal): Promise<ConnectOpened> {
    let target = first;
    let { options } = this;
    for (let hops = 0; ; hops++) {
      const tried = await this.attempt(target, options, signal);
      if (!('outcome' in tried)) return tried;
      const { outcome, cause } = tried;
      const next = options.location ? redirectOf(target, outcome) : undefined;
      if (next === undefined) return failureOf(outcome, cause);
      if (hops === MOST_REDIRECTS) {
        return failed({ message: `more than ${MOST_REDIRECTS} redirects`, exit: EXIT.refused });
      }
      if (target.secure && !next.secure) {
        const message = `the redirect to ${next.url.href} is not followed: it leaves TLS`;
        return failed({ message, exit: EXIT.refused });
      }
      // What is removed at the first redirect to another origin stays removed: that origin may redirect back to the first one.
      if (options === this.options && !isSameOrigin(first, next)) {
        options = forOtherOrigin(options);
        const kept = keptFromOthers(first, this.options);
        if (kept.length > 0) this.taker.notice(`redirected to ${next.url.href}, without ${kept.join(', ')}`);
      }
      target = options === this.options ? { ...first, ...next } : next;
    }
  }

  private async attempt(
    target: Target,
    options: OpeningOptions,
    signal: AbortSignal,
  ): Promise<ConnectOpened | { readonly outcome: ClientOutcome; readonly cause: Cause | undefined }> {
    // What can't be sent is reported before anything is opened.
    const request = this.requestTo(target, options);
    const line = await this.lines.open(target, options, request, signal);
    if ('failure' in line) return line;
    if (line.words !== undefined) this.taker.connected(line.words);
    let cause: Cause | undefined;
    let opened = (): void => undefined;
    const isOpen = new Promise<'open'>((resolve) => (opened = () => resolve('open')));
    const taker: ClientTaker = {
      record: (record) => this.taker.record(record),
      closed: (summary) => {
        cause = summary.cause;
        this.taker.closed(summary);
      },
      stalled: (words) => this.taker.stalled?.(words),
      message: (...args) => this.taker.message(...args),
      pong: (time) => this.taker.pong(time),
      open: (handshake) => {
        this.taker.open(handshake);
        opened();
      },
    };
    const client = this.clientOn(line, request, taker);
    this.taker.asks?.(client);
    let unsent: string | undefined;
    const giveUp = (): void => {
      unsent = line.http2?.unsent();
      client.terminate();
    };
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    const result = await Promise.race([isOpen, client.finished]);
    signal.removeEventListener('abort', giveUp);
    if (result === 'open') return { client };
    if (signal.aborted && result.kind === 'unanswered') {
      return failed({ message: unsent ?? 'the server does not answer the handshake in time', exit: EXIT.time });
    }
    return { outcome: result, cause };
  }

  /** What is requested, and how. Throws a UsageError. */
  private requestTo(target: Target, options: OpeningOptions): LiveClientOptions {
    const { io } = this;
    const headers = headersOf(target, options);
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
      ...liveLook(options),
      recorder: this.taker.recorder,
      isSecure: target.secure,
      url: target.url,
      subprotocols,
      headers,
      deflate: perMessageDeflate(options.deflate),
      autoPong: options.autoPong,
    };
  }

  private clientOn(line: ClientLine, request: LiveClientOptions, taker: ClientTaker): Client {
    try {
      return new Client(line, this.lines.nextNumber(), request, taker);
    } catch (error) {
      line.stream.destroy();
      throw new UsageError(`the handshake can't be written: ${(error as Error).message}`);
    }
  }
}

/** The same scheme, host and port (RFC 6454 §4): another port may be another user's. */
function isSameOrigin(a: Target, b: Target): boolean {
  return a.url.origin === b.url.origin && a.unixSocket === b.unixSocket;
}

/** Where an answer redirects to; undefined: to nothing that could be a WebSocket. */
function redirectOf(from: Target, outcome: ClientOutcome): Target | undefined {
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
  // The server of a redirect must not choose the user name.
  url.username = '';
  url.password = '';
  const secure = url.protocol === 'wss:';
  const stays = from.unixSocket !== undefined && url.host === from.url.host;
  return { url, secure, ...(stays && { unixSocket: from.unixSocket }) };
}

function failureOf(outcome: ClientOutcome, cause: Cause | undefined): ConnectOpened {
  switch (outcome.kind) {
    case 'refused':
      return failed({
        message: `the upgrade was refused: ${outcome.status} ${outcome.reason}`.trimEnd(),
        exit: EXIT.refused,
        cause,
        more: { status: outcome.status, body: new TextDecoder().decode(outcome.body) },
        below: refusalText(outcome),
      });
    case 'invalid':
      return failed({ message: `the handshake is invalid: ${reasonOf(outcome)}`, exit: EXIT.handshake, cause });
    default: {
      if (outcome.kind === 'unanswered' && outcome.isAlert) {
        return failed({ message: `TLS: ${outcome.message}`, exit: EXIT.tls });
      }
      const message = 'message' in outcome ? outcome.message : outcome.kind;
      return failed(
        { message: `the connection ended before it was open: ${message}`, exit: EXIT.dropped, cause },
        true,
      );
    }
  }
}

/** A URL may have a password in it. */
function lineOf([name, value]: readonly [string, string]): string {
  return `${name}: ${/^(content-)?location$/i.test(name) ? shownUrl(value) : value}`;
}

/** The answer as it came, escaped for a terminal. */
function refusalText({ status, reason, headers, body, isCut, http2 }: RefusedHandshake): Printable {
  const head = [`${http2 ? 'HTTP/2' : 'HTTP/1.1'} ${status} ${reason}`.trimEnd(), ...headers.map(lineOf)];
  return lined([
    ...head.map((line) => foreignLine(escapeText(line))),
    ...(body.length === 0 ? [] : [foreignLine(print``), ...foreignLines(body)]),
    ...(isCut ? [print`…`] : []),
  ]);
}
