import { HeadBuilder, readHeaders, type Header } from './headers.js';
import { readStartLine, type StartLine } from './start-line.js';
import { excerpt, lineText, type HeadFault, type LineSpan } from './text.js';
import type { Field, Span } from '../bytes/span.js';

export type { Header } from './headers.js';
export type { HeadFault, HeadFaultKind } from './text.js';

/** What a head over HTTP/2 has beside its headers, of which the pseudo-header fields are the first (RFC 9113 §8.3). */
export interface Http2Section {
  /** Undefined: the source does not have it. */
  readonly stream: number | undefined;
  /** Fields that are not among the headers: they are in a part of the compression table that was not captured. */
  readonly unknown: number;
  /** Of a request: the server has announced that it takes extended CONNECT (RFC 8441 §3); undefined where that was not seen. */
  readonly connects?: boolean;
}

interface HeadBase {
  /** The first line without its end; `''` where there was none. */
  readonly line: string;
  readonly lineSpan: Span;
  readonly headers: readonly Header[];
  /** All bytes of the head, the empty line included. */
  readonly span: Span;
  /** They tile `span`: every byte belongs to exactly one. */
  readonly fields: readonly Field[];
  /** What is not as RFC 9112 has it: facts, judged in rules/. */
  readonly faults: readonly HeadFault[];
  /** The empty line was seen and every byte was kept: a header that is not here was not sent. */
  readonly complete: boolean;
  /** False where the source shows headers only (a browser's copy): nothing can be said about the first line. */
  readonly hasStartLine: boolean;
  /** It came over HTTP/2. A header stands for a field of its block: its name and its value have the span of the field. */
  readonly http2?: Http2Section;
}

/** Parts that the line does not have are `''`. */
export interface RequestHead extends HeadBase {
  readonly kind: 'request';
  readonly method: string;
  readonly target: string;
  /** As in `HTTP/1.1`. */
  readonly version: string;
}

export interface ResponseHead extends HeadBase {
  readonly kind: 'response';
  readonly version: string;
  readonly status: number | undefined;
  readonly reason: string;
}

export type Head = RequestHead | ResponseHead;

const NOWHERE: Span = { start: 0, end: 0 };
const NOTHING: readonly never[] = [];

/** What a head says, for whoever keeps it: the places of its parts, which take many times its memory, are left out. */
export function withoutPlaces<H extends Head>(head: H): H {
  const places = { span: NOWHERE, nameSpan: NOWHERE, valueSpan: NOWHERE };
  const headers = head.headers.map(({ name, value }) => ({ name, value, ...places }));
  return { ...head, headers, lineSpan: NOWHERE, span: NOWHERE, fields: NOTHING, faults: NOTHING };
}
export type HeadKind = Head['kind'];

export interface ParseHeadOptions {
  /** The offset of the first byte in its stream; 0 by default. */
  readonly offset?: number;
  /** What it is; by default a response where it begins with `HTTP/`, a request otherwise. */
  readonly kind?: HeadKind;
  /** False: the bytes begin with the first header. */
  readonly startLine?: boolean;
  /** Further bytes of the same head that were not kept (it was larger than the limit). */
  readonly omitted?: { readonly bytes: number; readonly limit: number; readonly finished: boolean };
}

const CR = 0x0d;
const LF = 0x0a;

interface HeadLineSpans {
  /** Empty lines before the first one (RFC 9112 §2.2). */
  readonly leading: readonly LineSpan[];
  readonly start: LineSpan | undefined;
  readonly headers: readonly LineSpan[];
  /** A line that the bytes end in. */
  readonly partial: LineSpan | undefined;
  /** The empty line that ends the head. */
  readonly empty: LineSpan | undefined;
}

/** The lines of `bytes`, up to and including the empty line that ends the head. */
function splitLines(bytes: Uint8Array, startLine: boolean): HeadLineSpans {
  const leading: LineSpan[] = [];
  const headers: LineSpan[] = [];
  let start: LineSpan | undefined;
  let at = 0;
  while (at < bytes.length) {
    const lf = bytes.indexOf(LF, at);
    if (lf < 0) return { leading, start, headers, partial: partialLine(bytes, at), empty: undefined };
    const contentEnd = lf > at && bytes[lf - 1] === CR ? lf - 1 : lf;
    const line = { start: at, contentEnd, end: lf + 1 };
    at = lf + 1;
    const isEmpty = contentEnd === line.start;
    if (isEmpty && (start !== undefined || !startLine)) {
      return { leading, start, headers, partial: undefined, empty: line };
    }
    if (isEmpty) leading.push(line);
    else if (startLine && start === undefined) start = line;
    else headers.push(line);
  }
  return { leading, start, headers, partial: undefined, empty: undefined };
}

