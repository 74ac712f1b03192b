import { append } from '../../codec/bytes/lists.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { FrameReader, type FramePayload } from '../../codec/frames/frame-reader.js';
import { encodeFrame } from '../../codec/frames/frame-writer.js';
import type { FrameHeader } from '../../codec/frames/frame.js';
import type { ByteSink } from '../sockets/outlet.js';

/** The faults that are made in the frames of a direction. */
export interface FrameFaultPlan {
  /** The share of frames with a payload that get one bit turned over: from 0 to 1. */
  readonly corrupt?: number;
  /** Data frames with more payload bytes are split into frames of this length (RFC 6455 §5.4). */
  readonly fragment?: number;
  /** Each frame is sent twice. */
  readonly duplicate?: true;
}

export interface FaultTaker {
  /** A fault was made in frame `index` of this direction, from 0. */
  did(fault: 'corrupt' | 'fragment' | 'duplicate', index: number, words: string): void;
  /** Frame `index` was passed on, whole. False: nothing is passed on after it. */
  passed(index: number): boolean;
}

/** A longer frame is not kept to be sent a second time. */
const MOST_KEPT = 16 * 1024 * 1024;

/** Passes frames on, with faults on purpose. What is no valid frame is passed on as it is. */
export class FrameFaults implements ByteSink {
  private readonly reader = new FrameReader(0, { payloads: 'view' });
  private out: Uint8Array[] = [];
  /** Of the frame that is open: what is kept for a second time, the bit to turn over, and where its next piece begins. */
  private kept: Uint8Array[] | undefined;
  private wrong: { readonly at: number; readonly bit: number } | undefined;
  private pieceEnd = Infinity;
  private isShut = false;

  constructor(
    private readonly next: ByteSink,
    private readonly plan: FrameFaultPlan,
    private readonly taker: FaultTaker,
    private readonly random: () => number,
  ) {}

  write(bytes: Uint8Array): boolean {
    for (const event of this.reader.push(bytes)) {
      if (this.isShut) break;
      if (event.type === 'frame-start') this.begin(event.header);
      else if (event.type === 'payload') this.payload(event);
      else if (event.type === 'frame-end') this.close(event.header);
    }
    const all = concat(this.out);
    this.out = [];
    return all.length === 0 || this.next.write(all);
  }

  end(): void {
    const rest = this.reader.end();
    // Less than a header: these bytes are passed on too.
    if (rest?.headerBytes && !this.isShut) this.next.write(rest.headerBytes);
    this.next.end();
  }

  private begin(header: FrameHeader): void {
    const { corrupt = 0, fragment = Infinity, duplicate } = this.plan;
    const { payloadLength, control, index } = header;
    const isCut = !control && payloadLength > fragment;
    this.kept = duplicate && payloadLength <= MOST_KEPT ? [] : undefined;
    this.wrong = undefined;
    if (payloadLength > 0 && this.random() < corrupt) {
      const at = Math.floor(this.random() * payloadLength);
      const bit = Math.floor(this.random() * 8);
      this.wrong = { at, bit };
      this.taker.did('corrupt', index, `bit ${bit} of payload byte ${at} turned over`);
    }
    if (isCut) {
      this.taker.did('fragment', index, `cut into ${Math.ceil(payloadLength / fragment)} frames of ${fragment} bytes`);
      this.piece(header, 0);
    } else {
      this.pieceEnd = Infinity;
      this.put(header.bytes);
    }
  }

  /** The header of the piece that begins at `from` of the payload. Its masking key is rotated, so that the bytes stay as they are. */
  private piece(header: FrameHeader, from: number): void {
    const { fin, rsv, opcode, payloadLength, key, masked } = header;
    const length = Math.min(this.plan.fragment!, payloadLength - from);
    this.pieceEnd = from + length;
    const turned = (from % 4) * 8;
    this.put(
      encodeFrame({
        fin: fin && this.pieceEnd === payloadLength,
        rsv: from === 0 ? rsv : 0,
        opcode: from === 0 ? opcode : 0,
        payload: NOTHING,
        payloadLength: length,
        ...(masked && { key: turned === 0 ? key : ((key << turned) | (key >>> (32 - turned))) >>> 0 }),
      }),
    );
  }

  private payload(run: FramePayload): void {
    let bytes = run.data;
    const { wrong } = this;
    if (wrong && wrong.at >= run.offset && wrong.at < run.offset + bytes.length) {
      bytes = bytes.slice();
      bytes[wrong.at - run.offset]! ^= 1 << wrong.bit;
    }
    let at = run.offset;
    while (bytes.length > 0) {
      if (at === this.pieceEnd) this.piece(run.header, at);
      const part = bytes.subarray(0, this.pieceEnd - at);
      this.put(part);
      bytes = bytes.subarray(part.length);
      at += part.length;
    }
  }

  private close({ index }: FrameHeader): void {
    if (this.kept) {
      this.taker.did('duplicate', index, 'sent twice');
      append(this.out, this.kept);
      this.kept = undefined;
    }
    this.isShut = !this.taker.passed(index);
  }

  private put(bytes: Uint8Array): void {
    this.out.push(bytes);
    this.kept?.push(bytes);
  }
}

const NOTHING = new Uint8Array(0);
