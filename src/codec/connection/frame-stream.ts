import type { FrameHeader } from '../frames/frame.js';
import { FrameReader, type FrameEvent, type FrameHole, type Truncated } from '../frames/frame-reader.js';
import { wordsOf } from '../frames/mask.js';
import type { MessageAssembler } from '../messages/assembler.js';
import type { Frame } from '../messages/records.js';

/** What the end of a stream left unfinished: a frame whose header came, or less than a header. */
export type Unfinished = { readonly frame: Frame } | { readonly header: Truncated };

/** Takes frames, as they become complete. `time` is that of their last bytes: seconds, NaN where unknown. */
export interface FrameTaker {
  frame(frame: Frame, time: number): void;
}

/** Names the assembler of each header: by the mask bit where both directions were written one after the other. */
export type AssemblerRoute = (header: FrameHeader) => MessageAssembler;

/** Bytes to frames, with what their messages make of them. A directed stream has one assembler for all of its frames. */
export class FrameStream {
  private readonly reader: FrameReader;
  private current: MessageAssembler | undefined;

  /** `offset` is the absolute offset of the first byte that will be pushed. */
  constructor(
    private readonly route: MessageAssembler | AssemblerRoute,
    offset = 0,
  ) {
    this.reader = new FrameReader(offset);
  }

  /** The absolute offset of the byte that is next. */
  get position(): number {
    return this.reader.position;
  }

  /** The frames that the chunk completes. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    this.read(chunk, 0, chunk.length, NaN, { frame: (frame) => frames.push(frame) });
    return frames;
  }

  /** The same for a part of `bytes`. What its assemblers hand out says whether it may be written to afterwards. */
  read(bytes: Uint8Array, start: number, end: number, time: number, taker: FrameTaker): void {
    const source = wordsOf(bytes);
    // Of this call alone: whoever takes a frame may read another stream meanwhile, or throw.
    let events: FrameEvent[] | undefined;
    let at = start;
    while (at < end) {
      const header = this.reader.whole(bytes, at, end);
      if (header !== undefined) at = this.takeWhole(header, source, at, time, taker);
      else {
        events ??= [];
        at = this.reader.step(source, at, end, events);
        this.takeEvents(events, time, taker);
      }
    }
  }

  /**
   * `length` bytes are missing; `isAbout`: that is an estimate. False: they may hold the end of a frame, and it is not known
   * where the next one begins.
   */
  hole(length: number, time: number, taker: FrameTaker, isAbout = false): boolean {
    const events: (FrameEvent | FrameHole)[] = [];
    const within = !isAbout && this.reader.hole(length, events);
    this.takeEvents(events, time, taker);
    if (within) return true;
    const open = this.reader.end();
    if (open?.header) taker.frame(this.current!.truncate(open, true), time);
    this.reader.rejoin(this.reader.position + length);
    return false;
  }

  /** After a hole, a frame begins at `offset`. */
  rejoin(offset: number, assembler: MessageAssembler): void {
    assembler.rejoin();
    this.reader.rejoin(offset);
  }

  end(): Unfinished | undefined {
    const truncated = this.reader.end();
    if (!truncated) return undefined;
    return truncated.header ? { frame: this.current!.truncate(truncated) } : { header: truncated };
  }

  private takeWhole(
    header: FrameHeader,
    source: ReturnType<typeof wordsOf>,
    at: number,
    time: number,
    taker: FrameTaker,
  ): number {
    const from = at + header.length;
    const to = from + header.payloadLength;
    const assembler = this.assemblerOf(header);
    const frame = assembler.whole(header, source, from);
    if (frame !== undefined) taker.frame(frame, time);
    else taker.frame(assembler.parts(header, source, from, to), time);
    return to;
  }

  private assemblerOf(header: FrameHeader): MessageAssembler {
    return typeof this.route === 'function' ? this.route(header) : this.route;
  }

  private takeEvents(events: (FrameEvent | FrameHole)[], time: number, taker: FrameTaker): void {
    for (const event of events) this.take(event, time, taker);
    events.length = 0;
  }

  private take(event: FrameEvent | FrameHole, time: number, taker: FrameTaker): void {
    switch (event.type) {
      case 'frame-start':
        this.current = this.assemblerOf(event.header);
        this.current.start(event.header);
        break;
      case 'payload':
        this.current!.payload(event);
        break;
      case 'hole':
        this.current!.hole(event);
        break;
      case 'frame-end':
        taker.frame(this.current!.end(), time);
        break;
    }
  }
}
