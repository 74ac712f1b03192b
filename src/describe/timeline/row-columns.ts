/** A record as a point of the overview: 30 bytes, so that millions of them fit in a page. */
export interface TimelineRow {
  /** Seconds since the epoch; NaN where unknown. */
  readonly time: number;
  /** NO_CONNECTION: it is about all of them. */
  readonly connection: number;
  /** The opcode of a frame, or one of ROW_KIND. */
  readonly kind: number;
  /** Payload bytes of a frame, up to 2^32-1; the close code of an end, 0 where it is not known. */
  readonly size: number;
  /** Bits of ROW_FLAG. */
  readonly flags: number;
  /** Seconds: of a pong, since its ping; of a reply, since its call; of a stall, its length. Absent where unknown: NaN in the column. */
  readonly wait?: number;
  /** Of the last frame of a compressed message: bytes that it inflates to, for each byte on the wire. */
  readonly ratio?: number;
}

/** What is no frame; frames have their opcode, 0 to 15. */
export const ROW_KIND = { handshake: 16, ended: 17, note: 18, gap: 19, stall: 20, packet: 21 } as const;

export const ROW_FLAG = {
  /** Sent by the client; of an end: the client closed. */
  client: 1,
  server: 2,
  error: 4,
  warning: 8,
  /** Of a handshake: no connection came of it. Of an end: it is one of those that `--trouble` shows. */
  trouble: 16,
  /** Of an end: it is that of the input, and the connection was open. */
  open: 32,
  /** Of an end: how the connection ended is not in the file. */
  unrecorded: 64,
} as const;

export const NO_CONNECTION = -1;

const FIRST_ROOM = 1024;

export type RowColumn = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array;

/** Rows in columns of numbers, in the order in which they came. */
export class RowColumns {
  length = 0;
  times: Float64Array;
  /** WebSockets of HTTP/2 have numbers that take more than 32 bits. */
  connections: Float64Array;
  sizes: Uint32Array;
  waits: Float32Array;
  ratios: Float32Array;
  kinds: Uint8Array;
  flags: Uint8Array;

  /** `room`: of that many rows. Where memory is given out as it is written to, more of it costs nothing, and growing does. */
  constructor(room = FIRST_ROOM) {
    this.times = new Float64Array(room);
    this.connections = new Float64Array(room);
    this.sizes = new Uint32Array(room);
    this.waits = new Float32Array(room);
    this.ratios = new Float32Array(room);
    this.kinds = new Uint8Array(room);
    this.flags = new Uint8Array(room);
  }

  push({ time, connection, kind, size, flags, wait = NaN, ratio = NaN }: TimelineRow): void {
    const at = this.length;
    this.add(time, connection, kind, size, flags);
    this.waits[at] = wait;
    this.ratios[at] = ratio;
  }

  /** A row without a wait and a ratio: an object for each of millions would take longer. */
  add(time: number, connection: number, kind: number, size: number, flags: number): void {
    const at = this.length;
    this.makeRoom(at + 1);
    this.times[at] = time;
    this.connections[at] = connection;
    this.sizes[at] = size;
    this.waits[at] = NaN;
    this.ratios[at] = NaN;
    this.kinds[at] = kind;
    this.flags[at] = flags;
    this.length = at + 1;
  }

  /** Makes room for that many more rows, which are not known yet; gives the number of the first. */
  extend(count: number): number {
    const start = this.length;
    this.makeRoom(start + count);
    this.length = start + count;
    return start;
  }

  /** Forgets the oldest rows. */
  dropFirst(count: number): void {
    for (const column of this.all) column.copyWithin(0, count, this.length);
    this.length -= Math.min(count, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  get all(): readonly RowColumn[] {
    return [this.times, this.connections, this.sizes, this.waits, this.ratios, this.kinds, this.flags];
  }

  private makeRoom(rows: number): void {
    if (rows <= this.times.length) return;
    const room = Math.max(rows, 2 * this.times.length);
    this.times = grown(this.times, new Float64Array(room));
    this.connections = grown(this.connections, new Float64Array(room));
    this.sizes = grown(this.sizes, new Uint32Array(room));
    this.waits = grown(this.waits, new Float32Array(room));
    this.ratios = grown(this.ratios, new Float32Array(room));
    this.kinds = grown(this.kinds, new Uint8Array(room));
    this.flags = grown(this.flags, new Uint8Array(room));
  }
}

/** The values of `from` at the beginning of `to`. */
export function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
