import type { Handshake } from '../../codec/handshake/handshake.js';
import { latin1 } from '../../codec/http1/text.js';
import type { Frame } from '../../codec/messages/records.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { Judged } from '../../traffic/judged.js';
import type { ServerEnd } from '../../traffic/run-records/reply-difference.js';
import type { ConnectionSummary } from '../../traffic/tally/summary.js';

export type ScriptSide = 'client' | 'server';

/** A message of a recording. Without `data` its content is not known completely: too long, not captured, or not inflated. */
export interface ScriptMessage {
  readonly binary: boolean;
  readonly data?: Uint8Array;
}

/** Records that stand for no bytes of the recording, and the body of a refusal: nothing is left out with them. */
const NOTHING_LEFT: ReadonlySet<Judged['type']> = new Set(['body', 'http2', 'failure', 'app-end']);

/** The frames of one message. */
interface Group {
  message?: ScriptMessage;
  /** A part of it is missing: that is counted once. */
  broken?: boolean;
}

/** A frame as it was recorded, without its masking key. */
export interface ScriptFrame {
  readonly kind: 'frame';
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly lengthForm: 7 | 16 | 64;
  readonly payload: Uint8Array;
  /** Its payload is compressed: with the context of the recorded connection, which no longer exists. */
  readonly compressed: boolean;
  /** Of a data frame, the message that it belongs to, as soon as that is known. */
  readonly group?: Group;
  /** Of a control frame: an endpoint sends it by itself, as the answer to a ping, or to a close. */
  readonly answers: boolean;
}

/** A step of one side. */
export interface ReplayStep {
  readonly side: ScriptSide;
  /** Seconds since the opening handshake. */
  readonly at: number;
  /** The number of messages of the other side that had come by then … */
  readonly received: number;
  /** … and the seconds since the latest of those and of its own steps. */
  readonly pause: number;
  readonly act: ScriptFrame | { readonly kind: 'end'; readonly how: 'fin' | 'reset' };
}

/** The steps of both sides of one recorded connection, in the order of the recording. */
export interface Script {
  readonly handshake: Handshake | undefined;
  readonly steps: readonly ReplayStep[];
  readonly messages: Readonly<Record<ScriptSide, readonly ScriptMessage[]>>;
  /** Seconds from the handshake to the last step of each side. */
  readonly until: Readonly<Record<ScriptSide, number>>;
  /** How the server ended it. */
  readonly serverEnd?: ServerEnd;
  /** The recording shows how it ended: a HAR never does, nor one that breaks off before. */
  readonly isEnded: boolean;
  /** Parts of the recording that can't be sent again: not complete there, or compressed and not inflated. */
  readonly left: number;
}

interface SideState {
  received: number;
  /** Time of its last step, or of the last message of the other one. */
  stirred: number;
  open: Group | undefined;
  /** Pings of the other side that it has not answered: their payloads. */
  readonly pings: string[];
  closed: boolean;
  /** A hole was reported, and no frame since. */
  isHoled: boolean;
}

const OTHER: Readonly<Record<ScriptSide, ScriptSide>> = { client: 'server', server: 'client' };
const MOST_PINGS = 1024;
/** Memory of a step without its payload, about: bytes. */
const STEP_BYTES = 300;

/** Makes a script from the records of one connection. */
export class ScriptWriter {
  /** Its memory, about: bytes. */
  bytes = 0;
  private handshake: Handshake | undefined;
  private begun = NaN;
  private last = 0;
  private left = 0;
  private serverEnd: ServerEnd | undefined;
  private isEnded = false;
  private readonly steps: ReplayStep[] = [];
  private readonly messages: Record<ScriptSide, ScriptMessage[]> = { client: [], server: [] };
  private readonly until: Record<ScriptSide, number> = { client: 0, server: 0 };
  private readonly sides: Readonly<Record<ScriptSide, SideState>> = { client: newSide(), server: newSide() };

  take(record: Judged): void {
    const at = this.timeOf(record);
    if (record.type === 'handshake') {
      this.handshake = record.handshake;
      this.begun = record.time ?? NaN;
      this.last = 0;
    } else if (record.type === 'frame') this.frame(record.frame, at);
    else if (!NOTHING_LEFT.has(record.type)) {
      this.left++;
      if (record.type === 'gap' && record.direction !== 'unknown') this.sides[record.direction].isHoled = true;
    }
  }

