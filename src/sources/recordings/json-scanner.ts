import { concat } from '../../codec/bytes/byte-collector.js';

/** Where a value stands: the keys and indices that lead to it. */
export type JsonPath = readonly (string | number)[];

/** Decides how each value is read, and takes what was requested. */
export interface JsonTaker {
  /** `enter`: its members are requested one by one; a bound: it is read whole, up to this number of bytes; `pass`: it is not needed. */
  plan(path: JsonPath): 'enter' | 'pass' | number;
  value(path: JsonPath, text: string): void;
  /** An object or array that was entered has ended. */
  left(path: JsonPath): void;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
const MOST_KEY = 64 * 1024;
/** Each takes many times its text in memory. */
export const MOST_PARTS = 1_000_000;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/** A value that is read to its end. */
interface Run {
  /** Offset of its first byte. */
  readonly start: number;
  /** Bytes that may be kept; undefined: none are wanted. */
  readonly most: number | undefined;
  readonly isKey: boolean;
  pieces: Uint8Array[];
  length: number;
  /** Objects and arrays that are open in it. */
  depth: number;
  /** Members and elements in it, about. */
  parts: number;
  kind: 'string' | 'container' | 'scalar';
  inString: boolean;
  escaped: boolean;
}

/** JSON (RFC 8259) of any length, of which only a part is wanted: read as it comes, in bounded memory. */
export class JsonScanner {
  private readonly path: (string | number)[] = [];
  /** Of the objects (true) and arrays that were entered. */
  private readonly open: boolean[] = [];
  private expected: Expected = 'value';
  private run: Run | undefined;
  private offset = 0;
  private failure: string | undefined;
  private readonly decoder = new TextDecoder();
  /** A piece of JSON: several values, with commas between them or none; commas, brackets and dots too many are passed over. */
  isLoose = false;

  constructor(private readonly taker: JsonTaker) {}

  /** The fault, and its position. Nothing is read after it. */
  get problem(): string | undefined {
    return this.failure;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && this.failure === undefined) {
      at = this.run === undefined ? this.step(chunk, at) : this.goOn(this.run, chunk, at);
    }
    this.offset += chunk.length;
  }

  end(): void {
    if (this.run?.kind === 'scalar') this.finish(this.run);
    const mayEnd = this.isLoose && this.run === undefined;
    if (this.failure === undefined && this.expected !== 'nothing' && !mayEnd) this.fail('it ends too early', 0);
  }

  private fail(message: string, at: number): void {
    this.failAt(message, this.offset + at);
  }

  private failAt(message: string, offset: number): void {
    this.failure ??= `offset ${offset}: ${message}`;
  }

  /** What stands between values. */
  private step(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!;
    if (this.isPassed(byte, this.offset + at)) return at + 1;
    if (this.expected.endsWith('or end') && (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY)) {
      this.leave(byte === CLOSE_OBJECT, at);
      return at + 1;
    }
    switch (this.expected) {
      case 'value':
      case 'value or end':
        return this.value(byte, at);
      case 'key':
      case 'key or end':
        if (byte !== QUOTE) break;
        this.begin('string', at, MOST_KEY, true);
        return at + 1;
      case 'colon':
        if (byte !== COLON) break;
        return this.expect('value', at);
      case 'comma or end':
        if (byte !== COMMA) break;
        return this.next(at);
      case 'nothing':
        break;
    }
    this.fail('no JSON', at);
    return at + 1;
  }

  private isPassed(byte: number, offset: number): boolean {
    if (isBlank(byte) || (offset < 3 && byte === BYTE_ORDER_MARK[offset])) return true;
    return this.isLoose && this.isLeftOver(byte);
  }

  /** Of a piece: what stands between two values at its top, and a comma before a bracket. */
  private isLeftOver(byte: number): boolean {
    const isClosing = byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
    if (isDots(byte)) return true;
    if (this.open.length === 0) return byte === COMMA || isClosing;
    if (isClosing && this.expected === 'value' && this.open.at(-1) === false) this.expected = 'value or end';
    else if (isClosing && this.expected === 'key') this.expected = 'key or end';
    return false;
  }

  private expect(expected: Expected, at: number): number {
    this.expected = expected;
    return at + 1;
  }

  private next(at: number): number {
    const isObject = this.open.at(-1)!;
    if (!isObject) this.path.push((this.path.pop() as number) + 1);
    else this.path.pop();
    return this.expect(isObject ? 'key' : 'value', at);
  }

