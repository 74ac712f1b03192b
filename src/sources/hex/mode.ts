import { LineComment } from './comment.js';
import type { Radix } from './element.js';
import type { LineWatch } from './line-watch.js';
import type { Events } from '../text/events.js';
import { isBlank, type Place, showChar, WideChar } from '../text/place.js';

/** What the ways of spelling bytes share while one text is read. */
export interface HexContext {
  readonly events: Events;
  readonly place: Place;
  /** What the spelling is called, for people; set by the mode that recognised it. */
  kind: string | undefined;
  /** Of the bare elements of the lists before. */
  radix: Radix | undefined;
  /** Looks at the lines of plain digits. */
  readonly watch: LineWatch | undefined;
  /** Continues in another mode, after the byte that was read last. */
  become(mode: HexMode): void;
  /** Continues in another mode, which is given `bytes` (from offset `base`) before anything else. */
  replay(mode: HexMode, bytes: Uint8Array, base: number): void;
}

/** One way of spelling bytes. */
export interface HexMode {
  /** Reads `chunk` from `at` (`base` is the offset of its first byte) and gives the index after what it took, which is more than `at`. */
  read(chunk: Uint8Array, at: number, base: number): number;
  /** Nothing follows `offset`. */
  end(offset: number): void;
}

/** A text position that a problem is about. */
export function failAt(context: HexContext, offset: number, message: string): void {
  context.events.fail(context.place.problem(offset, message));
}

export const CUT_SHORT = 'the bytes are cut short here (the dots replace the rest)';

type InComment = 'no' | 'slash' | 'line' | 'block' | 'star' | 'wrap';

/**
 * The characters that no spelling gives a meaning of its own: comments (`#`, `//`, `/* … *\/`), invisible blanks, a
 * backslash that joins two lines, and everything that is wrong. Feed it a byte that the spelling does not know, and every byte after it while `open`.
 */
export class Strays {
  private comment: InComment = 'no';
  private commentStart = 0;
  private readonly wide = new WideChar();
  private readonly line: LineComment;

  /** `expected` completes `'g' is not …`. */
  constructor(
    private readonly context: HexContext,
    private readonly expected: string,
  ) {
    this.line = new LineComment(context.events);
  }

  get open(): boolean {
    return this.comment !== 'no' || this.wide.open;
  }

  feed(byte: number, offset: number): void {
    if (byte === 0x0a) this.context.place.newline(offset + 1);
    if (this.comment !== 'no') this.inComment(byte);
    else if (this.wide.open || byte >= 0x80) this.inWide(byte, offset);
    else if (byte === 0x23) this.comment = 'line';
    else if (byte === 0x2f || byte === 0x5c) {
      this.comment = byte === 0x2f ? 'slash' : 'wrap';
      this.commentStart = offset;
    } else if (byte === 0x2e) failAt(this.context, offset, CUT_SHORT);
    else this.wrong(byte, offset);
  }

  /** Nothing follows `offset`. */
  end(offset: number): void {
    this.line.end();
    if (this.comment === 'slash') this.wrong(0x2f, this.commentStart);
    else if (this.comment === 'block' || this.comment === 'star')
      failAt(this.context, offset, 'the comment is not closed: */ is missing');
    else if (this.wide.open) this.wrong(0xfffd, this.wide.start);
  }

  private wrong(code: number, offset: number): void {
    failAt(this.context, offset, `${showChar(code)} is not ${this.expected}`);
  }

  private inComment(byte: number): void {
    if ((byte & 0xc0) === 0x80) this.context.place.continued();
    if (this.comment === 'wrap') {
      if (byte === 0x0a) this.comment = 'no';
      else if (byte !== 0x0d) this.wrong(0x5c, this.commentStart);
    } else if (this.comment === 'slash') {
      if (byte === 0x2f) this.comment = 'line';
      else if (byte === 0x2a) this.comment = 'block';
      else this.wrong(0x2f, this.commentStart);
    } else if (this.comment === 'line') {
      if (byte === 0x0a) {
        this.comment = 'no';
        this.line.end();
      } else this.line.add(String.fromCharCode(byte));
    } else if (byte === 0x2f && this.comment === 'star') this.comment = 'no';
    else this.comment = byte === 0x2a ? 'star' : 'block';
  }

  private inWide(byte: number, offset: number): void {
    const code = this.wide.feed(byte, offset);
    if (code < 0) return;
    if (code === 0x2026) failAt(this.context, this.wide.start, CUT_SHORT);
    else if (isBlank(code)) this.context.place.continued(offset - this.wide.start);
    else this.wrong(code, this.wide.start);
  }
}
