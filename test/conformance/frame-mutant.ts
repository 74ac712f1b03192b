import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * An echoing peer, written without the code under test: sound, or with one flaw. It negotiates, frames and closes
 * as RFC 6455 and RFC 7692 say; it holds whole messages in memory and is no example for anything else.
 */
export type Flaw =
  | 'any-mask'
  | 'top-bit-ignored'
  | 'rsv-ignored'
  | 'rsv1-on-control'
  | 'rsv1-on-continuation'
  | 'bits-range'
  | 'bits-text'
  | 'unknown-parameters'
  | 'repeated-parameters'
  | 'takeover-values'
  | 'client-bits-unasked'
  | 'answers-unchecked'
  | 'window-broken'
  | 'context-kept'
  | 'context-lost'
  | 'invalid-deflate-ignored'
  | 'final-ends'
  | 'inflated-text-unchecked'
  | 'dies-of-bombs'
  | 'pongs-answered'
  | 'last-pong-missing'
  | 'pongs-reversed'
  | 'short-pings'
  | 'ping-ends-message'
  | 'two-closes'
  | 'half-frame-behind'
  | 'reads-behind-close'
  | 'reads-behind-failure'
  | 'close-waits-for-message'
  | 'partial-delivered'
  | 'dies-of-resets'
  | 'http-behind'
  | 'one-at-a-time'
  | 'zero-key-refused'
  | 'same-key-refused'
  | 'few-fragments'
  | 'empty-refused';

export interface Deflate {
  readonly ours: { bits: number; noContext: boolean };
  readonly theirs: { bits: number; noContext: boolean };
}

interface Frame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly key: number;
  readonly payload: Buffer;
}

class Failed extends Error {
  constructor(readonly code: number) {
    super(`failed with ${code}`);
  }
}

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const LIMIT = 64 * 1024 * 1024;

export class Mutant {
  private buffer = Buffer.alloc(0);
  private kind = 0;
  private compressed = false;
  private parts: Buffer[] = [];
  private window = Buffer.alloc(0);
  private sentWindow = Buffer.alloc(0);
  private closed = false;
  private failed = false;
  private lastKey = -1;
  private ending = false;
  private ended = false;
  private finalSeen = false;
  private pongs: Buffer[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly role: 'server' | 'client',
    private readonly deflate: Deflate | undefined,
    private readonly flaw: Flaw | undefined,
    private readonly die: () => void,
  ) {
    socket.prependListener('end', () => {
      if (this.is('partial-delivered') && this.buffer.length > 2) this.deliverRest();
      socket.end();
    });
  }

  take(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    try {
      for (let frame = this.next(); frame; frame = this.next()) this.handle(frame);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      this.fail(error.code);
      if (this.is('reads-behind-failure')) this.take(Buffer.alloc(0));
    }
    this.flushPongs();
    if (this.ending) this.end();
  }

  private is(flaw: Flaw): boolean {
    return this.flaw === flaw;
  }

  private deliverRest(): void {
    const key = this.role === 'server' ? this.buffer.readUInt32BE(2) : 0;
    const start = this.role === 'server' ? 6 : 2;
    this.send(1, unmask(Buffer.from(this.buffer.subarray(start)), key));
  }

  private fail(code: number): void {
    if (!this.closed) this.sendClose(code);
    this.failed = true;
    this.end();
  }

  /** Ends TCP, after all is answered that this mutant still reads: a frame of which a part is there comes whole first. */
  private end(): void {
    this.ending = true;
    const isReading = this.is('reads-behind-close') && !this.failed && this.buffer.length > 0;
    if (this.role !== 'server' || this.ended || isReading) return;
    this.ended = true;
    setTimeout(() => this.socket.end(), 0);
  }

  private sendClose(code: number | undefined): void {
    this.closed = true;
    const body = code === undefined ? Buffer.alloc(0) : Buffer.from([code >> 8, code & 0xff]);
    this.send(8, body);
    if (this.is('two-closes')) this.send(8, body);
    if (this.is('half-frame-behind')) this.socket.write(Buffer.of(0x81));
  }

