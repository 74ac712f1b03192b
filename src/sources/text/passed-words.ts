import type { Events } from './events.js';
import type { Line } from './lines.js';
import { latin1Bytes } from './spelled.js';
import { isPayload } from './shown-payload.js';
import { hasWord } from './speaker.js';

/** The text of a line before and after the bytes that were read of it. */
export interface Around {
  readonly before: string;
  readonly after: string;
  readonly bytes: readonly number[];
  /** The bytes are hex digits, and nothing marks them as bytes. */
  readonly isPlain: boolean;
}

/** A comment of any language, up to its end. */
const COMMENT = /^[\s)\]}"';,]*(?:#|\/\/|\/\*|--|;)/;
/** A letter or a digit. */
const WORD = /[0-9A-Za-z\x80-\xff]/;
/** What follows is marked as something else than words. */
const MARKED = /[^\w\s]\s*$/;
const LONGEST_SHOWN = 40;

const isExplained = ({ after, bytes }: Around): boolean =>
  !WORD.test(after) || COMMENT.test(after) || hasWord(after) || isPayload(after, bytes);

/**
 * Words beside bytes that neither are their text, nor say who sent them, nor are a comment: in a line that begins with
 * bytes, and in a text that is a single line. They may be bytes that are misspelled; a log has them in each line.
 */
export class PassedWords {
  private first: { readonly line: Line; readonly words: string; readonly side: 'before' | 'after' } | undefined;
  private count = 0;
  /** Of the only line so far. */
  private alone: { readonly line: Line; readonly around: Around } | undefined;

  add(line: Line, around: Around): void {
    this.alone = this.count === 0 ? { line, around } : undefined;
    if (around.before.trim() === '' && !isExplained(around)) this.take(line, around.after, 'after');
  }

  /** `lines`: of the text, blank ones not counted. */
  end(events: Events, lines: number): void {
    const { alone } = this;
    if (alone !== undefined && lines === 1 && this.first === undefined) this.takeAlone(alone.line, alone.around);
    if (this.first === undefined) return;
    const { line, words, side } = this.first;
    const text = new TextDecoder().decode(latin1Bytes(words));
    const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
    const others =
      this.count > 1 ? `, as are words in ${this.count - 1} other ${this.count > 2 ? 'lines' : 'line'}` : '';
    events.notice(`line ${line.number}: '${shown}' ${side} the bytes is none of them, and is not read${others}`);
  }

  private takeAlone(line: Line, around: Around): void {
    const { before, isPlain } = around;
    if (!isExplained(around)) this.take(line, around.after, 'after');
    else if (isPlain && WORD.test(before) && !MARKED.test(before) && !hasWord(before))
      this.take(line, before, 'before');
  }

  private take(line: Line, words: string, side: 'before' | 'after'): void {
    this.first ??= { line, words: words.trim(), side };
    this.count++;
  }
}
