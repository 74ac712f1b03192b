import { byteOf, isZeroPadded, mayBeOctal, paddedByte, type Radix, radixOf } from './element.js';
import { looksLikeWebSocket } from '../../codec/resync/plausible.js';
import { failAt, type HexContext, type HexMode, Strays } from './mode.js';

/** Elements that do not show their radix are held back until one does: up to this number. */
const MAX_HELD = 4096;
const MAX_ELEMENT = 24;
const MAX_DEPTH = 64;
/** Fewer bytes prove nothing: a list of them is read as decimal, with a notice. */
const LEAST_PROOF = 4;
const IN_DOUBT =
  'the list could be hex as well as decimal, and no whole frame proves one of both: write 0x before each byte if it is hex';

const LISTS_DIFFER = 'this list is of another radix than the one before it: write 0x before each byte if it is hex';
const OCTAL_IN_DOUBT =
  'numbers with a leading zero may be octal as well as decimal, and no whole frame proves one of both: write 0x before each byte, in hex';

/** An element that would be a byte in the other radix. */
const OTHER_RADIX = /^(?:[0-9a-fA-F]{2}|\d{3})$/;
/** What an apostrophe may follow. */
const NUMBER = /^-?(?:0[xX])?[0-9a-fA-F]+$/;
const showElement = (element: string): string => (element.includes("'") ? element : `'${element}'`);

const APOSTROPHE = 0x27;
const OPENERS = new Set([...'[{('].map((char) => char.charCodeAt(0)));
const CLOSERS = new Set([...']})'].map((char) => char.charCodeAt(0)));
const BETWEEN = new Set([...' \t\r\n\v\f,;'].map((char) => char.charCodeAt(0)));
const SIGNS = new Set([...'_-$&'].map((char) => char.charCodeAt(0)));
const isElement = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || SIGNS.has(byte);

/**
 * The elements of an array after its opening bracket: `0x81, 0xe`, `129, -121`, `0x81u8`, `'a'`, `(byte)0x81`. Bare
 * elements (`81`) are decimal, unless one of them can only be hex (`0e`). Where all could be both, whole frames in one of
 * the two readings prove it. Without such a proof, a list with `05` is hex, unless it is code; a few other elements are
 * decimal, with a notice, and more are refused. From the first number with a leading zero on (`0110`), whole frames prove
 * that such numbers are octal, or decimal.
 */
export class ArrayElements implements HexMode {
  private depth = 1;
  private element = '';
  private elementAt = 0;
  private quoted = false;
  private held: { readonly element: string; readonly at: number }[] = [];
  /** The elements from the first one on that may be octal, and the bytes before it, up to MAX_HELD of each. */
  private padded: { readonly element: string; readonly at: number }[] = [];
  private readonly given: number[] = [];
  /** Hex digits as printed with two a byte, and as few as needed: never both. */
  private width: 'two' | 'any' | undefined;
  private readonly strays: Strays;

  /**
   * `behind` reads on from the closing bracket; `radix`: of the bare elements, where it is certain. `isCode`: they are
   * decimal unless one of them can't be.
   */
  constructor(
    private readonly context: HexContext,
    private readonly behind: () => HexMode,
    private radix?: Radix,
    private readonly isCode = false,
  ) {
    this.strays = new Strays(context, 'part of a list of bytes');
  }

  read(chunk: Uint8Array, from: number, base: number): number {
    for (let at = from; at < chunk.length && !this.context.events.failed; at++) {
      this.take(chunk[at]!, base + at);
      if (this.depth === 0) {
        this.settle();
        this.context.become(this.behind());
        return at + 1;
      }
    }
    return chunk.length;
  }

  end(offset: number): void {
    this.finish();
    this.strays.end(offset);
    this.settle();
    failAt(this.context, offset, 'the list is not closed: its last bracket is missing');
  }

  private take(byte: number, offset: number): void {
    if (this.strays.open) return this.strays.feed(byte, offset);
    if (this.quoted || (byte === APOSTROPHE && (this.element === '' || this.element === 'b')))
      return this.inQuotes(byte, offset);
    // Nim's `129'u8`, Verilog's `8'h81`.
    if (isElement(byte) || (byte === APOSTROPHE && NUMBER.test(this.element))) return this.grow(byte, offset);
    this.finish();
    if (byte === 0x0a) this.context.place.newline(offset + 1);
    if (CLOSERS.has(byte)) this.depth--;
    else if (OPENERS.has(byte)) this.nest(offset);
    else if (!BETWEEN.has(byte)) this.strays.feed(byte, offset);
  }

  private nest(offset: number): void {
    if (++this.depth > MAX_DEPTH) failAt(this.context, offset, `brackets are nested more than ${MAX_DEPTH} deep`);
  }

  private grow(byte: number, offset: number): void {
    if (this.element === '') this.elementAt = offset;
    this.element += String.fromCharCode(byte);
    if (this.element.length > MAX_ELEMENT)
      failAt(this.context, this.elementAt, `'${this.element}…' is more than a byte`);
  }

  /** A character in quotes: `'a'`, `b'\n'`. */
  private inQuotes(byte: number, offset: number): void {
    this.grow(byte, offset);
    if (byte === 0x0a) failAt(this.context, this.elementAt, "the line ends before the closing '");
    else if (!this.quoted) this.quoted = true;
    else if (byte === APOSTROPHE && !/^b?'\\?'$/.test(this.element)) {
      this.quoted = false;
      this.finish();
    }
  }

