import { headerLength, MAX_HEADER_BYTES, readHeader, type FrameHeader } from './frame.js';
import { isAsciiView, unmaskInPlace, unmaskView, WordView } from './mask.js';
import { copyOf, isCopying, type PayloadMemory } from '../bytes/payload-memory.js';

/** The header is complete; the payload may still be on its way. */
export class FrameStart {
  readonly type = 'frame-start';
  constructor(readonly header: FrameHeader) {}
}

/** A run of payload bytes that arrived together; a payload may come in many. Zero-length payloads have none. */
export class FramePayload {
  readonly type = 'payload';
  /** The masking key with which the bytes are still masked; 0: none. */
  private key: number;

  constructor(
    readonly header: FrameHeader,
    /** Payload offset of the first byte here. */
    readonly offset: number,
    private readonly source: WordView,
    private readonly from: number,
    private readonly to: number,
  ) {
    this.key = header.key;
  }

  /** How many bytes are here. */
  get length(): number {
    return this.to - this.from;
  }
  /** The bytes as they were on the wire, masked if the frame is; the application's, where they were unmasked in place. */
  get data(): Uint8Array {
    return this.source.part(this.from, this.to);
  }
  /** The application's bytes, the first `most` of them: new memory if they are masked, else a view as `data`. */
  unmasked(most = Infinity): Uint8Array {
    const to = Math.min(this.to, this.from + most);
    if (this.key === 0) return this.source.part(this.from, to);
    return unmaskView(this.source, this.from, to, this.key, this.offset);
  }
  /** `unmasked` gives a view. */
  get isView(): boolean {
    return this.key === 0;
  }
  /** The same in new memory in any case. */
  copied(most = Infinity): Uint8Array {
    return unmaskView(this.source, this.from, Math.min(this.to, this.from + most), this.key, this.offset);
  }
  /** Unmasks the bytes where they are: `data` and `unmasked` are the same from now on. */
  unmaskInPlace(): void {
    unmaskInPlace(this.source, this.from, this.to, this.key, this.offset);
    this.key = 0;
  }
  /** Whether the application's bytes are ASCII: looked at without unmasking them. */
  get isAscii(): boolean {
    return isAsciiView(this.source, this.from, this.to, this.key, this.offset);
  }
}

/** The last payload byte has come. */
export class FrameEnd {
  readonly type = 'frame-end';
  constructor(readonly header: FrameHeader) {}
}

/** The input ended inside a frame. */
export interface Truncated {
  readonly type: 'truncated';
  /** Absolute offset of the frame's first byte. */
  readonly start: number;
  /** The header, if all of it came. */
  readonly header?: FrameHeader;
  /** What came of the header, if not all of it did. */
  readonly headerBytes?: Uint8Array;
  /** Payload bytes that came. */
  readonly received: number;
  /** Bytes that are missing: of the payload, or of the header as far as its first two bytes show. */
  readonly missing: number | bigint;
}

/** Payload bytes that are known to exist and were not captured. */
export class FrameHole {
  readonly type = 'hole';
  constructor(
    readonly header: FrameHeader,
    readonly length: number,
  ) {}
}

export type FrameEvent = FrameStart | FramePayload | FrameEnd;

/** Takes what `FrameReader.read` finds: the same as its events, without an object for each of them. */
export interface FrameBytesTaker {
  /** The application's bytes that came together: all of the payload (`offset` 0) where the chunk has all of the frame. */
  payload(header: FrameHeader, bytes: Uint8Array, offset: number): void;
  /** The frame's last byte has come. */
  end(header: FrameHeader): void;
}

const NOTHING = new Uint8Array(0);

/**
 * An incremental reader of one direction's frames (RFC 6455 §5.2). `push` takes chunks of any size and gives the events
 * that they complete; it keeps at most 13 header bytes, no payload, and never throws, whatever the bytes are.
 */
export class FrameReader {
  /** A header that is spread over chunks; made with the first of them, because there may be many readers. */
  private pending = NOTHING;
  private pendingLength = 0;
  private header: FrameHeader | undefined = undefined;
  /** Payload bytes of the open frame that came. Counted up: above 2^53 a count down would be inexact. */
  private received = 0;
  private index = 0;

  private readonly copies: boolean;
  private readonly unmasks: boolean;

  /** `offset` is the absolute offset of the byte that is next; `memory` says whether `push` copies the chunk. */
  constructor(
    private offset = 0,
    memory: PayloadMemory = {},
  ) {
    this.copies = isCopying(memory);
    this.unmasks = memory.unmask === 'in-place';
  }

  push(chunk: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = [];
    const source = new WordView(this.copies ? copyOf(chunk) : chunk);
    let at = 0;
    while (at < chunk.length) at = this.step(source, at, chunk.length, events);
    return events;
  }

  /** The same as `push`, for whoever takes many frames a second: payloads are unmasked, in the memory that the options name. */
  read(chunk: Uint8Array, taker: FrameBytesTaker): void {
    const source = new WordView(chunk);
    const { bytes } = source;
    let at = 0;
    while (at < bytes.length) {
      const header = this.whole(bytes, at, bytes.length);
      if (header === undefined) {
        at = this.readPart(source, at, taker);
        continue;
      }
      const from = at + header.length;
      at = from + header.payloadLength;
      if (at > from) taker.payload(header, this.plain(source, from, at, header.key, 0), 0);
      taker.end(header);
    }
  }

