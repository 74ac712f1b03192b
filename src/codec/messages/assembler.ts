import { ByteCollector } from '../bytes/byte-collector.js';
import { readCloseBody } from './close.js';
import type { InflateOutcome, MessageInflater } from '../deflate/message-deflate.js';
import type { FrameHeader } from '../frames/frame.js';
import { FramePayload, type FrameHole, type Truncated } from '../frames/frame-reader.js';
import { isAsciiView, unmaskInPlace, type WordView } from '../frames/mask.js';
import type { Direction, Frame, FramePlace, Message, UnfinishedMessage } from './records.js';
import {
  belongs,
  isPlain,
  MAX_CONTROL_BYTES,
  payloadSpan,
  placed,
  plus,
  RUNS_KEPT,
  type OpenFrame,
  type OpenMessage,
} from './open-message.js';
import { copyOf, isCopying, type PayloadMemory } from '../bytes/payload-memory.js';
import { OPCODE } from '../frames/registry.js';
import { utf8Error, Utf8Validator } from '../bytes/utf8.js';
import { WholeFrame } from './whole-frame.js';

/** What a part that reads messages needs of them: asked with every message, so that it can need less later. */
export interface MessageNeed {
  /** Bytes of a message of that length; Infinity: its length is not known yet. */
  bytesOf(length: number): number;
}

export interface AssemblerOptions extends PayloadMemory {
  readonly direction: Direction;
  /** Payload bytes kept of each frame. */
  readonly previewBytes: number;
  /** Bytes kept of each message. */
  readonly messageBytes: number;
  /** Where more may be needed of them. */
  readonly need?: MessageNeed;
  /** Compressed bytes that are collected of one message. */
  readonly maxCompressedBytes: number;
  /** The stream was joined in its middle: its first frames may continue a message whose beginning was not seen. */
  readonly joined?: boolean;
}

/** A record while it is made. Fields are set one by one: spreading costs more than everything else for a short frame. */
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const EMPTY = new Uint8Array(0);

/** Puts the frames of one direction together into messages. Faults are facts of the records; it never throws. */
export class MessageAssembler {
  /** Inflates compressed messages; absent while no extension is known to be negotiated. */
  inflater: MessageInflater | undefined;
  private frame: OpenFrame | undefined;
  private message: OpenMessage | undefined;
  /** Made for the first text that is not checked at once. */
  private validator: Utf8Validator | undefined;
  private closed = false;
  private lastKey = -1;
  /** The next continuation may belong to a message whose beginning was not captured. */
  private unseen: boolean;
  /** The next frame is the first after what was not seen. */
  private joining = false;
  /** Numbers the messages; shared where two assemblers read one sequence. */
  numbers = { next: 0 };
  private readonly copies: boolean;

  constructor(private readonly options: AssemblerOptions) {
    this.copies = isCopying(options);
    this.unseen = options.joined ?? false;
  }

  /**
   * A frame that is entirely in `source`, its payload from `from` on. Returns the record where nothing has to be assembled or
   * reported; otherwise undefined, and the frame has to be read part by part.
   */
  whole(header: FrameHeader, source: WordView, from: number): WholeFrame | undefined {
    if (this.closed || this.joining || !isPlain(header)) return undefined;
    const { direction, previewBytes, unmask } = this.options;
    if (!header.control) {
      if (this.message !== undefined) return undefined;
      const { key, payloadLength } = header;
      if (header.opcode === OPCODE.text && !isAsciiView(source, from, from + payloadLength, key)) return undefined;
      this.unseen = false;
    }
    const repeated = header.masked && header.key === this.lastKey;
    if (header.masked) this.lastKey = header.key;
    const index = header.control ? -1 : this.numbers.next++;
    const keep = header.control ? MAX_CONTROL_BYTES : previewBytes;
    const key = unmask === undefined ? header.key : 0;
    if (key !== header.key) unmaskInPlace(source, from, from + header.payloadLength, header.key, 0);
    const most = this.bytesOf(header.payloadLength);
    const frame = new WholeFrame(header, direction, repeated, source, from, key, keep, most, index);
    if (this.copies) frame.detach();
    return frame;
  }

  /** The same for any other frame. */
  parts(header: FrameHeader, source: WordView, from: number, to: number): Frame {
    this.start(header);
    if (to > from) this.payload(new FramePayload(header, 0, source, from, to));
    return this.end();
  }

  /** Bytes are missing and a frame begins after them: whatever was open is lost. */
  rejoin(): void {
    this.frame = undefined;
    this.message = undefined;
    this.unseen = true;
    this.joining = true;
    this.lastKey = -1;
    this.inflater?.loseContext();
  }

