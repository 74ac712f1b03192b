import { escapeText } from '../../describe/escape.js';
import { print, type Printable } from '../../describe/printable.js';

/** What is nested deeper is on one line: indentation costs blanks for each level, and a peer may nest thousands. */
const DEEPEST = 24;

/** JSON indented, escaped line by line; undefined where the text is no JSON object or list. */
export function prettyJson(text: string, indent = 8): Printable[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return indentJson(text, indent);
}

/**
 * The same of a text that is JSON, or the beginning of it. Members and numbers are as they are spelled: what parsing would
 * lose, such as digits of a large number or one of two members of a name, stays.
 */
export function indentJson(text: string, indent = 8): Printable[] {
  return new JsonIndenter(text, indent).lines();
}

const CLOSES: Readonly<Record<string, string>> = { '{': '}', '[': ']' };
const isBlank = (character: string | undefined): boolean =>
  character === ' ' || character === '\n' || character === '\r' || character === '\t';

class JsonIndenter {
  private readonly drawn: Printable[] = [];
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly indent: number,
  ) {}

  lines(): Printable[] {
    this.value('', 0);
    return this.drawn;
  }

  private put(line: string, depth: number): void {
    this.drawn.push(print`${print` `.repeat(this.indent + 2 * depth)}${escapeText(line)}`);
  }

  /** The next character that is no blank. */
  private peek(): string | undefined {
    while (isBlank(this.text[this.at])) this.at++;
    return this.text[this.at];
  }

  private value(lead: string, depth: number): void {
    const open = this.peek() ?? '';
    const close = CLOSES[open];
    if (close === undefined || depth === DEEPEST) return this.put(lead + this.flat(), depth);
    this.at++;
    if (this.peek() === close) {
      this.at++;
      return this.put(lead + open + close, depth);
    }
    this.put(lead + open, depth);
    this.members(open === '{', close, depth + 1);
    this.put(close, depth);
  }

  private members(isObject: boolean, close: string, depth: number): void {
    for (let next = this.peek(); next !== undefined && next !== close; next = this.peek()) {
      const start = this.at;
      let lead = '';
      if (isObject) {
        lead = `${this.token()}: `;
        if (this.peek() === ':') this.at++;
      }
      this.value(lead, depth);
      if (this.peek() === ',') {
        this.at++;
        this.drawn.push(print`${this.drawn.pop()!},`);
      } else if (this.at === start) break;
    }
    this.at++;
  }

  /** A value on one line, without the blanks between its tokens. */
  private flat(): string {
    const parts: string[] = [];
    let depth = 0;
    for (let next = this.peek(); next !== undefined; next = this.peek()) {
      if (next in CLOSES) depth++;
      if (next === '}' || next === ']') {
        if (depth === 0) break;
        depth--;
      }
      parts.push(this.token());
      if (depth === 0) break;
    }
    return parts.join('');
  }

  /** The string, word or sign that begins here. */
  private token(): string {
    const { text, at: start } = this;
    const first = this.peek();
    if (first === '"') {
      this.skipString();
      return asWritten(text.slice(start, this.at));
    }
    this.at++;
    if (!isSign(first)) while (this.at < text.length && !isSign(text[this.at]) && !isBlank(text[this.at])) this.at++;
    return text.slice(start, this.at);
  }

  private skipString(): void {
    const { text } = this;
    for (this.at++; this.at < text.length && text[this.at] !== '"'; this.at++) if (text[this.at] === '\\') this.at++;
    this.at = Math.min(this.at + 1, text.length);
  }
}

const isSign = (character: string | undefined): boolean => character !== undefined && '{}[],:"'.includes(character);

/** A string without needless escapes; as it is where it does not end. */
function asWritten(string: string): string {
  try {
    return JSON.stringify(JSON.parse(string));
  } catch {
    return string;
  }
}
