import type {
  CarriedOpener,
  CloseReason,
  GapKind,
  Passage,
  Side,
  StreamTaker,
} from '../../codec/bytes/stream-taker.js';
import type { ReadStep } from './step.js';

/** Bytes of a dialogue with a proxy that are held: the longest header of the PROXY protocol, and more than any of SOCKS. */
const MOST_HELD = 16 + 65_535 + 1024;
const MOST_PIECES = 4096;

/** The first bytes of one side. */
class HeldBytes {
  length = 0;
  private room = new Uint8Array(512);

  get bytes(): Uint8Array {
    return this.room.subarray(0, this.length);
  }

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.room.length) {
      const room = new Uint8Array(Math.max(length, 2 * this.room.length));
      room.set(this.bytes);
      this.room = room;
    }
    this.room.set(bytes, this.length);
    this.length = length;
  }
}

/** Up to `end` of the side's bytes came at `time`. */
interface HeldChunk {
  readonly side: Side;
  readonly end: number;
  readonly time: number;
}

/**
 * A stream that begins with a dialogue with a proxy: the dialogue is stepped over, and what follows is handed on. Anything
 * else is handed on as it is. Offsets keep counting.
 */
export class SteppedOver implements StreamTaker {
  private carried: StreamTaker | undefined;
  private isRefused = false;
  /** The side that sends the request: the first that sent anything. */
  private client: Side = 0;
  private pieces: HeldChunk[] = [];
  private held: readonly [HeldBytes, HeldBytes] = [new HeldBytes(), new HeldBytes()];

  constructor(
    private readonly opener: CarriedOpener,
    private readonly read: ReadStep,
  ) {}

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    if (this.carried) return this.carried.data(side, bytes, start, end, time);
    if (this.isRefused || start === end) return;
    if (this.pieces.length === 0) this.client = side;
    this.held[side].append(bytes.subarray(start, end));
    this.pieces.push({ side, end: this.held[side].length, time });
    this.look();
  }

  /** In a dialogue with a hole it is not known which bytes are whose. */
  gap(side: Side, length: number, time: number, kind?: GapKind): void {
    if (!this.carried) this.handOn(undefined, [0, 0]);
    this.carried?.gap(side, length, time, kind);
  }

  fin(side: Side, time: number): void {
    this.carried?.fin(side, time);
  }

  reset(side: Side, time: number): void {
    this.carried?.reset(side, time);
  }

  close(reason: CloseReason, time: number): void {
    if (!this.carried) this.handOn(undefined, [0, 0]);
    this.carried?.close(reason, time);
  }

  private look(): void {
    const { held, client, pieces } = this;
    const step = this.read(held[client].bytes, held[client === 0 ? 1 : 0].bytes);
    const isMuch = held[0].length + held[1].length > MOST_HELD || pieces.length > MOST_PIECES;
    if (step === 'refused') {
      this.isRefused = true;
      this.forget();
    } else if (step === 'no' || (step === 'more' && isMuch)) this.handOn(undefined, [0, 0]);
    else if (step !== 'more') {
      this.handOn(step.passage, client === 0 ? [step.client, step.server] : [step.server, step.client]);
    }
  }

  /** What is left after `offsets`, in the order in which it came. */
  private handOn(passage: Passage | undefined, offsets: readonly [number, number]): void {
    if (this.isRefused) return;
    const { pieces, held } = this;
    const carried = this.opener.carries({ passage, offsets });
    this.carried = carried;
    this.forget();
    const next: [number, number] = [...offsets];
    for (const { side, end, time } of pieces) {
      if (end <= next[side]) continue;
      carried.data(side, held[side].bytes, next[side], end, time);
      next[side] = end;
    }
  }

  private forget(): void {
    this.pieces = [];
    this.held = [new HeldBytes(), new HeldBytes()];
  }
}