  /** The next whole frame; throws as soon as a header is wrong. */
  private next(): Frame | undefined {
    const { buffer } = this;
    if (buffer.length < 2) return undefined;
    if (this.failed ? !this.is('reads-behind-failure') : this.closed && !this.is('reads-behind-close'))
      return undefined;
    const [byte0, byte1] = [buffer[0]!, buffer[1]!];
    if (this.is('http-behind') && byte0 === 0x47) return this.answerHttp();
    const masked = byte1 >= 0x80;
    let length = byte1 & 0x7f;
    let at = length < 126 ? 2 : length === 126 ? 4 : 10;
    const header = at + (masked ? 4 : 0);
    if (buffer.length < header) return undefined;
    if (length === 126) length = buffer.readUInt16BE(2);
    else if (length === 127) {
      const isTop = buffer[2]! >= 0x80;
      if (isTop && !this.is('top-bit-ignored')) throw this.skip(header, 1002);
      length = Number(buffer.readBigUInt64BE(2) & 0x7fff_ffff_ffff_ffffn);
      if (isTop && length > LIMIT) length = 5;
    }
    const key = masked ? buffer.readUInt32BE(at) : 0;
    at = header;
    if (length > LIMIT) throw this.skip(header, 1009);
    if (buffer.length < at + length) return undefined;
    const payload = unmask(Buffer.from(buffer.subarray(at, at + length)), key);
    this.buffer = buffer.subarray(at + length);
    return { fin: byte0 >= 0x80, rsv: (byte0 >> 4) & 7, opcode: byte0 & 15, masked, key, payload };
  }

  private skip(bytes: number, code: number): Failed {
    this.buffer = this.buffer.subarray(bytes);
    return new Failed(code);
  }

  private answerHttp(): undefined {
    if (!this.buffer.includes('\r\n\r\n')) return undefined;
    this.buffer = Buffer.alloc(0);
    this.socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  }

  private handle(frame: Frame): void {
    this.checkMask(frame);
    this.checkRsv(frame);
    if (frame.opcode >= 8) this.control(frame);
    else this.data(frame);
  }

  private checkMask({ masked, key }: Frame): void {
    if (masked !== (this.role === 'server') && !this.is('any-mask')) throw new Failed(1002);
    if (masked && key === 0 && this.is('zero-key-refused')) throw new Failed(1002);
    if (masked && key === this.lastKey && this.is('same-key-refused')) throw new Failed(1002);
    this.lastKey = masked ? key : -1;
  }

  private checkRsv({ rsv, opcode }: Frame): void {
    if (rsv === 0 || this.is('rsv-ignored')) return;
    if (rsv !== 4 || !this.deflate) throw new Failed(1002);
    if (opcode >= 8 && !this.is('rsv1-on-control')) throw new Failed(1002);
    if (opcode === 0 && !this.is('rsv1-on-continuation')) throw new Failed(1002);
  }

  private control({ fin, opcode, payload }: Frame): void {
    if (!fin || payload.length > 125 || opcode > 10) throw new Failed(1002);
    if (opcode === 9) {
      if (payload.length > 64 && this.is('short-pings')) throw new Failed(1002);
      if (this.is('ping-ends-message')) this.parts = [];
      this.pongs.push(payload);
    } else if (opcode === 10) {
      if (this.is('pongs-answered')) this.pongs.push(payload);
    } else this.takeClose(payload);
  }

  private flushPongs(): void {
    const pongs = this.pongs.splice(0);
    if (this.is('last-pong-missing') && pongs.length > 1) pongs.pop();
    if (this.is('pongs-reversed')) pongs.reverse();
    for (const payload of pongs) this.send(10, payload);
  }

  private takeClose(payload: Buffer): void {
    if (payload.length === 1) throw new Failed(1002);
    if (this.is('close-waits-for-message') && this.kind !== 0) return;
    this.flushPongs();
    if (!this.closed) this.sendClose(payload.length === 0 ? undefined : payload.readUInt16BE(0));
    this.end();
  }

