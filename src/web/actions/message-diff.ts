import { jsonDifferences } from '../../describe/json-difference.js';
import { hexOf } from '../../codec/bytes/hex.js';
import { count } from '../../codec/bytes/plural.js';
import { isWholeContent } from '../../describe/plain-content.js';
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

/** Of a message what the page has. */
interface KnownContent {
  readonly text: string;
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** What differs between two messages, as far as they are here; undefined: one of the records is no message. */
export function messageDiff(one: Item, other: Item): DiffLine[] | undefined {
  const [a, b] = [contentOf(one), contentOf(other)];
  if (a === undefined || b === undefined) return undefined;
  if (!a.isWhole || !b.isWhole) return cutDiff(a, b);
  if (a.text === b.text) return [{ sign: ' ', text: 'both have the same content' }];
  const found = jsonDifferences(a.text, b.text, MOST_DIFFERENCES);
  if (found === undefined || found.length === 0) return textDiff(a.text, b.text);
  return found.flatMap(({ path, recorded, received }): DiffLine[] => [
    { sign: ' ', text: visible(path) },
    ...(recorded === undefined ? [] : [{ sign: '-' as const, text: visible(recorded.slice(0, SHOWN)) }]),
    ...(received === undefined ? [] : [{ sign: '+' as const, text: visible(received.slice(0, SHOWN)) }]),
  ]);
}

/** Of the longer ones only the first bytes are here: what follows may differ. */
function cutDiff(a: KnownContent, b: KnownContent): DiffLine[] {
  const sizes = `${count(a.bytes, 'byte')} and ${count(b.bytes, 'byte')}`;
  const shorter = a.text.length < b.text.length || (a.text.length === b.text.length && a.isWhole) ? a : b;
  const start = commonStart(a.text, b.text);
  if (start === shorter.text.length && !shorter.isWhole)
    return [{ sign: ' ', text: `the same as far as they are here; what follows is not compared (${sizes})` }];
  return [
    ...differenceFrom(start, 0, a.text, b.text),
    { sign: ' ', text: `what follows is not here, and not compared (${sizes})` },
  ];
}

/** Text where it is text, otherwise hex. */
function contentOf(item: Item): KnownContent | undefined {
  if (item.kind === 'packet') {
    const { payload, payloadBytes: bytes } = item;
    const isWhole = payload.length === bytes;
    return { text: textOf(payload, !isWhole) ?? hexOf(payload, ' '), bytes, isWhole };
  }
  if (item.kind !== 'frame') return undefined;
  const { plain, payload, received, header, compressed } = item;
  if (plain !== undefined) {
    return { text: plain.text ?? plain.hex ?? '', bytes: plain.bytes, isWhole: isWholeContent(plain) };
  }
  const isText = !compressed && header.opcode !== OPCODE.binary && header.opcode !== OPCODE.close;
  const text = isText ? textOf(payload, payload.length < received) : undefined;
  const isWhole = payload.length === header.payloadLength;
  return { text: text ?? hexOf(payload, ' '), bytes: header.payloadLength, isWhole };
}

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  return start;
}

/** Two texts: what they begin and end with in common is cut. */
function textDiff(a: string, b: string): DiffLine[] {
  const start = commonStart(a, b);
  const most = Math.min(a.length, b.length) - start;
  let end = 0;
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return differenceFrom(start, end, a, b);
}

/** Without what both have at the beginning, and at the end: characters. */
function differenceFrom(start: number, end: number, a: string, b: string): DiffLine[] {
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
