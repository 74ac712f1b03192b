import { isCodedValue } from '../http1/headers.js';
import { isToken } from '../http1/text.js';
import type { Span } from '../bytes/span.js';

/** `name` or `name=value` after an extension's name. */
export interface ExtensionParam {
  readonly name: string;
  /** Unescaped where it was quoted; absent where the parameter has none (`''` is possible: quoted, and not legal). */
  readonly value?: string;
  readonly quoted: boolean;
  /** Where it was read. */
  readonly span?: Span;
}

export interface Extension {
  readonly name: string;
  readonly params: readonly ExtensionParam[];
  /** Where it was read, parameters included. */
  readonly span?: Span;
}

/**
 * - `empty`: no element at all
 * - `empty-element`: nothing between two commas (RFC 2616 §2.1 has recipients accept it)
 * - `name`, `parameter`: no token where a name has to be
 * - `value`: nothing after `=`, or no token
 * - `open-quote`: a quoted string that does not end
 * - `quoted-value`: a quoted string whose value is no token
 * - `junk`: something after a name or value that is neither `;` nor `,`
 */
export type ExtensionFaultKind =
  'empty' | 'empty-element' | 'name' | 'parameter' | 'value' | 'open-quote' | 'quoted-value' | 'junk';

export interface ExtensionFault {
  readonly kind: ExtensionFaultKind;
  readonly span: Span;
  /** The text found there. */
  readonly text: string;
}

export interface ParsedExtensions {
  readonly extensions: readonly Extension[];
  readonly faults: readonly ExtensionFault[];
}

const TOKEN_RUN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]*/y;
const BLANKS = /[ \t]*/y;
const TO_SEPARATOR = /[^;,]*/y;
const SHOWN = 40;

class Scanner {
  at = 0;
  readonly faults: ExtensionFault[] = [];

  constructor(
    readonly text: string,
    readonly base: number,
  ) {}

  /** The character here; `''` at the end. */
  peek(): string {
    return this.text[this.at] ?? '';
  }

  take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const run = pattern.exec(this.text)?.[0] ?? '';
    this.at += run.length;
    return run;
  }

  blanks(): void {
    this.take(BLANKS);
  }

  span(start: number, end: number): Span {
    return { start: this.base + start, end: this.base + end };
  }

  fault(kind: ExtensionFaultKind, start: number, end = start): void {
    this.faults.push({ kind, span: this.span(start, end), text: this.text.slice(start, Math.min(end, start + SHOWN)) });
  }

  /** Passes over what makes no sense, up to the next separator. */
  recover(kind: ExtensionFaultKind): void {
    const start = this.at;
    this.take(TO_SEPARATOR);
    this.fault(kind, start, this.at);
  }
}

/** After the opening quote: the value with its escapes resolved; undefined when the quote stays open. */
function quotedString(scanner: Scanner): string | undefined {
  const start = scanner.at;
  const chars: string[] = [];
  scanner.at += 1;
  while (scanner.at < scanner.text.length) {
    const char = scanner.peek();
    scanner.at += 1;
    if (char === '"') return chars.join('');
    if (char === '\\' && scanner.at < scanner.text.length) {
      chars.push(scanner.peek());
      scanner.at += 1;
    } else {
      chars.push(char);
    }
  }
  scanner.fault('open-quote', start, scanner.at);
  return undefined;
}

/** `extension-param = token [ "=" (token | quoted-string) ]` */
function readParam(scanner: Scanner): ExtensionParam | undefined {
  const start = scanner.at;
  const name = scanner.take(TOKEN_RUN);
  if (name === '') {
    scanner.recover('parameter');
    return undefined;
  }
  let end = scanner.at;
  scanner.blanks();
  if (scanner.peek() !== '=') return { name, quoted: false, span: scanner.span(start, end) };
  scanner.at += 1;
  scanner.blanks();
  const valueStart = scanner.at;
  const quoted = scanner.peek() === '"';
  const value = quoted ? quotedString(scanner) : scanner.take(TOKEN_RUN);
  end = scanner.at;
  if (value === undefined) return undefined;
  if (!quoted && value === '') {
    scanner.recover('value');
    return undefined;
  }
  if (quoted && !isToken(value)) scanner.fault('quoted-value', valueStart, end);
  return { name, value, quoted, span: scanner.span(start, end) };
}

/** `extension = extension-token *( ";" extension-param )` */
function readExtension(scanner: Scanner): Extension | undefined {
  const start = scanner.at;
  const name = scanner.take(TOKEN_RUN);
  if (name === '') {
    scanner.recover('name');
  }
  const params: ExtensionParam[] = [];
  let end = scanner.at;
  for (;;) {
    scanner.blanks();
    if (scanner.peek() !== '' && scanner.peek() !== ';' && scanner.peek() !== ',') scanner.recover('junk');
    if (scanner.peek() !== ';') break;
    scanner.at += 1;
    scanner.blanks();
    const param = readParam(scanner);
    if (param !== undefined) params.push(param);
    end = scanner.at;
  }
  return name === '' ? undefined : { name, params, span: scanner.span(start, end) };
}

/**
 * Reads the value of one `Sec-WebSocket-Extensions` header (RFC 6455 §9.1; blanks may be between any two parts). `base` is
 * the value's offset in its stream: spans are absolute. What is malformed is passed over and reported.
 */
export function parseExtensions(text: string, base = 0): ParsedExtensions {
  const scanner = new Scanner(text, base);
  const extensions: Extension[] = [];
  let elements = 0;
  scanner.blanks();
  for (;;) {
    const start = scanner.at;
    if (scanner.peek() === ',' || (scanner.peek() === '' && elements > 0)) {
      scanner.fault('empty-element', start);
    } else if (scanner.peek() !== '') {
      const extension = readExtension(scanner);
      if (extension !== undefined) extensions.push(extension);
    }
    elements += 1;
    if (scanner.peek() !== ',') break;
    scanner.at += 1;
    scanner.blanks();
  }
  if (extensions.length === 0 && scanner.faults.every((fault) => fault.kind === 'empty-element')) {
    scanner.fault('empty', 0, text.length);
  }
  return { extensions, faults: scanner.faults };
}

/** Reads all headers of that name as one list (RFC 6455 §9.1, §11.3.2). */
export function combineExtensions(
  headers: readonly { readonly value: string; readonly valueSpan: Span }[],
): ParsedExtensions {
  const parsed = headers.map((header) => {
    const own = parseExtensions(header.value, header.valueSpan.start);
    return isCodedValue(header) ? placedAt(own, header.valueSpan) : own;
  });
  return { extensions: parsed.flatMap((p) => p.extensions), faults: parsed.flatMap((p) => p.faults) };
}

/** All of it at one place: that of a value whose characters have none of their own. */
function placedAt({ extensions, faults }: ParsedExtensions, span: Span): ParsedExtensions {
  return {
    extensions: extensions.map((extension) => ({
      ...extension,
      span,
      params: extension.params.map((param) => ({ ...param, ...(param.span && { span }) })),
    })),
    faults: faults.map((fault) => ({ ...fault, span })),
  };
}

/** The header's value for these extensions; a value that was quoted, or that is no token, is quoted. */
export function formatExtensions(extensions: readonly Extension[]): string {
  return extensions.map(({ name, params }) => [name, ...params.map(formatParam)].join('; ')).join(', ');
}

function formatParam({ name, value, quoted }: ExtensionParam): string {
  if (value === undefined) return name;
  return quoted || !isToken(value) ? `${name}="${value.replace(/["\\]/g, '\\$&')}"` : `${name}=${value}`;
}
