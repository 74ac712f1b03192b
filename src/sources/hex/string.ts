import { failAt, type HexContext, type HexMode } from './mode.js';
import { isBlank, showChar } from '../text/place.js';

/** Escapes of one letter: what C, Python, JavaScript, Go and Rust agree on, Bash's `\e` and Ruby's `\#`. */
const LETTERS: Readonly<Record<string, number>> = {
  n: 0x0a,
  t: 0x09,
  r: 0x0d,
  a: 0x07,
  b: 0x08,
  f: 0x0c,
  v: 0x0b,
  e: 0x1b,
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  '`': 0x60,
  '?': 0x3f,
  '#': 0x23,
};
/** Escapes with a number: how many digits they take in which radix. */
const NUMBERS: Readonly<Record<string, { readonly digits: number; readonly unit: string }>> = {
  x: { digits: 2, unit: '\\x' },
  u: { digits: 4, unit: '\\u' },
  U: { digits: 8, unit: '\\U' },
};
const TWICE = 'the escapes are written twice: \\\\x81 is read as the byte 81';
const MAY_BE_DECIMAL = 'this escape may be decimal (Lua, Haskell) or octal (C): write it as \\x and two hex digits';
const MAY_BE_UTF8 =
  'a \\u escape beside \\x or octal escapes may be one byte, or UTF-8 as Go writes it: write its bytes as \\x and two hex digits';
const BACKSLASH = 0x5c;
const isOctal = (byte: number): boolean => byte >= 0x30 && byte <= 0x37;

type State = 'text' | 'escape' | 'twice' | 'number' | 'octal' | 'wrap';

/**
 * A string literal after its opening quote: printable characters mean themselves, escapes one byte each (`\x81`,
 * `\201`, `\n`, `\u0081` up to `\u00ff`); a backslash at the end of a line joins it with the next.
 */
export class StringLiteral implements HexMode {
  protected state: State = 'text';
  /** Offset of the escape's backslash. */
  protected escapeAt = 0;
  private value = 0;
  private digits = 0;
  private wanted = 0;
  private unit = '';
  /** There are escapes of single bytes above 0x7f, and of characters up to U+00FF. */
  private readonly above = { bytes: false, characters: false };
  /** A character or an escape came. */
  private began = false;
  /** Each backslash is written twice: the first escape is `\\\\x81`, and no frame begins with a backslash. */
  private isDoubled = false;

  /** `raw`: a backslash is a character like any other (`rb'…'`). `behind` reads on from the closing quote. */
  constructor(
    protected readonly context: HexContext,
    private readonly quote: number,
    private readonly raw: boolean,
    private readonly behind: () => HexMode,
  ) {}

  read(chunk: Uint8Array, from: number, base: number): number {
    const { events } = this.context;
    events.reserve(chunk.length - from);
    let at = from;
    while (at < chunk.length && !events.failed) {
      const byte = chunk[at]!;
      if (this.state === 'text') {
        if (byte === this.quote) {
          this.context.become(this.behind());
          return at + 1;
        }
        this.text(byte, base + at);
      } else if (!this.escaped(byte, base + at)) continue;
      at++;
    }
    return at;
  }

  end(offset: number): void {
    failAt(this.context, offset, `the string is not closed: ${showChar(this.quote)} is missing`);
  }

  protected text(byte: number, offset: number): void {
    if (byte !== BACKSLASH) this.began = true;
    if (byte === BACKSLASH && !this.raw) {
      this.state = 'escape';
      this.escapeAt = offset;
    } else if (byte === 0x0a || byte === 0x0d)
      failAt(this.context, offset, `the line ends inside the string: ${showChar(this.quote)} is missing`);
    else if (byte >= 0x20 && byte < 0x7f) this.context.events.byte(byte);
    else
      failAt(
        this.context,
        offset,
        `${byte < 0x80 ? showChar(byte) : 'a character beyond ASCII'} in a string of bytes has to be escaped`,
      );
  }

