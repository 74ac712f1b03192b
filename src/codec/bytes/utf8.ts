/** An ill-formed sequence: message offsets of its first byte and after its last (the maximal part that could have been one). */
export interface Utf8Error {
  readonly start: number;
  readonly end: number;
  /** The sequence's bytes, 1 to 3. */
  readonly bytes: Uint8Array;
  /** The text ended inside a character that was well-formed so far. */
  readonly incomplete: boolean;
}

/** By lead byte: how many continuation bytes follow, and the range of the first (Unicode, table 3-7). 0 is no lead byte. */
const FOLLOW = new Uint8Array(256);
const FIRST_LOW = new Uint8Array(256).fill(0x80);
const FIRST_HIGH = new Uint8Array(256).fill(0xbf);
FOLLOW.fill(1, 0xc2, 0xe0);
FOLLOW.fill(2, 0xe0, 0xf0);
FOLLOW.fill(3, 0xf0, 0xf5);
FIRST_LOW[0xe0] = 0xa0; // shorter forms
FIRST_HIGH[0xed] = 0x9f; // surrogates
FIRST_LOW[0xf0] = 0x90; // shorter forms
FIRST_HIGH[0xf4] = 0x8f; // above U+10FFFF

/** Checks UTF-8 (RFC 3629) as it flows, across any chunking. Stops looking at the first error. */
export class Utf8Validator {
  /** The first error, if one was met. */
  error: Utf8Error | undefined;
  private position = 0;
  /** Continuation bytes still expected, where the sequence began, and the range of the next byte. */
  private expected = 0;
  private sequenceStart = 0;
  /** Its bytes so far, the first one highest. */
  private sequence = 0;
  private taken = 0;
  private low = 0x80;
  private high = 0xbf;

  /** Starts over with a new text. */
  reset(): void {
    this.error = undefined;
    this.position = 0;
    this.expected = 0;
  }

  push(bytes: Uint8Array): void {
    if (this.error) return;
    let at = 0;
    while (at < bytes.length) {
      if (this.expected === 0) {
        at = skipAscii(bytes, at);
        if (at === bytes.length) break;
      }
      if (!this.take(bytes[at]!, this.position + at)) return;
      at++;
    }
    this.position += bytes.length;
  }

  /** Between two characters: ASCII that comes now need not be pushed. */
  get isBetween(): boolean {
    return this.expected === 0;
  }

  /** Bytes that are known to be ASCII, between two characters. */
  pass(length: number): void {
    this.position += length;
  }

  /** To be called when the text is complete: an unfinished sequence is an error too. */
  end(): Utf8Error | undefined {
    if (!this.error && this.expected > 0) {
      this.fail(this.position, true);
    }
    return this.error;
  }

  /** One byte that is not ASCII, or that is inside a sequence. */
  private take(byte: number, position: number): boolean {
    if (this.expected === 0) {
      this.sequence = byte;
      this.taken = 1;
      this.expected = FOLLOW[byte]!;
      this.sequenceStart = position;
      this.low = FIRST_LOW[byte]!;
      this.high = FIRST_HIGH[byte]!;
      if (this.expected > 0) return true;
    } else if (byte >= this.low && byte <= this.high) {
      this.sequence = (this.sequence << 8) | byte;
      this.taken++;
      this.expected--;
      this.low = 0x80;
      this.high = 0xbf;
      return true;
    }
    this.fail(Math.max(position, this.sequenceStart + 1), false);
    return false;
  }

  private fail(end: number, incomplete: boolean): void {
    const start = this.sequenceStart;
    const bytes = Uint8Array.from({ length: end - start }, (_, i) => this.sequence >>> (8 * (this.taken - 1 - i)));
    this.error = { start, end, bytes, incomplete };
  }
}

/** The first index from `at` on that holds no ASCII. */
function skipAscii(bytes: Uint8Array, at: number): number {
  const last = bytes.length - 8;
  let i = at;
  while (
    i <= last &&
    (bytes[i]! |
      bytes[i + 1]! |
      bytes[i + 2]! |
      bytes[i + 3]! |
      bytes[i + 4]! |
      bytes[i + 5]! |
      bytes[i + 6]! |
      bytes[i + 7]!) <
      0x80
  ) {
    i += 8;
  }
  while (i < bytes.length && bytes[i]! < 0x80) i++;
  return i;
}

/** Bytes of the well-formed character that begins at `at`: 1 to 4, or 0 when there is none. */
export function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  const follow = FOLLOW[lead]!;
  if (follow === 0 || at + follow >= bytes.length) return 0;
  for (let i = 1; i <= follow; i++) {
    const byte = bytes[at + i]!;
    const first = i === 1;
    if (byte < (first ? FIRST_LOW[lead]! : 0x80) || byte > (first ? FIRST_HIGH[lead]! : 0xbf)) return 0;
  }
  return follow + 1;
}

/** The first error in a complete text, if there is one. */
export function utf8Error(bytes: Uint8Array): Utf8Error | undefined {
  const validator = new Utf8Validator();
  validator.push(bytes);
  return validator.end();
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Text of bytes; what is not UTF-8 becomes U+FFFD. A byte order mark is kept: it is part of the payload. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}
