import type { Client } from '../../live/client/client.js';
import { AutoReplies } from '../../live/replies/auto-replies.js';
import type { ConnectOptions } from '../options/connect-options.js';
import type { SourceGate } from './source.js';
import { keepAliveReplies } from './app-commands.js';
import { terminated } from './terminator.js';

/** `--auto-reply` on one connection, and what keeps a connection of `--app` open. */
export class Answering {
  private readonly replies: AutoReplies;

  constructor(
    private readonly client: Client,
    private readonly options: ConnectOptions,
    display: { notice(message: string): void },
    private readonly gate: SourceGate,
  ) {
    this.replies = new AutoReplies([...(options.autoReply ?? []), ...keepAliveReplies(options.app)], (message) =>
      display.notice(message),
    );
  }

  /** Answers a text message that a rule matches. False: none does; binary messages match nothing. */
  answer(data: Buffer, isBinary: boolean): boolean {
    const reply = isBinary ? undefined : this.replies.to(data);
    if (reply === undefined) return false;
    const { binary = false, fragment, terminator } = this.options;
    this.client.send(terminated(reply, terminator), binary, fragment);
    if (this.client.isFull) this.waitForReader();
    return true;
  }

  /** A server that asks and does not read the answers is read no further. */
  private waitForReader(): void {
    this.client.pause();
    void this.client.room().then(() => {
      if (!this.gate.isShut) this.client.resume();
    });
  }
}
