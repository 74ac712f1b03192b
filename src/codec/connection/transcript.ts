import type { TranscriptEvent } from './transcript-event.js';
import { createAssembler, type ReadingOptions } from './reading-options.js';
import { concat } from '../bytes/byte-collector.js';
import { collected, type ConnectionTaker, type StreamReading } from './stream-reading.js';
import { FrameStream } from './frame-stream.js';
import type { FrameHeader } from '../frames/frame.js';
import { HeadReader } from '../http1/head-reader.js';
import { HttpBody } from '../http1/body.js';
import type { RequestHead, ResponseHead } from '../http1/head.js';
import { startsLikeHead } from '../http1/head-start.js';
import type { MessageAssembler } from '../messages/assembler.js';
import { copyOf, handedOut } from '../bytes/payload-memory.js';
import { Opening } from './handshake-state.js';
import type { Direction, UnfinishedMessage } from '../messages/records.js';
import type { Side } from '../bytes/stream-taker.js';

export interface TranscriptOptions extends ReadingOptions {
  /** The side that sent the bytes; where `unknown`, the heads of a handshake show it. */
  readonly direction?: Direction;
  /** Only frames: nothing is taken for a handshake. */
  readonly bare?: boolean;
}

const EMPTY = new Uint8Array(0);

/**
 * The reading of a stream whose bytes are one sequence, as people paste them: which side sent which is not stated. A request
 * makes the frames after it the client's, a response the server's; with both heads the mask bit distinguishes the two
 * directions. Offsets are those of the sequence. `Connection` reads streams whose sides are known: for the same bytes both
 * give the same frames.
 */
export class Transcript implements StreamReading {
  /** The user stated that it is WebSocket. */
  readonly recognised = true;
  readonly isHttp = false;
  readonly searched = 0;
  private phase: 'start' | 'head' | 'body' | 'frames' | 'lost' = 'start';
  private offset = 0;
  /** Bytes that are not yet known to begin a head or a frame. */
  private pending: Uint8Array = EMPTY;
  private head: HeadReader | undefined;
  private body: HttpBody | undefined;
  private frames: FrameStream | undefined;
  private readonly opening: Opening;
  private readonly assemblers: MessageAssembler[] = [];

  constructor(private readonly options: TranscriptOptions = {}) {
    this.opening = new Opening(options);
    if (options.bare) this.beginFrames();
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.assemblers.flatMap((assembler) => assembler.unfinished ?? []);
  }

  /** permessage-deflate is in use: negotiated in the handshake seen, or stated. */
  get deflate(): boolean {
    return this.opening.parameters !== undefined;
  }

  push(chunk: Uint8Array): TranscriptEvent[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('push takes a Uint8Array');
    return collected((taker) => this.feed(chunk, NaN, taker));
  }

  /** The same for a part of `bytes`, which must not be written to as long as a frame is in use. */
  read(_side: Side, bytes: Uint8Array, start: number, end: number, time: number, taker: ConnectionTaker): void {
    if (this.phase === 'frames') this.frames!.read(bytes, start, end, time, taker);
    else this.feed(bytes.subarray(start, end), time, taker);
  }

  /** `length` bytes are missing. Where the sides are not known, frames are not looked for after a hole. */
  gap(_side: Side, length: number, time: number, taker: ConnectionTaker): void {
    const offset = this.phase === 'frames' ? this.frames!.position : this.offset + this.pending.length;
    taker.event({ type: 'gap', direction: this.direction, offset, length }, time);
    if (this.phase === 'frames' && this.frames!.hole(length, time, taker)) return;
    this.offset = offset + length;
    this.phase = 'lost';
  }

  directionOf(): Direction {
    return this.direction;
  }

  /** Gives back what is shared with others. */
  drop(): void {
    for (const assembler of this.assemblers) assembler.close();
  }

  /** No byte will follow: an unfinished head or frame is reported as far as it came. */
  end(time = NaN, taker?: ConnectionTaker): TranscriptEvent[] {
    if (taker === undefined) return collected((collecting) => void this.end(time, collecting));
    if (this.phase === 'start' && this.pending.length > 0) this.endStart(time, taker);
    const head = this.phase === 'head' ? this.head!.end() : undefined;
    if (head) this.takeHead(head, time, taker);
    this.reportHandshake(taker);
    const unfinished = this.phase === 'frames' ? this.frames!.end() : undefined;
    this.drop();
    if (!unfinished) return [];
    if ('frame' in unfinished) taker.frame(unfinished.frame, time);
    else taker.event({ type: 'tail', direction: this.direction, truncated: unfinished.header }, time);
    return [];
  }

  private feed(chunk: Uint8Array, time: number, taker: ConnectionTaker): void {
    let rest: Uint8Array | undefined = chunk;
    while (rest !== undefined && rest.length > 0) rest = this.step(rest, time, taker);
  }

