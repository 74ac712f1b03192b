import { otherSide, type CloseReason, type Side } from '../bytes/stream-taker.js';
import { blockFragment, FieldBlock } from './field-block.js';
import { HpackDecoder } from './hpack-decoder.js';
import { debugText, HTTP2_SETTING } from './http2-codes.js';
import { Http2Faults } from './http2-faults.js';
import { Http2Floods } from './http2-floods.js';
import { HTTP2_FLAG, HTTP2_PREFACE, HTTP2_TYPE, HTTP2_TYPES, uint31, uint32, type Http2Header } from './http2-frame.js';
import { Http2FrameReader, type Http2FrameTaker } from './http2-frame-reader.js';
import { http2Head } from './http2-heads.js';
import { asksForHttp2WebSocket, grantsHttp2WebSocket, mayAskForHttp2WebSocket, sectionKind } from './http2-requests.js';
import { Http2Search } from './http2-search.js';
import { Http2Streams } from './http2-streams.js';
import type { Http2FaultKind, Http2Opener } from './http2-taker.js';

/** Bytes that the fields of one section may stand for. Servers take 8 to 64 KiB. */
const LARGE_SECTION = 1024 * 1024;
/** Requests that were reset before they were answered: where they are half of all or more. */
const MANY_RESETS = 100;
/** Answers that are kept for requests that come late. */
const MOST_EARLY = 64;

/** One direction. */
class Http2Lane {
  mode: 'preface' | 'frames' | 'search' = 'frames';
  readonly decoder = new HpackDecoder();
  readonly reader: Http2FrameReader;
  search: Http2Search | undefined;
  block: FieldBlock | undefined;
  /** Bytes of the preface that came. */
  preface = 0;
  /** The end of the connection that sends here has sent SETTINGS; and it takes extended CONNECT (RFC 8441 §3). */
  hasSettings = false;
  connects = false;
  /** Requests without an answer that it reset. */
  resets = 0;

  constructor(offset: number) {
    this.reader = new Http2FrameReader(offset);
  }

  /** What was begun is not continued. */
  drop(): void {
    this.block = undefined;
    this.decoder.lose();
  }
}

/** An HTTP/2 connection: reads both directions, and hands on the WebSockets in it (RFC 8441). Never throws on any input. */
export class Http2Connection {
  readonly streams: Http2Streams;
  readonly faults = new Http2Faults();
  private readonly floods = new Http2Floods();
  private readonly lanes: readonly [Http2Lane, Http2Lane];
  /** Answers before their requests, by stream. */
  private readonly early = new Map<number, () => void>();

  /** `client`: the side that begins with the preface; undefined: the connection was joined in its middle. */
  constructor(
    opener: Http2Opener,
    private client: Side | undefined,
    [a, b]: readonly [number, number],
  ) {
    this.streams = new Http2Streams(opener);
    this.lanes = [new Http2Lane(a), new Http2Lane(b)];
    if (client !== undefined) this.lanes[client].mode = 'preface';
    else {
      this.streams.isBlind = true;
      for (const side of [0, 1] as const) this.beginSearch(side);
    }
  }

  data(side: Side, bytes: Uint8Array, start: number, end: number, time: number): void {
    const lane = this.lanes[side];
    if (this.streams.hasDying) this.streams.expire(time);
    if (lane.mode === 'search') return this.searchOn(side, lane.search?.push(bytes, start, end, time));
    let at = start;
    if (lane.mode === 'preface') {
      at = Math.min(end, start + HTTP2_PREFACE.length - lane.preface);
      lane.preface += at - start;
      lane.reader.offset += at - start;
      if (lane.preface === HTTP2_PREFACE.length) lane.mode = 'frames';
    }
    lane.reader.read(bytes, at, end, time, this.takers[side]);
  }

  gap(side: Side, length: number, time: number): void {
    const lane = this.lanes[side];
    if (lane.mode === 'search') {
      const found = lane.search?.drop();
      if (found) this.searchOn(side, found);
      else {
        this.streams.lose(side, length);
        lane.reader.offset += length;
        return;
      }
    }
    if (lane.mode === 'frames' && lane.reader.gap(length, time, this.takers[side])) return;
    if (lane.mode === 'preface') lane.reader.offset += length;
    // Those that are opened from now on begin after it.
    this.streams.lose(side, length + lane.reader.missing);
    lane.reader.cut();
    this.beginSearch(side);
  }

  /** RFC 7540 §3.2: the request with `Upgrade: h2c` is stream 1, and it has ended. */
  upgraded(side: Side, time: number): void {
    this.streams.request(1);
    this.streams.end(1, side, time);
  }

  close(reason: CloseReason, time: number): void {
    for (const side of [0, 1] as const) {
      const { search, mode } = this.lanes[side];
      if (mode === 'search') this.searchOn(side, search?.end());
    }
    this.streams.closeAll(reason, time);
  }

