import { ByteCollector } from './byte-collector.js';
import { readCloseBody } from './close.js';
import type { InflateOutcome, MessageInflater } from './deflate.js';
import type { FrameHeader } from './frame.js';
import type { FramePayload, Truncated } from './frame-reader.js';
import type { Direction, Frame, FramePlace, Message, PlacedUtf8Error, UnfinishedMessage } from './records.js';
import { OPCODE } from './registry.js';
import type { Span } from './span.js';
import { utf8Error, Utf8Validator, type Utf8Error } from './utf8.js';

export interface AssemblerOptions {
  readonly direction: Direction;
  /** Payload bytes kept of each frame. */
  readonly previewBytes: number;
  /** Bytes kept of each message. */
  readonly messageBytes: number;
  /** Compressed bytes that are collected of one message. */
  readonly maxCompressedBytes: number;
}

interface OpenMessage {
  readonly opcode: number;
  readonly start: number;
  readonly compressed: boolean;
  frames: number;
  /** Plain bytes for the message, or all compressed bytes. */
  readonly collector: ByteCollector;
  /** Where its last runs of payload stand: a character may begin some frames before the one that breaks it. */
  readonly runs: Run[];
  /** Its text is checked as it comes. */
  readonly checked: boolean;
  utf8Error?: PlacedUtf8Error;
}

/** A run of payload: offsets in the message and in the stream. */
interface Run {
  readonly message: number;
  readonly stream: number;
}

/** A UTF-8 character has four bytes at the most, each perhaps in a frame of its own. */
const RUNS_KEPT = 4;

interface OpenFrame {
  readonly header: FrameHeader;
  readonly place: FramePlace;
  readonly keyRepeated: boolean;
  readonly preview: ByteCollector;
  utf8Error?: PlacedUtf8Error;
}

/** A record while it is made. Fields are set one by one: spreading costs more than all the rest of a short frame. */
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const EMPTY = new Uint8Array(0);
const MAX_CONTROL_BYTES = 125;

/** Puts the frames of one direction together into messages. Faults are facts of the records; it never throws. */
export class MessageAssembler {
  /** Inflates compressed messages; absent while no extension is known to be negotiated. */
  inflater: MessageInflater | undefined;
  private frame: OpenFrame | undefined;
  private message: OpenMessage | undefined;
  private readonly validator = new Utf8Validator();
  private closed = false;
  private lastKey = -1;
  /** Numbers the messages; shared where two assemblers read one sequence. */
  numbers = { next: 0 };

  constructor(private readonly options: AssemblerOptions) {}

  /** A header came. */
  start(header: FrameHeader): void {
    const place = this.placeOf(header);
    if (place === 'first' || place === 'interrupting') this.openMessage(header);
    const keep = header.control ? Math.max(MAX_CONTROL_BYTES, this.options.previewBytes) : this.options.previewBytes;
    this.frame = {
      header,
      place,
      keyRepeated: header.masked && header.key === this.lastKey,
      preview: new ByteCollector(keep),
    };
    if (belongs(place) && header.payloadLength > 0) this.noteRun(header);
    if (header.masked) this.lastKey = header.key;
  }

  /** Payload bytes came. */
  payload(event: FramePayload): void {
    const frame = this.frame!;
    const message = belongs(frame.place) ? this.message : undefined;
    const checksText = message?.checked === true && !this.validator.error;
    if (frame.preview.room <= 0 && !checksText && !(message && message.collector.room > 0)) {
      frame.preview.skip(event.length);
      message?.collector.skip(event.length);
      return;
    }
    const bytes = event.unmasked();
    frame.preview.push(bytes);
    message?.collector.push(bytes);
    if (checksText) {
      this.validator.push(bytes);
      this.noteTextError(frame, message);
    }
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
    const message = completes ? this.completeMessage(frame) : undefined;
    const close = header.opcode === OPCODE.close ? readCloseBody(frame.preview.bytes()) : undefined;
    if (close) this.closed = true;
    const closeError = close?.utf8Error && placed(close.utf8Error, [{ message: 0, stream: payloadSpan(frame).start }]);
    const error = closeError ?? frame.utf8Error;
    const record = this.record(frame, 0, afterClose, compressed);
    if (close) record.close = close;
    if (error) record.utf8Error = error;
    if (message) record.message = message;
    return record;
  }

