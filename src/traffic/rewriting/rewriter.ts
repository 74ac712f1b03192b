import type { GapKind, Side, StreamTaker } from '../../codec/bytes/stream-taker.js';
import { utf8Error } from '../../codec/bytes/utf8.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { senderParameters } from '../../codec/connection/reading-options.js';
import { MessageDeflater, type RawDeflate } from '../../codec/deflate/message-deflate.js';
import { minimalForm } from '../../codec/frames/frame.js';
import { encodeFrame } from '../../codec/frames/frame-writer.js';
import { DEFAULT_DEFLATE_PARAMETERS, type DeflateParameters } from '../../codec/handshake/deflate-params.js';
import { OPCODE } from '../../codec/frames/registry.js';
import type { Head } from '../../codec/http1/head.js';
import type { Http2Event, Http2HeadTaker } from '../../codec/http2/http2-taker.js';
import { MAX_CONTROL_BYTES } from '../../codec/messages/open-message.js';
import type { Frame, Message } from '../../codec/messages/records.js';
import type { Judged } from '../judged.js';
import type { Redactor } from '../redaction/redactor.js';
import { changedHttp2, headText, keyOfStream } from './head-text.js';
import { PIECE_BYTES, WaitingPieces, type StreamPiece } from './waiting-pieces.js';

/** Takes what is rewritten. Without `head`, those of HTTP/2 come as HTTP/1.1 bytes. */
export type RewrittenTaker = StreamTaker & Partial<Http2HeadTaker>;

export interface RewritingOptions {
  /** Without it, messages that have to be compressed again are overwritten. */
  readonly raw?: RawDeflate | undefined;
  /** As the user states it, for frames without a handshake. */
  readonly deflate?: DeflateParameters | undefined;
  /** Undefined: nothing is replaced. */
  readonly redactor?: Redactor | undefined;
  /** Only some of the messages are kept: the others leave no hole. */
  readonly isSelective?: boolean;
  /** The records are those of one sequence of bytes: they are written as one, or, `split`, each as its sender's. */
  readonly sequence?: 'one' | 'split' | undefined;
}

/** Bytes that stand for those of a text message that could not be read, and of a binary one. */
const BLANK = { text: 0x78, binary: 0 };

/**
 * Makes the bytes of a connection from its records again: all of them as they were; or only some messages; or messages
 * with other contents, compressed again, in as many frames, with their masking keys.
 */
export class Rewriter {
  /** Frames of which not all bytes were kept, or that could not be written without others. */
  left = 0;
  private readonly waiting: WaitingPieces;
  /** Offsets in the streams that were read, after what was written of them. */
  private readonly positions: [number | undefined, number | undefined] = [undefined, undefined];
  private readonly gapEnds: [number, number] = [0, 0];
  private readonly open: [FramePart[], FramePart[]] = [[], []];
  private readonly deflaters: [MessageDeflater | undefined, MessageDeflater | undefined] = [undefined, undefined];
  private deflate: DeflateParameters | undefined;
  /** Made for a stream of HTTP/2. */
  private key: string | undefined;
  private readonly isExact: boolean;
  /** What covers messages; undefined: they stay. */
  private readonly covering: Redactor | undefined;

  constructor(
    private readonly taker: RewrittenTaker,
    private readonly options: RewritingOptions,
  ) {
    this.waiting = new WaitingPieces(taker);
    this.deflate = options.deflate;
    this.covering = options.redactor?.coversMessages ? options.redactor : undefined;
    this.isExact = this.covering === undefined && options.isSelective !== true;
  }

  /** `isKept` counts where only some messages are kept. */
  take(record: Judged, isKept = true): void {
    const side = this.sideOf(record);
    const time = record.time ?? NaN;
    switch (record.type) {
      case 'handshake':
        return this.handshake(record, time);
      case 'frame':
        return this.frame(side, record.frame, time, isKept);
      case 'body':
        return this.body(side, record.offset, record.bytes, time);
      case 'http2':
        return this.http2Event(side, record.event, time);
      case 'tail':
        this.moveTo(side, record.truncated.start);
        if (this.isExact) this.write(side, time, record.truncated.headerBytes ?? new Uint8Array(0));
        return;
      case 'gap':
        // A frame that it is in comes after it.
        this.gapEnds[this.placeOf(side)] = Math.max(this.gapEnds[this.placeOf(side)], record.offset + record.length);
        return;
      default:
    }
  }

  /** No record follows. */
  end(): void {
    for (const side of [0, 1] as const) {
      this.lose(side);
      const place = this.placeOf(side);
      if (this.positions[place] !== undefined) this.moveTo(side, this.gapEnds[place]);
    }
    this.waiting.release();
  }

  /** Where the sender is not known, it is the one that masks so. */
  private sideOf(record: Judged): Side {
    if (this.options.sequence === 'one') return 0;
    if (record.direction !== 'unknown') return record.direction === 'server' ? 1 : 0;
    const second = record.type === 'tail' ? record.truncated.headerBytes?.[1] : undefined;
    const isMasked = record.type === 'frame' ? record.frame.header.masked : (second ?? 0) >= 0x80;
    return isMasked ? 0 : 1;
  }

