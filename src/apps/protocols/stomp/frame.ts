import { decodeUtf8, utf8Error } from '../../../codec/bytes/utf8.js';
import type { AppDiagnostic, AppField } from '../../packet.js';
import { broken, commandRow, type Version } from './rules.js';

const NUL = 0;
const LF = 0x0a;
const CR = 0x0d;

/** How many bytes at `at` end a line; 0: none. */
export function endOfLine(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LF) return 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? 2 : 0;
}

/** Finds the end of a frame as its bytes come; no byte is looked at twice. */
export class FrameFinder {
  private at = 0;
  private lineStart = 0;
  private bodyStart: number | undefined;
  /** Bytes of the body, where the headers say it. */
  private bodyLength: number | undefined;

  /** The offset after the frame's NUL, where it is there. `bytes`: all from the frame's first on. */
  find(bytes: Uint8Array): number | undefined {
    if (this.bodyStart === undefined) {
      const end = this.head(bytes);
      if (end !== undefined || this.bodyStart === undefined) return end;
    }
    if (this.bodyLength !== undefined) {
      const nul = this.bodyStart + this.bodyLength;
      if (nul >= bytes.length) return undefined;
      this.at = Math.max(this.at, nul);
    }
    const end = bytes.indexOf(NUL, this.at);
    this.at = end < 0 ? bytes.length : end;
    return end < 0 ? undefined : end + 1;
  }

  /** Looks for the empty line; a NUL where a line begins ends a frame that has none. */
  private head(bytes: Uint8Array): number | undefined {
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at];
      if (byte === NUL && this.at === this.lineStart) return this.at + 1;
      if (byte !== LF) continue;
      const line = lineAt(bytes, this.lineStart, this.at);
      this.lineStart = this.at + 1;
      if (line.length === 0) {
        this.at += 1;
        this.bodyStart = this.at;
        return undefined;
      }
      const length = /^content-length: {0,100}(\d{1,10}) {0,100}$/.exec(line.length < 250 ? decodeUtf8(line) : '')?.[1];
      if (length !== undefined) this.bodyLength ??= Number(length);
    }
    return undefined;
  }
}

/** A line without its end. */
function lineAt(bytes: Uint8Array, start: number, lf: number): Uint8Array {
  return bytes.subarray(start, lf > start && bytes[lf - 1] === CR ? lf - 1 : lf);
}

/** A frame taken apart. */
export interface StompFrame {
  readonly command: string;
  /** The first of each name counts. */
  readonly headers: ReadonlyMap<string, string>;
  /** Text where it is UTF-8. */
  readonly body: string | Uint8Array | undefined;
  readonly fields: readonly AppField[];
  readonly diagnostics: readonly AppDiagnostic[];
}

/** Headers of a frame that are kept and listed. */
const MOST_HEADERS = 1000;
const PLAIN = new Set(['CONNECT', 'STOMP', 'CONNECTED']);

/** Takes a whole frame apart, with the line ends after it. `version` undefined: not known. */
export function parseFrame(bytes: Uint8Array, end: number, version: Version | undefined): StompFrame {
  return new FrameParser(bytes, end, version).parse();
}

class FrameParser {
  private at = 0;
  private readonly headers = new Map<string, string>();
  private readonly fields: AppField[] = [];
  private readonly diagnostics: AppDiagnostic[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    /** The offset after its NUL. */
    private readonly end: number,
    private readonly version: Version | undefined,
  ) {}

  parse(): StompFrame {
    const { bytes, end, headers, fields, diagnostics } = this;
    const command = decodeUtf8(this.line() ?? bytes.subarray(0, end - 1)).slice(0, 200);
    this.field('command', 0, command);
    const isWhole = this.readHeaders(command);
    if (!isWhole) diagnostics.push(broken('header-end', { start: 0, end }));
    const content = bytes.subarray(this.at, end - 1);
    const body = content.length === 0 ? undefined : utf8Error(content) === undefined ? decodeUtf8(content) : content;
    this.judgeBody(command, content.length);
    this.part('body', end - 1, body instanceof Uint8Array ? `${body.length} bytes` : (body ?? ''));
    this.part('NUL', end, 0);
    this.part('EOL', bytes.length, decodeUtf8(bytes.subarray(end)));
    return { command, headers, body, fields, diagnostics };
  }

  private judgeBody(command: string, length: number): void {
    const { diagnostics, headers, end } = this;
    const span = { start: this.at, end };
    const stated = headers.get('content-length')?.trim();
    if (stated !== undefined && !/^\d{1,10}$/.test(stated)) {
      diagnostics.push(broken('content-length', span, { value: stated.slice(0, 50) }));
    } else if (stated !== undefined && Number(stated) < length) {
      diagnostics.push(broken('no-nul', span, { length: stated }));
    }
    const row = commandRow(command);
    if (row !== undefined && row.hasBody === undefined && length > 0)
      diagnostics.push(broken('body', span, { command }));
  }

  /** Whether an empty line ended them. */
  private readHeaders(command: string): boolean {
    for (;;) {
      const start = this.at;
      const line = this.line();
      if (line === undefined) {
        if (start < this.end - 1) this.at = start;
        return false;
      }
      if (line.length === 0) {
        this.field('empty line', start, '');
        return true;
      }
      this.header(command, line, start);
    }
  }

  private header(command: string, line: Uint8Array, start: number): void {
    const text = decodeUtf8(line);
    const colon = text.indexOf(':');
    const span = { start, end: this.at };
    if (colon < 0) this.diagnostics.push(broken('header-line', span));
    const name = this.unescaped(command, colon < 0 ? text : text.slice(0, colon));
    const value = colon < 0 ? '' : this.unescaped(command, text.slice(colon + 1));
    if (value === undefined || name === undefined)
      this.diagnostics.push(broken('escape', span, { header: text.slice(0, Math.min(colon, 100)) }));
    const key = name ?? text.slice(0, colon);
    const plain = value ?? text.slice(colon + 1);
    if (this.headers.size >= MOST_HEADERS) return;
    if (colon >= 0 && !this.headers.has(key)) this.headers.set(key, plain);
    this.field(key, start, plain);
  }

  /** Undefined: it has an escape that its version does not know. */
  private unescaped(command: string, text: string): string | undefined {
    if (this.version === '1.0' || PLAIN.has(command) || !text.includes('\\')) return text;
    let isWrong = false;
    const plain = text.replace(/\\([\s\S]?)/g, (whole, letter: string) => {
      const meant = ESCAPES[letter];
      if (meant === undefined) isWrong = true;
      return meant ?? whole;
    });
    return isWrong && this.version === '1.2' ? undefined : plain;
  }

  /** The line that begins here, without its end; undefined: there is none before the NUL. */
  private line(): Uint8Array | undefined {
    const { bytes, at: start, end } = this;
    const lf = bytes.subarray(0, end - 1).indexOf(LF, start);
    if (lf < 0) {
      this.at = end - 1;
      return undefined;
    }
    this.at = lf + 1;
    return lineAt(bytes, start, lf);
  }

  private part(name: string, end: number, value: AppField['value']): void {
    const start = this.at;
    if (end <= start) return;
    this.at = end;
    this.field(name, start, value);
  }

  private field(name: string, start: number, value: AppField['value']): void {
    this.fields.push({ name, span: { start, end: this.at }, value });
  }
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', c: ':', '\\': '\\' };