  private value(byte: number, at: number): number {
    const isContainer = byte === OPEN_OBJECT || byte === OPEN_ARRAY;
    if (!isContainer && byte !== QUOTE && !/[-0-9tfn]/.test(String.fromCharCode(byte))) {
      this.fail('no JSON', at);
      return at;
    }
    const plan = this.taker.plan(this.path);
    if (plan !== 'enter' || !isContainer) {
      this.begin(isContainer ? 'container' : byte === QUOTE ? 'string' : 'scalar', at, plan);
      return at;
    }
    const isObject = byte === OPEN_OBJECT;
    this.open.push(isObject);
    if (!isObject) this.path.push(0);
    return this.expect(isObject ? 'key or end' : 'value or end', at);
  }

  private leave(isObject: boolean, at: number): void {
    if (this.open.pop() !== isObject) return this.fail('no JSON', at);
    // The current member of the path: an empty object has none.
    if (!isObject || this.expected === 'comma or end') this.path.pop();
    this.taker.left(this.path);
    this.expected = this.afterValue;
  }

  private get afterValue(): Expected {
    if (this.open.length > 0) return 'comma or end';
    return this.isLoose ? 'value' : 'nothing';
  }

  private begin(kind: Run['kind'], at: number, plan: 'enter' | 'pass' | number, isKey = false): void {
    const most = typeof plan === 'number' ? plan : undefined;
    // A key's quote was seen; of the others the first byte is still to come.
    this.run = {
      start: this.offset + at,
      most,
      isKey,
      pieces: [],
      length: 0,
      depth: 0,
      parts: 0,
      kind,
      inString: isKey,
      escaped: false,
    };
  }

  /** Continues in a value; gives the position where it stopped. */
  private goOn(run: Run, chunk: Uint8Array, from: number): number {
    let at = from;
    let ended = false;
    while (at < chunk.length && !ended) {
      if (run.kind === 'scalar' && isDelimiter(chunk[at]!)) {
        ended = true;
        break;
      }
      ended = passes(run, chunk[at]!);
      at++;
    }
    this.keep(run, chunk, from, at);
    if (ended && this.failure === undefined) this.finish(run);
    return at;
  }

  private keep(run: Run, chunk: Uint8Array, from: number, to: number): void {
    if (run.most === undefined) return;
    run.length += to - from;
    if (run.parts > MOST_PARTS) return this.failAt(`a value has more than ${MOST_PARTS} parts`, run.start);
    if (run.length > run.most) return this.failAt(`a value is larger than ${run.most} bytes`, run.start);
    run.pieces.push(new Uint8Array(chunk.subarray(from, to)));
  }

  private finish(run: Run): void {
    this.run = undefined;
    const text = run.most === undefined ? '' : this.decoder.decode(concat(run.pieces));
    if (run.isKey) return this.key(`"${text}`, run.start);
    if (run.most !== undefined) this.taker.value(this.path, text);
    this.expected = this.afterValue;
  }

  private key(text: string, start: number): void {
    try {
      this.path.push(JSON.parse(text) as string);
      this.expected = 'colon';
    } catch {
      this.failAt('no JSON', start);
    }
  }
}

/** Takes one byte of a value; true: it was the last one. */
function passes(run: Run, byte: number): boolean {
  if (run.inString) {
    if (run.escaped) run.escaped = false;
    else if (byte === BACKSLASH) run.escaped = true;
    else if (byte === QUOTE) {
      run.inString = false;
      return run.kind === 'string';
    }
    return false;
  }
  if (byte === QUOTE) run.inString = true;
  else if (byte === COMMA) run.parts++;
  else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
    run.depth++;
    run.parts++;
  } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) return --run.depth === 0;
  return false;
}

/** RFC 8259 §2. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Of `...` or `…`, where something was left out. */
function isDots(byte: number): boolean {
  return byte === 0x2e || byte === 0xe2 || byte === 0x80 || byte === 0xa6;
}

function isDelimiter(byte: number): boolean {
  return byte <= 0x20 || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
}

/** Does a text of JSON have such a number of members and elements that it takes many times its length in memory? */
export function hasManyParts(bytes: Uint8Array): boolean {
  if (bytes.length <= MOST_PARTS) return false;
  let parts = 0;
  let inString = false;
  for (let at = 0; at < bytes.length && parts <= MOST_PARTS; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) inString = !inString;
    else if (inString) {
      if (byte === BACKSLASH) at++;
    } else if (byte === COMMA || byte === OPEN_OBJECT || byte === OPEN_ARRAY) parts++;
  }
  return parts > MOST_PARTS;
}
