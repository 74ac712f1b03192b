import { decodeUtf8 } from '../../../codec/bytes/utf8.js';
import type { Span } from '../../../codec/bytes/span.js';
import type { AppField } from '../../packet.js';

/** An operation of the protocol. */
export interface OperationRow {
  readonly by: 'client' | 'server' | 'both';
  /** Names of its arguments by their number; a rest of the line that is one argument: `rest`. */
  readonly syntax: Readonly<Record<number, readonly string[]>> | 'rest' | 'json';
  /** Bytes follow the line. */
  readonly carries?: 'payload' | 'headers';
}

/** The syntax of the protocol's operations. */
export const OPERATIONS: Readonly<Record<string, OperationRow>> = {
  INFO: { by: 'server', syntax: 'json' },
  CONNECT: { by: 'client', syntax: 'json' },
  PUB: { by: 'client', syntax: { 2: ['subject', '#bytes'], 3: ['subject', 'reply', '#bytes'] }, carries: 'payload' },
  HPUB: {
    by: 'client',
    syntax: { 3: ['subject', '#headers', '#total'], 4: ['subject', 'reply', '#headers', '#total'] },
    carries: 'headers',
  },
  SUB: { by: 'client', syntax: { 2: ['subject', 'sid'], 3: ['subject', 'queue', 'sid'] } },
  UNSUB: { by: 'client', syntax: { 1: ['sid'], 2: ['sid', '#max'] } },
  MSG: {
    by: 'server',
    syntax: { 3: ['subject', 'sid', '#bytes'], 4: ['subject', 'sid', 'reply', '#bytes'] },
    carries: 'payload',
  },
  HMSG: {
    by: 'server',
    syntax: { 4: ['subject', 'sid', '#headers', '#total'], 5: ['subject', 'sid', 'reply', '#headers', '#total'] },
    carries: 'headers',
  },
  PING: { by: 'both', syntax: { 0: [] } },
  PONG: { by: 'both', syntax: { 0: [] } },
  '+OK': { by: 'server', syntax: { 0: [] } },
  '-ERR': { by: 'server', syntax: 'rest' },
};

/** A control line, read. */
export interface ControlLine {
  /** In capitals. */
  readonly type: string;
  readonly row: OperationRow;
  readonly args: Readonly<Record<string, string>>;
  /** Why its arguments are not those of its syntax. */
  readonly fault?: string;
  readonly fields: readonly AppField[];
  /** Bytes of the line with its CRLF. */
  readonly length: number;
}

/** Longer lines are not read; servers take 4 KiB of a client, and send INFO of some more. */
export const LONGEST_LINE = 64 * 1024;
/** The longest operation, and a blank. */
const LONGEST_WORD = 8;
const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09;
const CR = 0x0d;
const LF = 0x0a;

/** Offset after the LF of the first line; 0: there is none yet; -1: it is too long, or its operation is unknown. */
export function lineEnd(bytes: Uint8Array): number {
  const end = bytes.subarray(0, LONGEST_LINE).indexOf(LF) + 1;
  if (end > 0) return end;
  if (bytes.length >= LONGEST_LINE) return -1;
  const head = decodeUtf8(bytes.subarray(0, LONGEST_WORD)).toUpperCase();
  const isPossible = Object.keys(OPERATIONS).some((name) => head.startsWith(name) || name.startsWith(head.trimEnd()));
  return isPossible ? 0 : -1;
}

interface NatsPart {
  readonly name: string;
  readonly span: Span;
  readonly value: string;
}

/** Reads a line of `length` bytes, with its end; undefined: it begins with no operation. */
export function controlLine(bytes: Uint8Array, length: number): ControlLine | undefined {
  const end = bytes[length - 2] === CR ? length - 2 : length - 1;
  const [first, ...rest] = tokensOf(bytes, end);
  const type = first?.start === 0 ? textOf(bytes, first).toUpperCase() : '';
  if (first === undefined || !Object.hasOwn(OPERATIONS, type)) return undefined;
  const row = OPERATIONS[type]!;
  const parts: NatsPart[] = [
    { name: 'operation', span: first, value: type },
    ...argumentsOf(row.syntax, bytes, rest, end),
  ];
  const fault = faultOf(row.syntax, parts) ?? (end === length - 2 ? undefined : 'the line ends in no CRLF');
  return {
    type,
    row,
    args: Object.fromEntries(parts.map(({ name, value }) => [name.replace('#', ''), value])),
    ...(fault !== undefined && { fault }),
    fields: parts.map(({ name, span, value }, i) => ({
      name: name.replace('#', ''),
      span: { start: span.start, end: parts[i + 1]?.span.start ?? length },
      value: name.startsWith('#') ? Number(value) : value,
    })),
    length,
  };
}

function argumentsOf(
  syntax: OperationRow['syntax'],
  bytes: Uint8Array,
  tokens: readonly Span[],
  end: number,
): NatsPart[] {
  if (typeof syntax !== 'string') {
    const names = syntax[tokens.length];
    return tokens.map((span, i) => ({ name: names?.[i] ?? `argument ${i + 1}`, span, value: textOf(bytes, span) }));
  }
  const [first] = tokens;
  if (first === undefined) return [];
  const span = { start: first.start, end };
  return [{ name: syntax === 'json' ? 'options' : 'error', span, value: textOf(bytes, span) }];
}

function faultOf(syntax: OperationRow['syntax'], parts: readonly NatsPart[]): string | undefined {
  if (typeof syntax === 'string') return undefined;
  const count = parts.length - 1;
  if (syntax[count] === undefined) return `${count} arguments`;
  const bad = parts.find(({ name, value }) => name.startsWith('#') && !/^\d{1,10}$/.test(value));
  return bad && `"${bad.value}" is no size`;
}

const textOf = (bytes: Uint8Array, { start, end }: Span): string => decodeUtf8(bytes.subarray(start, end));
/** More than any operation has. */
const MOST_TOKENS = 16;

function tokensOf(bytes: Uint8Array, end: number): Span[] {
  const tokens: Span[] = [];
  let at = 0;
  while (tokens.length < MOST_TOKENS) {
    while (at < end && isBlank(bytes[at]!)) at++;
    if (at >= end) break;
    const start = at;
    while (at < end && !isBlank(bytes[at]!)) at++;
    tokens.push({ start, end: at });
  }
  return tokens;
}
