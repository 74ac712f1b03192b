import { headersNamed, listElements } from '../../codec/handshake/handshake.js';
import type { RequestHead, ResponseHead } from '../../codec/http1/head.js';

/** Where a body ends (RFC 9112 §6): the end of the connection, for an answer. */
export type BodyLength = { readonly kind: 'bytes'; readonly length: number } | { readonly kind: 'chunked' | 'close' };

const NONE: BodyLength = { kind: 'bytes', length: 0 };

/** Undefined: two readers could find it in two places, so that what follows may be a request to one and a body to the other. */
export function requestBody(head: RequestHead): BodyLength | undefined {
  return framing(head) ?? (hasFraming(head) ? undefined : NONE);
}

/** An answer whose end is doubtful ends with its connection. */
export function responseBody(head: ResponseHead, method: string): BodyLength {
  const { status = 0 } = head;
  if (method === 'HEAD' || status === 204 || status === 304) return NONE;
  return framing(head) ?? { kind: 'close' };
}

function hasFraming(head: RequestHead | ResponseHead): boolean {
  return headersNamed(head, 'content-length').length + headersNamed(head, 'transfer-encoding').length > 0;
}

/** One of both headers, valid and without the other. */
function framing(head: RequestHead | ResponseHead): BodyLength | undefined {
  const lengths = headersNamed(head, 'content-length');
  const codings = headersNamed(head, 'transfer-encoding');
  if (codings.length > 0) {
    const names = listElements(codings).map(({ text }) => text.toLowerCase());
    return lengths.length === 0 && names.length === 1 && names[0] === 'chunked' && head.version === 'HTTP/1.1'
      ? { kind: 'chunked' }
      : undefined;
  }
  const [length] = lengths;
  if (lengths.length !== 1 || !/^\d{1,15}$/.test(length!.value)) return undefined;
  return { kind: 'bytes', length: Number(length!.value) };
}

const LF = 0x0a;
/** A chunk's size in hex, and its extension. */
const MOST_LINE = 4096;
const MOST_TRAILERS = 100;

/** Finds the end of a body in bytes as they come. */
export class BodyMeter {
  /** The body is whole. */
  isWhole: boolean;
  /** Its chunks are invalid: its end is not known. */
  isBroken = false;
  private left: number;
  /** Of a chunked body: its lines and its data (RFC 9112 §7.1). */
  private state: 'size' | 'data' | 'data-end' | 'trailer' = 'size';
  private line = '';
  /** The lines of the trailer section, while there are few. */
  readonly trailers: string[] = [];

  constructor(
    private readonly body: BodyLength,
    /** Gets the content, without the lines of the chunks: views. */
    private readonly content?: (bytes: Uint8Array) => void,
  ) {
    this.left = body.kind === 'bytes' ? body.length : 0;
    this.isWhole = body.kind === 'bytes' && body.length === 0;
  }

  /** It ends with the connection. */
  get isOpenEnded(): boolean {
    return this.body.kind === 'close';
  }

  /** The number of these bytes that belong to it. */
  take(bytes: Uint8Array): number {
    if (this.isWhole) return 0;
    if (this.body.kind === 'close') return this.contains(bytes, 0, bytes.length);
    if (this.body.kind === 'chunked') return this.takeChunks(bytes);
    const taken = Math.min(this.left, bytes.length);
    this.left -= taken;
    this.isWhole = this.left === 0;
    return this.contains(bytes, 0, taken);
  }

  private contains(bytes: Uint8Array, at: number, length: number): number {
    if (length > 0) this.content?.(bytes.subarray(at, at + length));
    return length;
  }

  private takeChunks(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && !this.isWhole && !this.isBroken) {
      if (this.state === 'data') {
        const taken = Math.min(this.left, bytes.length - at);
        at += this.contains(bytes, at, taken);
        this.left -= taken;
        if (this.left === 0) this.state = 'data-end';
      } else this.takeCharacter(bytes[at++]!);
    }
    return at;
  }

  private takeCharacter(byte: number): void {
    if (byte !== LF) {
      this.line += String.fromCharCode(byte);
      this.isBroken = this.line.length > MOST_LINE;
      return;
    }
    // A bare LF, or a CR elsewhere, is a line end to some readers only.
    const isSound = this.line.endsWith('\r') && this.line.indexOf('\r') === this.line.length - 1;
    const line = this.line.slice(0, -1);
    this.line = '';
    if (!isSound) this.isBroken = true;
    else this.takeLine(line);
  }

  private takeLine(line: string): void {
    switch (this.state) {
      case 'size': {
        const [, digits] = /^([0-9a-f]{1,12})[ \t]*(?:;[^\0]*)?$/i.exec(line) ?? [];
        if (digits === undefined) this.isBroken = true;
        this.left = parseInt(digits ?? '0', 16);
        this.state = this.left === 0 ? 'trailer' : 'data';
        return;
      }
      case 'data-end':
        if (line !== '') this.isBroken = true;
        this.state = 'size';
        return;
      case 'trailer':
        this.isWhole = line === '';
        if (!this.isWhole && this.trailers.length < MOST_TRAILERS) this.trailers.push(line);
        return;
      case 'data':
        return;
    }
  }
}
