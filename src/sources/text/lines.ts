import { latin1 } from '../../codec/http1/text.js';
import type { Events } from './events.js';
import { isContinuation } from './place.js';

/** No dump has lines as long as this; what `socat -x` and `follow,tcp,raw` print stays well below. */
const MAX_LINE = 4 * 1024 * 1024;

/** A line of text, one character a byte (Latin-1), without its end. */
export interface Line {
  readonly text: string;
  /** Counts from 1. */
  readonly number: number;
  /** Of its first byte. */
  readonly offset: number;
}

/** Characters of a line in which bytes are looked for among other text: what looks may take time that grows with their square. */
export const LONGEST_SEARCHED = 8192;

/** Stops reading: what is wrong at character `index` of `line`. */
export function failInLine(events: Events, line: Line, index: number, message: string): void {
  let column = 1;
  for (let at = 0; at < index && at < line.text.length; at++) if (!isContinuation(line.text.charCodeAt(at))) column++;
  events.fail({ message, offset: line.offset + index, line: line.number, column });
}

// eslint-disable-next-line no-control-regex
const COLOURS = /\x1b\[[\d;:]*[mK]/g;

/** Without what makes text coloured or bold on a terminal. */
export function withoutColours(text: string): string {
  return text.includes('\x1b') ? text.replace(COLOURS, '') : text;
}

/** Splits a byte stream into lines (LF or CRLF), without colours. A byte order mark at the start is dropped. */
export class LineReader {
  /** The line whose end is still to come. */
  private rest = '';
  private number = 1;
  private offset = 0;
  private mayHaveColours = false;

  constructor(private readonly events: Events) {}

  /** Calls `take` for each line that is complete. */
  push(chunk: Uint8Array, take: (line: Line) => void): void {
    const part = latin1(chunk, 0, chunk.length);
    this.mayHaveColours ||= part.includes('\x1b');
    let from = 0;
    for (let to = part.indexOf('\n'); to >= 0 && !this.events.failed; to = part.indexOf('\n', from)) {
      take(this.line(this.rest + part.slice(from, to), 1));
      this.rest = '';
      from = to + 1;
    }
    this.rest += part.slice(from);
    if (this.rest.length <= MAX_LINE) return;
    const message = `the line is longer than ${MAX_LINE} bytes`;
    this.events.fail({ message, offset: this.offset, line: this.number, column: 1 });
  }

  /** The last line, where no line end closed it. */
  end(take: (line: Line) => void): void {
    if (this.rest !== '' && !this.events.failed) take(this.line(this.rest, 0));
  }

  private line(whole: string, endLength: number): Line {
    const mark = this.number === 1 && whole.startsWith('\xef\xbb\xbf') ? 3 : 0;
    const end = whole.endsWith('\r') ? whole.length - 1 : whole.length;
    const line = {
      text: this.mayHaveColours ? withoutColours(whole.slice(mark, end)) : whole.slice(mark, end),
      number: this.number,
      offset: this.offset + mark,
    };
    this.number++;
    this.offset += whole.length + endLength;
    return line;
  }
}