  /** Where bytes are counted: those of one sequence all together. */
  private placeOf(side: Side): Side {
    return this.options.sequence === undefined ? side : 0;
  }

  private handshake(record: Judged & { readonly type: 'handshake' }, time: number): void {
    const { request, response, deflate, upgraded } = record.handshake;
    const key = (): string => (this.key ??= keyOfStream(record.connection, time));
    if (request) this.head(0, request, time - (response ? (record.duration ?? 0) : 0), key);
    if (response) this.head(this.options.sequence === 'one' ? 0 : 1, response, time, key);
    if (upgraded) this.deflate = deflate ?? this.options.deflate;
  }

  private head(side: Side, head: Head, time: number, key: () => string): void {
    const { redactor } = this.options;
    const redacted = (text: string): string => redactor?.head(text) ?? text;
    if (head.http2 && this.taker.head) {
      const changed = redactor === undefined ? head : changedHttp2(head, redacted);
      return this.waiting.add({
        side,
        time,
        size: 0,
        write: (taker) => (taker as RewrittenTaker).head!(side, changed, time),
      });
    }
    const text = headText(head, key);
    if (!head.http2) this.moveTo(side, head.span.start);
    this.write(side, time, bytesOf(redacted(text)));
    if (head.http2) return;
    this.positions[this.placeOf(side)] = head.span.start + text.length;
    this.moveTo(side, head.span.end);
  }

  /** Only what has a place for frames of HTTP/2 takes it. */
  private http2Event(side: Side, event: Http2Event, time: number): void {
    const { covering } = this;
    const isText = event.name === 'GOAWAY' && covering !== undefined;
    const changed = isText ? { ...event, debug: covering.text(event.debug) } : event;
    this.waiting.add({
      side,
      time,
      size: 0,
      write: (taker) => (taker as RewrittenTaker).http2Event?.(side, changed, time),
    });
  }

  /** What a refusal says is of no known form. */
  private body(side: Side, offset: number, bytes: Uint8Array, time: number): void {
    this.moveTo(side, offset);
    this.positions[this.placeOf(side)] = offset + bytes.length;
    this.write(side, time, this.covering?.blank(bytes.length, BLANK.text) ?? bytes);
  }

  private frame(side: Side, frame: Frame, time: number, isKept: boolean): void {
    const { header, received, place, message } = frame;
    this.moveTo(side, header.start, 'before-frame');
    this.positions[this.placeOf(side)] = header.start + header.length + received;
    if (this.isExact) return this.waiting.add(this.exact(side, frame, time));
    const one: FramePart = { frame, piece: { side, time, size: received, write: undefined }, isKept };
    const open = this.open[side];
    if (place === 'control') this.control(one);
    else if (place === 'continuation' && open.length > 0) open.push(one);
    else if (place === 'first' || place === 'interrupting') {
      this.lose(side);
      this.open[side] = [one];
    } else this.blank(one);
    const parts = this.open[side];
    if (message !== undefined && parts.length > 0) this.complete(side, parts, message);
    else if (header.fin && place !== 'control') this.lose(side);
    this.waiting.add(one.piece);
    if (!this.waiting.isFull) return;
    for (const each of [0, 1] as const) this.lose(each);
    this.waiting.release();
  }

  /** Of a message that has a frame to be kept, all frames are. */
  private complete(side: Side, parts: readonly FramePart[], message: Message): void {
    this.open[side] = [];
    if (this.options.isSelective === true && !parts.some(({ isKept }) => isKept)) return leaveOut(parts);
    const { payload, opcode, compressed } = message;
    const deflater = compressed ? this.deflater(side, parts[0]!.frame) : undefined;
    if (!this.isReadable(message, parts) || (compressed && deflater === undefined)) {
      return parts.forEach((part) => this.blank(part));
    }
    const plain = this.covering?.message(payload, opcode === OPCODE.text) ?? payload;
    const wire = deflater?.deflate(plain) ?? plain;
    let at = 0;
    for (const [index, { frame, piece }] of parts.entries()) {
      const end = index === parts.length - 1 ? wire.length : Math.min(wire.length, at + frame.header.payloadLength);
      const frameBytes = framed(frame, wire.subarray(at, end));
      piece.write = (taker) => taker.data(side, frameBytes, 0, frameBytes.length, piece.time);
      at = end;
    }
  }

  /** Whole, and of a known form where it is covered. */
  private isReadable({ payload, bytes, compressed }: Message, parts: readonly FramePart[]): boolean {
    const isReserved = !compressed && this.covering !== undefined && parts.some(({ frame }) => frame.header.rsv !== 0);
    const isOpaque = isReserved && utf8Error(payload) !== undefined;
    return !isOpaque && bytes === payload.length && parts.every(({ frame }) => frame.missing === 0);
  }