  /** The stream ended inside this frame; its header is known. */
  truncate(truncated: Truncated): Frame {
    const frame = this.frame!;
    this.frame = undefined;
    const compressed = belongs(frame.place) && this.message!.compressed;
    const record = this.record(frame, truncated.missing, this.closed, compressed);
    if (frame.utf8Error) record.utf8Error = frame.utf8Error;
    return record;
  }

  /** The fragmented message that waits for its continuation. */
  get unfinished(): UnfinishedMessage | undefined {
    if (!this.message || this.message.frames === 0) return undefined;
    const { opcode, frames, collector } = this.message;
    return { direction: this.options.direction, opcode, frames, wireBytes: collector.seen };
  }

  private placeOf(header: FrameHeader): FramePlace {
    if (header.control) return 'control';
    if (header.opcode === OPCODE.continuation) return this.message ? 'continuation' : 'stray';
    if (header.opcode > OPCODE.binary) return 'reserved';
    return this.message ? 'interrupting' : 'first';
  }

  private openMessage(header: FrameHeader): void {
    const compressed = header.rsv1 && this.inflater !== undefined;
    const keep = compressed ? this.options.maxCompressedBytes : this.options.messageBytes;
    this.message = {
      opcode: header.opcode,
      start: header.start,
      compressed,
      frames: 0,
      collector: new ByteCollector(keep),
      runs: [],
      // RSV1 that nobody negotiated: who knows what these bytes are.
      checked: header.opcode === OPCODE.text && !header.rsv1,
    };
    this.validator.reset();
  }

  private noteRun(header: FrameHeader): void {
    const { runs, collector } = this.message!;
    runs.push({ message: collector.seen, stream: header.start + header.length });
    if (runs.length > RUNS_KEPT) runs.shift();
  }

  private noteTextError(frame: OpenFrame, message: OpenMessage): void {
    const error = this.validator.error;
    if (!error || message.utf8Error) return;
    message.utf8Error = placed(error, message.runs);
    frame.utf8Error = message.utf8Error;
  }

  private completeMessage(frame: OpenFrame): Message {
    const open = this.message!;
    this.message = undefined;
    const text = open.opcode === OPCODE.text;
    if (text && !open.compressed) {
      this.validator.end();
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
    // A copy of what is kept: a view would hold on to all that came out.
    message.payload = bytes.length > this.options.messageBytes ? bytes.slice(0, this.options.messageBytes) : bytes;
    message.bytes = bytes.length;
    if (error) message.utf8Error = { ...error, span: payloadSpan(frame) };
  }

  private inflateWhole(open: OpenMessage): InflateOutcome {
    if (open.collector.complete) return this.inflater!.inflate(open.collector.bytes());
    this.inflater!.loseContext();
    return { status: 'too-large', limit: this.options.maxCompressedBytes };
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
      afterClose,
      compressed,
      keyRepeated: frame.keyRepeated,
    };
  }
}

function belongs(place: FramePlace): boolean {
  return place === 'first' || place === 'continuation' || place === 'interrupting';
}

function payloadSpan(frame: OpenFrame): Span {
  const start = frame.header.start + frame.header.length;
  return { start, end: start + frame.preview.seen };
}

/** Puts an error with message offsets onto the stream. */
function placed(error: Utf8Error, runs: readonly Run[]): PlacedUtf8Error {
  const at = (offset: number): number => {
    const run = runs.findLast((each) => each.message <= offset) ?? runs[0]!;
    return run.stream + offset - run.message;
  };
  return { ...error, span: { start: at(error.start), end: at(error.end - 1) + 1 } };
}
