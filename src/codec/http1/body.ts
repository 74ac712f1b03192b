import { headersNamed } from '../handshake/handshake.js';
import type { Head } from './head.js';

type BodyState = 'bytes' | 'size' | 'data' | 'data-end' | 'trailer' | 'done' | 'rest';

const LF = 0x0a;
const CR = 0x0d;
/** The longest line of a chunk's size with its extensions that is read. */
const MOST_LINE = 4096;

/**
 * Where the body of a head ends, so that another head can follow it on the same connection: by its Content-Length or
 * its chunks, else with the connection (RFC 9112 §6.3). A length that can't be read lasts until the end. The answer to HEAD
 * has none, whatever it says.
 */
export class HttpBody {
  private state: BodyState;
  /** Bytes that are still to come of the body, or of the chunk. */
  private left = 0;
  private line = '';

  constructor(
    head: Head,
    /** Takes what is in it, without its chunks' lines. */
    private readonly take?: (content: Uint8Array) => void,
  ) {
    this.state = this.begin(head);
  }

  get isDone(): boolean {
    return this.state === 'done';
  }

  /** It states its length. */
  get isDeclared(): boolean {
    return this.state !== 'rest';
  }

  /** The index after the last byte of `bytes` that belongs to the body; `at` is the first to look at. */
  read(bytes: Uint8Array, at: number): number {
    let next = at;
    while (next < bytes.length && this.state !== 'done') {
      if (this.state === 'rest') {
        this.take?.(bytes.subarray(next));
        return bytes.length;
      }
      next = this.state === 'bytes' || this.state === 'data' ? this.skip(bytes, next) : this.readLine(bytes, next);
    }
    return next;
  }

  private begin(head: Head): BodyState {
    if (head.kind === 'response') {
      const { status = 0 } = head;
      if (status < 200 || status === 204 || status === 304) return 'done';
    }
    const codings = headersNamed(head, 'transfer-encoding').map(({ value }) => value);
    if (codings.length > 0) return /(^|,)\s{0,9}chunked\s{0,9}$/i.test(codings.at(-1)!) ? 'size' : 'rest';
    const lengths = new Set(headersNamed(head, 'content-length').map(({ value }) => value.trim()));
    // A request without a length has no body.
    if (head.kind === 'request' && lengths.size === 0) return 'done';
    const [length = ''] = lengths;
    if (lengths.size !== 1 || !/^\d{1,15}$/.test(length)) return 'rest';
    this.left = Number(length);
    return this.left === 0 ? 'done' : 'bytes';
  }

  private skip(bytes: Uint8Array, at: number): number {
    const count = Math.min(this.left, bytes.length - at);
    this.take?.(bytes.subarray(at, at + count));
    this.left -= count;
    if (this.left === 0) this.state = this.state === 'bytes' ? 'done' : 'data-end';
    return at + count;
  }

  /** A line of the chunked coding (RFC 9112 §7.1). */
  private readLine(bytes: Uint8Array, at: number): number {
    const byte = bytes[at]!;
    if (byte !== LF) {
      if (byte !== CR) this.line += String.fromCharCode(byte);
      if (this.line.length > MOST_LINE) this.state = 'rest';
      return at + 1;
    }
    const { line } = this;
    this.line = '';
    this.state = this.afterLine(line);
    return at + 1;
  }

  private afterLine(line: string): BodyState {
    if (this.state === 'trailer') return line === '' ? 'done' : 'trailer';
    if (this.state === 'data-end') return line === '' ? 'size' : 'rest';
    const [, size] = /^([0-9a-f]{1,12})[ \t]{0,9}(?:;|$)/i.exec(line) ?? [];
    if (size === undefined) return 'rest';
    this.left = parseInt(size, 16);
    return this.left === 0 ? 'trailer' : 'data';
  }
}