  private beginSearch(side: Side): void {
    const lane = this.lanes[side];
    lane.mode = 'search';
    lane.search = new Http2Search((stream) => this.streams.isOpen(stream));
    lane.drop();
    this.streams.isBlind = true;
  }

  private searchOn(side: Side, found: ReturnType<Http2Search['push']>): void {
    const lane = this.lanes[side];
    if (found === undefined) return;
    lane.reader.offset += lane.search!.passed;
    lane.mode = 'frames';
    lane.search = undefined;
    for (const { bytes, start, end, time } of found) this.data(side, bytes, start, end, time);
  }

  private readonly takers: readonly [Http2FrameTaker, Http2FrameTaker] = [this.takerOf(0), this.takerOf(1)];

  private takerOf(side: Side): Http2FrameTaker {
    return {
      data: ({ stream }, bytes, start, end, time) => this.streams.data(stream, side, bytes, start, end, time),
      dataGap: ({ stream }, length, time) => this.streams.gap(stream, side, length, time),
      dataEnd: ({ stream, flags, length }, time) => {
        this.streams.sent(stream, side, length);
        if (this.lanes[side].block) this.interrupt(side, time);
        if ((flags & HTTP2_FLAG.endStream) !== 0) this.streams.end(stream, side, time);
      },
      frame: (header, payload, offset, time) => this.frame(side, header, payload, offset, time),
      lostFrame: (header, why, time) => this.lostFrame(side, header, why, time),
    };
  }

  private frame(side: Side, header: Http2Header, payload: Uint8Array, offset: number, time: number): void {
    const { type } = header;
    const lane = this.lanes[side];
    if (lane.block && type !== HTTP2_TYPE.continuation) this.interrupt(side, time);
    if (HTTP2_TYPES[type]?.fits?.(payload.length, header.flags) === false) {
      return this.fault(side, 'frame-size', { type: HTTP2_TYPES[type].name, length: payload.length }, offset, time);
    }
    if (type === HTTP2_TYPE.settings || type === HTTP2_TYPE.ping) {
      const count = this.floods.came(side, (header.flags & HTTP2_FLAG.ack) !== 0, time);
      if (count !== undefined) this.fault(side, 'flood', { count }, offset, time);
    }
    if (type === HTTP2_TYPE.headers || type === HTTP2_TYPE.pushPromise || type === HTTP2_TYPE.continuation) {
      this.fragment(side, header, payload, offset, time);
    } else if (type === HTTP2_TYPE.settings) this.settings(side, header, payload);
    else if (type === HTTP2_TYPE.windowUpdate) this.streams.opened(header.stream, side, uint31(payload, 0));
    else if (type === HTTP2_TYPE.rstStream) this.reset(side, header, uint32(payload, 0), offset, time);
    else if (type === HTTP2_TYPE.goaway) this.goaway(side, payload, offset, time);
  }

  private lostFrame(side: Side, { type, flags, stream }: Http2Header, why: 'gap' | 'long', time: number): void {
    const lane = this.lanes[side];
    const isBlock = type === HTTP2_TYPE.headers || type === HTTP2_TYPE.continuation || type === HTTP2_TYPE.pushPromise;
    if (type === HTTP2_TYPE.ping) return;
    // What settings and windows are is not known either.
    this.streams.isBlind = true;
    if (!isBlock) return;
    lane.drop();
    if (why === 'long') this.fault(side, 'block-too-long', { stream }, lane.reader.offset, time);
    if (type === HTTP2_TYPE.headers && (flags & HTTP2_FLAG.endStream) !== 0) this.streams.end(stream, side, time);
  }

