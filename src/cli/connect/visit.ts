import type { StreamRecorder } from '../../codec/http2/http2-taker.js';
import type { Cause } from '../../rules/causes/catalogue.js';
import type { Client } from '../../live/client/client.js';
import { Answering } from './answering.js';
import { Display } from './display.js';
import { Goals } from './goals.js';
import { ConnectOpening, type ConnectOpened } from './opening.js';
import type { ConnectOptions } from '../options/connect-options.js';
import { asksToWait, mayReturn, pauseAfter } from './lasting.js';
import { passedOver } from './headers.js';
import { piecesOf } from './terminator.js';
import { type Send } from './plan.js';
import { Comparison, Replay } from './replay.js';
import { Items, Lines, type SourceGate, type Sent, type SendSource } from './source.js';
import { ConnectTalk, type Ended } from './talk.js';
import { type Target } from './url.js';
import { comparedText, conclusionOf, endText, type Conclusion } from './conclusion.js';
import { EXIT } from '../host/exit.js';
import type { Io } from '../host/io.js';
import type { Waiter } from '../live/live-output.js';
import { Prompt } from './prompt.js';
import type { Script } from '../../live/replay/script.js';

import { ConnectLines } from './lines.js';

/** A connection that lasted this long does not count as one of a series of failures: seconds. */
const HELD = 10;

/** A run of `connect`: one connection, or with `--reconnect` one after the other. */
export class Visit implements Waiter, SourceGate {
  isShut = false;
  private readonly sent: Sent = { messages: 0, pings: 0, raw: 0 };
  private readonly goals: Goals;
  private readonly source: SendSource | undefined;
  private readonly prompt: Prompt | undefined;
  private readonly replay: Replay | undefined;
  private readonly comparison: Comparison | undefined;
  private readonly display: Display;
  private readonly opening: ConnectOpening;
  /** Nothing new is begun: a signal came, or the time limit passed. */
  private readonly stop = new AbortController();
  private client: Client | undefined;
  private talk: ConnectTalk | undefined;
  private answering: Answering | undefined;
  private waiting: (() => void)[] = [];
  /** With `--streams`, what further WebSockets on the same connection do. */
  followers: readonly Visit[] = [];
  private opens = (): void => undefined;
  /** Resolves when the handshake is done. */
  private readonly isOpen = new Promise<void>((resolve) => (this.opens = resolve));
  private timeIsUp = false;
  /** The cause of the end of the last connection. */
  private cause: Cause | undefined;
  /** permessage-deflate was negotiated. */
  private compresses = false;

  constructor(
    private readonly io: Io,
    private readonly target: Target,
    private readonly options: ConnectOptions,
    sends: readonly Send[] | Script,
    recorder: StreamRecorder | undefined,
    lines = new ConnectLines(io),
    leader?: Visit,
  ) {
    const { one, count = one && 1, expect } = options;
    const notice = (words: string): void => this.display.notice(words);
    this.goals = new Goals({ ...(count && { count }), ...(expect && { expect }) }, notice);
    if ('steps' in sends) this.source = this.replay = this.replayOf(sends);
    else this.source = this.prompt = this.promptOf(sends);
    this.source ??= this.sourceOf(sends);
    this.display = leader?.display ?? new Display(this.prompt?.io ?? io, options, this);
    if ('steps' in sends && options.diff) {
      this.comparison = new Comparison(sends, options, (each) => this.display.difference(each), notice);
    }
    this.opening = new ConnectOpening(
      io,
      options,
      {
        recorder,
        connected: (words) => this.display.detail(words),
        asks: (client) => (this.answering = new Answering(client, options, this.display, this)),
        notice,
        stalled: (words) => notice(options.maxTime === undefined ? `${words}; -m limits the wait` : words),
        record: (record) => this.display.record(record),
        closed: (summary) => void (this.cause = this.display.closed(summary)),
        open: (handshake) => {
          this.compresses = handshake?.deflate !== undefined;
          this.display.handshake(handshake);
        },
        message: (data, isBinary) => this.take(data, isBinary),
        pong: (seconds) => this.takePong(seconds),
      },
      lines,
    );
  }

  async run(): Promise<number> {
    await this.display.open();
    for (const words of passedOver(this.options)) this.display.notice(words);
    const exits = await this.withFollowers();
    const exit = exits.find((each) => each !== EXIT.ok) ?? EXIT.ok;
    await this.display.end(exit);
    return exit;
  }

