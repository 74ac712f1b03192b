import { count } from '../../terminal/layout.js';
import type { Client } from '../../live/client/client.js';
import type { ClientOutcome } from '../../live/client/client-outcome.js';
import { Player, type ReplayEnd } from '../../live/replay/player.js';
import { ReplyDiff } from '../../live/replay/reply-diff.js';
import type { Script } from '../../live/replay/script.js';
import {
  isSameEnd,
  type CloseDifference,
  type Difference,
  type DiffTotals,
  type ServerEnd,
} from '../../traffic/run-records/reply-difference.js';
import type { Sent, SendSource } from './source.js';
import type { Ended } from './talk.js';
import { TimedExpressions } from '../../live/replies/timed-expressions.js';
import { replyOf, withoutMatches, type Ignoring } from '../replay/reply-key.js';

export interface ReplaySourceOptions {
  readonly script: Script;
  readonly speed: number;
  readonly autoPong: boolean;
  /** permessage-deflate was negotiated on the connection that is open. */
  compresses(this: void): boolean;
  random(this: void, length: number): Uint8Array;
}

/** A reply that came before the next message of the recording is waited for this long: milliseconds. */
const PATIENCE = 5000;

/** The messages of the recorded client. */
export class Replay implements SendSource {
  readonly wantsReplies = false;
  private player: Player | undefined;
  /** Messages that came: possibly with the handshake, before anything is played. */
  private received = 0;

  constructor(
    private readonly options: ReplaySourceOptions,
    private readonly sent: Sent,
  ) {}

  /** Everything that the recorded server sent has come; where it closed, the close is waited for. */
  get isAnswered(): boolean {
    const { messages, serverEnd } = this.options.script;
    return serverEnd?.first !== true && this.received >= messages.server.length;
  }

  get hasLeft(): boolean {
    return this.player?.hasMore ?? true;
  }

  /** A message came. */
  hear(): void {
    this.received++;
    this.player?.messageReceived();
  }

  sendTo(client: Client, over: AbortSignal): Promise<boolean> {
    const { script, speed, random, autoPong, compresses } = this.options;
    this.player = new Player(script, 'client', speakerOf(client, autoPong, compresses()), {
      ...{ speed, random, by: 'clock', patience: PATIENCE },
      now: () => performance.now(),
      sent: (what) => this.count(what),
    });
    for (let i = 0; i < this.received; i++) this.player.messageReceived();
    return this.player.play(over);
  }

  private count(what: 'message' | 'ping' | 'raw'): void {
    if (what === 'message') this.sent.messages++;
    else if (what === 'ping') this.sent.pings++;
    else this.sent.raw++;
  }
}

function speakerOf(client: Client, autoPong: boolean, compresses: boolean): ReplayEnd {
  return {
    get isOpen() {
      return client.isOpen;
    },
    compresses,
    autoPong,
    room: () => client.room(),
    flushed: () => client.flushed(),
    message: (data, binary) => void client.send(data, binary),
    raw: (bytes) => void client.raw(bytes),
    ping: (payload) => void client.ping(payload),
    close: (code, reason) => client.close(code, reason),
    end: () => client.terminate(),
  };
}

/** Replies next to the recorded ones (`--diff`). */
export class Comparison {
  private readonly diff: ReplyDiff;

  private readonly ignoring: Ignoring;

  /** `notice` takes a notice for the user. */
  constructor(
    private readonly script: Script,
    { ignore = [], ignoreJson }: Ignoring,
    report: (difference: Difference) => void,
    notice: (words: string) => void,
  ) {
    const expressions = new TimedExpressions(ignore, (length, seconds) =>
      notice(
        `--ignore: the expressions take more than ${seconds} s for a text of ${length} characters: nothing is ignored in it, and in long texts after it`,
      ),
    );
    const ignoring = { ignoreJson, rest: (text: string) => expressions.without(text) ?? text };
    this.ignoring = ignoring;
    const recorded = script.messages.server.map((message) => replyOf(message, ignoring));
    this.diff = new ReplyDiff(recorded, report);
  }

  take(data: Uint8Array, binary: boolean): void {
    this.diff.take(replyOf({ binary, data }, this.ignoring));
  }

  /** What was not sent or compared, in words. */
  get limits(): string {
    const { left } = this.script;
    return left === 0 ? '' : `; ${count(left, 'part')} of the recording ${left === 1 ? 'was' : 'were'} left out`;
  }

  /** Nothing follows. `isWhole`: what has not come by now is missing. */
  end(isWhole: boolean): DiffTotals {
    this.diff.end(isWhole);
    return this.diff.totals;
  }

  /** An end by the server as in the recording is correct, whatever its close code. */
  expectedClose({ ending, outcome }: Ended): number | undefined {
    const isOver = ending === 'peer' || ending === 'done';
    return isOver && this.script.isEnded && !this.closeDifference(outcome) ? this.endOf(outcome)?.code : undefined;
  }

  /** How the server ended it, where that is known to differ from the recording. */
  closeDifference(outcome: ClientOutcome): CloseDifference | undefined {
    const { isEnded, serverEnd } = this.script;
    const recorded = serverEnd && { ...serverEnd, reason: withoutMatches(serverEnd.reason, this.ignoring) };
    const received = this.endOf(outcome);
    if (!isEnded || isSameEnd(recorded, received)) return undefined;
    return { kind: 'close', ...(recorded && { recorded }), ...(received && { received }) };
  }

  private endOf(outcome: ClientOutcome): ServerEnd | undefined {
    if (outcome.kind === 'dropped') return { code: 1006, reason: '', first: outcome.byPeer };
    if (outcome.kind !== 'closed' || (!outcome.byPeer && outcome.ours === undefined)) return undefined;
    return { code: outcome.code, reason: withoutMatches(outcome.reason, this.ignoring), first: outcome.byPeer };
  }
}
