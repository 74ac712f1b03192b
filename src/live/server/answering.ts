import { encodeUtf8 } from '../../codec/bytes/utf8.js';
import type { PolicyRefusal } from '../listener/policy.js';
import { AutoReplies, type ReplyRule } from '../replies/auto-replies.js';
import type { Mode, ServerContext } from './modes.js';
import type { Peer } from './peer.js';

/** What a server says without code. */
export interface Answers {
  /** Sent after each handshake, in their order. */
  readonly greetings: readonly string[];
  readonly rules: readonly ReplyRule[];
}

/** A mode whose peers are greeted, and whose answer is replaced where a rule has one. */
export class AnsweringMode implements Mode {
  private readonly replies = new Map<Peer, AutoReplies>();

  constructor(
    private readonly mode: Mode,
    private readonly answers: Answers,
    private readonly context: ServerContext,
  ) {}

  enter(target: URL, context: ServerContext): PolicyRefusal | undefined {
    return this.mode.enter?.(target, context);
  }

  opened(peer: Peer, target: URL): void {
    const tooSlow = (message: string): void => this.context.notice(message, peer.number);
    this.replies.set(peer, new AutoReplies(this.answers.rules, tooSlow));
    for (const text of this.answers.greetings) peer.send(encodeUtf8(text), false);
    this.mode.opened?.(peer, target);
  }

  /** Binary messages match nothing. */
  message(peer: Peer, data: Buffer, isBinary: boolean): void {
    const reply = isBinary ? undefined : this.replies.get(peer)?.to(data);
    if (reply === undefined) return this.mode.message(peer, data, isBinary);
    peer.send(reply, false);
    peer.waitForReader();
  }

  closed(peer: Peer): void {
    this.replies.delete(peer);
    this.mode.closed?.(peer);
  }
}
