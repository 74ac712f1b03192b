import type { SlidingWindow } from './windows.js';
import type { InflateStream, RawDeflate } from './message-deflate.js';

/** What a zlib stream of Node has inside: not documented, so it is tried (`worksAsKnown`) before it is relied on. */
interface NativeHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    at: number,
    length: number,
    out: Uint8Array,
    to: number,
    room: number,
  ): void;
  onerror: (message: string) => void;
}

interface NativeStream {
  readonly _handle?: NativeHandle | null;
  /** After each write that did not fail: the room left of the output, the bytes left of the input. */
  readonly _writeState?: Uint32Array;
  reset(): void;
  close(): void;
}

/** As node:zlib has it; handed in, so that this file runs anywhere. */
export interface ZlibStreams {
  readonly createInflateRaw: (options: { windowBits: number; chunkSize: number }) => object;
  readonly constants: { readonly Z_SYNC_FLUSH: number; readonly Z_BLOCK: number };
}

export interface HandleOptions {
  /** Native decoders at once, of about 40 KB each; 128 by default. A stream without one gets that of the stream that has been unused longest. */
  readonly handles?: number;
  /** Bytes of the output buffer that all of them share; 64 KiB by default. Larger messages get a larger one. */
  readonly buffer?: number;
}

const HANDLES = 128;
const BUFFER = 65536;
/** Node's own buffer is not used; this is the smallest that it allows. */
const LEAST_CHUNK = 64;
/** What inflateRawSync hands to zlib at a time. How far a distance beyond a small window is let pass depends on it. */
const SYNC_CHUNK = 16384;
/** Bytes at the payload's end that are read block by block: an ordinary message's last block header is in the last two. */
const EDGE = 16;
/** The tail (RFC 7692 §7.2.2) and a byte that must be left over. */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00);
const NOTHING = new Uint8Array(0);
/** A write that fails leaves the state as it was. */
const UNTOUCHED = 2 ** 32 - 1;
/** zlib's positions are 32-bit numbers. */
const LONGEST = 2 ** 32 - 1;

/** The memory that messages come out into: one for all, larger only while large messages come. */
class InflatedOutput {
  bytes: Uint8Array;
  length = 0;
  private limit = 0;
  private readonly small: Uint8Array;
  private large: Uint8Array | undefined;
  /** Messages since the large one was needed. */
  private idle = 0;

  constructor(size: number) {
    this.small = new Uint8Array(size);
    this.bytes = this.small;
  }

  begin(limit: number): void {
    this.bytes = this.small;
    this.length = 0;
    this.limit = limit;
    if (this.large !== undefined && ++this.idle > 64) this.large = undefined;
  }

  get exceeded(): boolean {
    return this.length > this.limit;
  }

  /** Room for more, up to one byte beyond the limit: no room is left only once the limit is passed. */
  room(): number {
    if (this.length === this.bytes.length) this.grow();
    return Math.min(this.bytes.length, this.limit + 1) - this.length;
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** What came out is of no use. */
  drop(): void {
    this.bytes = this.small;
    this.large = undefined;
  }

  /** By four, and to the limit where that is near: a bomb takes that much, and little more on the way. */
  private grow(): void {
    this.idle = 0;
    if (this.large === undefined || this.large.length <= this.length) {
      const most = Math.min(this.limit + 1, LONGEST);
      this.large = new Uint8Array(this.length * 8 >= this.limit ? most : Math.min(this.length * 4, most));
    }
    this.large.set(this.bytes);
    this.bytes = this.large;
  }
}

/** A native decoder. It belongs to the stream whose window it holds, or to none. */
class Handle {
  owner: DirectionStream | undefined;
  /** When it was used last. */
  time = 0;
  /** Why zlib refused the data; only `reset` helps. */
  failure: string | undefined;
  private readonly native: NativeStream;
  private readonly handle: NativeHandle;
  private readonly state: Uint32Array;

  constructor(
    create: ZlibStreams['createInflateRaw'],
    readonly windowBits: number,
  ) {
    this.native = create({ windowBits, chunkSize: LEAST_CHUNK }) as NativeStream;
    const { _handle: handle, _writeState: state } = this.native;
    if (typeof handle?.writeSync !== 'function' || !(state instanceof Uint32Array) || state.length < 2) {
      throw new TypeError('not the zlib streams that are known');
    }
    // Node's own handler closes the handle. This one may be reset.
    handle.onerror = (message) => void (this.failure = message);
    this.handle = handle;
    this.state = state;
  }

