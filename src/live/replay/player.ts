import { readCloseBody } from '../../codec/messages/close.js';
import { encodeFrame } from '../../codec/frames/frame-writer.js';
import { keyFromBytes } from '../../codec/frames/mask.js';
import { closeCodeInfo, OPCODE } from '../../codec/frames/registry.js';
import type { Script, ScriptFrame, ScriptSide, ReplayStep } from './script.js';

/** One end of a connection, as a player needs it. */
export interface ReplayEnd {
  readonly isOpen: boolean;
  /** permessage-deflate was negotiated. */
  readonly compresses: boolean;
  /** A separate endpoint answers pings. */
  readonly autoPong: boolean;
  /** Resolves when there is room for more, or the connection is over. */
  room(): Promise<void>;
  /** Resolves when everything that was sent before is written, or the connection is over. */
  flushed(): Promise<void>;
  message(data: Uint8Array, binary: boolean): void;
  /** Frames as they are, below the WebSocket. */
  raw(bytes: Uint8Array): void;
  ping(payload: Uint8Array): void;
  close(code: number | undefined, reason: string): void;
  /** Ends TCP without a close frame. */
  end(how: 'fin' | 'reset'): void;
}

export interface PlayOptions {
  /** Seconds of the recording in a second; 0: without pauses. */
  readonly speed: number;
  /**
   * What a step waits for: its time since the beginning, or the messages that had come before it in the recording, and
   * the pause after them. Without pauses there is no time, and messages are what is waited for in any case.
   */
  readonly by: 'clock' | 'messages';
  /** A message that does not come is waited for this long: milliseconds. Then the rest is sent without it. */
  readonly patience: number;
  /** Milliseconds from any origin. */
  readonly now: () => number;
  /** Random bytes, for masking keys. */
  readonly random: (length: number) => Uint8Array;
  /** Something was sent. */
  readonly sent?: (what: 'message' | 'ping' | 'raw') => void;
}

/** The longest that a timer can wait: milliseconds. */
const LONGEST = 2 ** 31 - 1;
/** After a message that did not come, the next one is waited for half as long, but no less than this: milliseconds. */
const LEAST_PATIENCE = 250;

/** Sends what one side of a script sent: the same frames with new masking keys, compressed again where that is negotiated. */
export class Player {
  private readonly steps: readonly ReplayStep[];
  private at = 0;
  /** Messages of the other side that came, and those that were given up. */
  private received = 0;
  private patience: number;
  private begun = 0;
  /** When the last one came, or was sent. */
  private stirred = 0;
  private wake = (): void => undefined;

  constructor(
    private readonly script: Script,
    private readonly side: ScriptSide,
    private readonly speaker: ReplayEnd,
    private readonly options: PlayOptions,
  ) {
    this.patience = options.patience;
    this.steps = script.steps.filter((step) => step.side === side);
  }

  /** There is more to send than the end of the conversation. */
  get hasMore(): boolean {
    return this.steps.slice(this.at).some(({ act }) => !isOwnClose(act) && !(act.kind === 'frame' && act.answers));
  }

  /** The other side sent a message. */
  messageReceived(): void {
    this.received++;
    this.stirred = this.options.now();
    this.wake();
  }

  /** True: everything was sent. False: the connection, or `over`, ended it. */
  async play(over: AbortSignal): Promise<boolean> {
    const { speaker, options } = this;
    const stop = (): void => this.wake();
    over.addEventListener('abort', stop);
    try {
      this.begun = options.now();
      this.stirred = this.begun;
      for (; this.at < this.steps.length; this.at++) {
        const step = this.steps[this.at]!;
        await this.due(step, over);
        await speaker.room();
        if (over.aborted || !speaker.isOpen) return false;
        await this.act(step);
        this.stirred = options.now();
      }
      await this.hearOut(over);
      return !over.aborted;
    } finally {
      over.removeEventListener('abort', stop);
    }
  }

