import { decodeUtf8 } from '../../codec/bytes/utf8.js';
import type { Span } from '../../codec/bytes/span.js';
import type { AppField } from '../packet.js';
import { DEEPEST_VALUE, MOST_LISTED } from './form.js';

export interface XmlAttribute {
  readonly name: string;
  readonly value: string;
  readonly span: Span;
}

/** An element with its bytes. */
export interface XmlElement {
  /** With its prefix. */
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  /** Those that are kept: not below DEEPEST_VALUE, nor after the first MOST_LISTED. */
  readonly children: readonly XmlElement[];
  /** How many there are. */
  readonly childCount: number;
  /** Its own text, without that of its children. */
  readonly text: string;
  readonly span: Span;
}

export type XmlFaultKind =
  /** It begins with no element. */
  | 'start'
  /** The element does not end. */
  | 'unfinished'
  /** Something follows the element. */
  | 'several'
  /** Well-formed XML that is not allowed here: comments, declarations of types, instructions, entities of one's own. */
  | 'prohibited'
  | 'malformed';

export interface XmlFault {
  readonly kind: XmlFaultKind;
  readonly why: string;
  readonly at: number;
}

export interface XmlRead {
  /** The element, as far as it was read. */
  readonly root?: XmlElement;
  readonly fault?: XmlFault;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: XmlAttribute[];
  readonly children: XmlElement[];
  childCount: number;
  text: string;
  readonly start: number;
}

class XmlStop extends Error {
  constructor(readonly fault: XmlFault) {
    super(fault.why);
  }
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const CODES = { lt: 0x3c, gt: 0x3e, slash: 0x2f, equals: 0x3d, quote: 0x22, apostrophe: 0x27, bang: 0x21, ask: 0x3f };
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
/** Bytes of a name: of those that XML allows, and all beyond ASCII. */
const NAME_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || /[\w:.-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);
const MOST_ATTRIBUTES = 256;

/** Reads bytes as one XML element, with nothing before or after it but a declaration and blanks; no entity is expanded but XML's own five and numbers. */
export function readXml(bytes: Uint8Array): XmlRead {
  return new XmlReader(bytes).read();
}

class XmlReader {
  private at = 0;
  private kept = 0;
  private readonly open: OpenElement[] = [];
  private root: XmlElement | undefined;

  constructor(private readonly bytes: Uint8Array) {}

  read(): XmlRead {
    try {
      if (this.startsWith('<?xml ')) this.after('?>');
      this.blanks();
      if (this.bytes[this.at] !== CODES.lt) this.stop('start', 'it does not begin with an element', this.at);
      do this.step();
      while (this.open.length > 0);
      this.blanks();
      if (this.at < this.bytes.length) this.rest();
    } catch (error) {
      if (!(error instanceof XmlStop)) throw error;
      const root = this.root ?? this.unfinished();
      return { ...(root && { root }), fault: error.fault };
    }
    return { ...(this.root && { root: this.root }) };
  }

  /** A tag, or the text before the next one. */
  private step(): void {
    const { bytes, at } = this;
    if (at >= bytes.length) this.stop('unfinished', `<${this.open.at(-1)?.name}> does not end`, at);
    if (bytes[at] !== CODES.lt) this.text();
    else if (bytes[at + 1] === CODES.slash) this.endTag();
    else if (this.startsWith('<![CDATA[') && this.open.length > 0) this.cdata();
    else if (bytes[at + 1] === CODES.bang || bytes[at + 1] === CODES.ask) this.prohibited();
    else this.startTag();
  }

  private rest(): never {
    const next = this.bytes[this.at + 1];
    if (this.bytes[this.at] === CODES.lt && (next === CODES.bang || next === CODES.ask)) this.prohibited();
    this.stop('several', 'something follows the element', this.at);
  }

  private prohibited(): never {
    const what = this.startsWith('<!--')
      ? 'a comment'
      : this.startsWith('<?')
        ? 'a processing instruction'
        : 'a declaration';
    this.stop('prohibited', what, this.at);
  }

  private startTag(): void {
    const start = this.at++;
    const name = this.name();
    const attributes: XmlAttribute[] = [];
    const element: OpenElement = { name, attributes, children: [], childCount: 0, text: '', start };
    this.open.push(element);
    for (;;) {
      const before = this.at;
      this.blanks();
      const byte = this.bytes[this.at];
      if (byte === undefined) this.stop('unfinished', `the tag of <${name}> does not end`, this.at);
      if (byte === CODES.gt) return void this.at++;
      if (byte === CODES.slash) return this.emptyTag();
      if (before === this.at) this.stop('malformed', `no blank before an attribute of <${name}>`, this.at);
      const attribute = this.attribute();
      if (attributes.some(({ name: other }) => other === attribute.name))
        this.stop('malformed', `the attribute ${attribute.name} occurs twice`, attribute.span.start);
      if (attributes.length >= MOST_ATTRIBUTES) this.stop('malformed', 'too many attributes', attribute.span.start);
      attributes.push(attribute);
    }
  }

  private emptyTag(): void {
    if (this.bytes[++this.at] === undefined) this.stop('unfinished', 'the tag does not end', this.at);
    if (this.bytes[this.at] !== CODES.gt) this.stop('malformed', 'no > after /', this.at);
    this.at++;
    this.close();
  }