  /** The element is complete. */
  private finish(): void {
    const { element } = this;
    this.element = '';
    if (element === '' || element === 'byte' || element === 'sbyte') return;
    if (this.padded.length > 0 || (this.radix !== 'hex' && mayBeOctal(element))) return this.pad(element);
    const proof = radixOf(element);
    if (this.radix === undefined && proof === 'any') {
      if (this.held.push({ element, at: this.elementAt }) === MAX_HELD) this.settle();
      return;
    }
    if (proof !== 'any') this.decide(proof);
    this.put(element, this.elementAt);
  }

  /** A number with a leading zero, or any after it. */
  private pad(element: string): void {
    if (this.padded.length === 0) this.decide('decimal');
    if (this.padded.push({ element, at: this.elementAt }) > MAX_HELD)
      failAt(this.context, this.padded[0]!.at, OCTAL_IN_DOUBT);
  }

  private settlePadded(): void {
    const { padded, given, context } = this;
    if (padded.length === 0) return;
    const readings = (['octal', 'decimal'] as const).map((radix) => ({
      radix,
      bytes: padded.map(({ element }) => paddedByte(element, radix)),
    }));
    const possible = readings.filter(({ bytes }) => bytes.every((byte) => byte !== undefined));
    const [octal, decimal] = readings.map(({ bytes }) => bytes);
    const wrong = padded.find((_, at) => octal![at] === undefined && decimal![at] === undefined);
    if (wrong !== undefined) return failAt(context, wrong.at, `${showElement(wrong.element)} is not a byte`);
    const isSame = octal!.join() === decimal!.join();
    const proven = isSame
      ? possible
      : possible.filter(({ bytes }) => given.length < MAX_HELD && isWhole([...given, ...(bytes as number[])]));
    const [found] = proven;
    if (found === undefined || (proven.length > 1 && !isSame)) return failAt(context, padded[0]!.at, OCTAL_IN_DOUBT);
    if (!isSame)
      context.events.notice(`numbers with a leading zero are read as ${found.radix}, which gives whole frames`);
    for (const byte of found.bytes) context.events.byte(byte!);
  }

  /** Elements were held back, and none of them shows whether they are hex. */
  private settle(): void {
    const { held, context } = this;
    this.settlePadded();
    if (held.length === 0 || context.events.failed) return;
    const likely = likelyRadix(
      held.map(({ element }) => element),
      this.isCode,
    );
    // What a list before it proved counts for one that proves nothing.
    const { radix, notice } =
      likely.isGuess === true && context.radix !== undefined ? { radix: context.radix } : likely;
    if (radix === undefined) return failAt(context, held[0]!.at, IN_DOUBT);
    if (notice !== undefined) context.events.notice(`the list could be hex as well as decimal: ${notice}`);
    this.decide(radix);
  }

  private decide(radix: Radix): void {
    if (this.radix !== undefined) return;
    this.radix = radix;
    this.context.radix ??= radix;
    if (this.context.radix !== radix) return failAt(this.context, this.held[0]?.at ?? this.elementAt, LISTS_DIFFER);
    for (const { element, at } of this.held) this.put(element, at);
    this.held = [];
  }

  private put(element: string, offset: number): void {
    const radix = this.radix ?? 'decimal';
    const value = radix === 'hex' && this.isOfOtherWidth(element) ? undefined : byteOf(element, radix);
    if (value !== undefined) {
      if (this.given.length < MAX_HELD) this.given.push(value);
      this.context.events.byte(value);
    } else
      failAt(
        this.context,
        offset,
        `${showElement(element)} is not a byte${OTHER_RADIX.test(element) ? ` (they are ${radix} here)` : ''}`,
      );
  }

  private isOfOtherWidth(element: string): boolean {
    const width = element.length === 1 ? 'any' : element.startsWith('0') ? 'two' : this.width;
    this.width ??= width;
    return width !== this.width;
  }
}

/** The radix of elements that make sense in both: by whole frames, by how they are printed, or none. */
function likelyRadix(
  elements: readonly string[],
  isCode: boolean,
): { readonly radix: Radix | undefined; readonly notice?: string; readonly isGuess?: true } {
  const [decimal, hex] = [bytesIn(elements, 'decimal'), bytesIn(elements, 'hex')!];
  if (decimal === undefined) return { radix: isWhole(hex) ? 'hex' : 'decimal' };
  const isPadded = elements.some(isZeroPadded);
  if ((isCode && !isPadded) || decimal.join() === hex.join()) return { radix: 'decimal' };
  const [isDecimal, isHex] = [isWhole(decimal), isWhole(hex)];
  if (isDecimal !== isHex) {
    const radix = isDecimal ? 'decimal' : 'hex';
    return { radix, notice: `read as ${radix}, which gives whole frames` };
  }
  if (isPadded) return { radix: isDecimal || isCode ? undefined : 'hex', isGuess: true };
  if (isDecimal || elements.length >= LEAST_PROOF) return { radix: undefined };
  return { radix: 'decimal', notice: 'read as decimal (hex needs 0x before each byte)', isGuess: true };
}

/** The bytes of elements in one radix; undefined where one of them is none. */
function bytesIn(elements: readonly string[], radix: Radix): number[] | undefined {
  const bytes = elements.map((element) => byteOf(element, radix));
  return bytes.every((byte) => byte !== undefined) ? bytes : undefined;
}

/** A head, or whole frames. */
const isWhole = (bytes: readonly number[] | undefined): boolean =>
  bytes !== undefined && looksLikeWebSocket(Uint8Array.from(bytes), Infinity);