  /**
   * That a message was inflated shows that permessage-deflate is in use, also without a handshake. Each message has a window
   * of its own: one that is left out, or was lost, changes no other.
   */
  private deflater(side: Side, { direction }: Frame): MessageDeflater | undefined {
    const { deflate = DEFAULT_DEFLATE_PARAMETERS, options } = this;
    if (options.raw === undefined) return undefined;
    const { windowBits } = senderParameters(deflate, direction);
    return (this.deflaters[side] ??= new MessageDeflater(options.raw, { windowBits, noContextTakeover: true }));
  }

  private control(one: FramePart): void {
    const { frame, piece, isKept } = one;
    if (this.options.isSelective === true && !isKept) return leaveOut([one]);
    const { opcode, fin, rsv, payloadLength } = frame.header;
    const isControl = opcode <= OPCODE.pong && fin && rsv === 0 && payloadLength <= MAX_CONTROL_BYTES;
    const isOpaque = this.covering !== undefined && !isControl;
    if (isOpaque || frame.payload.length < payloadLength) return this.blank(one);
    // A close code is two bytes before the text.
    const code = opcode === OPCODE.close ? Math.min(2, frame.payload.length) : 0;
    const text = frame.payload.subarray(code);
    const changed = this.covering?.message(text, code > 0) ?? text;
    const bytes = framed(frame, concat([frame.payload.subarray(0, code), changed]));
    piece.write = (taker) => taker.data(piece.side, bytes, 0, bytes.length, piece.time);
  }

  /** The message that is open will not be whole. */
  private lose(side: Side): void {
    const parts = this.open[side];
    this.open[side] = [];
    for (const part of parts) this.blank(part);
  }

  /** A frame whose contents are not known: as long as it was, its payload overwritten; where only some are kept, it is not written. */
  private blank(one: FramePart): void {
    const { frame, piece } = one;
    const { covering } = this;
    if (this.options.isSelective === true && (!one.isKept || covering === undefined)) {
      if (one.isKept) this.left++;
      return leaveOut([one]);
    }
    const { header, received, compressed } = frame;
    const { opcode, fin, lengthForm } = header;
    const byte = opcode === OPCODE.binary ? BLANK.binary : BLANK.text;
    // It is no longer compressed (RFC 7692 §6).
    const rsv = compressed ? header.rsv & 3 : header.rsv;
    const key = header.masked ? header.key : undefined;
    const begin = {
      fin,
      rsv,
      opcode,
      lengthForm,
      payloadLength: header.exactLength,
      ...(key !== undefined && { key }),
    };
    covering?.blank(0, byte);
    piece.write = (taker) => {
      let left = received;
      const most = Math.min(left, PIECE_BYTES);
      const first = encodeFrame({ ...begin, payload: new Uint8Array(most).fill(byte) });
      taker.data(piece.side, first, 0, first.length, piece.time);
      // A multiple of four: the key begins again.
      const next = encodeFrame({ ...begin, payload: new Uint8Array(most).fill(byte) }).subarray(header.length);
      for (left -= most; left > 0; left -= most) taker.data(piece.side, next, 0, Math.min(most, left), piece.time);
    };
  }

  private exact(side: Side, { header, payload, received }: Frame, time: number): StreamPiece {
    const { fin, rsv, opcode, lengthForm, exactLength, masked, key } = header;
    const begin = { fin, rsv, opcode, lengthForm, payloadLength: exactLength, ...(masked && { key }) };
    const bytes = encodeFrame({ ...begin, payload });
    const cut = received - payload.length;
    if (cut > 0) this.left++;
    const write = (taker: StreamTaker): void => {
      taker.data(side, bytes, 0, bytes.length, time);
      if (cut > 0) taker.gap(side, cut, time);
    };
    return { side, time, size: received, write };
  }

  private write(side: Side, time: number, bytes: Uint8Array): void {
    this.waiting.add({
      side,
      time,
      size: bytes.length,
      write: (taker) => taker.data(side, bytes, 0, bytes.length, time),
    });
  }

  /** What was not captured, or not read, up to there is a hole. */
  private moveTo(side: Side, offset: number, kind?: GapKind): void {
    const place = this.placeOf(side);
    const before = this.positions[place] ?? offset;
    const length = offset - before;
    this.positions[place] = Math.max(offset, before);
    if (length <= 0 || this.options.isSelective === true) return;
    this.lose(side);
    this.waiting.add({ side, time: NaN, size: 0, write: (taker) => taker.gap(side, length, NaN, kind) });
  }
}

interface FramePart {
  readonly frame: Frame;
  readonly piece: StreamPiece;
  readonly isKept: boolean;
}

function leaveOut(parts: readonly FramePart[]): void {
  for (const { piece } of parts) piece.write = () => undefined;
}

/** The frame with another payload: its length form stays where the length does. */
function framed({ header }: Frame, payload: Uint8Array): Uint8Array {
  const { fin, rsv, opcode, masked, key } = header;
  const lengthForm = payload.length === header.payloadLength ? header.lengthForm : minimalForm(payload.length);
  return encodeFrame({ fin, rsv, opcode, payload, lengthForm, ...(masked && { key }) });
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