  private attribute(): XmlAttribute {
    const start = this.at;
    const name = this.name();
    this.blanks();
    if (this.bytes[this.at] === undefined) this.stop('unfinished', `the attribute ${name} does not end`, this.at);
    if (this.bytes[this.at] !== CODES.equals) this.stop('malformed', `the attribute ${name} has no value`, this.at);
    this.at++;
    this.blanks();
    const quote = this.bytes[this.at];
    if (quote === undefined) this.stop('unfinished', `the attribute ${name} does not end`, this.at);
    if (quote !== CODES.quote && quote !== CODES.apostrophe)
      this.stop('malformed', `the value of ${name} has no quotes`, this.at);
    const from = ++this.at;
    const end = this.bytes.indexOf(quote, from);
    if (end < 0) this.stop('unfinished', `the attribute ${name} does not end`, this.bytes.length);
    const value = this.unescaped(from, end);
    if (this.bytes.subarray(from, end).includes(CODES.lt)) this.stop('malformed', `< in the value of ${name}`, from);
    this.at = end + 1;
    return { name, value, span: { start, end: this.at } };
  }

  private endTag(): void {
    const start = this.at;
    this.at += 2;
    const name = this.name();
    this.blanks();
    if (this.bytes[this.at] === undefined) this.stop('unfinished', `the tag of </${name}> does not end`, this.at);
    if (this.bytes[this.at] !== CODES.gt) this.stop('malformed', `no > after </${name}`, this.at);
    const opened = this.open.at(-1);
    if (opened?.name !== name) this.stop('malformed', `</${name}> does not end <${opened?.name ?? ''}>`, start);
    this.at++;
    this.close();
  }

  private close(): void {
    const element = this.open.pop()!;
    const parent = this.open.at(-1);
    const closed: XmlElement = { ...element, span: { start: element.start, end: this.at } };
    if (parent === undefined) {
      this.root = closed;
      return;
    }
    parent.childCount++;
    if (this.open.length < DEEPEST_VALUE && this.kept++ < MOST_LISTED) parent.children.push(closed);
  }

  private text(): void {
    const start = this.at;
    const found = this.bytes.indexOf(CODES.lt, start);
    this.at = found < 0 ? this.bytes.length : found;
    this.open.at(-1)!.text += this.unescaped(start, this.at);
  }

  private cdata(): void {
    const start = this.at + '<![CDATA['.length;
    this.at = start;
    this.after(']]>');
    this.open.at(-1)!.text += decodeUtf8(this.bytes.subarray(start, this.at - 3));
  }

  private unescaped(start: number, end: number): string {
    return decodeUtf8(this.bytes.subarray(start, end)).replace(
      /&([^;&\s]{0,32})(;?)/g,
      (_, name: string, last: string) => {
        if (last === '') this.stop('malformed', '& without an entity', start);
        return Object.hasOwn(NAMED, name) ? NAMED[name]! : this.numbered(name, start);
      },
    );
  }

  private numbered(name: string, start: number): string {
    const [, hex, decimal] = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name) ?? [];
    const code = hex !== undefined ? parseInt(hex, 16) : Number(decimal ?? NaN);
    if (Number.isNaN(code)) this.stop('prohibited', `the entity &${name};`, start);
    const isCharacter =
      code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && (code >= 0x20 || [9, 10, 13].includes(code));
    if (!isCharacter) this.stop('malformed', `&${name}; is no character`, start);
    return String.fromCodePoint(code);
  }

  private name(): string {
    const start = this.at;
    while (NAME_BYTES[this.bytes[this.at] ?? 0] === 1) this.at++;
    const name = decodeUtf8(this.bytes.subarray(start, this.at));
    if (name === '' && this.at >= this.bytes.length) this.stop('unfinished', 'the tag does not end', start);
    if (name === '' || /^[\d.-]/.test(name)) this.stop('malformed', 'no name', start);
    return name;
  }

  private after(text: string): void {
    const { bytes } = this;
    for (; this.at < bytes.length; this.at++) {
      if (!this.startsWith(text)) continue;
      this.at += text.length;
      return;
    }
    this.stop('unfinished', `no ${text} follows`, bytes.length);
  }

  private startsWith(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.bytes[this.at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  private blanks(): void {
    while (isSpace(this.bytes[this.at])) this.at++;
  }

  private unfinished(): XmlElement | undefined {
    const [root] = this.open;
    return root && { ...root, span: { start: root.start, end: this.bytes.length } };
  }

  private stop(kind: XmlFaultKind, why: string, at: number): never {
    throw new XmlStop({ kind, why, at: Math.min(at, this.bytes.length) });
  }
}

/** The value of an attribute. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  return element.attributes.find((attribute) => attribute.name === name)?.value;
}

/** An element as plain data: its name, attributes, text and children. */
export function xmlValue({ name, attributes, children, text }: XmlElement): unknown {
  return {
    name,
    ...(attributes.length > 0 && {
      attributes: Object.fromEntries(attributes.map((attribute) => [attribute.name, attribute.value])),
    }),
    ...(text.trim() !== '' && { text }),
    ...(children.length > 0 && { children: children.map(xmlValue) }),
  };
}

/** An element's attributes and children with their bytes. */
export function xmlField({ name, attributes, children, text, span }: XmlElement): AppField {
  return {
    name,
    span,
    value: text.trim() === '' ? null : text,
    fields: [
      ...attributes.map((attribute) => ({ name: attribute.name, span: attribute.span, value: attribute.value })),
      ...children.map(xmlField),
    ],
  };
}