  /** Their WebSockets are opened when the first one is, on its connection. */
  private async withFollowers(): Promise<number[]> {
    const own = this.course();
    const isOpen = await Promise.race([own.then(() => false), this.isOpen.then(() => true)]);
    const others = isOpen ? this.followers.map((each) => each.course()) : [];
    return Promise.all([own, ...others]);
  }

  private async course(): Promise<number> {
    void this.io.untilInterrupted().then(() => {
      this.stop.abort();
      this.talk?.end('interrupted');
    });
    const { maxTime } = this.options;
    const timer = maxTime === undefined ? undefined : setTimeout(() => this.runOut(), maxTime * 1000);
    try {
      return await this.visit();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Undefined: messages are not typed. */
  private promptOf(sends: readonly Send[]): Prompt | undefined {
    const { io, options } = this;
    if (sends.length > 0 || !options.stdin || !io.stdin.isTTY || io.terminal === undefined) return undefined;
    const { fragment, terminator, history, app } = options;
    const binary = options.binary === true;
    return new Prompt(io, io.terminal(), { history, fragment, binary, terminator, app }, this.sent);
  }

  private sourceOf(sends: readonly Send[] | Script): SendSource | undefined {
    const { io, options } = this;
    const { fragment, terminator } = options;
    if ('steps' in sends) return undefined;
    if (sends.length > 0) return new Items(sends, this.sent, fragment);
    if (!options.stdin) return undefined;
    const lines = { nulls: options.null === true, binary: options.binary === true, fragment, terminator };
    return new Lines(io.stdin, lines, this.sent, this);
  }

  private replayOf(script: Script): Replay {
    const { speed = 1, autoPong } = this.options;
    const compresses = (): boolean => this.compresses;
    const random = (length: number): Uint8Array => this.io.random(length);
    return new Replay({ script, speed, autoPong, compresses, random }, this.sent);
  }

  close(): void {
    void this.display.page?.close();
    this.prompt?.close();
    this.io.stdin.close?.();
  }

  full(): void {
    this.isShut = true;
    this.client?.pause();
    for (const each of this.followers) each.full();
  }

  room(): void {
    this.isShut = false;
    this.client?.resume();
    for (const resolve of this.waiting.splice(0)) resolve();
    for (const each of this.followers) each.room();
  }

  gone(): void {
    this.talk?.end('unread');
    for (const each of this.followers) each.gone();
  }

  opened(): Promise<void> {
    return this.isShut ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve();
  }

  private runOut(): void {
    this.timeIsUp = true;
    this.stop.abort();
    this.talk?.end('max-time');
  }

  private async visit(): Promise<number> {
    const { interrupted } = this.io;
    const { reconnect = 0, connectTimeout } = this.options;
    for (let tries = 0; ; tries++) {
      const opened = await this.openWithin(connectTimeout);
      if (interrupted.aborted) return interrupted.reason;
      let ending: string;
      if ('failure' in opened) {
        const { failure, mayRetry } = opened;
        if (!mayRetry || tries >= reconnect || this.stop.signal.aborted) {
          this.display.error(failure);
          return failure.exit;
        }
        ending = failure.message;
      } else {
        this.opens();
        const since = this.io.now();
        const ended = await this.converse(opened.client);
        if (this.io.now() - since > HELD) tries = 0;
        if (!mayReturn(ended, this.options.expectClose) || tries >= reconnect) return this.judge(ended);
        ending = endText(ended.outcome);
      }
      await this.pause(ending, tries, reconnect);
      if (interrupted.aborted) return interrupted.reason;
      if (!this.timeIsUp) continue;
      this.display.error({ message: 'the time is up (--max-time)', exit: EXIT.time });
      return EXIT.time;
    }
  }

  private async openWithin(seconds: number): Promise<ConnectOpened> {
    const limit = new AbortController();
    const giveUp = (): void => limit.abort();
    const timer = setTimeout(giveUp, seconds * 1000);
    this.stop.signal.addEventListener('abort', giveUp);
    if (this.stop.signal.aborted) giveUp();
    try {
      return await this.opening.open(this.target, limit.signal);
    } finally {
      clearTimeout(timer);
      this.stop.signal.removeEventListener('abort', giveUp);
    }
  }

  private async converse(client: Client): Promise<Ended> {
    this.client = client;
    this.talk = new ConnectTalk(client, this.source, this.sent, this.goals, {
      ...this.options,
      typed: this.prompt !== undefined,
      listens: asksToWait(this.options),
      nothingSent: () => this.display.notice('stdin was empty: nothing was sent (--no-stdin listens)'),
    });
    if (this.isShut) client.pause();
    if (this.io.interrupted.aborted) this.talk.end('interrupted');
    else if (this.timeIsUp) this.talk.end('max-time');
    return this.talk.run();
  }

  private judge(ended: Ended): number {
    const { ending, outcome, failure } = ended;
    this.prompt?.close();
    if (ending === 'interrupted') return this.io.interrupted.reason;
    if (failure !== undefined) {
      const exit = failure.name === 'UsageError' ? EXIT.usage : EXIT.finding;
      this.display.error({ message: failure.message, exit });
      return exit;
    }
    const unanswered = this.talk?.unansweredPings ?? 0;
    if (unanswered > 0)
      this.display.notice(`no pong came for ${unanswered === 1 ? 'the ping' : `${unanswered} pings`}`);
    const conclusion = this.compared(
      ended,
      conclusionOf({
        ending,
        outcome,
        unmet: this.goals.unmet,
        expectClose: this.options.expectClose ?? this.comparison?.expectedClose(ended),
        unsent: this.lost(),
      }),
    );
    const { message, exit } = conclusion;
    if (message?.includes(endText(outcome)) !== true) this.display.detail(endText(outcome));
    if (message !== undefined) this.display.error({ message, exit, cause: this.cause });
    return exit;
  }

  /** With `--diff`: differences count where there was no other fault. */
  private compared({ ending, outcome }: Ended, conclusion: Conclusion): Conclusion {
    const { comparison } = this;
    if (comparison === undefined) return conclusion;
    const isWhole = ending !== 'goal' && ending !== 'unread';
    const totals = comparison.end(isWhole);
    const close = isWhole ? comparison.closeDifference(outcome) : undefined;
    if (close) this.display.difference(close);
    this.display.compared(this.sent.messages, totals);
    const text = comparedText(totals) + (close ? '; the end of the connection differs' : '') + comparison.limits;
    const isSame = totals.changed + totals.missing + totals.extra === 0 && close === undefined;
    // The end by the server is compared too: it is no further fault.
    const isPlain =
      conclusion.exit === EXIT.ok || conclusion.exit === EXIT.closeCode || conclusion.exit === EXIT.dropped;
    if (isSame || !isPlain) {
      if (ending !== 'unread') this.display.conclusion(text);
      return conclusion;
    }
    return { exit: EXIT.finding, message: text };
  }

  /** The messages that were not delivered, in words, where the other end left too early. */
  private lost(): string | undefined {
    const { messages } = this.sent;
    const { received } = this.goals;
    if (!this.source) return undefined;
    const isShort = this.source.wantsReplies && received > 0 && received < messages;
    const counts = `${messages} messages sent, ${received} replies`;
    if (this.source.hasLeft) return `${counts}, and more was to be sent`;
    return isShort ? counts : undefined;
  }

  private async pause(ending: string, tries: number, most: number): Promise<void> {
    const time = pauseAfter(tries, this.io.random(4));
    this.display.notice(`${ending}; connecting again in ${time / 1000} s (${tries + 1} of ${most})`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, time);
      const stop = (): void => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stop.signal.aborted) stop();
      else this.stop.signal.addEventListener('abort', stop, { once: true });
    });
  }

  private take(data: Buffer, isBinary: boolean): void {
    // After the end that was waited for, nothing more is reported.
    if (this.goals.reached) return;
    this.replay?.hear();
    this.comparison?.take(data, isBinary);
    for (const piece of piecesOf(data, this.options.terminator)) {
      if (this.goals.reached) return;
      this.goals.take(isBinary ? undefined : piece.toString());
      this.display.message(piece, isBinary);
      const isAnswered = this.answering?.answer(piece, isBinary) === true;
      this.talk?.took(!isAnswered);
    }
  }

  private takePong(seconds: number | undefined): void {
    if (seconds === undefined) return;
    this.display.pong(seconds);
    this.talk?.pong();
  }
}
