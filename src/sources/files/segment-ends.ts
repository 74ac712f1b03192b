import { headerLength, MAX_HEADER_BYTES, readHeader } from '../../codec/frames/frame.js';
import { MAX_CONTROL_BYTES } from '../../codec/messages/open-message.js';
import { opcodeInfo } from '../../codec/frames/registry.js';

/** Payload of one packet: what segments have on a loopback interface, and well below what an IP packet holds. */
export const SEGMENT = 32 * 1024;
/** Frames that end in one segment: Wireshark (`gui_max_tree_depth`) gives up a packet of several hundred as malformed. */
const MOST_FRAMES = 64;
const LF = 0x0a;
const CR = 0x0d;
/** Where the status is in `HTTP/1.1 101`. */
const STATUS = { from: 9, to: 12 };

/**
 * Where the segments of one direction end: at the ends of frames where they are known, of bounded length anyway. Takes the
 * direction's bytes in order; what they are is followed as far as that is clear, and from there on only lengths count.
 */
export class SegmentEnds {
  private phase: 'start' | 'head' | 'frames' | 'unknown' = 'start';
  /** The first bytes of a head. */
  private start = '';
  /** The line of the head that is being read is empty so far. */
  private isEmptyLine = false;
  /** A frame header as far as it came. */
  private readonly header = new Uint8Array(MAX_HEADER_BYTES);
  private headerBytes = 0;
  /** Payload bytes of the open frame that are still to come. */
  private left = 0;

  /** The end of the segment that begins at `start`. */
  next(bytes: Uint8Array, start: number): number {
    const limit = Math.min(bytes.length, start + SEGMENT);
    let at = start;
    let frames = 0;
    let edge = start;
    while (at < limit && this.phase !== 'unknown') {
      if (this.phase !== 'frames') at = this.readHead(bytes, at, limit);
      else {
        at = this.readFrame(bytes, at, limit);
        if (!this.isBetween) continue;
        edge = at;
        if (++frames === MOST_FRAMES) return at;
      }
    }
    // A frame that does not end here begins the next segment, unless it is all that there is in this one.
    if (this.phase !== 'frames' || limit === bytes.length || edge === start) return limit;
    this.headerBytes = 0;
    this.left = 0;
    return edge;
  }

  private get isBetween(): boolean {
    return this.left === 0 && this.headerBytes === 0;
  }

  /** Reads up to the end of the head. Whatever begins otherwise is frames. */
  private readHead(bytes: Uint8Array, from: number, limit: number): number {
    const isHead = this.phase === 'head' || (bytes[from]! >= 0x41 && bytes[from]! <= 0x5a);
    this.phase = isHead ? 'head' : 'frames';
    let at = from;
    while (at < limit && this.phase === 'head') {
      const byte = bytes[at++]!;
      if (this.start.length < STATUS.to) this.start += String.fromCharCode(byte);
      if (byte === LF && this.isEmptyLine) this.endHead();
      else if (byte !== CR) this.isEmptyLine = byte === LF;
    }
    return at;
  }

  private endHead(): void {
    const status = this.start.startsWith('HTTP/') ? this.start.slice(STATUS.from, STATUS.to) : undefined;
    if (status === undefined || status === '101') this.phase = 'frames';
    else this.phase = status.startsWith('1') ? 'start' : 'unknown';
    this.start = '';
    this.isEmptyLine = false;
  }

  /** Reads a header, or the rest of a payload, or as much as there is. */
  private readFrame(bytes: Uint8Array, from: number, limit: number): number {
    let at = from;
    while (this.left === 0 && at < limit) {
      this.header[this.headerBytes++] = bytes[at++]!;
      if (this.headerBytes < 2 || this.headerBytes < headerLength(this.header[1]!)) continue;
      this.headerBytes = 0;
      const { payloadLength, opcode, control } = readHeader(this.header, 0, 0, 0);
      // No frame after all: a head that was none, or a peer that breaks the rules.
      if (opcodeInfo(opcode).name === 'reserved' || (control && payloadLength > MAX_CONTROL_BYTES))
        this.phase = 'unknown';
      if (!Number.isSafeInteger(payloadLength)) this.phase = 'unknown';
      if (payloadLength === 0 || this.phase === 'unknown') return at;
      this.left = payloadLength;
    }
    const taken = Math.min(this.left, limit - at);
    this.left -= taken;
    return at + taken;
  }
}
