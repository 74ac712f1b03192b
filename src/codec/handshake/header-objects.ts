import { append } from '../bytes/lists.js';
import { syntaxGroups, type SyntaxElement, type SyntaxGroup, type SyntaxValue } from './header-syntax.js';
import type { Block, HeadSide, SourceLine } from './lines.js';

/** A header of an object, and where its value begins in the text. */
interface ObjectHeader {
  readonly name: string;
  readonly value: string;
  readonly at: number;
  /** The text ends in it: it may be cut. */
  readonly isOpen?: boolean;
}

/** Headers as a program shows them: a map, a list of pairs, a list of names and values in turn. */
interface HeaderObject {
  readonly headers: readonly ObjectHeader[];
  readonly side: HeadSide | undefined;
  readonly start: number;
  readonly end: number;
}

const NAME = /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const OWN = /^sec-websocket-[a-z0-9]+$/i;
/** CGI's names, which Rack, WSGI and PHP have as well. */
const CGI = /^HTTP_([A-Z0-9_]+)$/;
/** What a log shows in place of a value, or of its end. */
const SHORTENED = /\.{3}$|…|^\*+$|\*{3}|^[<[({]?(?:redacted|masked|hidden|filtered|secret)[>\])}]?$/i;
/** The one kind of value that objects have without quotes; other words may be a piece of one. */
const NUMBER = /^\d+$/;

/** What an element is worth as the header `name`: each text of its value. */
function headersOf(name: string, value: SyntaxValue | undefined): ObjectHeader[] {
  const [, cgi] = CGI.exec(name) ?? [];
  const plain = cgi === undefined ? name : cgi.replaceAll('_', '-');
  if (value === undefined || !NAME.test(plain)) return [];
  const texts =
    value.kind === 'group' ? value.elements.map((element) => (element.key ? undefined : element.value)) : [value];
  return texts.flatMap((one) => {
    if (one === undefined || one.kind === 'group') return [];
    const { kind, text, at } = one;
    const isValue = kind === 'string' ? !/[\r\n]/.test(text) && !SHORTENED.test(text) : NUMBER.test(text);
    return isValue ? [{ name: plain, value: text, at }] : [];
  });
}

const textOf = (value: SyntaxValue | undefined): string | undefined =>
  value === undefined || value.kind === 'group' ? undefined : value.text;

/** `{name: 'Host', value: 'x'}` and `('Host', 'x')`. */
function pairOf(value: SyntaxValue | undefined): ObjectHeader[] | undefined {
  if (value?.kind !== 'group') return undefined;
  const { elements } = value;
  const member = (pattern: RegExp): SyntaxValue | undefined =>
    elements.find(({ key }) => pattern.test(textOf(key) ?? ''))?.value;
  const name = textOf(member(/^(?:name|key)$/i));
  if (name !== undefined) return headersOf(name, member(/^value$/i));
  const [first, second] = elements;
  if (elements.length !== 2 || first?.key !== undefined || second?.key !== undefined) return undefined;
  return first?.value?.kind === 'string' ? headersOf(first.value.text, second?.value) : undefined;
}

/** Keys and values. Values without a key are further ones of the header before (Spring's `[Accept:"a", "b"]`). */
function fromMap(elements: readonly SyntaxElement[]): ObjectHeader[] {
  const isCgi = elements.some(({ key }) => CGI.test(textOf(key) ?? ''));
  let name: string | undefined;
  return elements.flatMap(({ key, value }) => {
    if (key !== undefined) name = textOf(key);
    else if (value?.kind !== 'string') name = undefined;
    return name === undefined || (isCgi && !CGI.test(name)) ? [] : headersOf(name, value);
  });
}

/** Node's `rawHeaders`: names and values in turn. */
function fromFlat(elements: readonly SyntaxElement[]): ObjectHeader[] {
  const texts = elements.flatMap(({ value }) => (value?.kind === 'string' ? [value] : []));
  if (texts.length < 4 || texts.length % 2 !== 0) return [];
  const names = texts.filter((_, i) => i % 2 === 0);
  if (!names.every(({ text }) => NAME.test(text)) || !names.some(({ text }) => OWN.test(text))) return [];
  return names.flatMap(({ text }, i) => headersOf(text, texts[2 * i + 1]));
}

function headersOfGroup({ elements }: SyntaxGroup): ObjectHeader[] {
  if (elements.some(({ key }) => key !== undefined)) return fromMap(elements);
  const pairs = elements.map(({ value }) => pairOf(value));
  if (pairs.some((pair) => pair !== undefined)) return pairs.flatMap((pair) => pair ?? []);
  return fromFlat(elements);
}