  /** The connection has ended: where a side did so without a close frame, that is a step of its own. */
  closed({ ended, endedBy, endedAt, closeCode }: ConnectionSummary): void {
    if (ended !== 'fin' && ended !== 'reset') return;
    this.isEnded = true;
    if (endedBy === 'server') this.serverEnd ??= { code: 1006, reason: '', first: !this.sides.client.closed };
    if (closeCode !== 1006 || (endedBy !== 'client' && endedBy !== 'server')) return;
    const at = Math.max(this.last, endedAt === undefined || Number.isNaN(this.begun) ? 0 : endedAt - this.begun);
    this.step(endedBy, at, { kind: 'end', how: ended });
  }

  script(): Script {
    const { handshake, steps, messages, until, serverEnd, isEnded, left } = this;
    return { handshake, steps, messages, until, left, isEnded, ...(serverEnd && { serverEnd }) };
  }

  private timeOf({ time = NaN }: Judged): number {
    if (Number.isNaN(this.begun)) this.begun = time;
    // Clocks may be set back, and some recordings have no times.
    if (time - this.begun > this.last) this.last = time - this.begun;
    return this.last;
  }

  private frame(frame: Frame, at: number): void {
    const { header, direction, payload, received } = frame;
    if (direction === 'unknown' || frame.afterClose) return;
    const isWhole = frame.missing === 0 && payload.length === received;
    const { fin, rsv, opcode, masked, lengthForm, control } = header;
    // The memory of what was read belongs to the reader.
    const own = isWhole ? payload.slice() : new Uint8Array(0);
    const parts = { fin, rsv, opcode, masked, lengthForm, payload: own, compressed: frame.compressed };
    if (!control) {
      const group = this.groupOf(frame, direction, isWhole ? own : undefined);
      if (isWhole) this.step(direction, at, { kind: 'frame', ...parts, group, answers: false });
      if (group.message) this.messageEnded(direction, group.message, at);
    } else if (isWhole) {
      this.step(direction, at, { kind: 'frame', ...parts, answers: this.answers(frame, direction) });
    } else this.left++;
  }

  /** The message that a data frame belongs to; `whole` is the frame's payload, where it is known. */
  private groupOf({ place, message }: Frame, direction: ScriptSide, whole: Uint8Array | undefined): Group {
    const side = this.sides[direction];
    if (place !== 'continuation') side.open = {};
    const group: Group = (side.open ??= {});
    // Its hole was counted already.
    if (side.isHoled && !whole) group.broken = true;
    side.isHoled = false;
    if (!whole) this.isLeft(group);
    if (!message) return group;
    side.open = undefined;
    const isKnown = message.bytes === message.payload.length;
    const data = whole && message.frames === 1 && !message.compressed ? whole : message.payload.slice();
    group.message = { binary: message.opcode === OPCODE.binary, ...(isKnown && { data }) };
    this.bytes += data === whole ? 0 : data.length;
    if (!isKnown) this.isLeft(group);
    return group;
  }

  private isLeft(group: Group): void {
    if (!group.broken) this.left++;
    group.broken = true;
  }

  private messageEnded(from: ScriptSide, message: ScriptMessage, at: number): void {
    this.messages[from].push(message);
    const other = this.sides[OTHER[from]];
    other.received++;
    other.stirred = at;
  }

  /** Whether an endpoint sends this control frame by itself. */
  private answers({ header, payload, close }: Frame, direction: ScriptSide): boolean {
    const [own, other] = [this.sides[direction], this.sides[OTHER[direction]]];
    const key = latin1(payload);
    if (header.opcode === OPCODE.ping && other.pings.length < MOST_PINGS) other.pings.push(key);
    if (header.opcode === OPCODE.pong) {
      const at = own.pings.indexOf(key);
      if (at >= 0) own.pings.splice(0, at + 1);
      return at >= 0;
    }
    if (header.opcode !== OPCODE.close) return false;
    own.closed = true;
    if (direction === 'server') {
      this.serverEnd = { code: close?.code ?? 1005, reason: close?.reason ?? '', first: !other.closed };
      this.isEnded = true;
    }
    return other.closed;
  }

  private step(side: ScriptSide, at: number, act: ReplayStep['act']): void {
    const state = this.sides[side];
    this.steps.push({ side, at, received: state.received, pause: at - state.stirred, act });
    this.bytes += STEP_BYTES + (act.kind === 'frame' ? act.payload.length : 0);
    state.stirred = at;
    this.until[side] = at;
  }
}

function newSide(): SideState {
  return { received: 0, stirred: 0, open: undefined, pings: [], closed: false, isHoled: false };
}