  /** A header came. */
  start(header: FrameHeader): void {
    const place = this.placeOf(header);
    if (place === 'first') this.unseen = false;
    if (place === 'first' || place === 'interrupting') this.openMessage(header);
    const keep = header.control ? Math.max(MAX_CONTROL_BYTES, this.options.previewBytes) : this.options.previewBytes;
    this.frame = {
      header,
      place,
      keyRepeated: header.masked && header.key === this.lastKey,
      preview: new ByteCollector(Math.min(keep, header.payloadLength)),
      joined: this.joining,
      lost: 0,
    };
    this.joining = false;
    if (belongs(place) && header.payloadLength > 0) this.noteRun(header);
    if (header.masked) this.lastKey = header.key;
  }

  /** Payload bytes came. */
  payload(event: FramePayload): void {
    const frame = this.frame!;
    if (this.options.unmask === 'in-place') event.unmaskInPlace();
    const message = belongs(frame.place) ? this.message : undefined;
    const checksText = message?.checked === true && !this.validator!.error;
    const isBehindHole = frame.lost > 0 || message?.holed === true;
    if (isBehindHole || (frame.preview.room <= 0 && !checksText && !(message && message.collector.room > 0))) {
      frame.preview.skip(event.length);
      message?.collector.skip(event.length);
      return;
    }
    this.keep(event, frame, message, checksText);
  }

  /** Unmasking costs more than all else: payloads that are neither kept nor checked stay masked. */
  private keep(
    event: FramePayload,
    { preview }: OpenFrame,
    message: OpenMessage | undefined,
    checksText: boolean,
  ): void {
    const rooms = Math.max(preview.room, message?.collector.room ?? 0);
    const isPlain = checksText && this.validator!.isBetween && event.isAscii;
    if (isPlain) this.validator!.pass(event.length);
    const looksAtAll = checksText && !isPlain;
    const bytes = this.copies && !looksAtAll ? event.copied(rooms) : event.unmasked(looksAtAll ? event.length : rooms);
    const kept = this.copies && looksAtAll && event.isView ? copyOf(bytes.subarray(0, rooms)) : bytes;
    const rest = event.length - kept.length;
    preview.push(kept);
    preview.skip(rest);
    message?.collector.push(kept);
    message?.collector.skip(rest);
    if (!looksAtAll) return;
    this.validator!.push(bytes);
    this.noteTextError(this.frame!, message!);
  }

  /** Payload bytes were not captured: what comes after them can't be put together with what came before. */
  hole(event: FrameHole): void {
    const frame = this.frame!;
    frame.lost += event.length;
    if (!belongs(frame.place)) return;
    this.message!.holed = true;
    this.message!.checked = false;
  }

  /** The last payload byte came. */
  end(): Frame {
    const frame = this.frame!;
    const { header } = frame;
    this.frame = undefined;
    const afterClose = this.closed;
    const completes = belongs(frame.place) && header.fin;
    const compressed = belongs(frame.place) && this.message!.compressed;
    if (belongs(frame.place)) this.message!.frames++;
    if (frame.place === 'unseen' && header.fin) this.unseen = false;
    const message = completes ? this.completeMessage(frame) : undefined;
    const isClose = header.opcode === OPCODE.close;
    const close = isClose && frame.lost === 0 ? readCloseBody(frame.preview.bytes()) : undefined;
    if (isClose) this.closed = true;
    const closeError = close?.utf8Error && placed(close.utf8Error, [{ message: 0, stream: payloadSpan(frame).start }]);
    const error = closeError ?? frame.utf8Error;
    const record = this.record(frame, frame.lost, afterClose, compressed);
    if (close) record.close = close;
    if (error) record.utf8Error = error;
    if (message) record.message = message;
    return record;
  }

  /** The stream ended inside this frame, or (`lost`) was not captured from there on; its header is known. */
  truncate(truncated: Truncated, lost = false): Frame {
    const frame = this.frame!;
    const record = this.soFar(frame, plus(truncated.missing, frame.lost));
    this.frame = undefined;
    record.holed ||= lost;
    return record;
  }

  /** The frame whose last byte has not come, as far as it has; nothing counts as missing. */
  get open(): Frame | undefined {
    return this.frame && this.soFar(this.frame, 0);
  }

  /** Nothing will follow: gives back what its inflater shares with others. */
  close(): void {
    this.inflater?.close();
  }

  /** The fragmented message that waits for its continuation. */
  get unfinished(): UnfinishedMessage | undefined {
    if (!this.message || this.message.frames === 0) return undefined;
    const { opcode, frames, collector } = this.message;
    return { direction: this.options.direction, opcode, frames, wireBytes: collector.seen };
  }

