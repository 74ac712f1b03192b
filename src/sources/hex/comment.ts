import { areMessages } from '../../codec/resync/plausible.js';
import { latin1 } from '../../codec/http1/text.js';
import type { Events } from '../text/events.js';

/** Characters of a comment that are looked at. */
const MOST = 4096;
/** Fewer look like a frame too often. */
const LEAST_BYTES = 4;
/** Hex digits up to the end, and up to four words before them. */
const DIGITS = /^\s*(?:\S{1,16}\s+){0,4}?((?:(?:0[xX])?[0-9a-fA-F]{2}[\s,:-]*)+)$/;
const NOTICE = 'comments are not read, and one of them holds whole frames: remove # or // where these are bytes';

/** A comment up to the end of its line: frames in it may be bytes that were meant to be read (`#1 8105…`). */
export class LineComment {
  private text = '';

  constructor(private readonly events: Events) {}

  add(text: string): void {
    if (this.text.length < MOST) this.text += text;
  }

  /** The line is over. */
  end(): void {
    const digits = DIGITS.exec(this.text)?.[1]?.replace(/0[xX]|[^0-9a-fA-F]/g, '') ?? '';
    this.text = '';
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    if (bytes.length >= LEAST_BYTES && areMessages(bytes)) this.events.notice(NOTICE);
  }
}

/** The same of the comments that come before all else. */
export function reportFrames(skipped: Uint8Array, events: Events): void {
  for (const [, text] of latin1(skipped).matchAll(/^[ \t]*(?:#|\/\/)(.*)$/gm)) {
    const comment = new LineComment(events);
    comment.add(text!);
    comment.end();
  }
}
