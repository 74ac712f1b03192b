import { StringDecoder } from 'node:string_decoder';
import { Transform, type TransformCallback } from 'node:stream';
import { LINE_END, symbolsFor } from './prompt-commands.js';

const BEGIN = '\x1b[200~';
const END = '\x1b[201~';
/** Requests that the terminal marks what is pasted (xterm's bracketed paste), and ends that. */
export const ASK_FOR_MARKS = '\x1b[?2004h';
export const NO_MORE_MARKS = '\x1b[?2004l';

/** Keys on their way to the prompt: a paste of several lines becomes one line, and control characters in it become symbols, not keys. */
export class PasteFilter extends Transform {
  private readonly decoder = new StringDecoder('utf8');
  private isPaste = false;
  private held = '';
  /** The LF of a CR LF may come in the next piece. */
  private endedInCr = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let text = this.held + this.decoder.write(chunk);
    this.held = '';
    while (text !== '') {
      const mark = this.isPaste ? END : BEGIN;
      const at = text.indexOf(mark);
      if (at < 0) break;
      this.takePart(text.slice(0, at), at + mark.length === text.length);
      this.isPaste = !this.isPaste;
      text = text.slice(at + mark.length);
    }
    // A mark may come in two pieces; a lone ESC is a key.
    const cut = this.isPaste ? beginningOf(END, text) : beginningOf(BEGIN, text);
    if (cut > 1 || (this.isPaste && cut > 0)) {
      this.held = text.slice(text.length - cut);
      text = text.slice(0, text.length - cut);
    }
    this.takePart(text, false);
    done();
  }

  private pass(text: string): void {
    if (text.length > LONG) this.push(text);
    else for (const character of text) this.push(character);
  }

  private takePart(text: string, isLast: boolean): void {
    if (text === '') return;
    if (!this.isPaste) return this.pass(text);
    const rest = this.endedInCr && text.startsWith('\n') ? text.slice(1) : text;
    this.endedInCr = text.endsWith('\r') && !isLast;
    const lines = (isLast ? withoutLineEnds(rest) : rest).replace(/\r\n|\r|\n/g, LINE_END);
    this.pass(symbolsFor(lines));
  }
}

/**
 * readline puts text that comes in one piece at the end of the line, wherever the cursor is. Character by character it
 * would process the whole line each time, so that a long paste is put at the end.
 */
const LONG = 1024;

/** The number of last characters of the text that may be the beginning of the mark. */
function beginningOf(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}

function withoutLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--;
  return text.slice(0, end);
}
