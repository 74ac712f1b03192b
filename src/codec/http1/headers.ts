import { excerpt, isToken, latin1, lineText, type HeadFault, type LineSpan } from './text.js';
import type { Field, Span } from '../bytes/span.js';

/** A header field as it is on the wire. `value` has one character per byte of `valueSpan` (latin1; a folded line's break as blanks). */
export interface Header {
  readonly name: string;
  readonly value: string;
  /** The whole line (all its lines where it is folded), line end included. */
  readonly span: Span;
  readonly nameSpan: Span;
  readonly valueSpan: Span;
}

/** Its characters have no places of their own: HPACK has coded it. */
export function isCodedValue({ value, valueSpan }: Pick<Header, 'value' | 'valueSpan'>): boolean {
  return valueSpan.end - valueSpan.start !== value.length;
}

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** Collects fields, headers and faults while the lines go by. */
export class HeadBuilder {
  readonly fields: Field[] = [];
  readonly faults: HeadFault[] = [];
  readonly headers: Header[] = [];

  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
  ) {}

  field(name: string, start: number, end: number): void {
    if (end > start) this.fields.push({ name, span: this.span(start, end), value: latin1(this.bytes, start, end) });
  }

  fault(kind: HeadFault['kind'], start: number, end: number, args: HeadFault['args'] = {}): void {
    this.faults.push({ kind, span: this.span(start, end), args });
  }

  span(start: number, end: number): Span {
    return { start: this.offset + start, end: this.offset + end };
  }

  lineEnd(line: LineSpan, name = 'line end'): void {
    this.field(name, line.contentEnd, line.end);
    if (line.end - line.contentEnd === 1 && this.bytes[line.contentEnd] === LF) {
      this.fault('bare-lf', line.contentEnd, line.end);
    }
  }

  /** What must not be inside a line (RFC 9110 §5.5): one fault per kind and piece, at the first such byte. */
  charset(start: number, end: number): void {
    const seen = new Map<HeadFault['kind'], { at: number; count: number }>();
    for (let i = start; i < end; i++) {
      const kind = charFault(this.bytes[i] ?? 0);
      if (kind === undefined) continue;
      const known = seen.get(kind);
      if (known === undefined) seen.set(kind, { at: i, count: 1 });
      else known.count += 1;
    }
    for (const [kind, { at, count }] of seen) {
      this.fault(kind, at, at + 1, { byte: `0x${(this.bytes[at] ?? 0).toString(16).padStart(2, '0')}`, count });
    }
  }
}

function charFault(byte: number): HeadFault['kind'] | undefined {
  if (byte >= 0x80) return 'non-ascii';
  if (byte === CR) return 'bare-cr';
  return (byte < SP && byte !== TAB) || byte === 0x7f ? 'control' : undefined;
}

const isBlank = (byte: number | undefined): boolean => byte === SP || byte === TAB;

/** RFC 9112 §5: `field-line = field-name ":" OWS field-value OWS`, with the lines folded into it (§5.2). */
function readHeader(builder: HeadBuilder, first: LineSpan, folded: readonly LineSpan[]): void {
  const { bytes } = builder;
  const colon = bytes.subarray(first.start, first.contentEnd).indexOf(COLON);
  if (colon < 0) {
    builder.fault('missing-colon', first.start, first.contentEnd, { text: excerpt(lineText(bytes, first)) });
    for (const line of [first, ...folded]) {
      builder.field('malformed line', line.start, line.contentEnd);
      builder.charset(line.start, line.contentEnd);
      builder.lineEnd(line);
    }
    return;
  }
  const colonAt = first.start + colon;
  const nameEnd = readName(builder, first.start, colonAt);
  builder.field('colon', colonAt, colonAt + 1);
  const last = folded.at(-1) ?? first;
  let valueStart = colonAt + 1;
  let valueEnd = last.contentEnd;
  const isSpace = (i: number): boolean => isBlank(bytes[i]) || bytes[i] === LF || bytes[i] === CR;
  const inValue = folded.length > 0 ? isSpace : (i: number): boolean => isBlank(bytes[i]);
  while (valueStart < valueEnd && inValue(valueStart)) valueStart++;
  while (valueEnd > valueStart && inValue(valueEnd - 1)) valueEnd--;
  for (const [i, line] of [first, ...folded].entries()) {
    valueFields(builder, i === 0 ? colonAt + 1 : line.start, line.contentEnd, valueStart, valueEnd);
    builder.lineEnd(line, i < folded.length ? 'fold' : 'line end');
  }
  const raw = latin1(bytes, valueStart, valueEnd);
  builder.headers.push({
    name: latin1(bytes, first.start, nameEnd),
    // §5.2: a fold is replaced by blanks; as many as it has bytes, so that offsets in the value stay true.
    value: folded.length > 0 ? raw.replace(/\r?\n[ \t]+/g, (fold) => ' '.repeat(fold.length)) : raw,
    span: builder.span(first.start, last.end),
    nameSpan: builder.span(first.start, nameEnd),
    valueSpan: builder.span(valueStart, valueEnd),
  });
}

/** The name's fields and faults; gives where the name ends (blanks before the colon are not part of it). */
function readName(builder: HeadBuilder, start: number, colonAt: number): number {
  const { bytes } = builder;
  let end = colonAt;
  while (end > start && isBlank(bytes[end - 1])) end--;
  builder.field('header name', start, end);
  builder.field('whitespace', end, colonAt);
  const name = latin1(bytes, start, end);
  if (end < colonAt) builder.fault('space-before-colon', end, colonAt, { name: excerpt(name) });
  if (name === '') builder.fault('empty-name', start, colonAt + 1);
  const bad = [...name].findIndex((char) => !isToken(char));
  if (bad >= 0) {
    builder.fault('name-character', start + bad, start + bad + 1, { name: excerpt(name), char: name[bad] ?? '' });
  }
  return end;
}

function valueFields(builder: HeadBuilder, from: number, to: number, valueStart: number, valueEnd: number): void {
  const start = Math.min(Math.max(from, valueStart), to);
  const end = Math.max(Math.min(to, valueEnd), start);
  builder.field('whitespace', from, start);
  builder.field('header value', start, end);
  builder.field('whitespace', end, to);
  builder.charset(from, to);
}

/** Reads the header lines; lines that begin with a blank belong to the one before (RFC 9112 §5.2). */
export function readHeaders(builder: HeadBuilder, lines: readonly LineSpan[]): void {
  const folds = (line: LineSpan): boolean => isBlank(builder.bytes[line.start]);
  let i = 0;
  while (i < lines.length) {
    const line = lines[i] as LineSpan;
    i += 1;
    if (folds(line)) {
      // Nothing to fold into: RFC 9112 §2.2 has such lines rejected or passed over.
      builder.fault('leading-space', line.start, line.start + 1);
      builder.field('malformed line', line.start, line.contentEnd);
      builder.charset(line.start, line.contentEnd);
      builder.lineEnd(line);
      continue;
    }
    const first = i;
    while (i < lines.length && folds(lines[i] as LineSpan)) i += 1;
    const folded = lines.slice(first, i);
    for (const fold of folded) builder.fault('fold', fold.start, fold.start + 1);
    readHeader(builder, line, folded);
  }
}
