import { formFault } from './frame-form.js';
import { FieldBlock, blockFragment } from '../../codec/http2/field-block.js';
import { HpackDecoder } from '../../codec/http2/hpack-decoder.js';
import { debugText, HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import {
  DEFAULT_FRAME_SIZE,
  HTTP2_FLAG,
  HTTP2_PREFACE,
  HTTP2_TYPE,
  uint31,
  uint32,
  type Http2Header,
} from '../../codec/http2/http2-frame.js';
import { latin1 } from '../../codec/http1/text.js';
import { Condition } from '../bench/condition.js';
import type { WireEnd, WireTaker } from '../bench/wire.js';
import { FrameBudget } from './frame-budget.js';
import { DEFAULT_WINDOW, isConnect, type LinkStream } from './link-stream.js';
import { LinkWriter, type LinkOptions } from './link-writer.js';
import { WholeFrames, type LinkFrame } from './whole-frames.js';

/** A GOAWAY that came. */
export interface LinkGoaway {
  readonly code: number;
  readonly last: number;
  readonly debug: string;
}

/** A rule that the peer breaks. */
export interface LinkFault {
  readonly rfc: string;
  readonly text: string;
}

const MOST_FAULTS = 20;
const MOST_STREAMS = 1024;
/** Headers of frames that are kept. */
const MOST_CAME = 10_000;
/** Answers that wait to be written: above that a PING gets none. */
const MOST_WAITING = 64 * 1024;
const LARGEST_WINDOW = 0x7fffffff;

/** One connection of HTTP/2 (RFC 9113), in either role: strict in what it receives, free in what it sends. */
export class Http2Link extends LinkWriter implements WireTaker {
  readonly condition = new Condition();
  readonly faults: LinkFault[] = [];
  /** Of the peer, by their number; undefined: none came. */
  settings: Map<number, number> | undefined;
  goaway: LinkGoaway | undefined;
  /** Acknowledgements of SETTINGS, and the payloads of those of PING. */
  settingsAcks = 0;
  readonly pongs: string[] = [];
  /** Types of frames in their order, up to a number. */
  readonly came: Http2Header[] = [];
  /** The first bytes, where they are no frames. */
  foreign: string | undefined;
  readonly decoder = new HpackDecoder();
  private readonly frames = new WholeFrames(DEFAULT_FRAME_SIZE);
  private readonly budget = new FrameBudget();
  private block: FieldBlock | undefined;
  private preface: number;
  /** By type; others are passed over (RFC 9113 §5.5). */
  private readonly takers: Readonly<Record<number, (header: Http2Header, payload: Uint8Array) => void>> = {
    [HTTP2_TYPE.data]: (header, payload) => this.takeData(header, payload),
    [HTTP2_TYPE.headers]: (header, payload) => this.takeBlock(header, payload),
    [HTTP2_TYPE.continuation]: (header, payload) => this.takeBlock(header, payload),
    [HTTP2_TYPE.rstStream]: ({ stream }, payload) => this.takeReset(stream, payload),
    [HTTP2_TYPE.settings]: ({ flags }, payload) => this.takeSettings(flags, payload),
    [HTTP2_TYPE.pushPromise]: () => this.giveUp('RFC 9113 §8.4', 'PUSH_PROMISE came, which we have not allowed'),
    [HTTP2_TYPE.ping]: ({ flags }, payload) => this.takePing(flags, payload),
    [HTTP2_TYPE.goaway]: (_, payload) => this.takeGoaway(payload),
    [HTTP2_TYPE.windowUpdate]: ({ stream }, payload) => this.takeWindow(stream, payload),
  };
  private owed = 0;

  constructor(options: LinkOptions) {
    super(options);
    this.preface = options.role === 'server' ? HTTP2_PREFACE.length : 0;
  }

  /** The preface (RFC 9113 §3.4); then the peer is listened to. */
  begin(): void {
    const { role, wire, settings = [] } = this.options;
    if (role === 'client') this.write(Uint8Array.from(HTTP2_PREFACE));
    this.sendSettings(settings);
    wire.listen(this);
  }

  /** The first windows of streams become that large, and those of open streams change with it (RFC 9113 §6.9.2). */
  resizeWindows(size: number): void {
    for (const stream of this.streams.values()) stream.receiveWindow += size - this.firstReceiveWindow;
    this.firstReceiveWindow = size;
  }

  /** The peer takes an extended CONNECT (RFC 8441 §3). */
  get connects(): boolean {
    return this.settings?.get(HTTP2_SETTING.enableConnectProtocol) === 1;
  }

  /** It is over, or about to be. */
  get isOver(): boolean {
    return this.end !== undefined || (this.goaway !== undefined && this.goaway.code !== 0);
  }

  /** Resolves with whether `test` holds: as soon as it does, or after this number of seconds, or at the end of TCP. */
  async until(test: () => boolean, seconds: number): Promise<boolean> {
    await this.condition.until(() => test() || this.end !== undefined, seconds);
    return test();
  }

  bytes(chunk: Uint8Array): void {
    this.options.exchange.add('peer', chunk);
    this.read(chunk);
  }

  /** Bytes that were recorded already. */
  read(chunk: Uint8Array): void {
    if (this.foreign !== undefined) return;
    const rest = this.afterPreface(chunk);
    const frames = rest.length > 0 ? this.frames.push(rest) : [];
    for (const frame of frames) this.take(frame);
    const { tooLong } = this.frames;
    if (tooLong && this.isFirst(tooLong)) this.foreign = latin1(rest, 0, Math.min(rest.length, 80));
    else if (tooLong)
      this.giveUp('RFC 9113 §4.2', `a frame of ${tooLong.length} bytes came, more than SETTINGS_MAX_FRAME_SIZE`);
    this.condition.notify();
  }

  ended(how: WireEnd): void {
    if (this.end === undefined) this.endedItself = this.goawaySent === undefined;
    this.end ??= how;
    for (const stream of this.streams.values()) stream.ended(how);
    this.condition.notify();
  }

  fault(rfc: string, text: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push({ rfc, text });
  }

  /** A peer that can't be read on, or floods: the connection is ended. */
  private giveUp(rfc: string, text: string): void {
    if (this.end) return;
    this.fault(rfc, text);
    this.wire.drop();
    this.ended('reset');
  }

  /** RFC 9113 §3.4: a client begins with it. */
  private afterPreface(chunk: Uint8Array): Uint8Array {
    if (this.preface === 0) return chunk;
    const at = HTTP2_PREFACE.length - this.preface;
    const part = chunk.subarray(0, this.preface);
    if (!part.every((byte, i) => byte === HTTP2_PREFACE[at + i])) {
      this.foreign = latin1(part, 0, part.length);
      return new Uint8Array(0);
    }
    this.preface -= part.length;
    return chunk.subarray(part.length);
  }

  private isFirst(header: Http2Header): boolean {
    return this.came.length === 0 && header.type !== HTTP2_TYPE.settings;
  }

  private take({ header, payload }: LinkFrame): void {
    const { type, stream } = header;
    if (this.end) return;
    if (this.came.length === 0 && type !== HTTP2_TYPE.settings) {
      this.fault('RFC 9113 §3.4', `the first frame that came is of type ${type}, not SETTINGS`);
    }
    if (this.came.length < MOST_CAME) this.came.push(header);
    const flood = this.budget.flood(header);
    if (flood) return this.giveUp('RFC 9113 §10.5', flood);
    if (this.block && (type !== HTTP2_TYPE.continuation || stream !== this.block.stream)) {
      return this.giveUp('RFC 9113 §6.10', 'another frame came within a field block');
    }
    const form = formFault(header);
    if (form) return this.fault(form.rfc, form.text);
    this.takers[type]?.(header, payload);
  }

  private takeData(header: Http2Header, payload: Uint8Array): void {
    const { stream: id, length, flags } = header;
    this.receiveWindow -= length;
    if (this.receiveWindow < 0) {
      return this.giveUp('RFC 9113 §6.9.1', 'more DATA came than the window of the connection allows');
    }
    this.giveBack(length);
    const stream = this.streams.get(id);
    if (!stream) return this.fault('RFC 9113 §5.1', `DATA came on stream ${id}, which is idle`);
    // What was under way when we reset it is none of its faults.
    if (stream.endedBy) return this.fault('RFC 9113 §5.1', `DATA came on stream ${id} after its end`);
    if (stream.isOver) return;
    if (this.options.role === 'client' && !stream.head)
      this.fault('RFC 9113 §8.1', `DATA came on stream ${id} before HEADERS: that is no answer`);
    const content = contentIn(header, payload);
    if (!content) return this.giveUp('RFC 9113 §6.1', 'DATA came whose padding is longer than its payload');
    if (stream.receiveWindow < length) {
      const text = `DATA of ${length} bytes came on stream ${id}, whose window was ${stream.receiveWindow}`;
      return this.giveUp('RFC 9113 §6.9.1', text);
    }
    const isEnd = (flags & HTTP2_FLAG.endStream) !== 0;
    if (isEnd) stream.endedBy ??= 'data';
    stream.take(content, length);
    if (isEnd) stream.ended('fin');
  }

  /** Opens the window of the connection again, by what came. */
  private giveBack(length: number): void {
    this.owed += length;
    if (this.holds === 'all' || this.owed < DEFAULT_WINDOW / 4) return;
    const { owed } = this;
    this.owed = 0;
    this.windowUpdate(0, owed);
  }

  private takeBlock(header: Http2Header, payload: Uint8Array): void {
    const { type, stream, flags } = header;
    if (type === HTTP2_TYPE.continuation && !this.block) {
      return this.giveUp('RFC 9113 §6.10', 'CONTINUATION came outside of a field block');
    }
    this.block ??= new FieldBlock(stream, type, (flags & HTTP2_FLAG.endStream) !== 0);
    const { start, end } = blockFragment(header, payload);
    this.block.add(payload.subarray(start, end), 0, type === HTTP2_TYPE.continuation);
    if (this.block.isTooLong) {
      return this.giveUp('RFC 9113 §10.5.1', 'a field block came that does not end (a CONTINUATION flood)');
    }
    if ((flags & HTTP2_FLAG.endHeaders) === 0) return;
    const { block } = this;
    this.block = undefined;
    this.takeSection(block);
  }

  private takeSection(block: FieldBlock): void {
    const read = this.decoder.decode(block.bytes);
    if (read.fault) {
      return this.giveUp('RFC 9113 §4.3', `a field block came that can not be decompressed (${read.fault.kind})`);
    }
    if (read.omitted > 0)
      return this.giveUp('RFC 9113 §10.5.1', 'a few bytes came that stand for very many fields (a header bomb)');
    const fields = read.fields.map(({ name = '', value = '' }) => ({ name, value }));
    const { stream: id, isEndOfStream } = block;
    const known = this.streams.get(id);
    const stream = known ?? this.openedByPeer(id);
    if (!stream) return this.fault('RFC 9113 §5.1', `HEADERS came on stream ${id}, which is idle`);
    if (stream.isOver) return;
    stream.sections.push({ fields, isEnd: isEndOfStream });
    if (isEndOfStream) {
      stream.endedBy ??= 'section';
      stream.ended('fin');
    }
    if (!known) this.options.opened?.(stream);
  }

  /** RFC 9113 §5.1.1: those of clients are odd. */
  private openedByPeer(id: number): LinkStream | undefined {
    if (this.options.role === 'client' || id % 2 === 0 || id < this.nextId) return undefined;
    if (this.streams.size >= MOST_STREAMS) this.forgetEnded();
    if (this.streams.size >= MOST_STREAMS) {
      this.giveUp('RFC 9113 §5.1.2', `more than ${MOST_STREAMS} streams are open`);
      return undefined;
    }
    return this.newStream(id);
  }

  private forgetEnded(): void {
    for (const [id, stream] of this.streams) if (stream.isOver && stream.hasEnded) this.streams.delete(id);
  }

  private takeReset(id: number, payload: Uint8Array): void {
    const stream = this.streams.get(id);
    if (!stream) return this.fault('RFC 9113 §6.4', `RST_STREAM came on stream ${id}, which is idle`);
    stream.resetCode ??= uint32(payload, 0);
    stream.hasEnded = true;
    stream.ended('reset');
  }

  private takeSettings(flags: number, payload: Uint8Array): void {
    if ((flags & HTTP2_FLAG.ack) !== 0) {
      this.settingsAcks++;
      return;
    }
    if (payload.length % 6 !== 0) return this.giveUp('RFC 9113 §6.5', 'SETTINGS came whose length is no multiple of 6');
    const before = this.settings?.get(HTTP2_SETTING.enableConnectProtocol);
    this.settings ??= new Map();
    for (let at = 0; at < payload.length; at += 6) {
      this.setting(payload[at]! * 256 + payload[at + 1]!, uint32(payload, at + 2));
    }
    const now = this.settings.get(HTTP2_SETTING.enableConnectProtocol);
    if (now !== undefined && now > 1) this.fault('RFC 8441 §3', `SETTINGS_ENABLE_CONNECT_PROTOCOL is ${now}`);
    if (before === 1 && now === 0) this.fault('RFC 8441 §3', 'SETTINGS_ENABLE_CONNECT_PROTOCOL went from 1 to 0');
    if (this.wire.waiting < MOST_WAITING) this.frame(HTTP2_TYPE.settings, 0, [], HTTP2_FLAG.ack);
    for (const stream of this.streams.values()) stream.pump();
  }

  private setting(id: number, value: number): void {
    this.settings!.set(id, value);
    if (id === HTTP2_SETTING.initialWindowSize) {
      if (value > LARGEST_WINDOW)
        return this.fault('RFC 9113 §6.5.2', 'SETTINGS_INITIAL_WINDOW_SIZE is above 2^31 - 1');
      for (const stream of this.streams.values()) stream.sendWindow += value - this.firstSendWindow;
      this.firstSendWindow = value;
    } else if (id === HTTP2_SETTING.maxFrameSize) {
      if (value < DEFAULT_FRAME_SIZE || value > 0xffffff)
        this.fault('RFC 9113 §6.5.2', `SETTINGS_MAX_FRAME_SIZE is ${value}`);
    } else if (id === HTTP2_SETTING.enablePush && value > (this.options.role === 'client' ? 0 : 1)) {
      this.fault('RFC 9113 §6.5.2', `SETTINGS_ENABLE_PUSH is ${value}`);
    }
  }

  private takePing(flags: number, payload: Uint8Array): void {
    if ((flags & HTTP2_FLAG.ack) !== 0) {
      if (this.pongs.length < 100) this.pongs.push(latin1(payload, 0, payload.length));
    } else if (this.wire.waiting < MOST_WAITING) this.frame(HTTP2_TYPE.ping, 0, payload, HTTP2_FLAG.ack);
  }

  private takeGoaway(payload: Uint8Array): void {
    if (payload.length < 8) return this.giveUp('RFC 9113 §6.8', `GOAWAY of ${payload.length} bytes came`);
    const debug = debugText(payload, 8);
    this.goaway = { last: uint31(payload, 0), code: uint32(payload, 4), debug };
    // RFC 9113 §6.8: of the streams that we have opened, those above it are not processed.
    if (this.options.role === 'server') return;
    for (const stream of this.streams.values()) if (stream.id > this.goaway.last) stream.ended('reset');
  }

  private takeWindow(id: number, payload: Uint8Array): void {
    const bytes = payload.length === 4 ? uint31(payload, 0) : 0;
    if (bytes === 0) return this.fault('RFC 9113 §6.9', 'WINDOW_UPDATE of 0 came');
    const stream = this.streams.get(id);
    if (id === 0) this.sendWindow += bytes;
    else if (stream) stream.sendWindow += bytes;
    if ((stream ?? this).sendWindow > LARGEST_WINDOW) this.fault('RFC 9113 §6.9.1', 'a window went above 2^31 - 1');
    if (stream) stream.pump();
    else for (const each of this.streams.values()) each.pump();
  }
}

/** Of DATA, without padding; undefined: that is longer than the payload. */
function contentIn({ flags, length }: Http2Header, payload: Uint8Array): Uint8Array | undefined {
  if ((flags & HTTP2_FLAG.padded) === 0) return payload;
  const padding = payload[0];
  return padding === undefined || padding >= length ? undefined : payload.subarray(1, length - padding);
}

/** The extended CONNECTs of a client. */
export function connectsOf({ streams }: Http2Link): LinkStream[] {
  return [...streams.values()].filter(isConnect);
}