  private settings(side: Side, { flags }: Http2Header, payload: Uint8Array): void {
    if ((flags & HTTP2_FLAG.ack) !== 0) return;
    const lane = this.lanes[side];
    lane.hasSettings = true;
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const id = (payload[at]! << 8) | payload[at + 1]!;
      const value = uint32(payload, at + 2);
      if (id === HTTP2_SETTING.enableConnectProtocol) lane.connects = value === 1;
      if (id === HTTP2_SETTING.initialWindowSize) this.streams.initial[side] = value;
    }
  }

  private reset(side: Side, { stream }: Http2Header, code: number, offset: number, time: number): void {
    const lane = this.lanes[side];
    if (this.streams.isUnanswered(stream)) lane.resets++;
    if (lane.resets >= MANY_RESETS && lane.resets * 2 >= this.streams.begun) {
      this.fault(side, 'rapid-reset', { count: lane.resets }, offset, time);
    }
    this.streams.reset(stream, side, { name: 'RST_STREAM', code, offset }, time);
  }

  private goaway(side: Side, payload: Uint8Array, offset: number, time: number): void {
    const debug = debugText(payload, 8);
    const event = { name: 'GOAWAY' as const, code: uint32(payload, 4), lastStream: uint31(payload, 0), debug, offset };
    for (const taker of this.streams.takers()) taker.http2Event(side, event, time);
  }

  private fragment(side: Side, header: Http2Header, payload: Uint8Array, offset: number, time: number): void {
    const lane = this.lanes[side];
    const { type, flags, stream } = header;
    const isContinuation = type === HTTP2_TYPE.continuation;
    // Its beginning was lost, or it belongs to another one.
    if (isContinuation && lane.block?.stream !== stream) return this.stray(side, time);
    const block = (lane.block ??= new FieldBlock(stream, type, (flags & HTTP2_FLAG.endStream) !== 0));
    const { start, end } = blockFragment(header, payload);
    block.add(payload.subarray(start, end), offset + start, isContinuation);
    if (block.isTooLong) this.fault(side, 'block-too-long', { stream }, offset, time);
    if ((flags & HTTP2_FLAG.endHeaders) === 0) return;
    lane.block = undefined;
    if (block.isTooLong) lane.drop();
    else this.section(side, block, time);
    if (block.isEndOfStream && type !== HTTP2_TYPE.pushPromise) this.streams.end(stream, side, time);
  }

  /** CONTINUATION of a block that was not begun: the table may have changed. */
  private stray(side: Side, time: number): void {
    if (this.lanes[side].block) this.interrupt(side, time);
    this.lanes[side].drop();
  }

  private interrupt(side: Side, time: number): void {
    const lane = this.lanes[side];
    this.fault(side, 'block-interrupted', { stream: lane.block!.stream }, lane.reader.offset, time);
    lane.drop();
    this.streams.isBlind = true;
  }

  /** A whole field block, decompressed. */
  private section(side: Side, block: FieldBlock, time: number): void {
    const lane = this.lanes[side];
    const read = lane.decoder.decode(block.bytes);
    const { stream } = block;
    if (read.fault) {
      this.streams.isBlind = true;
      this.fault(side, 'compression', { stream, kind: read.fault.kind }, block.offsetOf(read.fault.at), time);
    }
    if (read.size > LARGE_SECTION) {
      const args = { bytes: read.size, from: block.bytes.length };
      this.fault(side, 'field-section-too-large', args, block.offsetOf(0), time);
    }
    if (block.type === HTTP2_TYPE.pushPromise) return;
    const kind = sectionKind(read.fields);
    if (kind === 'request') this.request(side, block, read, time);
    else if (kind === 'response' || this.isAnswer(side, stream)) this.response(side, block, read, time);
  }

  /** The first section after the request of a WebSocket is its response, with a status or without (RFC 9113 §8.1). */
  private isAnswer(side: Side, stream: number): boolean {
    const { streams } = this;
    const isServer = this.client === otherSide(side);
    return isServer && !streams.isBlind && streams.takerOf(stream) !== undefined && streams.isUnanswered(stream);
  }

  private request(side: Side, block: FieldBlock, read: ReturnType<HpackDecoder['decode']>, time: number): void {
    const { stream } = block;
    this.client ??= side;
    if (this.streams.isOpen(stream)) return;
    if (!asksForHttp2WebSocket(read.fields)) {
      if (!mayAskForHttp2WebSocket(read.fields)) this.streams.request(stream);
      return;
    }
    const server = this.lanes[otherSide(side)];
    const connects = server.hasSettings ? server.connects : undefined;
    if (!this.open(side, stream, false, time)) return;
    this.streams.head(stream, side, http2Head('request', block, read, connects), time);
    this.early.get(stream)?.();
    this.early.delete(stream);
    this.tellFaults(stream);
  }

  private response(side: Side, block: FieldBlock, read: ReturnType<HpackDecoder['decode']>, time: number): void {
    const { stream } = block;
    this.client ??= otherSide(side);
    const head = http2Head('response', block, read, undefined);
    const tell = (): void => this.streams.head(stream, side, head, time);
    if (this.streams.isBlind && !this.streams.isOpen(stream)) {
      if (!grantsHttp2WebSocket(read.fields)) return this.keepEarly(stream, tell);
      if (!this.open(side, stream, true, time)) return;
    }
    tell();
  }

  /** An answer whose request may still come: a hole in its direction is given up later than the answer was read. */
  private keepEarly(stream: number, tell: () => void): void {
    const [oldest] = this.early.size >= MOST_EARLY ? this.early.keys() : [];
    if (oldest !== undefined) this.early.delete(oldest);
    this.early.set(stream, tell);
  }

  private open(side: Side, stream: number, isJoined: boolean, time: number): boolean {
    if (this.streams.webSocket(stream, isJoined, time)) return true;
    this.fault(side, 'too-many-streams', { stream }, this.lanes[side].reader.offset, time);
    return false;
  }

  private tellFaults(stream: number): void {
    const taker = this.streams.takerOf(stream);
    if (taker) this.faults.tell(taker);
  }

  private fault(
    side: Side,
    kind: Http2FaultKind,
    args: Readonly<Record<string, string | number>>,
    offset: number,
    time: number,
  ): void {
    this.faults.add(side, { name: 'fault', kind, args, offset }, time, this.streams.takers());
  }
}
