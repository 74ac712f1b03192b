import { connect, createServer, type Socket } from 'node:net';
import { concat } from '../../src/codec/bytes/byte-collector.js';
import { HpackDecoder, type HpackField } from '../../src/codec/http2/hpack-decoder.js';
import { HpackEncoder } from '../../src/codec/http2/hpack-encoder.js';
import { blockFragment } from '../../src/codec/http2/field-block.js';
import { HTTP2_PREFACE, http2Frame, uint32, type Http2Header } from '../../src/codec/http2/http2-frame.js';
import { WholeFrames } from '../../src/conformance/http2/whole-frames.js';
import { listening, type Running } from './listening.js';

/** Servers and clients over HTTP/2 that take whatever comes as legal, and may have one flaw more. */

export type Http2Flaw =
  | 'no-setting'
  | 'setting-withdrawn'
  | 'no-acks'
  | 'status-201'
  | 'status-101'
  | 'accept-field'
  | 'crumbs-refused'
  | 'protocol-other'
  | 'extension-unoffered'
  | 'continuation-refused'
  | 'padded-refused'
  | 'huffman-refused'
  | 'plain-refused'
  | 'never-refused'
  | 'size-updates-refused'
  | 'table-forgotten'
  | 'table-used'
  | 'padding-kept'
  | 'empty-data-ends'
  | 'data-alone'
  | 'dies-of-unknown'
  | 'dies-of-setting'
  | 'dies-of-priority'
  | 'dies-of-goaway'
  | 'dies-of-resets'
  | 'early-lost'
  | 'data-first'
  | 'windows-ignored'
  | 'gives-no-window'
  | 'no-end-stream'
  | 'half-delivered'
  | 'waits-for-others'
  | 'pongs-elsewhere'
  | 'few-streams'
  | 'refuses-third'
  | 'no-limit'
  | 'one-flood'
  | 'silent'
  | 'floods';

/** Of clients alone. */
export type Http2ClientFlaw =
  | 'eager'
  | 'version-absent'
  | 'key-sent'
  | 'refuses-200'
  | 'refuses-201'
  | 'refuses-interim'
  | 'refuses-cookies'
  | 'refuses-accept'
  | 'ends-all-for-reset'
  | 'deaf-after-flood';

const WINDOW = 65_535;

interface MutantStream {
  readonly id: number;
  window: number;
  unread: Uint8Array;
  unsent: Uint8Array;
  ends: boolean;
  hasAnswered: boolean;
}

const newStream = (id: number, window: number): MutantStream => ({
  ...{ id, window, unread: new Uint8Array(0), unsent: new Uint8Array(0), ends: false, hasAnswered: false },
});

const SERVED = { hasFlooded: false };

class MutantConnection {
  private readonly frames = new WholeFrames(0xffffff);
  private skipped = 0;
  private decoder = new HpackDecoder();
  private readonly encoder = new HpackEncoder();
  private readonly streams = new Map<number, MutantStream>();
  private window = WINDOW;
  private first = WINDOW;
  private hasRequested = false;
  private block: { stream: number; parts: Uint8Array[]; isEnd: boolean } | undefined;
  private readonly counts = { empty: 0, settings: 0, resets: 0, continuations: 0, fields: 0 };

  constructor(
    private readonly socket: Socket,
    private readonly flaw: Http2Flaw | Http2ClientFlaw | undefined,
    private readonly state: typeof SERVED,
    /** WebSockets that it opens as a client; 0: it is a server. */
    private readonly opens = 0,
  ) {
    socket.on('error', () => undefined);
    if (this.is('silent')) return;
    if (this.isClient) this.beginAsClient();
    else this.beginAsServer();
  }

  private get isClient(): boolean {
    return this.opens > 0;
  }

  private beginAsServer(): void {
    const limit = this.is('no-limit') ? [0, 3, 0, 0, 0, 2] : [];
    this.frame(4, 0, this.is('no-setting') ? [] : [0, 8, 0, 0, 0, 1, ...limit]);
    if (this.is('floods')) for (let i = 0; i < 10_001; i++) this.frame(6, 0, new Uint8Array(8));
    this.socket.on('data', (chunk: Uint8Array) => this.read(chunk));
  }

