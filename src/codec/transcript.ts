import { createAssembler, type ReadingOptions } from './assembling.js';
import { concat } from './byte-collector.js';
import type { DeflateParameters } from './deflate-params.js';
import type { Truncated } from './frame-reader.js';
import { FrameStream } from './frame-stream.js';
import type { FrameHeader } from './frame.js';
import { readHandshake, type Handshake } from './handshake.js';
import { HeadReader } from './head-reader.js';
import { startsLikeHead, type RequestHead, type ResponseHead } from './http1.js';
import type { MessageAssembler } from './message.js';
import { copyOf, handedOut } from './payload-memory.js';
import type { Direction, Frame, UnfinishedMessage } from './records.js';

export interface TranscriptOptions extends ReadingOptions {
  /** Who sent the bytes; where `unknown`, a handshake in front tells. */
  readonly direction?: Direction;
  /** Only frames: nothing is taken for a handshake. */
  readonly bare?: boolean;
}

export type TranscriptEvent =
  | { readonly type: 'handshake'; readonly direction: Direction; readonly handshake: Handshake }
  | { readonly type: 'frame'; readonly direction: Direction; readonly frame: Frame }
  /** The bytes end inside a frame header. */
  | { readonly type: 'tail'; readonly direction: Direction; readonly truncated: Truncated }
  /** So many bytes of the stream were not captured. */
  | { readonly type: 'gap'; readonly direction: Direction; readonly offset: number; readonly length: number }
  /** So many bytes could not be read as frames: in the middle of a stream, or behind a hole. */
  | { readonly type: 'unread'; readonly direction: Direction; readonly offset: number; readonly length: number }
  /** Bytes behind a refused upgrade. */
  | { readonly type: 'body'; readonly direction: Direction; readonly offset: number; readonly bytes: Uint8Array };

const EMPTY = new Uint8Array(0);

/**
 * One sequence of bytes as people have it: frames, with a handshake in front or without. A request in front makes the
 * frames the client's, a response the server's; with both in front the two directions are told apart by the mask bit.
 */
export class Transcript {
  private phase: 'start' | 'head' | 'frames' | 'body' = 'start';
  private offset = 0;
  /** Bytes that are not yet known to begin a head or a frame. */
  private pending: Uint8Array = EMPTY;
  private headReader: HeadReader | undefined;
  private request: RequestHead | undefined;
  private response: ResponseHead | undefined;
  private frames: FrameStream | undefined;
  private parameters: DeflateParameters | undefined;
  private readonly assemblers: MessageAssembler[] = [];

  constructor(private readonly options: TranscriptOptions = {}) {
    this.parameters = options.deflate;
    if (options.bare) this.beginFrames();
  }

  private get stated(): Direction {
    return this.options.direction ?? 'unknown';
  }

  /** Messages whose last fragment has not come. */
  get unfinished(): UnfinishedMessage[] {
    return this.assemblers.flatMap((assembler) => assembler.unfinished ?? []);
  }

  /** permessage-deflate is in use: negotiated in the handshake seen, or stated. */
  get deflate(): boolean {
    return this.parameters !== undefined;
  }

  push(chunk: Uint8Array): TranscriptEvent[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('push takes a Uint8Array');
    const events: TranscriptEvent[] = [];
    let rest: Uint8Array | undefined = chunk;
    while (rest !== undefined && rest.length > 0) rest = this.step(rest, events, false);
    return events;
  }

  /** No byte will follow: an unfinished head or frame is told as far as it came. */
  end(): TranscriptEvent[] {
    const events: TranscriptEvent[] = [];
    if (this.phase === 'start') this.step(EMPTY, events, true);
    if (this.phase === 'head') {
      const head = this.headReader!.end();
      if (head) this.takeHead(head, events);
      this.endHandshake(events);
    }
    const unfinished = this.frames?.end();
    if (!unfinished) return events;
    if ('frame' in unfinished) events.push(this.frameEvent(unfinished.frame));
    else events.push({ type: 'tail', direction: this.direction(), truncated: unfinished.header });
    return events;
  }

  /** A final answer has finished it already. */
  private endHandshake(events: TranscriptEvent[]): void {
    if (this.phase === 'head' || this.phase === 'start') this.finishHandshake(events);
  }