/** Go's `map[Upgrade:[websocket]]`, Java's `{Upgrade=[websocket]}` and its kind: no quotes, a list for each name. */
const BARE_LISTS = /(?:map\[|\{)((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+[:=]\[(?:[^\][\n]|\[[^\][\n]*\])*\](?:, | )?)+)[\]}]/g;
const BARE_LIST = /(?<![^\s,:=[\]])([^\s,:=[\]]+)[:=]\[((?:[^\][\n]|\[[^\][\n]*\])*)\]/g;
/** Netty's `DefaultHttpHeaders[Host: x, Upgrade: websocket]`, Java's `{Host=x, Upgrade=websocket}`. */
const BARE_MAPS = /(?:Headers\[|\{)([!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:: |=)[^\][{}\n"']{1,16000})[\]}]/g;
const BARE_MEMBER = /(?:^|, )([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:: |=)/g;

function fromBareLists(text: string): HeaderObject[] {
  return [...text.matchAll(BARE_LISTS)].map((match) => {
    const [whole, body = ''] = match;
    const from = match.index + whole.indexOf(body);
    const headers = [...body.matchAll(BARE_LIST)].map((one) => {
      const [all, name = '', value = ''] = one;
      return { name, value, at: from + one.index + all.length - 1 - value.length };
    });
    return { headers, side: undefined, start: match.index, end: match.index + whole.length };
  });
}

function fromBareMaps(text: string): HeaderObject[] {
  return [...text.matchAll(BARE_MAPS)].map((match) => {
    const [whole, body = ''] = match;
    const from = match.index + whole.indexOf(body);
    const members = [...body.matchAll(BARE_MEMBER)];
    const headers = members.map((one, i) => {
      const [all, name = ''] = one;
      const begin = one.index + all.length;
      return { name, value: body.slice(begin, members[i + 1]?.index ?? body.length), at: from + begin };
    });
    return { headers, side: undefined, start: match.index, end: match.index + whole.length };
  });
}

/** .NET's messages: raw headers between braces. */
const BRACE = /\{\r?\n/g;
const BRACED_ROW = /[ \t]+[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [^\n]*\n/y;
const BRACE_END = /[ \t]*\}/y;

/** The texts between a brace at a line's end and the one that closes it. Rows that none closes are passed over once. */
function bracedRows(
  text: string,
): { readonly start: number; readonly from: number; readonly to: number; readonly end: number }[] {
  const found: { start: number; from: number; to: number; end: number }[] = [];
  for (let at = 0; ;) {
    BRACE.lastIndex = at;
    const brace = BRACE.exec(text);
    if (brace === null) return found;
    const from = BRACE.lastIndex;
    BRACED_ROW.lastIndex = from;
    let to = from;
    while (BRACED_ROW.test(text)) to = BRACED_ROW.lastIndex;
    BRACE_END.lastIndex = to;
    const isClosed = to > from && BRACE_END.test(text);
    if (isClosed) found.push({ start: brace.index, from, to, end: BRACE_END.lastIndex });
    at = isClosed ? BRACE_END.lastIndex : to;
  }
}

function fromBraces(text: string): HeaderObject[] {
  return bracedRows(text).map(({ start, from, to, end }) => {
    const body = text.slice(from, to);
    const headers = [...body.matchAll(/^[ \t]+([^\s:]+): ([^\r\n]*)/gm)].map((one) => {
      const [all, name = '', value = ''] = one;
      return { name, value, at: from + one.index + all.length - value.length };
    });
    return { headers, side: undefined, start, end };
  });
}

/** A header on each line in a form of its own. */
const ROWS: readonly RegExp[] = [
  // Envoy
  /^\s*'(:?[\w.!#$%&*+^`|~-]+)', '(.*)'\s*$/,
  // PHP's print_r
  /^\s*\[([\w-]+)\] => (.*)$/,
  // Undertow and Tomcat's request dumpers
  /^.{0,200}\bheader=([\w-]+)=(.*)$/,
];

/** Runs of lines that have the form of a row. */
function fromRows(text: string, row: RegExp): HeaderObject[] {
  const found: HeaderObject[] = [];
  let headers: ObjectHeader[] = [];
  let start = 0;
  let at = 0;
  const close = (): void => {
    if (headers.length > 1) found.push({ headers, side: undefined, start, end: at });
    headers = [];
  };
  for (const line of text.split('\n')) {
    const [, name, rest = ''] = row.exec(line) ?? [];
    const value = rest.trimEnd();
    if (name === undefined) close();
    else {
      if (headers.length === 0) start = at;
      const [header] = headersOf(name, { kind: 'string', text: value, at: at + line.lastIndexOf(rest) });
      const isOpen = at + line.length === text.length && !line.trimEnd().endsWith("'");
      if (header !== undefined) headers.push({ ...header, isOpen });
    }
    at += line.length + 1;
  }
  close();
  return found;
}

/** It is about WebSocket, by a header of its own or by the upgrade to it. */
function isOfHandshake({ headers }: HeaderObject): boolean {
  const has = (name: string): boolean => headers.some((header) => header.name.toLowerCase() === name);
  return (
    headers.some(({ name, value }) => OWN.test(name) && !NUMBER.test(value)) || (has('upgrade') && has('connection'))
  );
}

/** `Request Headers (475 B)`, `req`, `responseHeaders`. */
function sideOfKey(key: string | undefined): HeadSide | undefined {
  const [, side] = /^(req|res)(?:uest|ponse)?(?:[ _-]?headers)?\b/i.exec(key ?? '') ?? [];
  return side === undefined ? undefined : /^req/i.test(side) ? 'request' : 'response';
}

/** The same message is often shown twice, as Node's `headers` and `rawHeaders`: what says less is left out. */
function distinct(objects: readonly HeaderObject[]): HeaderObject[] {
  const keyOf = ({ headers }: HeaderObject): string | undefined =>
    headers.find(({ name }) => /^sec-websocket-(?:key|accept)$/i.test(name))?.value;
  return objects.filter((object, i) => {
    const key = keyOf(object);
    return !objects.some((other, j) => {
      if (i === j || key === undefined || keyOf(other) !== key) return false;
      const more = other.headers.length - object.headers.length;
      return more > 0 || (more === 0 && j > i);
    });
  });
}

function fromGroups(text: string): HeaderObject[] {
  const objects: HeaderObject[] = [];
  for (const group of syntaxGroups(text)) {
    const { key, start, end } = group;
    const side = sideOfKey(key);
    // `"Request Headers": {"headers": […]}`: the outer one is closed last.
    for (let i = objects.length - 1; side !== undefined && i >= 0; i--) {
      const inner = objects[i] as HeaderObject;
      if (inner.start < start) break;
      if (inner.side === undefined) objects[i] = { ...inner, side };
    }
    const object = { headers: headersOfGroup(group), side, start, end };
    if (isOfHandshake(object)) objects.push(object);
  }
  return objects;
}

/** Messages of one text that are looked at. */
const MOST_OBJECTS = 200;

function objectsIn(text: string): readonly HeaderObject[] {
  const forms = [
    fromBareLists,
    fromBareMaps,
    fromGroups,
    fromBraces,
    ...ROWS.map((row) => (all: string) => fromRows(all, row)),
  ];
  for (const form of forms) {
    const objects = form(text).filter(isOfHandshake);
    if (objects.length > 0) return distinct(objects.slice(-MOST_OBJECTS));
  }
  return [];
}

/** Places of offsets, which grow or not. */
class Places {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  of(offset: number): { line: number; column: number } {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.starts[low] as number) };
  }
}

/** Blocks of headers, and the lines that they are on. */
export interface ObjectBlocks {
  readonly blocks: readonly Block[];
  /** The first and the last line of each. */
  readonly extents: readonly (readonly [first: number, last: number])[];
}

/**
 * Headers as programs show them, without a first line: Firefox' JSON, objects of Node.js, dictionaries of Python, maps of
 * Go, Java and Rust, Spring's and Netty's lists, Envoy's log, the environment of CGI. Nothing is known of what is not there.
 */
export function objectBlocks(text: string): ObjectBlocks {
  const blocks: Block[] = [];
  const extents: [number, number][] = [];
  if (!/(?:sec[-_]websocket|upgrade)/i.test(text)) return { blocks, extents };
  const places = new Places(text);
  for (const { headers, side, start, end } of objectsIn(text)) {
    const lines: SourceLine[] = [];
    append(
      lines,
      headers.map(({ name, value, at, isOpen = false }) => ({
        text: `${name}: ${value}`,
        ...places.of(at),
        shift: name.length + 2,
        isOpen,
      })),
    );
    blocks.push({ start: undefined, headers: lines, side, isWhole: false, foreign: [] });
    extents.push([places.of(start).line, places.of(end).line]);
  }
  return { blocks, extents };
}
