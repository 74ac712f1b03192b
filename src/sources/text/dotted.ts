import { concat } from '../../codec/bytes/byte-collector.js';
import { latin1 } from '../../codec/http1/text.js';
import type { Source, SourceEvent } from '../bytes/types.js';

/** Bytes that are looked at. */
const MOST = 16 * 1024;
const STATUS = '\nHTTP/1.1 101 ';
/** A blank line, after a line end. */
const BLANK = /\n\r?\n/g;
const DOT = 0x2e;
const LOST =
  'dots stand here for bytes that are not printable, as in what Wireshark saves of Follow as ASCII: save it as Raw, or use tshark -z follow,tcp,raw';

/**
 * Bytes that begin with a head of HTTP, all of it text: where a dot follows the head of a 101, no frame begins (opcode
 * 14 is reserved), and only text comes after it, dots were written for bytes that are lost.
 */
export class DottedSource implements Source {
  readonly kind = 'raw bytes';
  /** A line end and what came so far; undefined: nothing more is looked for. */
  private seen: string | undefined = '\n';
  /** Where the first line of the 101 begins, and where its head ends; -1 while that is not known. */
  private status = -1;
  private headEnd = -1;
  /** What comes after that head. */
  private held: Uint8Array[] = [];

  push(chunk: Uint8Array): SourceEvent[] {
    if (this.seen === undefined) return given(chunk);
    const before = this.seen.length;
    if (before + chunk.length > MOST || !chunk.every(isText)) return this.release(chunk);
    this.seen += latin1(chunk);
    this.findHead(this.seen, before);
    if (this.headEnd < 0) return given(chunk);
    if (this.headEnd < this.seen.length && this.seen.charCodeAt(this.headEnd) !== DOT) return this.release(chunk);
    const at = Math.max(0, this.headEnd - before);
    this.held.push(chunk.slice(at));
    return given(chunk.subarray(0, at));
  }

  end(): SourceEvent[] {
    const dots = concat(this.held).filter((byte) => byte === DOT).length;
    const rest = this.release(new Uint8Array(0));
    if (dots < 2) return rest;
    return [{ type: 'problem', problem: { message: LOST, offset: this.headEnd - 1 } }];
  }

  /** `before`: characters that were looked at before. */
  private findHead(seen: string, before: number): void {
    if (this.status < 0) this.status = seen.indexOf(STATUS, Math.max(0, before - STATUS.length));
    if (this.status < 0 || this.headEnd >= 0) return;
    BLANK.lastIndex = Math.max(this.status, before - 2);
    if (BLANK.test(seen)) this.headEnd = BLANK.lastIndex;
  }

  private release(chunk: Uint8Array): SourceEvent[] {
    const { held } = this;
    this.seen = undefined;
    this.held = [];
    return given(held.length === 0 ? chunk : concat([...held, chunk]));
  }
}

const given = (bytes: Uint8Array): SourceEvent[] => (bytes.length > 0 ? [{ type: 'bytes', bytes }] : []);

const isText = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