  /** Takes bytes in the present phase; what it returns is for the next one. */
  private step(chunk: Uint8Array, events: TranscriptEvent[], last: boolean): Uint8Array | undefined {
    switch (this.phase) {
      case 'start':
        return this.decide(chunk, events, last);
      case 'head': {
        const result = this.headReader!.push(chunk);
        if (!result) return undefined;
        this.takeHead(result.head, events);
        return result.rest;
      }
      case 'frames':
        for (const frame of this.frames!.push(chunk)) events.push(this.frameEvent(frame));
        return undefined;
      case 'body':
        events.push({ type: 'body', direction: 'server', offset: this.offset, bytes: handedOut(chunk, this.options) });
        this.offset += chunk.length;
        return undefined;
    }
  }

  /** Does a head begin here, or a frame? */
  private decide(chunk: Uint8Array, events: TranscriptEvent[], last: boolean): Uint8Array | undefined {
    const bytes = this.pending.length === 0 ? chunk : concat([this.pending, chunk]);
    const start = bytes.length === 0 ? 'no' : startsLikeHead(bytes);
    if (start === 'maybe' && !last) {
      this.pending = copyOf(bytes);
      return undefined;
    }
    this.pending = EMPTY;
    if ((start === 'request' && !this.request) || start === 'response') {
      this.headReader = new HeadReader({ offset: this.offset, kind: start });
      this.phase = 'head';
    } else if (bytes.length > 0 || last) {
      if (this.request || this.response) this.finishHandshake(events);
      else this.beginFrames();
      if (last && bytes.length > 0) this.step(bytes, events, false);
    }
    return bytes;
  }

  private takeHead(head: RequestHead | ResponseHead, events: TranscriptEvent[]): void {
    this.offset = head.span.end;
    this.headReader = undefined;
    if (head.kind === 'request') this.request = head;
    else this.response = head;
    const status = this.response?.status;
    const interim = status !== undefined && status < 200 && status !== 101;
    if (this.response && !interim) this.finishHandshake(events);
    // Behind a request an answer may follow, behind an interim answer (100, 103) the final one.
    else this.phase = 'start';
  }

  private finishHandshake(events: TranscriptEvent[]): void {
    const { request, response } = this;
    const { acceptOf } = this.options;
    const handshake = readHandshake({
      ...(request && { request }),
      ...(response && { response }),
      ...(acceptOf && { acceptOf }),
    });
    if (handshake.deflate) this.parameters = handshake.deflate;
    else if (response) this.parameters = undefined;
    events.push({ type: 'handshake', direction: this.direction(), handshake });
    if (response && !handshake.upgraded) this.phase = 'body';
    else this.beginFrames();
  }

  private beginFrames(): void {
    this.phase = 'frames';
    this.frames = new FrameStream(this.router(), this.offset);
  }

  /**
   * Where the sender is not known, masked frames and others are kept apart: only clients mask, and what one end sent
   * says nothing of the other's messages. With both heads in front it is known which is which.
   */
  private router(): (header: FrameHeader) => MessageAssembler {
    const direction = this.direction();
    if (direction !== 'unknown') {
      const only = this.assembler(direction);
      return () => only;
    }
    const both = this.request !== undefined && this.response !== undefined;
    const numbers = { next: 0 };
    const masked = this.assembler(both ? 'client' : 'unknown', both ? undefined : numbers);
    const unmasked = this.assembler(both ? 'server' : 'unknown', both ? undefined : numbers);
    return (header) => (header.masked ? masked : unmasked);
  }

  private direction(): Direction {
    if (this.stated !== 'unknown') return this.stated;
    if (this.request && this.response) return 'unknown';
    return this.request ? 'client' : this.response ? 'server' : 'unknown';
  }

  private assembler(direction: Direction, numbers?: { next: number }): MessageAssembler {
    const assembler = createAssembler(direction, this.parameters, this.options);
    if (numbers) assembler.numbers = numbers;
    this.assemblers.push(assembler);
    return assembler;
  }

  private frameEvent(frame: Frame): TranscriptEvent {
    return { type: 'frame', direction: frame.direction, frame };
  }
}
