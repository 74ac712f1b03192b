import type { Client } from '../../live/client/client.js';
import type { ClientOutcome } from '../../live/client/client-outcome.js';
import type { ConnectOptions } from '../options/connect-options.js';
import type { Sent, SendSource } from './source.js';
import type { ConnectEnding } from './conclusion.js';
import { terminated } from './terminator.js';
import type { Goals } from './goals.js';

/** Without further messages for this long, the replies are considered complete: milliseconds. */
const QUIET = 5000;
/** Seconds between heartbeats of an idle connection. */
const HEARTBEAT = 30;

/** Of the pings that keep a connection alive. */
const PING_TEXT = 'wsinspect';

export interface Ended {
  readonly ending: ConnectEnding;
  readonly outcome: ClientOutcome;
  /** Why the source of the messages can't be read. */
  readonly failure?: Error;
}

export interface TalkOptions extends Pick<
  ConnectOptions,
  'wait' | 'expectClose' | 'pingInterval' | 'pingTimeout' | 'heartbeat' | 'terminator' | 'binary'
> {
  /** The user types: the end of the typing ends the connection. */
  readonly typed: boolean;
  /** An option asks to wait: an empty source does not end the connection. */
  readonly listens: boolean;
  /** The source was empty, and nothing is waited for. */
  nothingSent(this: void): void;
}

/** One connection from its opening to its end: what is sent, how long it waits, which end closes. */
export class ConnectTalk {
  private readonly over = new AbortController();
  private ending: ConnectEnding | undefined;
  private ended!: () => void;
  private readonly isEnded = new Promise<void>((resolve) => (this.ended = resolve));
  private readonly timers: NodeJS.Timeout[] = [];
  private quiet: NodeJS.Timeout | undefined;
  private draining = false;
  private replies = 0;
  private pongs = 0;
  private readonly before: Sent;
  private pongTimer: NodeJS.Timeout | undefined;
  private failure: Error | undefined;
  private pingNumber = 0;

  constructor(
    private readonly client: Client,
    private readonly source: SendSource | undefined,
    private readonly sent: Sent,
    private readonly goals: Goals,
    private readonly options: TalkOptions,
  ) {
    this.before = { ...sent };
  }

  /** Ends it: closes the connection, if it is open. The first call counts. */
  end(ending: ConnectEnding): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.over.abort();
    this.ended();
  }

  get isOver(): boolean {
    return this.ending !== undefined;
  }

  /** Pings that were sent on request and got no pong. */
  get unansweredPings(): number {
    return Math.max(0, this.sent.pings - this.before.pings - this.pongs);
  }

  async run(): Promise<Ended> {
    void this.client.finished.then(() => this.end('peer'));
    this.beat();
    this.begin();
    if (this.goals.reached) this.end('goal');
    await this.isEnded;
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.quiet);
    clearTimeout(this.pongTimer);
    const { ending = 'peer' } = this;
    if (ending === 'ping-timeout') this.client.terminate();
    else if (ending === 'interrupted') this.client.leave();
    else if (ending !== 'peer') this.client.close(1000);
    const outcome = await this.client.finished;
    return { ending, outcome, ...(this.failure && { failure: this.failure }) };
  }

  /** A message came. One that was answered at once (`--auto-reply`) is no reply to what was sent. */
  took(isReply: boolean): void {
    if (isReply) this.replies++;
    if (this.goals.reached) this.end('goal');
    this.stir();
  }

  /** A pong came. */
  pong(): void {
    this.pongs++;
    clearTimeout(this.pongTimer);
    this.pongTimer = undefined;
    this.stir();
  }

  /** Sends a ping, and waits for its pong where that is limited. */
  ping(payload: Uint8Array = Buffer.from(`${PING_TEXT} ${this.pingNumber++}`)): void {
    if (!this.client.ping(payload)) return;
    const { pingTimeout } = this.options;
    if (pingTimeout === undefined) return;
    this.pongTimer ??= setTimeout(() => this.end('ping-timeout'), pingTimeout * 1000);
  }

  private begin(): void {
    const { source } = this;
    if (source === undefined) {
      if (this.options.wait !== undefined) this.afterSending();
      return;
    }
    source
      .sendTo(this.client, this.over.signal)
      .then(async (all) => {
        if (!all) return;
        await this.client.flushed();
        if (source.isEmpty) return this.afterNothing();
        this.afterSending();
      })
      .catch((error: Error) => {
        this.failure = error;
        this.end('input');
      });
  }

  private afterNothing(): void {
    const { listens, wait, nothingSent } = this.options;
    if (listens && wait === undefined) return;
    if (!listens) nothingSent();
    this.afterSending();
  }

  private afterSending(): void {
    const { typed, wait, expectClose, pingTimeout } = this.options;
    if (typed) return this.end('quit');
    if (pingTimeout !== undefined && this.sent.pings > this.before.pings + this.pongs) {
      this.pongTimer ??= setTimeout(() => this.end('ping-timeout'), pingTimeout * 1000);
    }
    if (wait === Infinity) return;
    if (wait !== undefined) return void this.timers.push(setTimeout(() => this.end('wait'), wait * 1000));
    if (this.goals.any || expectClose !== undefined) return;
    this.draining = true;
    this.quiet = setTimeout(() => this.end('done'), QUIET);
    this.stir();
  }

  /** A message came: it may be the last reply. */
  private stir(): void {
    if (!this.draining) return;
    const { messages, pings, raw } = this.sent;
    const before = this.before;
    // It is not known what answers raw frames, unless it was recorded.
    const isAnswered = this.source?.isAnswered ?? (this.replies >= messages - before.messages && raw === before.raw);
    if (isAnswered && this.pongs >= pings - before.pings) this.end('done');
    else this.quiet?.refresh();
  }

  private beat(): void {
    const { heartbeat, pingInterval, binary = false } = this.options;
    if (pingInterval === undefined && heartbeat === undefined) return;
    const every = Math.max(0.01, pingInterval ?? HEARTBEAT) * 1000;
    const text = heartbeat === undefined ? undefined : terminated(Buffer.from(heartbeat), this.options.terminator);
    this.timers.push(setInterval(() => (text ? void this.client.send(text, binary) : this.ping()), every));
  }
}
