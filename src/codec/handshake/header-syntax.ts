/** A value of a program's output, as languages print them: a string, a bare word, or what is in brackets. */
export type SyntaxValue =
  | { readonly kind: 'string' | 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'group'; readonly elements: readonly SyntaxElement[]; readonly at: number };

/** What stands between two commas: a value, with its key where it has one. */
export interface SyntaxElement {
  readonly key: SyntaxValue | undefined;
  readonly value: SyntaxValue | undefined;
}

/** A group that was closed, and the key whose value it is. */
export interface SyntaxGroup {
  readonly elements: readonly SyntaxElement[];
  readonly key: string | undefined;
  readonly start: number;
  readonly end: number;
}

const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };
/** A string of one line; Go and JavaScript have some in backticks. */
const STRING = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|`[^`\\\n]*(?:\\.[^`\\\n]*)*`/y;
const QUOTES = '"\'`';
const WORD = /[^\s,:;=+(){}[\]<>"'`]+/y;
/** Names of pseudo-headers begin with a colon, where nothing else does. */
const SEPARATOR = /=>|:=|[:=]/y;
/** Groups that are open at one time; in deeper ones nothing is looked for. */
const DEEPEST = 64;
/** Elements of one group that are kept, and values of one element. */
const MOST_ELEMENTS = 2000;
const MOST_VALUES = 16;

class OpenGroup {
  readonly elements: SyntaxElement[] = [];
  private key: SyntaxValue[] | undefined;
  private values: SyntaxValue[] = [];

  constructor(
    readonly closer: string,
    readonly start: number,
  ) {}

  add(value: SyntaxValue): void {
    if (this.values.length < MOST_VALUES) this.values.push(value);
  }

  separator(): void {
    if (this.key !== undefined || this.values.length === 0) return;
    this.key = this.values;
    this.values = [];
  }

  /** The text before a value's separator, for whatever group follows. */
  get keyText(): string | undefined {
    const key = this.key?.at(-1);
    return key === undefined || key.kind === 'group' ? undefined : key.text;
  }

  comma(): void {
    const { key, values } = this;
    if ((key ?? values).length > 0 && this.elements.length < MOST_ELEMENTS) {
      this.elements.push({ key: key && single(key), value: single(values) });
    }
    this.key = undefined;
    this.values = [];
  }
}

/** The value of several that stand side by side: words and empty brackets before it are its type (`b'x'`, `[]string{}`). */
function single(values: readonly SyntaxValue[]): SyntaxValue | undefined {
  const last = values.at(-1);
  const isType = (value: SyntaxValue): boolean => value.kind === 'word' || (value.kind === 'group' && isShort(value));
  if (last?.kind === 'word') return values.length === 1 ? last : undefined;
  return values.slice(0, -1).every(isType) ? last : undefined;
}

/** `[]` and `(3)`. */
function isShort({ elements }: { readonly elements: readonly SyntaxElement[] }): boolean {
  return elements.length === 0 || (elements.length === 1 && elements[0]?.value?.kind === 'word');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '0': '\0' };

/** The text of a string as languages spell it. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g, (_, x?: string, u?: string, char = '') => {
    const hex = x ?? u;
    return hex === undefined ? (ESCAPES[char as string] ?? (char as string)) : String.fromCharCode(parseInt(hex, 16));
  });
}

/** Takes text apart into the groups of its brackets, innermost first, whatever stands around them. One pass. */
export function syntaxGroups(text: string): SyntaxGroup[] {
  const found: SyntaxGroup[] = [];
  const open: OpenGroup[] = [];
  const tokens = new Tokens(text);
  for (let i = 0; i < text.length;) {
    const char = text[i] as string;
    const group = open.at(-1);
    const closer = CLOSERS[char];
    if (closer !== undefined) {
      if (open.length === DEEPEST) open.shift();
      open.push(new OpenGroup(closer, i));
      i += 1;
    } else if (group === undefined) {
      i += 1;
    } else if (char === group.closer) {
      group.comma();
      open.pop();
      const { elements, start } = group;
      const parent = open.at(-1);
      found.push({ elements, start, end: i + 1, key: parent?.keyText });
      parent?.add({ kind: 'group', elements, at: start });
      i += 1;
    } else if (char === ')' || char === ']' || char === '}') {
      // It closes another than the last one that was opened: that one was none.
      const index = open.findLastIndex((one) => one.closer === char);
      if (index >= 0) open.length = index + 1;
      else i += 1;
    } else {
      i += tokens.take(group, i);
    }
  }
  return found;
}

/** Strings, words and what stands between them. */
class Tokens {
  /** No string of that quote ends before this place. */
  private readonly unclosed: Record<string, number> = {};

  constructor(private readonly text: string) {}

  /** Hands the token at that place to the group, and gives its length. */
  take(group: OpenGroup, at: number): number {
    const string = this.stringAt(at);
    if (string !== undefined) {
      group.add({ kind: 'string', text: unescaped(string.slice(1, -1)), at: at + 1 });
      return string.length;
    }
    const separator = this.match(SEPARATOR, at);
    if (separator !== undefined) {
      group.separator();
      return separator.length;
    }
    const word = this.match(WORD, at);
    if (word !== undefined) {
      group.add({ kind: 'word', text: word, at });
      return word.length;
    }
    if (this.text[at] === ',') group.comma();
    return 1;
  }

  private stringAt(at: number): string | undefined {
    const quote = this.text[at] as string;
    if (!QUOTES.includes(quote) || at < (this.unclosed[quote] ?? 0)) return undefined;
    const string = this.match(STRING, at);
    const end = this.text.indexOf('\n', at);
    if (string === undefined) this.unclosed[quote] = end < 0 ? this.text.length : end;
    return string;
  }

  private match(pattern: RegExp, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.text)?.[0];
  }
}