  /** Bytes kept of a message of that length. */
  private bytesOf(length: number): number {
    const { messageBytes, need } = this.options;
    return need === undefined ? messageBytes : Math.max(messageBytes, need.bytesOf(length));
  }

  private placeOf(header: FrameHeader): FramePlace {
    if (header.control) return 'control';
    if (header.opcode === OPCODE.continuation) return this.message ? 'continuation' : this.unseen ? 'unseen' : 'stray';
    if (header.opcode > OPCODE.binary) return 'reserved';
    return this.message ? 'interrupting' : 'first';
  }

  private openMessage(header: FrameHeader): void {
    const compressed = header.rsv1 && this.inflater !== undefined;
    const keep = compressed
      ? this.options.maxCompressedBytes
      : this.bytesOf(header.fin ? header.payloadLength : Infinity);
    this.message = {
      opcode: header.opcode,
      start: header.start,
      compressed,
      frames: 0,
      // Room for what a whole message can have, and no more: most are short.
      collector: new ByteCollector(header.fin ? Math.min(keep, header.payloadLength) : keep),
      runs: [],
      // RSV1 without a negotiated extension: the meaning of these bytes is not known.
      checked: header.opcode === OPCODE.text && !header.rsv1,
      holed: false,
    };
    (this.validator ??= new Utf8Validator()).reset();
  }

  private noteRun(header: FrameHeader): void {
    const { runs, collector } = this.message!;
    runs.push({ message: collector.seen, stream: header.start + header.length });
    if (runs.length > RUNS_KEPT) runs.shift();
  }

  private noteTextError(frame: OpenFrame, message: OpenMessage): void {
    const { error } = this.validator!;
    if (!error || message.utf8Error) return;
    message.utf8Error = placed(error, message.runs);
    frame.utf8Error = message.utf8Error;
  }

  private completeMessage(frame: OpenFrame): Message | undefined {
    const open = this.message!;
    this.message = undefined;
    if (open.holed) {
      if (open.compressed) this.inflater!.loseContext();
      return undefined;
    }
    const text = open.opcode === OPCODE.text;
    if (text && !open.compressed) {
      this.validator!.end();
      this.noteTextError(frame, open);
    }
    const message: Writable<Message> = {
      index: this.numbers.next++,
      direction: this.options.direction,
      opcode: open.opcode,
      span: { start: open.start, end: payloadSpan(frame).end },
      frames: open.frames,
      compressed: open.compressed,
      wireBytes: open.collector.seen,
      payload: open.compressed ? EMPTY : open.collector.bytes(),
    };
    if (open.compressed) this.inflate(open, frame, message);
    else message.bytes = open.collector.seen;
    if (open.utf8Error) message.utf8Error = open.utf8Error;
    return message;
  }

  private inflate(open: OpenMessage, frame: OpenFrame, message: Writable<Message>): void {
    const outcome = this.inflateWhole(open);
    message.inflation = outcome.status;
    if (outcome.status === 'invalid') message.inflationReason = outcome.reason;
    if (outcome.status === 'too-large') message.inflationLimit = outcome.limit;
    if (outcome.status !== 'ok') return;
    const { bytes } = outcome;
    const error = open.opcode === OPCODE.text ? utf8Error(bytes) : undefined;
    // A copy of what is kept: the inflater writes over its bytes.
    message.payload = copyOf(bytes.subarray(0, this.bytesOf(bytes.length)));
    message.bytes = bytes.length;
    if (error) message.utf8Error = { ...error, span: payloadSpan(frame) };
  }

  private inflateWhole(open: OpenMessage): InflateOutcome {
    if (open.collector.complete) return this.inflater!.inflateView(open.collector.bytes());
    this.inflater!.loseContext();
    return { status: 'too-large', limit: this.options.maxCompressedBytes };
  }

  private soFar(frame: OpenFrame, missing: number | bigint): Writable<Frame> {
    const compressed = belongs(frame.place) && this.message!.compressed;
    const record = this.record(frame, missing, this.closed, compressed);
    if (frame.utf8Error) record.utf8Error = frame.utf8Error;
    return record;
  }

  private record(
    frame: OpenFrame,
    missing: number | bigint,
    afterClose: boolean,
    compressed: boolean,
  ): Writable<Frame> {
    return {
      header: frame.header,
      direction: this.options.direction,
      place: frame.place,
      payload: frame.preview.bytes(),
      received: frame.preview.seen,
      missing,
      holed: frame.lost > 0,
      joined: frame.joined,
      afterClose,
      compressed,
      keyRepeated: frame.keyRepeated,
    };
  }
}