  /** A header or a payload that continues in other chunks. */
  private readPart(source: WordView, at: number, taker: FrameBytesTaker): number {
    const events: FrameEvent[] = [];
    const next = this.step(source, at, source.bytes.length, events);
    for (const event of events) {
      if (event.type === 'payload')
        taker.payload(event.header, this.copies ? event.copied() : event.unmasked(), event.offset);
      else if (event.type === 'frame-end') taker.end(event.header);
    }
    return next;
  }

  private plain(source: WordView, from: number, to: number, key: number, offset: number): Uint8Array {
    if (this.unmasks) unmaskInPlace(source, from, to, key, offset);
    if (this.unmasks || (key === 0 && !this.copies)) return source.part(from, to);
    return unmaskView(source, from, to, key, offset);
  }

  /** Takes one header, or one run of payload, from `source` at `at` on; returns where it stopped. */
  step(source: WordView, at: number, end: number, events: FrameEvent[]): number {
    return this.header === undefined
      ? this.takeHeader(source.bytes, at, end, events)
      : this.takePayload(source, at, end, events);
  }

  /** The header of the frame at `at`, if no frame is open and all of it ends before `end`: it is then read, and the next position is after it. */
  whole(bytes: Uint8Array, at: number, end: number): FrameHeader | undefined {
    if (this.header !== undefined || this.pendingLength > 0 || at + 2 > end) return undefined;
    const length = headerLength(bytes[at + 1]!);
    if (at + length > end) return undefined;
    const header = readHeader(bytes, at, this.index, this.offset);
    if (header.payloadLength > end - at - length) return undefined;
    this.index++;
    this.offset += length + header.payloadLength;
    return header;
  }

  /**
   * `length` bytes of the stream are missing here. Within the payload of the open frame that is all: the frame continues
   * after them. Otherwise it is lost where the next frame begins: false, and `rejoin` has to be called.
   */
  hole(length: number, events: (FrameEvent | FrameHole)[]): boolean {
    const { header } = this;
    if (header === undefined || this.received + length > header.payloadLength) return false;
    events.push(new FrameHole(header, length));
    this.offset += length;
    this.received += length;
    if (this.received === header.payloadLength) this.close(header, events);
    return true;
  }

  /** A frame begins at `offset`; what was open is given up. */
  rejoin(offset: number): void {
    this.header = undefined;
    this.pendingLength = 0;
    this.offset = offset;
  }

  /** The absolute offset of the byte that is next. */
  get position(): number {
    return this.offset;
  }

  /** To be called when no byte will follow: what is missing of an unfinished frame, if there is one. */
  end(): Truncated | undefined {
    const header = this.header;
    if (header !== undefined) {
      const { received } = this;
      const whole = header.exactLength;
      const missing = typeof whole === 'bigint' ? whole - BigInt(received) : whole - received;
      return { type: 'truncated', start: header.start, header, received, missing };
    }
    if (this.pendingLength === 0) return undefined;
    const headerBytes = this.pending.slice(0, this.pendingLength);
    const missing = this.pendingLength < 2 ? 1 : headerLength(headerBytes[1]!) - this.pendingLength;
    return { type: 'truncated', start: this.offset - this.pendingLength, headerBytes, received: 0, missing };
  }

  private takeHeader(bytes: Uint8Array, at: number, end: number, events: FrameEvent[]): number {
    if (this.pendingLength === 0 && at + 1 < end) {
      const length = headerLength(bytes[at + 1]!);
      if (at + length <= end) {
        const start = this.offset;
        this.offset += length;
        this.open(readHeader(bytes, at, this.index++, start), events);
        return at + length;
      }
    }
    return this.collectHeader(bytes, at, end, events);
  }

  /** The slow path: a header that is spread over chunks. */
  private collectHeader(bytes: Uint8Array, at: number, end: number, events: FrameEvent[]): number {
    if (this.pending === NOTHING) this.pending = new Uint8Array(MAX_HEADER_BYTES);
    let next = at;
    while (next < end) {
      this.pending[this.pendingLength++] = bytes[next++]!;
      this.offset++;
      if (this.pendingLength < 2 || this.pendingLength < headerLength(this.pending[1]!)) continue;
      const start = this.offset - this.pendingLength;
      this.pendingLength = 0;
      this.open(readHeader(this.pending, 0, this.index++, start), events);
      break;
    }
    return next;
  }

  private open(header: FrameHeader, events: FrameEvent[]): void {
    events.push(new FrameStart(header));
    if (header.payloadLength === 0) events.push(new FrameEnd(header));
    else {
      this.header = header;
      this.received = 0;
    }
  }

  private takePayload(source: WordView, at: number, end: number, events: FrameEvent[]): number {
    const header = this.header!;
    const stop = Math.min(end, at + header.payloadLength - this.received);
    const payload = new FramePayload(header, this.received, source, at, stop);
    if (this.unmasks) payload.unmaskInPlace();
    events.push(payload);
    this.received += stop - at;
    this.offset += stop - at;
    if (this.received === header.payloadLength) this.close(header, events);
    return stop;
  }

  private close(header: FrameHeader, events: (FrameEvent | FrameHole)[]): void {
    this.header = undefined;
    events.push(new FrameEnd(header));
  }
}
