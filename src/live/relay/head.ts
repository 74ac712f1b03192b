import { headerText } from '../sockets/header-text.js';

/** The parts of a request's head that are rewritten (RFC 9112 §3.2: a proxy names the server that it sends the request to). */
export interface HeadEdit {
  /** Instead of the value of `Host`. */
  readonly host?: string;
  /** Instead of the target `/`: the server's URL has a path, and the client was pointed at the relay without one. */
  readonly target?: string;
  /** Headers that are set: instead of those of the same name, or after all others. */
  readonly set: readonly (readonly [name: string, value: string])[];
  /** Headers that are left out, by their names. */
  readonly remove: readonly string[];
  /** permessage-deflate is removed from the offer (RFC 7692 §5). */
  readonly noDeflate?: true;
  /** The connection is for this request only. */
  readonly close?: true;
}

/** A header with its line ends, and the lines that it is folded over (RFC 9112 §5.2). */
interface HeadField {
  readonly name: string;
  readonly text: string;
}

/** A request's head with the changes made. All else stays as it is, to the byte: spelling, order, line ends, faults. */
export function editHead(head: Uint8Array, edit: HeadEdit): Uint8Array {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const [start, fields, end] = partsOf(text);
  const lineEnd = start.endsWith('\r\n') ? '\r\n' : '\n';
  const own = edit.set.map(([name, value]) => [name, headerText(value)] as const);
  const sets = [
    ...own,
    ...(edit.host === undefined ? [] : [['Host', edit.host] as const]),
    ...(edit.close ? [CLOSE] : []),
  ];
  const values = new Map(sets.map(([name, value]) => [name.toLowerCase(), value]));
  const gone = new Set(edit.remove.map((name) => name.toLowerCase()));
  const kept = fields.flatMap((field) => {
    if (gone.has(field.name)) return [];
    const value = values.get(field.name);
    if (value !== undefined) return [withValue(field, value)];
    return edit.noDeflate && field.name === EXTENSIONS ? withoutDeflate(field) : [field.text];
  });
  const known = new Set(fields.map(({ name }) => name));
  // What the client leaves out, such as Host, is its own fault: the server must see it.
  const added = [...own, ...(edit.close ? [CLOSE] : [])]
    .filter(([name]) => !known.has(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}${lineEnd}`);
  return Buffer.from([startWith(start, edit), ...kept, ...added, end].join(''), 'latin1');
}

const CLOSE = ['Connection', 'close'] as const;
const EXTENSIONS = 'sec-websocket-extensions';

/** The request line with the text before it, the headers, and the empty line. */
function partsOf(text: string): [start: string, fields: HeadField[], end: string] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const isEmpty = (line: string): boolean => line === '\r\n' || line === '\n';
  const first = lines.findIndex((line) => !isEmpty(line));
  const fields: HeadField[] = [];
  let at = first + 1;
  for (; at < lines.length && !isEmpty(lines[at]!); at++) {
    const line = lines[at]!;
    const last = fields[fields.length - 1];
    if (/^[ \t]/.test(line) && last) fields[fields.length - 1] = { ...last, text: last.text + line };
    else fields.push({ name: (/^[^:\s]*/.exec(line)?.[0] ?? '').toLowerCase(), text: line });
  }
  return [lines.slice(0, first + 1).join(''), fields, lines.slice(at).join('')];
}

/** The request line: another host in a target that names one (RFC 9112 §3.2.2), another target instead of `/`. */
function startWith(start: string, { host, target }: HeadEdit): string {
  const line = start.trimStart();
  const hosted = host === undefined ? line : line.replace(ABSOLUTE, (_, lead: string) => lead + host);
  const aimed = target === undefined ? hosted : hosted.replace(ROOT, (_, lead: string) => lead + target);
  return start.slice(0, start.length - line.length) + aimed;
}

const ABSOLUTE = /^([^ \t]+[ \t]+(?:http|ws)s?:\/\/)[^/?# \t]*/i;
const ROOT = /^([^ \t]+[ \t]+(?:(?:http|ws)s?:\/\/[^/?# \t]*)?)\/(?=[ \t])/i;

/** Name, colon and blanks stay as they were written. */
function withValue({ text }: HeadField, value: string): string {
  const [, lead = ''] = /^([^:]*:[ \t]*)/.exec(text) ?? [];
  const [end = ''] = /\r?\n$/.exec(text) ?? [];
  return `${lead}${value}${end}`;
}

/** The offer without permessage-deflate; nothing where it offered nothing else. */
function withoutDeflate(field: HeadField): string[] {
  const value = field.text.slice(field.text.indexOf(':') + 1);
  const items = itemsOf(value);
  const others = items.filter((item) => !/^\s*(?:permessage-deflate|x-webkit-deflate-frame)\s*(?:;|$)/i.test(item));
  if (others.length === items.length) return [field.text];
  const rest = others.map((item) => item.trim()).filter((item) => item !== '');
  return rest.length === 0 ? [] : [withValue(field, rest.join(', '))];
}

/** The elements of a list: the text between two commas outside quotes. An open quote extends to the end. */
function itemsOf(list: string): string[] {
  const items: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < list.length; at++) {
    const sign = list[at];
    if (isQuoted && sign === '\\') at++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (sign === ',' && !isQuoted) {
      items.push(list.slice(from, at));
      from = at + 1;
    }
  }
  return [...items, list.slice(from)];
}
