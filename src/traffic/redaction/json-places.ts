import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import type { JsonPlaces } from './choice.js';
import { endOfString, skipBlanks } from './named-values.js';
import { SecretSpans } from './secret-spans.js';

/** A value of JSON with its place in the text; of a string without its quotes. */
interface JsonNode {
  readonly start: number;
  end: number;
  /** A name that comes twice has two. */
  readonly children?: Map<string | number, JsonNode[]>;
}

/** Nested deeper is not read. */
const MOST_DEPTH = 500;
/** How often the text is read, at most. */
const MOST_READ = 16;
/** What is covered of a value that is nested too deep: the rest of its line, as a head may have it. */
const REST_OF_LINE = /[^\r\n]*?(?= HTTP\/\d|[\r\n]|$)/y;
/** Numbers, true, false and null consist of these; whether it is one shows when the whole is parsed. */
const LITERAL_CHARACTER = /[-+.\da-zE]/;

/** As it stands: strings with escapes are texts of their own. */
function mayHoldJson(text: string): boolean {
  return !text.includes('\\') && /[{[]/.test(text);
}

/** A value that is nested too deep. */
class TooDeep extends SyntaxError {}

/** Made once: hostile text has millions of faults, and each error would have a stack of its own. */
const NO_JSON = new SyntaxError('no JSON');
const TOO_DEEP = new TooDeep();

/** Reads one value, and where each of its parts stands. Throws where the text is no JSON. */
class NodeReader {
  /** The places of strings in which JSON may be. */
  readonly holding: [start: number, end: number][] = [];

  constructor(
    private readonly text: string,
    public at: number,
  ) {}

  value(depth = 0): JsonNode {
    this.skipBlanks();
    const char = this.text[this.at];
    if (depth > MOST_DEPTH) throw TOO_DEEP;
    if (char === '{') return this.members(depth, '}', true);
    if (char === '[') return this.members(depth, ']', false);
    if (char === '"') {
      const [start, end] = this.string();
      if (mayHoldJson(this.text.slice(start, end))) this.holding.push([start + 1, end - 1]);
      return { start: start + 1, end: end - 1 };
    }
    const start = this.at;
    while (LITERAL_CHARACTER.test(this.text[this.at] ?? '')) this.at++;
    if (start === this.at) throw NO_JSON;
    return { start, end: this.at };
  }

  private members(depth: number, close: string, isObject: boolean): JsonNode {
    const children = new Map<string | number, JsonNode[]>();
    const start = this.at++;
    for (let index = 0; ; index++) {
      this.skipBlanks();
      if (index === 0 && this.text[this.at] === close) break;
      const name = isObject ? this.name() : index;
      children.set(name, [...(children.get(name) ?? []), this.value(depth + 1)]);
      this.skipBlanks();
      if (this.text[this.at] !== ',') break;
      this.at++;
    }
    if (this.text[this.at] !== close) throw NO_JSON;
    this.at++;
    return { start, end: this.at, children };
  }

  private name(): string {
    const [start, end] = this.string();
    this.skipBlanks();
    if (this.text[this.at] !== ':') throw NO_JSON;
    this.at++;
    return JSON.parse(plainText(this.text.slice(start, end))) as string;
  }

  private string(): [start: number, end: number] {
    const start = this.at;
    if (this.text[start] !== '"') throw NO_JSON;
    const end = endOfString(this.text, start + 1, '"', 0);
    this.at = end + 1;
    if (end >= this.text.length) throw NO_JSON;
    return [start, end + 1];
  }

  private skipBlanks(): void {
    this.at = skipBlanks(this.text, this.at);
  }
}

function plainText(text: string): string {
  return decodeUtf8(Uint8Array.from(text, (char) => char.charCodeAt(0)));
}

/**
 * The values that the expressions match in each JSON value of a text: the whole of it, what follows the number or the
 * sign that a protocol puts before it, and JSON in its strings. False: a value is nested too deep to be read, and the rest of its line
 * is covered.
 */
export function findJsonPlaces(spans: SecretSpans, places: readonly JsonPlaces[]): boolean {
  if (places.length === 0) return true;
  let isRead = true;
  const { text } = spans;
  const starts = /[{[]/g;
  // What is no JSON costs a reading up to its fault, and the next one may begin within it.
  let left = MOST_READ * text.length;
  for (let found = starts.exec(text); found !== null; found = starts.exec(text)) {
    if (left < 0) return false;
    const reader = new NodeReader(text, found.index);
    try {
      const node = reader.value();
      const value: unknown = JSON.parse(plainText(text.slice(found.index, reader.at)));
      for (const path of places.flatMap((place) => place(value))) coverPath(spans, node, path);
      for (const [start, end] of reader.holding) {
        const inner = new SecretSpans(text.slice(start, end));
        isRead = findJsonPlaces(inner, places) && isRead;
        spans.addAll(inner, (offset) => start + offset);
      }
      starts.lastIndex = reader.at;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      left -= reader.at - found.index;
      if (!(error instanceof TooDeep)) continue;
      isRead = false;
      REST_OF_LINE.lastIndex = found.index;
      starts.lastIndex = found.index + REST_OF_LINE.exec(text)![0].length;
      spans.add('jsonpath', found.index, starts.lastIndex);
    }
  }
  return isRead;
}

function coverPath(spans: SecretSpans, root: JsonNode, path: readonly (string | number)[]): void {
  const matched = path.reduce((nodes, key) => nodes.flatMap(({ children }) => children?.get(key) ?? []), [root]);
  for (const one of matched) coverNode(spans, one);
}

function coverNode(spans: SecretSpans, node: JsonNode): void {
  if (node.children !== undefined) for (const child of [...node.children.values()].flat()) coverNode(spans, child);
  else if (!/^(?:true|false|null)$/.test(spans.text.slice(node.start, node.start + 6))) {
    spans.add('jsonpath', node.start, node.end);
  }
}
