import { LONGEST_JUDGED, type NamedKind } from './named-values.js';
import type { SecretSpans } from './secret-spans.js';

const PART = /content-disposition[ \t]{0,8}:[ \t]{0,8}form-data[ \t]{0,8};/gi;
const NAME = /[;\s]name=\\{0,8}(?:"([^"\\]{1,200})|([^\s;"\\]{1,200}))/i;
/** An empty line; line ends may be escaped in JSON. */
const HEAD_END = /(?:\r?\n|(?:\\{1,8}r)?\\{1,8}n){2}/;
const BOUNDARY = /(?:\r?\n|(?:\\{1,8}r)?\\{1,8}n)--/;
const LONGEST_HEAD = 4096;

/** Fields of forms whose names say that they are secrets (RFC 7578 §4.2), each up to the next boundary or part. */
export function findFormParts(spans: SecretSpans, kindOf: NamedKind): void {
  const { text } = spans;
  const starts = Array.from(text.matchAll(PART), ({ 0: begin, index }) => index + begin.length - 1);
  for (const [number, start] of starts.entries()) {
    const next = starts[number + 1] ?? text.length;
    const head = text.slice(start, Math.min(next, start + LONGEST_HEAD));
    const end = HEAD_END.exec(head);
    const [, quoted, bare] = NAME.exec(head.slice(0, end?.index)) ?? [];
    const name = quoted ?? bare;
    if (end === null || name === undefined) continue;
    const from = start + end.index + end[0].length;
    const value = (): string => text.slice(from, Math.min(next, from + LONGEST_JUDGED)).split(BOUNDARY, 1)[0]!;
    const kind = kindOf(name, value, 'text');
    if (kind === undefined) continue;
    const length = BOUNDARY.exec(text.slice(from, next))?.index ?? next - from;
    spans.add(kind, from, from + length);
  }
}
