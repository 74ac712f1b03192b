import type { InputProblem } from '../bytes/types.js';

/** UTF-8: a byte that continues a character, and so starts no column. */
export const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Characters that people can't see but paste: no-break and zero-width spaces, the byte order mark. */
export const isBlank = (code: number): boolean =>
  code === 0x20 ||
  (code >= 0x09 && code <= 0x0d) ||
  code === 0xa0 ||
  (code >= 0x2000 && code <= 0x200d) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x202f ||
  code === 0x2060 ||
  code === 0x3000 ||
  code === 0xfeff;

/** A character as a message shows it: `'g'`, or its code where it can't be seen. */
export function showChar(code: number): string {
  const visible = (code > 0x20 && code < 0x7f) || (code > 0xa0 && code < 0xd800 && !isBlank(code)) || code > 0xffff;
  if (visible && code <= 0x10ffff) return `'${String.fromCodePoint(code)}'`;
  return code === 0x20 ? 'a blank' : `character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Turns byte offsets of a text into lines and columns, as a reader goes through it from front to back. */
export class Place {
  private line = 1;
  private lineStart = 0;
  /** Bytes of the current line that start no column. */
  private hidden = 0;

  /** `next` is the offset after a line feed. */
  newline(next: number): void {
    this.line++;
    this.lineStart = next;
    this.hidden = 0;
  }

  /** To be called for every byte that continues a UTF-8 character, before a column after it is requested. */
  continued(count = 1): void {
    this.hidden += count;
  }

  /** Goes through bytes `from` to `to` (exclusive) of `chunk`, whose first byte is at offset `base`. */
  walk(chunk: Uint8Array, from: number, to: number, base: number): void {
    for (let at = from; at < to; at++) {
      const byte = chunk[at]!;
      if (byte === 0x0a) this.newline(base + at + 1);
      else if (isContinuation(byte)) this.hidden++;
    }
  }

  /** `offset` is on the current line. */
  problem(offset: number, message: string): InputProblem {
    return { message, offset, line: this.line, column: Math.max(1, offset - this.lineStart - this.hidden + 1) };
  }
}

/** Gathers the bytes of one UTF-8 character that is no ASCII. */
export class WideChar {
  private code = 0;
  private left = 0;
  /** Offset of the first byte. */
  start = 0;

  get open(): boolean {
    return this.left > 0;
  }

  /** Takes the next byte: the character's code when it is complete, -1 while it is not; U+FFFD for what is no UTF-8. */
  feed(byte: number, offset: number): number {
    if (this.left === 0) {
      this.start = offset;
      const length =
        byte >= 0xc2 && byte < 0xe0 ? 1 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xf0 && byte < 0xf5 ? 3 : 0;
      this.left = length;
      this.code = byte & (0x3f >> length);
      return length === 0 ? 0xfffd : -1;
    }
    if (!isContinuation(byte)) {
      this.left = 0;
      return 0xfffd;
    }
    this.code = (this.code << 6) | (byte & 0x3f);
    this.left--;
    return this.left === 0 ? this.code : -1;
  }
}