  /** Gives the bytes of input that are left, or -1 where zlib refuses them. */
  write(flush: number, input: Uint8Array, at: number, length: number, output: InflatedOutput): number {
    let room = output.room();
    if (this.windowBits < 15) room = Math.min(room, SYNC_CHUNK - (output.length % SYNC_CHUNK));
    const { state } = this;
    state[1] = UNTOUCHED;
    this.handle.writeSync(flush, input, at, length, output.bytes, output.length, room);
    const unused = state[0]!;
    const left = state[1];
    if (this.failure !== undefined || left > length || unused > room) return -1;
    output.length += room - unused;
    return left;
  }

  reset(): void {
    this.failure = undefined;
    this.native.reset();
    if (this.failure !== undefined) throw new Error('zlib did not begin anew');
  }

  close(): void {
    this.native.close();
  }
}

/** Native decoders that stay between messages, driven synchronously: an LRU pool of them for all directions. */
export class InflateHandles {
  private readonly pool: Handle[] = [];
  /** The one given back last. */
  private spare: Handle | undefined;
  private time = 0;
  private readonly output: InflatedOutput;
  private readonly limit: number;
  /** The end of a payload, and the tail. */
  private readonly edge = new Uint8Array(EDGE + TAIL.length);
  private readonly stored = new Uint8Array(5);

  constructor(
    private readonly zlib: ZlibStreams,
    options: HandleOptions = {},
  ) {
    this.output = new InflatedOutput(options.buffer ?? BUFFER);
    this.limit = Math.max(1, options.handles ?? HANDLES);
  }

  stream(windowBits: number): InflateStream {
    return new DirectionStream(this, windowBits);
  }

  /** Closes all native decoders; streams may continue and open new ones. */
  close(): void {
    for (const handle of this.pool.splice(0)) {
      if (handle.owner) handle.owner.handle = undefined;
      handle.close();
    }
    this.spare = undefined;
  }

  /** For the streams: a decoder that holds `window`. */
  take(stream: DirectionStream, window: SlidingWindow): Handle {
    const handle = this.unowned(stream.windowBits) ?? this.opened(stream.windowBits);
    handle.owner = stream;
    stream.handle = handle;
    handle.reset();
    if (window.length > 0) this.prime(handle, window);
    return handle;
  }

  /**
   * What `RawDeflate.inflate` does, with a decoder of the pool: broken messages and final blocks cost no new one each.
   * `undefined` where zlib does what it was not known to do. Throws where no decoder can be had.
   */
  whole(
    input: Uint8Array,
    { windowBits, dictionary, maxOutput }: Parameters<RawDeflate['inflate']>[1],
  ): ReturnType<RawDeflate['inflate']> | undefined {
    const handle = this.unowned(windowBits) ?? this.opened(windowBits);
    handle.owner = undefined;
    try {
      handle.reset();
      if (dictionary.length > 0) this.prime(handle, { length: dictionary.length, first: dictionary, second: NOTHING });
      const { output } = this;
      output.begin(maxOutput);
      const left = this.drain(handle, input);
      if (handle.failure !== undefined) return { status: 'invalid', reason: handle.failure };
      if (output.exceeded) return { status: 'too-large' };
      if (left < 0) return undefined;
      return { status: 'ok', output: output.view().slice(), consumed: input.length - left, final: left > 0 };
    } finally {
      this.output.drop();
      this.giveBack(handle);
    }
  }

  /** Feeds all of the input, until nothing moves on. Gives the bytes that are left of it, or -1. */
  private drain(handle: Handle, input: Uint8Array): number {
    const { output } = this;
    let left = input.length;
    for (;;) {
      const before = output.length;
      const rest = handle.write(this.zlib.constants.Z_SYNC_FLUSH, input, input.length - left, left, output);
      if (rest < 0 || output.exceeded) return -1;
      if (rest === left && output.length === before) return left;
      left = rest;
    }
  }

  /** Nothing came of a message: its memory is free for whoever tries another way. */
  drop(): void {
    this.output.drop();
  }

  giveBack(handle: Handle): void {
    handle.owner = undefined;
    handle.time = 0;
    this.spare = handle;
  }

