import { HTTP2_ERROR } from '../../codec/http2/http2-codes.js';
import type { HpackEntry } from '../../codec/http2/hpack-static.js';
import type { Wire, WireEnd, WireTaker } from '../bench/wire.js';

/** A field section that came: a head, or trailers. */
export interface LinkSection {
  readonly fields: readonly HpackEntry[];
  readonly isEnd: boolean;
}

/** The connection of a stream, as the stream needs it. */
export interface StreamCarrier {
  readonly wire: Wire;
  readonly firstReceiveWindow: number;
  readonly firstSendWindow: number;
  readonly sendWindow: number;
  readonly mostPayload: number;
  readonly end: WireEnd | undefined;
  data(stream: LinkStream, content: Uint8Array, form?: { readonly end?: boolean }): void;
  rst(id: number, code: number): void;
  windowUpdate(id: number, bytes: number): void;
  /** Both ends have ended this stream, or the tester has left it. */
  left(stream: LinkStream): void;
}

/** RFC 9113 §6.9.2: of a stream and of the connection, as long as nothing else was agreed on. */
export const DEFAULT_WINDOW = 65_535;
/** Bytes that were taken before the window is opened again by them. */
const OWED = 16_384;

/** A stream as cases use it: its frames, and a `Wire` for the WebSocket in it. */
export class LinkStream implements Wire {
  readonly sections: LinkSection[] = [];
  /** The code of RST_STREAM that came. */
  resetCode: number | undefined;
  /** END_STREAM came, and how: in DATA, or in the section of a head or of trailers. */
  endedBy: 'data' | 'section' | undefined;
  /** Bytes that the peer may still send, and that we may. */
  receiveWindow: number;
  sendWindow: number;
  /** Bytes of DATA that came, without padding. */
  received = 0;
  /** We have sent END_STREAM or RST_STREAM. */
  hasEnded = false;
  private over: WireEnd | undefined;
  private taker: WireTaker | undefined;
  private untaken: Uint8Array[] = [];
  private isPaused = false;
  private owed = 0;
  private queue: Uint8Array[] = [];
  private queued = 0;
  private isFinishing = false;
  private flushing: (() => void)[] = [];

  constructor(
    readonly link: StreamCarrier,
    readonly id: number,
    /** The case opens the window itself. */
    public holdsWindow: boolean,
  ) {
    this.receiveWindow = link.firstReceiveWindow;
    this.sendWindow = link.firstSendWindow;
  }

  /** The final head: no interim one (RFC 9113 §8.1), of which 101 is none here (§8.6). */
  get head(): LinkSection | undefined {
    return this.sections.find(({ fields }) => {
      const status = statusOf(fields);
      return status === undefined || status >= 200 || status === 101;
    });
  }

  get status(): number | undefined {
    return this.head && statusOf(this.head.fields);
  }

  /** An answer came, or the end of the stream. */
  get isDecided(): boolean {
    return this.head !== undefined || this.isOver;
  }

  /** Both directions have ended, or the peer's. */
  get isOver(): boolean {
    return this.over !== undefined;
  }

  get end(): WireEnd | undefined {
    return this.over;
  }

  listen(taker: WireTaker): void {
    this.taker = taker;
    this.isPaused = false;
    this.deliver();
  }

  write(bytes: Uint8Array): void {
    if (this.hasEnded || this.isFinishing || bytes.length === 0) return;
    this.queue.push(bytes);
    this.queued += bytes.length;
    this.pump();
  }

  get waiting(): number {
    return this.queued + this.link.wire.waiting;
  }

  flushed(): Promise<void> {
    if (this.queued === 0 || this.hasEnded || this.link.end) return this.link.wire.flushed();
    return new Promise((resolve) => this.flushing.push(resolve));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.deliver();
  }

  finish(): void {
    if (this.hasEnded || this.isFinishing) return;
    this.isFinishing = true;
    this.pump();
  }

  drop(): void {
    this.abort(HTTP2_ERROR.cancel);
    this.link.left(this);
  }

  reset(): void {
    this.abort(HTTP2_ERROR.cancel);
    this.link.left(this);
  }

  /** RST_STREAM, where the stream is open in either direction. */
  abort(code: number): void {
    if (this.resetCode !== undefined || (this.hasEnded && this.over !== undefined)) return;
    this.link.rst(this.id, code);
    this.hasEnded = true;
    this.release();
  }

  /** Opens the window of this stream by that number of bytes. */
  give(bytes: number): void {
    this.receiveWindow += bytes;
    this.link.windowUpdate(this.id, bytes);
  }

  /** Sends what the windows allow. */
  pump(): void {
    const { link } = this;
    while (this.queued > 0 && !this.hasEnded) {
      const most = Math.min(this.sendWindow, link.sendWindow, link.mostPayload);
      const [first] = this.queue;
      const part = first!.subarray(0, Math.max(0, most));
      if (part.length === 0) return;
      if (part.length === first!.length) this.queue.shift();
      else this.queue[0] = first!.subarray(part.length);
      this.queued -= part.length;
      link.data(this, part);
    }
    if (this.isFinishing && !this.hasEnded) {
      link.data(this, new Uint8Array(0), { end: true });
      if (this.over !== undefined) link.left(this);
    }
    this.release();
  }

  /** Content of a DATA frame of that length. */
  take(content: Uint8Array, length: number): void {
    this.received += content.length;
    this.receiveWindow -= length;
    this.owed += length;
    if (content.length > 0) this.untaken.push(content);
    this.deliver();
  }

  /** The peer has ended its direction, or all. */
  ended(how: WireEnd): void {
    if (this.over !== undefined) return;
    this.over = how;
    if (how === 'reset') {
      this.hasEnded = true;
      this.release();
    }
    this.deliver();
  }

  private deliver(): void {
    const { taker } = this;
    if (!taker || this.isPaused) return;
    for (const chunk of this.untaken.splice(0)) taker.bytes(chunk);
    if (!this.holdsWindow && this.owed >= Math.min(OWED, this.link.firstReceiveWindow) && !this.isOver) {
      const owed = this.owed;
      this.owed = 0;
      this.give(owed);
    }
    if (this.over) {
      this.taker = undefined;
      taker.ended(this.over);
      if (this.hasEnded) this.link.left(this);
    }
  }

  private release(): void {
    if (this.queued > 0 && !this.hasEnded) return;
    for (const done of this.flushing.splice(0)) done();
  }
}

export function valueIn(fields: readonly HpackEntry[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

/** RFC 8441 §4: it requests a WebSocket. */
export function isConnect({ head }: LinkStream): boolean {
  return head !== undefined && valueIn(head.fields, ':protocol') === 'websocket';
}

function statusOf(fields: readonly HpackEntry[]): number | undefined {
  const status = valueIn(fields, ':status') ?? '';
  return /^\d{3}$/.test(status) ? Number(status) : undefined;
}
