import type { InputProblem, LinkType, Packet, Source, SourceEvent } from '../bytes/types.js';

/** Takes the packets of a capture: one call a packet and no object made, because a capture has millions of them. */
export interface PacketVisitor {
  /**
   * A packet is in `bytes` from `start` to `end` (exclusive), possibly cut by the snap length: `originalLength` bytes were on
   * the wire. The bytes are never written to later on; what is kept of them keeps their whole chunk in memory.
   * @param time seconds since the epoch, NaN where the capture does not say
   */
  packet(link: LinkType, bytes: Uint8Array, start: number, end: number, originalLength: number, time: number): void;
  /** The time of the packet that follows, exactly: whole seconds, and nanoseconds. */
  stamp?(seconds: number, nanoseconds: number): void;
  /** A key log of TLS is in the capture (a Decryption Secrets Block). Its bytes are not written to later. */
  secrets?(keyLog: Uint8Array): void;
  /** For stderr; reading continues. */
  notice(message: string): void;
  /** The input can't be read from here on; no call follows. */
  problem(problem: InputProblem): void;
}

/** An incremental reader of a capture file. Never throws on any input; at most one record is retained between two chunks. */
export interface PacketReader {
  /** Whether the format has room for key logs of TLS. */
  readonly mayHoldSecrets: boolean;
  push(chunk: Uint8Array, visitor: PacketVisitor): void;
  end(visitor: PacketVisitor): void;
}

/** How a file format is cut into records. Both functions return a text where the record is damaged: what is wrong with it. */
export interface RecordFormat {
  /** What the record that is next is called in a message. */
  readonly unit: string;
  readonly mayHoldSecrets?: true;
  /**
   * How many bytes the record at `at` takes: of its header, while `available` is less than that, then of the whole record.
   * Without effect on what it returns later: it is asked again when more bytes are there.
   */
  measure(bytes: Uint8Array, at: number, available: number): number | string;
  /** Hands the whole record on. */
  take(bytes: Uint8Array, at: number, length: number, visitor: PacketVisitor): string | undefined;
}

const NOTHING = new Uint8Array(0);
const FIRST_ROOM = 4096;

/** Cuts chunks of any size into records. A record within a chunk is read in place; one that straddles chunks is put together in memory of its own. */
export class RecordReader implements PacketReader {
  private readonly format: RecordFormat;
  /** The record begun in earlier chunks: `had` bytes of it. */
  private room: Uint8Array = NOTHING;
  private had = 0;
  /** Position in the input of the record that is next. */
  private offset = 0;
  private failed = false;

  constructor(format: RecordFormat) {
    this.format = format;
  }

  get mayHoldSecrets(): boolean {
    return this.format.mayHoldSecrets === true;
  }

  push(chunk: Uint8Array, visitor: PacketVisitor): void {
    if (this.failed) return;
    let at = this.had > 0 ? this.finishRecord(chunk, visitor) : 0;
    const base = this.offset - at;
    while (!this.failed && this.had === 0) {
      const length = this.format.measure(chunk, at, chunk.length - at);
      if (typeof length === 'number' && length > chunk.length - at) break;
      const wrong = typeof length === 'string' ? length : this.format.take(chunk, at, length, visitor);
      if (wrong !== undefined) return this.fail(wrong, base + at, visitor);
      at += length as number;
    }
    if (this.failed || this.had > 0) return;
    this.offset = base + at;
    if (at < chunk.length) this.keep(chunk, at, chunk.length);
  }

  end(visitor: PacketVisitor): void {
    if (this.failed) return;
    const length = this.format.measure(this.room, 0, this.had);
    if (typeof length === 'string') return this.fail(length, this.offset, visitor);
    if (this.had === 0 && this.offset > 0) return;
    const missing = length - this.had;
    const place = `cut off in the middle of a ${this.format.unit}`;
    this.fail(`${place}: ${missing} of ${length} bytes are missing`, this.offset, visitor);
  }

  /** Adds to the record begun earlier, and hands it on once it is whole. Returns how much of the chunk that took. */
  private finishRecord(chunk: Uint8Array, visitor: PacketVisitor): number {
    let at = 0;
    for (;;) {
      const length = this.format.measure(this.room, 0, this.had);
      if (typeof length === 'string') {
        this.fail(length, this.offset, visitor);
        return at;
      }
      if (length <= this.had) {
        const record = this.room;
        this.room = NOTHING;
        this.had = 0;
        const wrong = this.format.take(record, 0, length, visitor);
        if (wrong === undefined) this.offset += length;
        else this.fail(wrong, this.offset, visitor);
        return at;
      }
      if (at === chunk.length) return at;
      const end = Math.min(chunk.length, at + length - this.had);
      this.keep(chunk, at, end);
      at = end;
    }
  }

  /** Memory is taken as bytes arrive, not as a length field promises. */
  private keep(chunk: Uint8Array, start: number, end: number): void {
    const needed = this.had + end - start;
    if (needed > this.room.length) {
      const larger = new Uint8Array(
        Math.max(needed, Math.min(this.room.length * 2, needed * 2), Math.min(FIRST_ROOM, needed * 4)),
      );
      larger.set(this.room.subarray(0, this.had));
      this.room = larger;
    }
    this.room.set(chunk.subarray(start, end), this.had);
    this.had = needed;
  }

  private fail(message: string, offset: number, visitor: PacketVisitor): void {
    this.failed = true;
    this.room = NOTHING;
    this.had = 0;
    visitor.problem({ message, offset });
  }
}

/** The same reader as a `Source`: events in place of calls, for small inputs and for whoever treats all sources alike. */
export function packetSource(reader: PacketReader): Source {
  let events: SourceEvent[] = [];
  const visitor: PacketVisitor = {
    packet: (link, bytes, start, end, originalLength, time) =>
      events.push({ type: 'packet', packet: packetOf(link, bytes.subarray(start, end), originalLength, time) }),
    notice: (message) => events.push({ type: 'notice', message }),
    problem: (problem) => events.push({ type: 'problem', problem }),
  };
  const taken = (): SourceEvent[] => {
    const all = events;
    events = [];
    return all;
  };
  return {
    push(chunk) {
      reader.push(chunk, visitor);
      return taken();
    },
    end() {
      reader.end(visitor);
      return taken();
    },
  };
}

function packetOf(link: LinkType, bytes: Uint8Array, originalLength: number, time: number): Packet {
  return Number.isNaN(time) ? { link, bytes, originalLength } : { link, bytes, originalLength, time };
}