  /** Push is forbidden; the extended CONNECT follows the SETTINGS of the server. */
  private beginAsClient(): void {
    this.skipped = HTTP2_PREFACE.length;
    this.socket.write(Uint8Array.from(HTTP2_PREFACE));
    this.frame(4, 0, [0, 2, 0, 0, 0, 0]);
    if (this.is('eager')) this.request();
    this.socket.on('data', (chunk: Uint8Array) => this.read(chunk));
    this.socket.on('end', () => this.socket.end());
  }

  private request(): void {
    if (this.hasRequested) return;
    this.hasRequested = true;
    const version = { name: 'sec-websocket-version', value: '13' };
    const key = { name: 'sec-websocket-key', value: 'dGhlIHNhbXBsZSBub25jZQ==' };
    const fields = [
      { name: ':method', value: 'CONNECT' },
      { name: ':protocol', value: 'websocket' },
      { name: ':scheme', value: 'http' },
      { name: ':path', value: '/' },
      { name: ':authority', value: 'localhost' },
      ...(this.is('version-absent') ? [] : [version]),
      ...(this.is('key-sent') ? [key] : []),
    ];
    for (let id = 1; id < 2 * this.opens; id += 2) {
      this.streams.set(id, newStream(id, this.first));
      this.frame(1, id, this.encoder.encode(fields), 4);
    }
  }

  private is(flaw: Http2Flaw | Http2ClientFlaw): boolean {
    return this.flaw === flaw;
  }

  private frame(type: number, stream: number, payload: Uint8Array | readonly number[] = [], flags = 0): void {
    if (this.socket.writable) this.socket.write(http2Frame({ type, stream, flags }, payload));
  }

  private read(chunk: Uint8Array): void {
    const rest = chunk.subarray(Math.min(chunk.length, HTTP2_PREFACE.length - this.skipped));
    this.skipped += chunk.length - rest.length;
    if (rest.length > 0) for (const { header, payload } of this.frames.push(rest)) this.take(header, payload);
  }

  private take(header: Http2Header, payload: Uint8Array): void {
    const { type, stream, flags } = header;
    if (type === 0) this.data(header, payload);
    else if (type === 1 || type === 9) this.headers(header, payload);
    else if (type === 2 && this.is('dies-of-priority')) this.socket.destroy();
    else if (type === 3) this.reset(stream);
    else if (type === 4) this.settings(flags, payload);
    else if (type === 6 && flags === 0 && !this.is('no-acks') && !this.isDeaf) this.frame(6, 0, payload, 1);
    else if (type === 7 && this.is('dies-of-goaway')) this.socket.destroy();
    else if (type === 8) this.windowUpdate(stream, payload);
    else if (type > 9 && this.is('dies-of-unknown')) this.socket.destroy();
  }