  private data({ fin, rsv, opcode, payload }: Frame): void {
    if (opcode > 2 || (opcode === 0) !== (this.kind !== 0)) throw new Failed(1002);
    if (payload.length === 0 && fin && opcode !== 0 && this.is('empty-refused')) throw new Failed(1002);
    if (opcode !== 0) {
      this.kind = opcode;
      this.parts = [];
      this.compressed = this.deflate !== undefined && (rsv & 4) !== 0;
    }
    this.parts.push(payload);
    if (this.parts.length > 1000 && this.is('few-fragments')) throw new Failed(1002);
    if (!fin) return;
    const { kind, compressed } = this;
    this.kind = 0;
    const whole = Buffer.concat(this.parts);
    const message = compressed ? this.inflate(whole) : whole;
    if (message === undefined) return;
    const isChecked = kind === 1 && !(compressed && this.is('inflated-text-unchecked'));
    if (isChecked && !isUtf8(message)) throw new Failed(1007);
    if (this.deflate) this.send(kind, this.deflated(message, this.deflate), 4);
    else this.send(kind, message);
  }

  private inflate(payload: Buffer): Buffer | undefined {
    if (this.is('final-ends') && this.finalSeen) return Buffer.alloc(0);
    const { bits, noContext } = this.deflate!.theirs;
    // A final block ends zlib's stream: what is after it begins another one.
    let rest = Buffer.concat([payload, TAIL]);
    const parts: Buffer[] = [];
    let window = this.window;
    try {
      while (rest.length > 0) {
        const { buffer, engine } = inflateRawSync(rest, {
          windowBits: Math.max(9, bits),
          finishFlush: constants.Z_SYNC_FLUSH,
          maxOutputLength: LIMIT,
          ...(window.length > 0 && { dictionary: window }),
          info: true,
        }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
        parts.push(buffer);
        window = Buffer.concat([window, buffer]).subarray(-(1 << bits));
        rest = rest.subarray(engine.bytesWritten);
        this.finalSeen ||= rest.length > 0;
        if (rest.length <= TAIL.length + 1) break;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return this.tooLarge();
      if (this.is('invalid-deflate-ignored')) return Buffer.from('?');
      throw new Failed(1007);
    }
    this.window = noContext || this.is('context-lost') ? Buffer.alloc(0) : Buffer.from(window);
    return Buffer.concat(parts);
  }

  private tooLarge(): undefined {
    if (this.is('dies-of-bombs')) this.die();
    throw new Failed(1009);
  }

  private deflated(message: Buffer, { ours }: Deflate): Buffer {
    if (message.length === 0) return Buffer.of(0);
    const bits = this.is('window-broken') ? 15 : Math.max(9, ours.bits);
    const keeps = !ours.noContext || this.is('context-kept');
    const dictionary = keeps && this.sentWindow.length > 0 ? { dictionary: this.sentWindow } : {};
    const all = deflateRawSync(message, { windowBits: bits, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary });
    this.sentWindow = Buffer.concat([this.sentWindow, message]).subarray(-(1 << bits));
    return all.subarray(0, -4);
  }

  private send(opcode: number, payload: Buffer, rsv = 0): void {
    if (this.closed && opcode !== 8 && !this.is('reads-behind-close') && !this.is('reads-behind-failure')) return;
    const masked = this.role === 'client';
    const { length } = payload;
    const extended = length < 126 ? Buffer.alloc(0) : Buffer.alloc(length < 65536 ? 2 : 8);
    if (extended.length === 2) extended.writeUInt16BE(length);
    if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length));
    const form = extended.length === 0 ? length : extended.length === 2 ? 126 : 127;
    const key = masked ? randomBytes(4) : Buffer.alloc(0);
    const body = masked ? unmask(Buffer.from(payload), key.readUInt32BE(0)) : payload;
    const first = Buffer.from([0x80 | (rsv << 4) | opcode, (masked ? 0x80 : 0) | form]);
    if (this.socket.writable) this.socket.write(Buffer.concat([first, extended, key, body]));
  }
}

function unmask(bytes: Buffer, key: number): Buffer {
  if (key !== 0) for (let i = 0; i < bytes.length; i++) bytes[i]! ^= (key >>> (24 - 8 * (i & 3))) & 0xff;
  return bytes;
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
