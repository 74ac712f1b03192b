import { HpackEncoder, type HpackForm, type HpackStrings } from '../../codec/http2/hpack-encoder.js';
import type { HpackEntry } from '../../codec/http2/hpack-static.js';
import { HTTP2_SETTING } from '../../codec/http2/http2-codes.js';
import { DEFAULT_FRAME_SIZE, HTTP2_FLAG, HTTP2_TYPE, http2Frame } from '../../codec/http2/http2-frame.js';
import type { Exchange } from '../bench/exchange.js';
import type { Wire, WireEnd } from '../bench/wire.js';
import { DEFAULT_WINDOW, LinkStream, type StreamCarrier } from './link-stream.js';
import { contentOf, uint32Bytes, type DataForm, type SectionForm } from './written-frames.js';

/** A field as it is to be written. */
export type LinkField = HpackEntry & { readonly form?: HpackForm };
export type LinkSetting = readonly [id: number, value: number];

export interface LinkOptions {
  /** The tester's role. */
  readonly role: 'client' | 'server';
  readonly wire: Wire;
  readonly exchange: Pick<Exchange, 'add'>;
  /** Settings of the tester, in its first frame. */
  readonly settings?: readonly LinkSetting[];
  /** The case opens the windows itself: those of streams, or that of the connection too. */
  readonly holds?: 'streams' | 'all';
  readonly strings?: HpackStrings;
  /** Both ends have ended a stream, or the tester leaves it: what becomes of the connection. */
  left?(this: void, stream: LinkStream): void;
  /** A client has opened a stream, and its head is there. */
  opened?(this: void, stream: LinkStream): void;
}

/** What the tester sends on a connection of HTTP/2: any frame, whether or not a rule allows it. */
export class LinkWriter implements StreamCarrier {
  readonly streams = new Map<number, LinkStream>();
  /** How the peer ended TCP. */
  end: WireEnd | undefined;
  /** It did so without a GOAWAY of ours. */
  endedItself = false;
  sendWindow = DEFAULT_WINDOW;
  receiveWindow = DEFAULT_WINDOW;
  firstSendWindow = DEFAULT_WINDOW;
  firstReceiveWindow: number;
  /** SETTINGS and GOAWAY that were sent. */
  settingsSent = 0;
  goawaySent: number | undefined;
  readonly mostPayload = DEFAULT_FRAME_SIZE;
  encoder: HpackEncoder;
  holds: LinkOptions['holds'];
  protected nextId = 1;

  constructor(protected readonly options: LinkOptions) {
    const { settings = [], strings = 'shorter' } = options;
    this.firstReceiveWindow = settings.find(([id]) => id === HTTP2_SETTING.initialWindowSize)?.[1] ?? DEFAULT_WINDOW;
    this.encoder = new HpackEncoder(strings);
    this.holds = options.holds;
  }

  get wire(): Wire {
    return this.options.wire;
  }

  /** The role that is tested. */
  get peer(): 'client' | 'server' {
    return this.options.role === 'client' ? 'server' : 'client';
  }

  write(bytes: Uint8Array): void {
    this.options.exchange.add('tester', bytes);
    this.wire.write(bytes);
  }

  frame(type: number, stream: number, payload: Uint8Array | readonly number[] = [], flags = 0): void {
    this.write(http2Frame({ type, stream, flags }, payload));
  }

  sendSettings(settings: readonly LinkSetting[]): void {
    const payload = settings.flatMap(([id, value]) => [id >> 8, id & 0xff, ...uint32Bytes(value)]);
    this.settingsSent++;
    this.frame(HTTP2_TYPE.settings, 0, payload);
  }

  windowUpdate(id: number, bytes: number): void {
    if (id === 0) this.receiveWindow += bytes;
    this.frame(HTTP2_TYPE.windowUpdate, id, uint32Bytes(bytes));
  }

  rst(id: number, code: number): void {
    this.frame(HTTP2_TYPE.rstStream, id, uint32Bytes(code));
  }

  sendGoaway(last: number, code = 0): void {
    this.goawaySent ??= code;
    this.frame(HTTP2_TYPE.goaway, 0, [...uint32Bytes(last), ...uint32Bytes(code)]);
  }

  /** A new stream that is not opened yet. */
  newStream(id = this.nextId): LinkStream {
    this.nextId = Math.max(this.nextId, id + 2);
    const stream = new LinkStream(this, id, this.holds !== undefined);
    this.streams.set(id, stream);
    return stream;
  }

  /** Opens a stream with this head. */
  open(fields: readonly LinkField[], form: SectionForm = {}): LinkStream {
    const stream = this.newStream();
    this.section(stream, fields, form);
    return stream;
  }

  /** A head, or trailers. */
  section(stream: LinkStream, fields: readonly LinkField[], form: SectionForm = {}): void {
    this.fieldBlock(stream, this.encoder.encode(fields), form);
  }

  /** The same as bytes, in HEADERS and as many CONTINUATION frames as it needs. */
  fieldBlock(stream: LinkStream, block: Uint8Array, { end, cut, padding, priority }: SectionForm = {}): void {
    const size = Math.max(1, cut ?? this.mostPayload - 256);
    for (let at = 0; at === 0 || at < block.length; at += size) {
      const isLast = at + size >= block.length;
      const part = block.subarray(at, at + size);
      const flags = isLast ? HTTP2_FLAG.endHeaders : 0;
      if (at > 0) this.frame(HTTP2_TYPE.continuation, stream.id, part, flags);
      else {
        const first = contentOf(part, padding, priority);
        this.frame(
          HTTP2_TYPE.headers,
          stream.id,
          first.payload,
          flags | first.flags | (end ? HTTP2_FLAG.endStream : 0),
        );
      }
    }
    if (end) stream.hasEnded = true;
  }

  /** A DATA frame, whether or not a window allows it. */
  data(stream: LinkStream, content: Uint8Array, { end, padding }: DataForm = {}): void {
    const { payload, flags } = contentOf(content, padding);
    stream.sendWindow -= payload.length;
    this.sendWindow -= payload.length;
    if (end) stream.hasEnded = true;
    this.frame(HTTP2_TYPE.data, stream.id, payload, flags | (end ? HTTP2_FLAG.endStream : 0));
  }

  left(stream: LinkStream): void {
    this.options.left?.(stream);
  }
}