  /** Until it is time for a step. */
  private async due({ at, received, pause, act }: ReplayStep, over: AbortSignal): Promise<void> {
    const { speed, by, now } = this.options;
    const isTimed = by === 'clock' && speed > 0;
    if (isTimed) await this.until(() => false, this.begun + (at * 1000) / speed, over);
    // An early close would lose replies of a server that is slower now.
    if (isTimed && !isOwnClose(act)) return;
    await this.until(() => this.received >= received, now() + this.patience, over);
    // A message that did not come is not waited for again.
    if (this.received < received) this.patience = Math.max(LEAST_PATIENCE, this.patience / 2);
    this.received = Math.max(this.received, received);
    if (speed > 0 && !isTimed) await this.until(() => false, this.stirred + (pause * 1000) / speed, over);
  }

  /** Everything was sent: the other side has as long as it had in the recording. */
  private async hearOut(over: AbortSignal): Promise<void> {
    const { speed, by } = this.options;
    const other = this.side === 'client' ? 'server' : 'client';
    if (by !== 'clock' || speed === 0) return;
    const deadline = this.begun + (this.script.until[other] * 1000) / speed;
    const closes = other === 'server' && this.script.serverEnd?.first === true;
    const all = this.script.messages[other].length;
    await this.until(() => !closes && this.received >= all, deadline, over);
  }

  private async until(test: () => boolean, deadline: number, over: AbortSignal): Promise<void> {
    const { now } = this.options;
    for (let left = deadline - now(); left > 0 && !over.aborted && !test(); left = deadline - now()) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        timer = setTimeout(resolve, Math.min(left, LONGEST));
      });
      clearTimeout(timer);
    }
  }

  private async act({ act }: ReplayStep): Promise<void> {
    // A client that left without a close frame sends one here: the connection is ours to end.
    if (act.kind === 'end') return this.side === 'server' ? this.speaker.end(act.how) : undefined;
    if (act.opcode >= OPCODE.close) return this.control(act);
    const { speaker } = this;
    const { compressed, group, fin } = act;
    const message = group?.message;
    if (!compressed && !speaker.compresses) {
      speaker.raw(this.bytesOf(act));
      if (fin) this.options.sent?.('message');
    } else if (message?.data) {
      if (!fin) return;
      speaker.message(message.data, message.binary);
      this.options.sent?.('message');
    } else if (!compressed) await this.raw(act);
  }

  private async control(act: ScriptFrame): Promise<void> {
    const { speaker } = this;
    const { opcode, payload, answers } = act;
    if (answers && (opcode === OPCODE.close || speaker.autoPong)) return;
    const isLegal = act.fin && act.rsv === 0 && payload.length <= 125 && act.lengthForm === 7;
    if (opcode === OPCODE.ping && isLegal) {
      speaker.ping(payload);
      this.options.sent?.('ping');
      return;
    }
    if (opcode === OPCODE.close && isLegal) {
      const { code, reason, utf8Error } = readCloseBody(payload);
      const isSayable = code === undefined ? payload.length === 0 : closeCodeInfo(code).kind === 'valid';
      if (isSayable && !utf8Error) return speaker.close(code, reason);
    }
    await this.raw(act, opcode !== OPCODE.pong);
  }

  private async raw(act: ScriptFrame, isCounted = true): Promise<void> {
    // It must not overtake what is still compressed.
    if (this.speaker.compresses) await this.speaker.flushed();
    this.speaker.raw(this.bytesOf(act));
    if (isCounted) this.options.sent?.('raw');
  }

  private bytesOf({ fin, rsv, opcode, masked, lengthForm, payload }: ScriptFrame): Uint8Array {
    const key = masked ? keyFromBytes(this.options.random(4)) : undefined;
    return encodeFrame({ fin, rsv, opcode, payload, lengthForm, ...(key !== undefined && { key }) });
  }
}

/** A step that ends the conversation. */
function isOwnClose(act: ReplayStep['act']): boolean {
  return act.kind === 'end' || (act.opcode === OPCODE.close && !act.answers);
}
