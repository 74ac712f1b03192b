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
  /** An endpoint of its own answers pings. */
  readonly autoPong: boolean;
  /** Resolves when there is room for more, or the connection is over. */
  room(): Promise<void>;
  /** Resolves when all that was said before is on its way, or the connection is over. */
  flushed(): Promise<void>;
  message(data: Uint8Array, binary: boolean): void;
  /** Frames as they are, beneath the WebSocket. */
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
   * the pause behind them. Without pauses there is no time, and messages are what is waited for in any case.
   */
  readonly by: 'clock' | 'messages';
  /** So long a message is waited for that does not come: milliseconds. Then the rest is said without it. */
  readonly patience: number;
  /** Milliseconds from anywhere. */
  readonly now: () => number;
  /** Random bytes, for masking keys. */
  readonly random: (length: number) => Uint8Array;
  /** Something was said. */
  readonly said?: (what: 'message' | 'ping' | 'raw') => void;
}

/** The longest that a timer can wait: milliseconds. */
const LONGEST = 2 ** 31 - 1;
/** Who waited in vain waits half as long for the next message, but no less than this: milliseconds. */
const LEAST_PATIENCE = 250;

/** Says what one side of a script said: the same frames with new masking keys, compressed anew where that is negotiated. */
export class Player {
  private readonly steps: readonly ReplayStep[];
  private at = 0;
  /** Messages of the other side that came, and those that were given up. */
  private heard = 0;
  private patience: number;
  private begun = 0;
  /** When the last one came, or was said. */
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

  /** Something besides the end of the conversation is still to be said. */
  get hasMore(): boolean {
    return this.steps.slice(this.at).some(({ act }) => !isOwnClose(act) && !(act.kind === 'frame' && act.answers));
  }

  /** The other side said a message. */
  hear(): void {
    this.heard++;
    this.stirred = this.options.now();
    this.wake();
  }

  /** True: all was said. False: the connection, or `over`, ended it. */
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
  private async due({ at, heard, pause, act }: ReplayStep, over: AbortSignal): Promise<void> {
    const { speed, by, now } = this.options;
    const isTimed = by === 'clock' && speed > 0;
    if (isTimed) await this.until(() => false, this.begun + (at * 1000) / speed, over);
    // Who closes early would miss replies of a server that is slower now.
    if (isTimed && !isOwnClose(act)) return;
    await this.until(() => this.heard >= heard, now() + this.patience, over);
    // Who waited in vain does not wait for the same message again.
    if (this.heard < heard) this.patience = Math.max(LEAST_PATIENCE, this.patience / 2);
    this.heard = Math.max(this.heard, heard);
    if (speed > 0 && !isTimed) await this.until(() => false, this.stirred + (pause * 1000) / speed, over);
  }

  /** All is said: the other side has as long as it had then. */
  private async hearOut(over: AbortSignal): Promise<void> {
    const { speed, by } = this.options;
    const other = this.side === 'client' ? 'server' : 'client';
    if (by !== 'clock' || speed === 0) return;
    const deadline = this.begun + (this.script.until[other] * 1000) / speed;
    const closes = other === 'server' && this.script.serverEnd?.first === true;
    const all = this.script.messages[other].length;
    await this.until(() => !closes && this.heard >= all, deadline, over);
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
    // A client that left without a word leaves with one: the connection is ours to end.
    if (act.kind === 'end') return this.side === 'server' ? this.speaker.end(act.how) : undefined;
    if (act.opcode >= OPCODE.close) return this.control(act);
    const { speaker } = this;
    const { compressed, group, fin } = act;
    const message = group?.message;
    if (!compressed && !speaker.compresses) {
      speaker.raw(this.bytesOf(act));
      if (fin) this.options.said?.('message');
    } else if (message?.data) {
      if (!fin) return;
      speaker.message(message.data, message.binary);
      this.options.said?.('message');
    } else if (!compressed) await this.raw(act);
  }

  private async control(act: ScriptFrame): Promise<void> {
    const { speaker } = this;
    const { opcode, payload, answers } = act;
    if (answers && (opcode === OPCODE.close || speaker.autoPong)) return;
    const isLegal = act.fin && act.rsv === 0 && payload.length <= 125 && act.lengthForm === 7;
    if (opcode === OPCODE.ping && isLegal) {
      speaker.ping(payload);
      this.options.said?.('ping');
      return;
    }
    if (opcode === OPCODE.close && isLegal) {
      const { code, reason, utf8Error } = readCloseBody(payload);
      const isSayable = code === undefined ? payload.length === 0 : closeCodeInfo(code).kind === 'valid';
      if (isSayable && !utf8Error) return speaker.close(code, reason);
    }
    await this.raw(act, opcode !== OPCODE.pong);
  }

  private async raw(act: ScriptFrame, isTold = true): Promise<void> {
    // It must not overtake what is still compressed.
    if (this.speaker.compresses) await this.speaker.flushed();
    this.speaker.raw(this.bytesOf(act));
    if (isTold) this.options.said?.('raw');
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
