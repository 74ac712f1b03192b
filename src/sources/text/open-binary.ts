import { LONGEST_SEARCHED, type Line } from './lines.js';

const ELEMENT = String.raw`(?:"(?:[^"\\]|\\.)*"|(?:16#|2#|0[xb])?[0-9a-fA-F]{1,8})`;
/** Erlang's `<<129,5,` at the end of a line: the shell and its logs break long binaries between two elements. */
const OPENS = new RegExp(`<<${ELEMENT}(?:,\\s?${ELEMENT})*,\\s?$`);
const CONTINUES = new RegExp(`^\\s+${ELEMENT}(?:,\\s?${ELEMENT})*,\\s?$`);
const CLOSES = new RegExp(`^\\s+${ELEMENT}(?:,\\s?${ELEMENT})*>>`);

/** Puts the lines of a binary that goes over several together; all others are passed on as they are. */
export class OpenBinary {
  private held: Line[] = [];
  private length = 0;

  constructor(private readonly taker: (line: Line) => void) {}

  line(line: Line): void {
    const { text } = line;
    if (this.held.length === 0) {
      if (text.length <= LONGEST_SEARCHED && text.includes('<<') && OPENS.test(text)) this.hold(line);
      else this.taker(line);
      return;
    }
    const fits = this.length + text.length <= LONGEST_SEARCHED;
    if (fits && CONTINUES.test(text)) this.hold(line);
    else if (fits && CLOSES.test(text)) this.close(line);
    else {
      this.end();
      this.line(line);
    }
  }

  /** What was not closed is no binary. */
  end(): void {
    const { held } = this;
    this.held = [];
    this.length = 0;
    for (const line of held) this.taker(line);
  }

  private hold(line: Line): void {
    this.held.push(line);
    this.length += line.text.length;
  }

  private close(last: Line): void {
    const first = this.held[0] ?? last;
    const text = [...this.held, last].map(({ text }, i) => (i === 0 ? text : text.trimStart())).join('');
    this.held = [];
    this.length = 0;
    this.taker({ ...first, text });
  }
}
