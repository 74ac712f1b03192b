import type { InputProblem, Packet, SourceEvent } from '../bytes/types.js';

/** What is known of gathered bytes besides their value. */
export interface BytesTag {
  readonly side?: 0 | 1;
  readonly stream?: number;
  /** Seconds since the epoch. */
  readonly time?: number;
}

const NOTHING = new Uint8Array(0);
const UNTAGGED: BytesTag = {};

/**
 * The events of one `push`, in order. Bytes that follow each other under one tag come out as one event, in memory that
 * is never touched again. After `fail` nothing more is taken in.
 */
export class Events {
  /** Gathered bytes, `length` of them: for writers in a hurry, after `reserve`. */
  buffer: Uint8Array = NOTHING;
  length = 0;
  failed = false;
  /** What can't be read is left out, and reported: the reader continues after it. */
  forgiving = false;
  private list: SourceEvent[] = [];
  private tag = UNTAGGED;
  private readonly reported = new Set<string>();

  /** Makes room for `count` more bytes in `buffer`. */
  reserve(count: number): Uint8Array {
    const need = this.length + count;
    if (need > this.buffer.length) {
      const grown = new Uint8Array(Math.max(need, 2 * this.buffer.length, 64));
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    return this.buffer;
  }

  byte(value: number): void {
    this.reserve(1)[this.length++] = value;
  }

  /** Copies `bytes`. */
  append(bytes: ArrayLike<number>, tag: BytesTag = UNTAGGED): void {
    if (this.failed || bytes.length === 0) return;
    if (tag.side !== this.tag.side || tag.stream !== this.tag.stream || tag.time !== this.tag.time) this.flush();
    this.tag = tag;
    this.reserve(bytes.length).set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Passes `bytes` on as they are, without a copy. */
  block(bytes: Uint8Array, tag: BytesTag = UNTAGGED): void {
    if (this.failed || bytes.length === 0) return;
    this.flush();
    this.list.push({ type: 'bytes', bytes, ...tag });
  }

  packet(packet: Packet): void {
    if (this.failed) return;
    this.flush();
    this.list.push({ type: 'packet', packet });
  }

  /** The same words are reported once. */
  notice(message: string): void {
    if (this.failed || this.reported.has(message)) return;
    this.reported.add(message);
    this.flush();
    this.list.push({ type: 'notice', message });
  }

  fail(problem: InputProblem): void {
    if (this.failed) return;
    this.flush();
    if (this.forgiving) return void this.list.push({ type: 'damage', problem });
    this.list.push({ type: 'problem', problem });
    this.failed = true;
  }

  /** A line was not read, and reading continues after it. */
  leaveOut(problem: InputProblem): void {
    if (this.failed) return;
    this.flush();
    this.list.push({ type: 'damage', problem, isLine: true });
  }

  /** Hands over all that was gathered. */
  take(): SourceEvent[] {
    this.flush();
    const list = this.list;
    this.list = [];
    return list;
  }

  private flush(): void {
    if (this.length > 0 && !this.failed)
      this.list.push({ type: 'bytes', bytes: this.buffer.subarray(0, this.length), ...this.tag });
    this.buffer = NOTHING;
    this.length = 0;
  }
}
