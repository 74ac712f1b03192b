import { jsonDifferences } from '../../describe/json-difference.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { OPCODE } from '../../codec/frames/registry.js';
import { textOf, visible } from '../format.js';
import type { Item } from '../items.js';

/** A line of a difference: of the first message, of the second, or of both. */
export interface DiffLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

const MOST_DIFFERENCES = 100;
/** Characters around the place where two texts begin to differ, and of what differs. */
const BEFORE = 24;
const SHOWN = 200;

/** What differs between two messages, as far as they are here; undefined: one of the records is no message. */
export function messageDiff(one: Item, other: Item): DiffLine[] | undefined {
  const [a, b] = [contentOf(one), contentOf(other)];
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return [{ sign: ' ', text: 'both have the same content' }];
  const found = jsonDifferences(a, b, MOST_DIFFERENCES);
  if (found === undefined || found.length === 0) return textDiff(a, b);
  return found.flatMap(({ path, recorded, received }): DiffLine[] => [
    { sign: ' ', text: visible(path) },
    ...(recorded === undefined ? [] : [{ sign: '-' as const, text: visible(recorded.slice(0, SHOWN)) }]),
    ...(received === undefined ? [] : [{ sign: '+' as const, text: visible(received.slice(0, SHOWN)) }]),
  ]);
}

/** Text where it is text, otherwise hex. */
function contentOf(item: Item): string | undefined {
  if (item.kind === 'packet') return textOf(item.payload, true) ?? hexOf(item.payload, ' ');
  if (item.kind !== 'frame') return undefined;
  const { plain, payload, received, header, compressed } = item;
  if (plain !== undefined) return plain.text ?? plain.hex ?? '';
  const isText = !compressed && header.opcode !== OPCODE.binary && header.opcode !== OPCODE.close;
  const text = isText ? textOf(payload, payload.length < received) : undefined;
  return text ?? hexOf(payload, ' ');
}

/** Two texts: what they begin and end with in common is cut. */
function textDiff(a: string, b: string): DiffLine[] {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const part = (text: string): string => {
    const whole = text.slice(Math.max(0, start - BEFORE), Math.min(text.length, text.length - end + BEFORE));
    return visible(whole.length > SHOWN ? `${whole.slice(0, SHOWN)}…` : whole);
  };
  return [
    { sign: ' ', text: `from character ${start}` },
    { sign: '-', text: part(a) },
    { sign: '+', text: part(b) },
  ];
}
