import type { Client } from '../../live/client/client.js';
import { doSend, type Send } from './plan.js';
import { UsageError } from '../host/exit.js';
import { MessageLines } from './message-lines.js';
import { terminated } from './terminator.js';
import { utf8Error } from '../../traffic/toolbox/bytes.js';

/** Messages sent, counted: that number of replies is waited for. */
export interface Sent {
  messages: number;
  pings: number;
  /** It is not known what answers them. */
  raw: number;
}

/** The source of what is sent. After a connection that breaks off, it continues on the next one. */
export interface SendSource {
  /** Sends until there is no more (true), or the connection or `over` ends it (false). Throws a UsageError. */
  sendTo(client: Client, over: AbortSignal): Promise<boolean>;
  /** A message was read and, as far as is known, not sent. */
  readonly hasLeft: boolean;
  /** A reply is expected for each message: a server that answers some and then leaves has lost the others. */
  readonly wantsReplies: boolean;
  /** All replies have come, where their number is known: otherwise one for each message. */
  readonly isAnswered?: boolean;
  /** There was nothing to send, for example because stdin is /dev/null. */
  readonly isEmpty?: boolean;
}

/** A gate that the printing side can close. */
export interface SourceGate {
  readonly isShut: boolean;
  opened(): Promise<void>;
}

/** The send options, in their order. */
export class Items implements SendSource {
  readonly wantsReplies = false;
  private at = 0;

  constructor(
    private readonly items: readonly Send[],
    private readonly sent: Sent,
    private readonly fragment: number | undefined,
  ) {}

  get hasLeft(): boolean {
    return this.at < this.items.length;
  }

  /** Each connection gets all of them: a new one knows nothing of what was sent on the previous one. */
  async sendTo(client: Client): Promise<boolean> {
    for (this.at = 0; this.at < this.items.length; this.at++) {
      const send = this.items[this.at]!;
      // What is written below `ws` must not overtake what `ws` still compresses.
      if (send.kind === 'raw' || send.kind === 'close') await client.flushed();
      else await client.room();
      if (!doSend(client, send, this.fragment)) return false;
      count(this.sent, send);
    }
    return true;
  }
}

export function count(sent: Sent, { kind }: Send): void {
  if (kind === 'message') sent.messages++;
  else if (kind === 'ping') sent.pings++;
  else if (kind === 'raw') sent.raw++;
}

interface LineOptions {
  readonly nulls: boolean;
  readonly binary: boolean;
  readonly fragment: number | undefined;
  readonly terminator: number | undefined;
}

/** Standard input, one message a line. No more is read than the connection accepts. */
export class Lines implements SendSource {
  readonly wantsReplies = true;
  private readonly lines: MessageLines;
  private readonly input: AsyncIterator<Uint8Array, unknown>;
  private batch: Uint8Array[] = [];
  private at = 0;
  private number = 0;
  private isOver = false;
  private reading: Promise<void> | undefined;
  private failure: unknown;
  private wake = (): void => undefined;

  constructor(
    stdin: AsyncIterable<Uint8Array>,
    private readonly options: LineOptions,
    private readonly sent: Sent,
    private readonly gate: SourceGate,
  ) {
    this.lines = new MessageLines(options.nulls);
    this.input = stdin[Symbol.asyncIterator]();
  }

  get hasLeft(): boolean {
    return this.at < this.batch.length;
  }

  get isEmpty(): boolean {
    return this.isOver && this.number === 0 && !this.hasLeft;
  }

  async sendTo(client: Client, over: AbortSignal): Promise<boolean> {
    const stop = (): void => this.wake();
    over.addEventListener('abort', stop);
    try {
      while (!over.aborted) {
        if (!this.hasLeft) {
          if (this.isOver) return true;
          await this.more(over);
          if (this.failure !== undefined) throw this.failure as Error;
          continue;
        }
        if (client.isFull) await client.room();
        if (this.gate.isShut) await this.gate.opened();
        if (!this.sendNext(client)) return false;
      }
      return false;
    } finally {
      over.removeEventListener('abort', stop);
    }
  }

  private sendNext(client: Client): boolean {
    const { binary, fragment, terminator } = this.options;
    const data = this.batch[this.at]!;
    if (!binary && utf8Error(data) !== undefined) {
      throw new UsageError(
        `stdin: message ${this.number + 1} is not UTF-8, as text has to be (-b sends binary messages)`,
      );
    }
    if (!client.send(terminated(data, terminator), binary, fragment)) return false;
    this.number++;
    this.at++;
    this.sent.messages++;
    return true;
  }

  /** Waits for the next chunk; one that was requested already is not requested again. */
  private async more(over: AbortSignal): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
      this.wake();
    });
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (over.aborted || this.reading === undefined) resolve();
    });
  }

  private async read(): Promise<void> {
    try {
      const next: IteratorResult<Uint8Array, unknown> = await this.input.next();
      this.batch = next.done ? this.lines.last() : this.lines.push(next.value);
      this.at = 0;
      this.isOver = next.done === true;
    } catch (error) {
      this.failure = error;
    }
  }
}