  /** What was too short to recognise is not a head. */
  private endStart(time: number, taker: ConnectionTaker): void {
    const { pending } = this;
    this.pending = EMPTY;
    this.beginOther(taker);
    this.feed(pending, time, taker);
  }

  /** Takes bytes in the present phase; what it returns is for the next one. */
  private step(chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    switch (this.phase) {
      case 'start':
        return this.decide(chunk, taker);
      case 'head': {
        const result = this.head!.push(chunk);
        if (!result) return undefined;
        this.takeHead(result.head, time, taker);
        return result.rest;
      }
      case 'body':
        return this.takeBody(chunk, time, taker);
      case 'frames':
        this.frames!.read(chunk, 0, chunk.length, time, taker);
        return undefined;
      case 'lost': {
        const { direction, offset } = this;
        this.offset += chunk.length;
        taker.event({ type: 'unread', direction, offset, length: chunk.length }, time);
        return undefined;
      }
    }
  }

  /** Does a head begin here, or something else? */
  private decide(chunk: Uint8Array, taker: ConnectionTaker): Uint8Array | undefined {
    const bytes = this.pending.length === 0 ? chunk : concat([this.pending, chunk]);
    const start = startsLikeHead(bytes);
    this.pending = start === 'maybe' ? copyOf(bytes) : EMPTY;
    if (start === 'maybe') return undefined;
    if (start === 'no') this.beginOther(taker);
    else {
      // A request without an answer is followed by another one.
      if (start === 'request') this.reportHandshake(taker);
      this.head = new HeadReader({ offset: this.offset, kind: start });
      this.phase = 'head';
    }
    return bytes;
  }

  private beginOther(taker: ConnectionTaker): void {
    this.reportHandshake(taker);
    if (this.opening.state === 'refused') this.phase = 'body';
    else this.beginFrames();
  }

  private takeHead(head: RequestHead | ResponseHead, time: number, taker: ConnectionTaker): void {
    this.offset = head.span.end;
    this.head = undefined;
    this.phase = 'start';
    const { opening } = this;
    if (head.kind === 'request') return opening.ask(head, time);
    const { status = 0 } = head;
    // After an interim answer (100, 103) the final one follows.
    if (status >= 100 && status < 200 && status !== 101) return;
    opening.answer(head, time);
    this.reportHandshake(taker);
    if (opening.state === 'open') return this.beginFrames();
    this.body = new HttpBody(head);
    if (this.body.isDeclared && !this.body.isDone) this.phase = 'body';
  }

  /** What belongs to a refusal. Another try may follow a body that states its length. */
  private takeBody(chunk: Uint8Array, time: number, taker: ConnectionTaker): Uint8Array | undefined {
    const { body, offset } = this;
    // What follows a whole body and is no head belongs to none: that lasts until the end.
    const isOver = body === undefined || body.isDone;
    const end = isOver ? chunk.length : body.read(chunk, 0);
    this.offset += end;
    if (!isOver && body.isDone) this.phase = 'start';
    const bytes = handedOut(chunk.subarray(0, end), this.options);
    taker.event({ type: 'body', direction: 'server', offset, bytes }, time);
    return chunk.subarray(end);
  }

  private reportHandshake(taker: ConnectionTaker): void {
    const { direction } = this;
    const reported = this.opening.take();
    if (!reported) return;
    const { time, ...handshake } = reported;
    taker.event({ type: 'handshake', direction, ...handshake }, time);
  }

  private beginFrames(): void {
    this.opening.begin();
    this.phase = 'frames';
    this.frames = new FrameStream(this.router(), this.offset);
  }

  /**
   * Where the sender is not known, masked frames and others are kept apart: only clients mask, and what one end sent
   * says nothing of the other's messages. With both heads it is known which is which.
   */
  private router(): (header: FrameHeader) => MessageAssembler {
    const { direction } = this;
    if (direction !== 'unknown') {
      const only = this.assembler(direction);
      return () => only;
    }
    const both = this.opening.asked && this.opening.answered;
    const numbers = { next: 0 };
    const masked = this.assembler(both ? 'client' : 'unknown', both ? undefined : numbers);
    const unmasked = this.assembler(both ? 'server' : 'unknown', both ? undefined : numbers);
    return (header) => (header.masked ? masked : unmasked);
  }

  private get direction(): Direction {
    const { direction: stated = 'unknown' } = this.options;
    if (stated !== 'unknown') return stated;
    const { asked, answered } = this.opening;
    if (asked && answered) return 'unknown';
    return asked ? 'client' : answered ? 'server' : 'unknown';
  }

  private assembler(direction: Direction, numbers?: { next: number }): MessageAssembler {
    const assembler = createAssembler(direction, this.opening.parameters, this.options);
    if (numbers) assembler.numbers = numbers;
    this.assemblers.push(assembler);
    return assembler;
  }
}