  /** Inside an escape: false where the byte is after it, and has yet to be read. */
  private escaped(byte: number, offset: number): boolean {
    if (this.state === 'escape') this.startEscape(byte, offset);
    else if (this.state === 'twice') return this.twice(byte, offset);
    else if (this.state === 'number') this.number(byte, offset);
    else if (this.state === 'octal') return this.octal(byte);
    else {
      this.state = 'text';
      if (byte !== 0x0a) return false;
      this.context.place.newline(offset + 1);
    }
    return true;
  }

  private startEscape(byte: number, offset: number): void {
    const isFirst = !this.began;
    this.began = true;
    if (byte === BACKSLASH && (isFirst || this.isDoubled)) this.state = 'twice';
    else this.plainEscape(byte, offset);
  }

  /** After two backslashes, which are one where escapes are written twice. */
  private twice(byte: number, offset: number): boolean {
    if (!this.isDoubled && !/[xuU0-3]/.test(String.fromCharCode(byte))) {
      this.context.events.byte(BACKSLASH);
      this.state = 'text';
      return false;
    }
    if (!this.isDoubled) this.context.events.notice(TWICE);
    this.isDoubled = true;
    this.plainEscape(byte, offset);
    return true;
  }

  private plainEscape(byte: number, offset: number): void {
    const letter = String.fromCharCode(byte);
    const plain = LETTERS[letter];
    const number = NUMBERS[letter];
    this.state = 'text';
    this.value = this.digits = 0;
    if (plain !== undefined) this.context.events.byte(plain);
    else if (isOctal(byte)) {
      this.state = 'octal';
      this.value = byte - 0x30;
      this.digits = 1;
    } else if (number !== undefined) {
      this.state = 'number';
      this.wanted = number.digits;
      this.unit = number.unit;
    } else if (byte === 0x0d) this.state = 'wrap';
    else if (byte === 0x0a) this.context.place.newline(offset + 1);
    else failAt(this.context, this.escapeAt, `a backslash before ${showChar(byte)} is not an escape of a byte`);
  }

  private number(byte: number, offset: number): void {
    if (byte === 0x7b && this.digits === 0 && this.unit === '\\u') {
      this.wanted = 0;
      return;
    }
    if (byte === 0x7d && this.wanted === 0 && this.digits > 0) return this.finish();
    const digit = isBlank(byte) ? NaN : Number(`0x${String.fromCharCode(byte)}`);
    if (!(digit >= 0) || this.digits === 8) {
      const wanted = this.wanted === 0 ? 'hex digits and a closing brace' : `${this.wanted} hex digits`;
      return failAt(this.context, offset, `${this.unit} has to be followed by ${wanted}, not by ${showChar(byte)}`);
    }
    this.value = this.value * 16 + digit;
    if (++this.digits === this.wanted) this.finish();
  }

  /** One to three octal digits. */
  private octal(byte: number): boolean {
    if (isOctal(byte) && this.digits < 3) {
      this.value = this.value * 8 + byte - 0x30;
      this.digits++;
      return true;
    }
    // Lua and Haskell write the byte 129 so, C never writes the bytes 10 and '9' so.
    if (this.digits < 3 && (byte === 0x38 || byte === 0x39)) failAt(this.context, this.escapeAt, MAY_BE_DECIMAL);
    else this.finish();
    return false;
  }

  protected finish(): void {
    const isCharacter = this.state === 'number' && this.unit !== '\\x';
    this.state = 'text';
    const { above } = this;
    if (this.value >= 0x80) above[isCharacter ? 'characters' : 'bytes'] = true;
    if (this.value <= 0xff && above.bytes && above.characters) failAt(this.context, this.escapeAt, MAY_BE_UTF8);
    else if (this.value <= 0xff) this.context.events.byte(this.value);
    else failAt(this.context, this.escapeAt, `the value of the escape is ${this.value}, which is more than a byte`);
  }
}