  /** Reads one message; `undefined` for all that is not as usual. */
  read(handle: Handle, payload: Uint8Array, maxOutput: number): Uint8Array | 'too-large' | undefined {
    const { output } = this;
    const { Z_SYNC_FLUSH, Z_BLOCK } = this.zlib.constants;
    if (payload.length > LONGEST) return undefined;
    handle.time = ++this.time;
    output.begin(maxOutput);
    const body = Math.max(0, payload.length - EDGE);
    if (!this.feed(handle, Z_SYNC_FLUSH, payload, body)) return output.exceeded ? 'too-large' : undefined;
    const end = payload.length - body;
    for (let i = 0; i < end; i++) this.edge[i] = payload[body + i]!;
    this.edge.set(TAIL, end);
    const whole = this.finish(handle, Z_BLOCK, end + TAIL.length);
    if (output.exceeded) return 'too-large';
    return whole ? output.view() : undefined;
  }

  /** Takes the first `length` bytes of input whole. */
  private feed(handle: Handle, flush: number, input: Uint8Array, length: number): boolean {
    const { output } = this;
    let left = length;
    while (left > 0) {
      const before = output.length;
      const rest = handle.write(flush, input, length - left, left, output);
      // No progress: the position is after a final block.
      if (rest < 0 || output.exceeded || (rest === left && output.length === before)) return false;
      left = rest;
    }
    return true;
  }

  /**
   * Reads the edge block by block (Z_BLOCK stops after each) up to the byte that must be left over. The message is whole if
   * the last block made nothing and took the tail with at most one byte before it. Only a stored block does: of the others
   * without output, a fixed one has 10 bits, so it would end in the tail's zeros, a dynamic one has too many.
   */
  private finish(handle: Handle, flush: number, length: number): boolean {
    const { output } = this;
    let left = length;
    for (;;) {
      const before = output.length;
      const rest = handle.write(flush, this.edge, length - left, left, output);
      if (rest < 0 || output.exceeded) return false;
      const taken = left - rest;
      const made = output.length - before;
      if (rest <= 1) return rest === 1 && made === 0 && (taken === TAIL.length - 1 || taken === TAIL.length);
      if (taken === 0 && made === 0) return false;
      left = rest;
    }
  }

  /** Makes `window` the history of a fresh decoder: a stored block puts it there, and costs no new decoder. */
  private prime(handle: Handle, window: Pick<SlidingWindow, 'length' | 'first' | 'second'>): void {
    const { Z_SYNC_FLUSH } = this.zlib.constants;
    const { length, first, second } = window;
    const { stored } = this;
    stored[1] = length & 255;
    stored[2] = length >> 8;
    stored[3] = ~length & 255;
    stored[4] = (~length >> 8) & 255;
    this.output.begin(length);
    const taken = [stored, first, second].every((part) => this.feed(handle, Z_SYNC_FLUSH, part, part.length));
    if (!taken || this.output.length !== length) throw new Error('zlib did not take the window');
  }

  private unowned(windowBits: number): Handle | undefined {
    const fits = (handle: Handle | undefined): boolean =>
      handle !== undefined && handle.owner === undefined && handle.windowBits === windowBits;
    const handle = fits(this.spare) ? this.spare : this.pool.find(fits);
    this.spare = undefined;
    return handle;
  }

  private opened(windowBits: number): Handle {
    if (this.pool.length < this.limit) return this.added(windowBits);
    let least = 0;
    for (let i = 1; i < this.pool.length; i++) if (this.pool[i]!.time < this.pool[least]!.time) least = i;
    const handle = this.pool[least]!;
    if (handle.owner) handle.owner.handle = undefined;
    if (handle.windowBits === windowBits) return handle;
    this.pool.splice(least, 1);
    handle.close();
    return this.added(windowBits);
  }

  private added(windowBits: number): Handle {
    const handle = new Handle(this.zlib.createInflateRaw, windowBits);
    this.pool.push(handle);
    return handle;
  }
}

/** One direction's use of the pool. */
class DirectionStream implements InflateStream {
  /** The decoder that holds this direction's window, unless another direction took it over. */
  handle: Handle | undefined;

  constructor(
    private readonly handles: InflateHandles,
    readonly windowBits: number,
  ) {}

  inflate(payload: Uint8Array, window: SlidingWindow, maxOutput: number): Uint8Array | 'too-large' | undefined {
    let outcome: Uint8Array | 'too-large' | undefined;
    try {
      outcome = this.handles.read(this.handle ?? this.handles.take(this, window), payload, maxOutput);
    } catch {
      // No memory, or no native decoder: the other way reports what is wrong.
    }
    if (outcome instanceof Uint8Array) return outcome;
    this.handles.drop();
    this.release();
    return outcome;
  }

  release(): void {
    if (this.handle) this.handles.giveBack(this.handle);
    this.handle = undefined;
  }
}