  private settings(flags: number, payload: Uint8Array): void {
    if (flags === 1 && this.is('setting-withdrawn')) this.frame(4, 0, [0, 8, 0, 0, 0, 0]);
    if (flags === 1) return;
    this.count('settings');
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      const [id, value] = [payload[at]! * 256 + payload[at + 1]!, uint32(payload, at + 2)];
      if (id > 9 && this.is('dies-of-setting')) return void this.socket.destroy();
      if (id !== 4) continue;
      for (const one of this.streams.values()) one.window += value - this.first;
      this.first = value;
    }
    if (!this.is('no-acks')) this.frame(4, 0, [], 1);
    if (this.isClient) this.request();
  }

  private get isDeaf(): boolean {
    return this.is('deaf-after-flood') && this.state.hasFlooded;
  }

  /** More than a peer needs. */
  private count(what: keyof typeof this.counts, more = 1): void {
    this.counts[what] += more;
    if (this.counts[what] > 100) this.state.hasFlooded = true;
  }

  private reset(id: number): void {
    this.streams.delete(id);
    if (this.is('ends-all-for-reset')) this.frame(7, 0, [0, 0, 0, 0, 0, 0, 0, 1]);
    if (this.is('dies-of-resets')) this.socket.destroy();
    this.count('resets');
  }

  private windowUpdate(id: number, payload: Uint8Array): void {
    const bytes = payload.length === 4 ? uint32(payload, 0) : 0;
    const stream = this.streams.get(id);
    if (id === 0) this.window += bytes;
    else if (stream) stream.window += bytes;
    for (const one of this.streams.values()) this.pump(one);
  }

  private headers(header: Http2Header, payload: Uint8Array): void {
    const { type, stream, flags } = header;
    const isContinuation = type === 9;
    if (isContinuation && this.is('continuation-refused')) return void this.socket.destroy();
    if ((flags & 8) !== 0 && type === 1 && this.is('padded-refused')) return void this.socket.destroy();
    if (isContinuation) this.count('continuations');
    const { start, end } = blockFragment(header, payload);
    if (!isContinuation || !this.block) this.block = { stream, parts: [], isEnd: (flags & 1) !== 0 };
    this.block.parts.push(payload.slice(start, end));
    if ((flags & 4) === 0) return;
    const { parts, isEnd } = this.block;
    this.block = undefined;
    this.section(stream, concat(parts), isEnd);
  }

  private section(id: number, block: Uint8Array, isEnd: boolean): void {
    if (this.is('table-forgotten')) this.decoder = new HpackDecoder();
    const { fields, omitted } = this.decoder.decode(block);
    this.count('fields', fields.length + omitted);
    const known = this.streams.get(id);
    if (known && this.isClient && !known.hasAnswered) return this.answered(known, fields, block, isEnd);
    if (known) {
      if (isEnd) this.ended(known);
      return;
    }
    const stream = newStream(id, this.first);
    if (this.is('few-streams') && this.streams.size >= 2) return;
    if (this.is('refuses-third') && this.streams.size >= 2) return this.frame(3, id, [0, 0, 0, 7]);
    if (this.refuses(fields, block)) return this.frame(3, id, [0, 0, 0, 1]);
    this.streams.set(id, stream);
    if (this.is('data-first')) this.frame(0, id, Uint8Array.of(0x8a, 0));
    this.answer(stream, fields);
  }

  /** Whatever it is, the WebSocket is open. */
  private answered(stream: MutantStream, fields: readonly HpackField[], block: Uint8Array, isEnd: boolean): void {
    const valueOf = (name: string): string | undefined => fields.find((one) => one.name === name)?.value;
    const status = valueOf(':status');
    const isRefused =
      this.refuses(fields, block) ||
      (this.is('table-forgotten') && valueOf('x-wsinspect') === undefined) ||
      (this.is('refuses-200') && status === '200') ||
      (this.is('refuses-201') && status === '201') ||
      (this.is('refuses-interim') && status === '103') ||
      (this.is('refuses-cookies') && valueOf('set-cookie') !== undefined) ||
      (this.is('refuses-accept') && valueOf('sec-websocket-accept') !== undefined);
    if (isRefused) return this.frame(3, stream.id, [0, 0, 0, 1]);
    if (status === '103') return;
    stream.hasAnswered = true;
    if (isEnd && this.is('half-delivered')) this.ended(stream);
  }

  private refuses(fields: readonly HpackField[], block: Uint8Array): boolean {
    const size = fields.reduce((sum, { name = '', value = '' }) => sum + name.length + value.length, 0);
    const cookies = fields.filter(({ name }) => name === 'cookie').length;
    switch (this.flaw) {
      case 'crumbs-refused':
        return cookies > 1;
      case 'never-refused':
        return fields.every((one) => one.isNeverIndexed);
      case 'size-updates-refused':
        return block[0]! >= 0x20 && block[0]! < 0x40;
      case 'table-forgotten':
        return (
          fields.some(({ name }) => name === undefined) ||
          (!this.isClient && !fields.some(({ name }) => name === ':protocol'))
        );
      case 'huffman-refused':
        return block.includes(0x9d) || block.length * 1.6 < size;
      case 'plain-refused':
        return block.length * 1.2 > size - 40 && !fields.every((one) => one.isNeverIndexed);
      default:
        return false;
    }
  }

  private answer(stream: MutantStream, fields: readonly HpackField[]): void {
    const valueOf = (name: string): string | undefined => fields.find((one) => one.name === name)?.value;
    const status = this.is('status-201') ? '201' : this.is('status-101') ? '101' : '200';
    const answer = [
      { name: ':status', value: status },
      ...(this.is('accept-field') ? [{ name: 'sec-websocket-accept', value: 'x' }] : []),
      ...(this.is('protocol-other') ? [{ name: 'sec-websocket-protocol', value: 'other' }] : []),
      ...(this.is('extension-unoffered') && valueOf('sec-websocket-extensions') !== undefined
        ? [{ name: 'sec-websocket-extensions', value: 'x-other' }]
        : []),
    ];
    const block = this.encoder.encode(answer.map((one) => ({ ...one, form: 'plain' as const })));
    // A literal that is added to the table, and its index.
    const more = this.is('table-used') ? [0x40, 1, 0x61, 1, 0x62, 0xbe] : [];
    this.frame(1, stream.id, [...block, ...more], 4);
    setImmediate(() => (stream.hasAnswered = true));
  }

  private data(header: Http2Header, payload: Uint8Array): void {
    const { stream: id, flags, length } = header;
    const stream = this.streams.get(id);
    if (length > 0 && !this.is('gives-no-window') && stream) {
      for (const each of [0, id]) this.frame(8, each, [0, length >>> 16, (length >>> 8) & 255, length & 255]);
    }
    if (!stream || (this.is('early-lost') && !stream.hasAnswered)) return;
    const isPadded = (flags & 8) !== 0 && !this.is('padding-kept');
    if (length === 0) this.count('empty');
    const content = isPadded ? payload.subarray(1, Math.max(1, length - payload[0]!)) : payload;
    if (content.length === 0 && this.is('empty-data-ends')) return void this.socket.destroy();
    stream.unread = this.is('data-alone') ? content.slice() : concat([stream.unread, content]);
    this.messages(stream);
    if ((flags & 1) !== 0) this.ended(stream);
  }

  private ended(stream: MutantStream): void {
    if (this.is('half-delivered') && stream.unread.length > 3)
      this.send(stream, 1, stream.unread.slice(this.isClient ? 2 : 6));
    if (!this.is('no-end-stream')) this.finish(stream);
  }

  private finish(stream: MutantStream): void {
    if (stream.ends) return;
    stream.ends = true;
    this.pump(stream);
  }

  /** Whole frames of the WebSocket: echoes, pongs, and the close frame. */
  private messages(stream: MutantStream): void {
    for (;;) {
      const { unread } = stream;
      if (unread.length < 2) return;
      const form = unread[1]! & 0x7f;
      const head = form === 126 ? 4 : form === 127 ? 10 : 2;
      const mask = this.isClient ? 0 : 4;
      if (unread.length < head + mask) return;
      const length = form < 126 ? form : form === 126 ? unread[2]! * 256 + unread[3]! : uint32(unread, 6);
      const end = head + mask + length;
      if (unread.length < end) return;
      const payload = unread.slice(head + mask, end).map((byte, i) => (mask ? byte ^ unread[head + (i & 3)]! : byte));
      const opcode = unread[0]! & 15;
      stream.unread = unread.slice(end);
      this.send(stream, opcode === 9 ? 10 : opcode, payload);
      if (opcode !== 8) continue;
      if (!this.is('no-end-stream')) this.finish(stream);
      return;
    }
  }

  private send(stream: MutantStream, opcode: number, payload: Uint8Array): void {
    const [first] = this.streams.values();
    const to = this.is('pongs-elsewhere') && first ? first : stream;
    const { length } = payload;
    const head =
      length < 126
        ? [length]
        : length < 65_536
          ? [126, length >> 8, length & 255]
          : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
    // Masked by zeros.
    if (this.isClient) head[0]! |= 0x80;
    const key = new Uint8Array(this.isClient ? 4 : 0);
    to.unsent = concat([to.unsent, Uint8Array.from([0x80 | opcode, ...head]), key, payload]);
    this.pump(to);
  }

  private pump(stream: MutantStream): void {
    const isBlocked = [...this.streams.values()].some((one) => one.id < stream.id && one.unsent.length > 0);
    if (this.is('waits-for-others') && isBlocked) return;
    while (stream.unsent.length > 0) {
      const most = this.is('windows-ignored') ? 16_384 : Math.min(16_384, stream.window, this.window);
      if (most <= 0) return;
      const part = stream.unsent.slice(0, most);
      stream.unsent = stream.unsent.slice(part.length);
      stream.window -= part.length;
      this.window -= part.length;
      this.frame(0, stream.id, part);
    }
    if (!stream.ends) return;
    this.frame(0, stream.id, [], 1);
    this.streams.delete(stream.id);
  }
}

export function http2Mutant(flaw?: Http2Flaw): Promise<Running> {
  const state = { ...SERVED };
  return listening(
    createServer((socket) => {
      if (flaw === 'one-flood' && state.hasFlooded) socket.destroy();
      else new MutantConnection(socket, flaw, state);
    }),
  );
}

/** Connects to a server on this machine, and opens that number of WebSockets. */
export function http2MutantClient(port: number, flaw: Http2Flaw | Http2ClientFlaw | undefined, opens: number): void {
  const socket = connect({ port, host: '127.0.0.1' });
  new MutantConnection(socket, flaw, { ...SERVED }, opens);
}
