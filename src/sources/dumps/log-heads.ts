import type { Line } from '../text/lines.js';
import { speakerOf, type Speaker } from '../text/speaker.js';

const HEAD = /(?:^|[\s:>\]<])((?:[A-Z]{3,10} \S+ HTTP\/1\.[01]\.?|HTTP\/1\.[01] \d{3}(?: [^\r\n]*)?))$/;
const FIELD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:(?: |$|\S)/;

/** A head that is being read; `first`: its first line, as long as no header has come. */
interface LogHead {
  readonly speaker: Speaker;
  readonly prefix: string;
  readonly first: { readonly line: Line; readonly text: string } | undefined;
  /** ngrep prints a dot for each CR. */
  readonly isDotted: boolean;
}

export interface HeadTaker {
  /** A line of a head as it was on the wire, without its end; `line` is undefined for the empty one at its end. */
  headLine(line: Line | undefined, text: string, speaker: Speaker): void;
}

/** Heads of a handshake on lines of a log, which may all have the same text before them. */
export class LogHeads {
  private head: LogHead | undefined;

  constructor(private readonly taker: HeadTaker) {}

  get isOpen(): boolean {
    return this.head !== undefined;
  }

  /** Whether a head begins with `line`. */
  start(line: Line): boolean {
    const [, first] = HEAD.exec(line.text) ?? [];
    // A head in a string is a literal.
    if (first === undefined || /\\[rn]/.test(first)) return false;
    const prefix = line.text.slice(0, line.text.length - first.length);
    const speaker = speakerOf(prefix) ?? (first.startsWith('HTTP/') ? 'response' : 'request');
    this.head = { speaker, prefix, first: { line, text: first }, isDotted: line.text.endsWith('.') };
    return true;
  }

  /** Whether `line` is a header of the head that is open; another line ends it. */
  field(line: Line): boolean {
    const { head } = this;
    if (head === undefined) return false;
    const { prefix, first, speaker } = head;
    const { text } = line;
    const whole = prefix !== '' && text.startsWith(prefix) ? text.slice(prefix.length) : text;
    const isDotted = head.isDotted && whole.endsWith('.');
    const bare = isDotted ? whole.slice(0, -1) : whole;
    if (!FIELD.test(bare)) {
      this.end();
      return false;
    }
    if (first) this.taker.headLine(first.line, isDotted ? first.text.replace(/\.$/, '') : first.text, speaker);
    this.head = { ...head, first: undefined, isDotted };
    this.taker.headLine(line, bare, speaker);
    return true;
  }

  end(): void {
    if (this.head === undefined) return;
    const { speaker, first } = this.head;
    this.head = undefined;
    // A log may mention a request without its headers: that is no head.
    if (first === undefined) this.taker.headLine(undefined, '', speaker);
  }
}