function partialLine(bytes: Uint8Array, start: number): LineSpan {
  // A CR at the very end is half a line end.
  return { start, contentEnd: bytes.length - (bytes.at(-1) === CR ? 1 : 0), end: bytes.length };
}

const NO_LINE: LineSpan = { start: 0, contentEnd: 0, end: 0 };

/**
 * Parses the head at the beginning of `bytes` (RFC 9112 §2): first line, headers, empty line. Never throws: whatever is
 * wrong is a fault, and every byte up to the end of the head is in a field. `span.end` says where the head ends; without
 * an empty line all bytes belong to it, `complete` is false, and a line that the bytes end in is no header.
 */
export function parseHead(bytes: Uint8Array, options: ParseHeadOptions = {}): Head {
  const startLine = options.startLine ?? true;
  const lines = splitLines(bytes, startLine);
  const builder = new HeadBuilder(bytes, options.offset ?? 0);
  leadingFields(builder, lines.leading);
  const first = lines.start ?? (startLine ? lines.partial : undefined) ?? NO_LINE;
  const text = lineText(bytes, first);
  const kind = options.kind ?? (/^HTTP\//i.test(text) ? 'response' : 'request');
  const parts = readStartLine(kind, text);
  startLineFields(builder, first, kind, parts, lines.start !== undefined);
  readHeaders(builder, lines.headers);
  if (lines.partial !== undefined && lines.partial !== first) {
    builder.field('unfinished line', lines.partial.start, lines.partial.end);
  }
  if (lines.empty !== undefined) builder.lineEnd(lines.empty, 'empty line');
  const end = endFields(builder, lines.empty, options.omitted);
  const base: HeadBase = {
    line: text,
    lineSpan: builder.span(first.start, first.contentEnd),
    headers: builder.headers,
    span: builder.span(0, end),
    fields: builder.fields,
    faults: builder.faults,
    complete: lines.empty !== undefined && options.omitted === undefined,
    hasStartLine: startLine,
  };
  const [a, b, c] = parts.parts;
  if (kind === 'request') return { kind, method: a, target: b, version: c, ...base };
  return { kind, version: a, status: parts.status, reason: c, ...base };
}

function leadingFields(builder: HeadBuilder, leading: readonly LineSpan[]): void {
  for (const line of leading) builder.field('empty line', line.start, line.end);
  const last = leading.at(-1);
  if (last !== undefined) builder.fault('leading-line', 0, last.end, { count: leading.length });
}

/** What comes after the last line that was kept; gives the head's end. */
function endFields(builder: HeadBuilder, empty: LineSpan | undefined, omitted: ParseHeadOptions['omitted']): number {
  const end = empty?.end ?? builder.bytes.length;
  if (omitted === undefined) {
    if (empty === undefined) builder.fault('unfinished', end, end);
    return end;
  }
  const span = builder.span(end, end + omitted.bytes);
  builder.fields.push({ name: 'omitted', span, value: omitted.bytes });
  builder.faults.push({ kind: 'too-large', span, args: { limit: omitted.limit, bytes: end + omitted.bytes } });
  if (!omitted.finished) builder.fault('unfinished', end + omitted.bytes, end + omitted.bytes);
  return end + omitted.bytes;
}

function startLineFields(builder: HeadBuilder, line: LineSpan, kind: HeadKind, parts: StartLine, whole: boolean): void {
  for (const { name, start, end } of parts.pieces) builder.field(name, line.start + start, line.start + end);
  builder.charset(line.start, line.contentEnd);
  if (whole && parts.problem !== undefined) {
    const args = { text: excerpt(lineText(builder.bytes, line)) };
    const fault =
      parts.problem === 'status-space' ? 'status-space' : kind === 'request' ? 'request-line' : 'status-line';
    builder.fault(fault, line.start, line.contentEnd, args);
  }
  builder.lineEnd(line);
}
