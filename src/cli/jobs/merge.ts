import { printableRoom } from '../../describe/line-buffer.js';
import { FINDING, MARK, SHOWN, type Key, type JobPiece } from './piece.js';
import type { PrintableBytes } from '../../describe/printable.js';

/** Shorter copies are made byte by byte: a view for the engine's own copy costs more. */
const SHORT = 48;

/** What one thread would have printed. */
export interface Merged {
  readonly text: PrintableBytes;
  readonly shown: number;
  readonly found: boolean;
  /** Where `--limit` ended it. */
  readonly end: Key | undefined;
}

/** One reader's text, and the position up to which it was taken. */
class MergeHead {
  key: Key;
  /** Of marks, and of bytes of the text. */
  private next = 0;
  private at = 0;

  constructor(
    private readonly text: PrintableBytes,
    private readonly marks: Uint32Array,
  ) {
    this.key = this.keyOf();
  }

  /** Copies all that comes before `until`. Gives the end of it in `into`. */
  copy(until: Key, into: Uint8Array, to: number): number {
    const { marks } = this;
    let { next } = this;
    let length = 0;
    do {
      length += marks[next + 1]!;
      next += MARK;
    } while (next < marks.length && marks[next]! < until);
    this.next = next;
    this.key = this.keyOf();
    return this.put(length, into, to);
  }

  /** Copies one record. */
  copyOne(into: Uint8Array, to: number): number {
    const length = this.marks[this.next + 1]!;
    this.next += MARK;
    this.key = this.keyOf();
    return this.put(length, into, to);
  }

  /** The bits of the next mark. */
  get bits(): number {
    return this.marks[this.next + 2]!;
  }

  private put(length: number, into: Uint8Array, to: number): number {
    const { text, at } = this;
    this.at += length;
    if (length < SHORT) for (let i = 0; i < length; i++) into[to + i] = text[at + i]!;
    else into.set(text.subarray(at, at + length), to);
    return to + length;
  }

  private keyOf(): Key {
    return this.next < this.marks.length ? this.marks[this.next]! : Infinity;
  }
}

/** Puts the text of several readers into the order in which one would have drawn it, up to `limit` records. */
export function merged(pieces: readonly JobPiece[], limit: number): Merged {
  const text = printableRoom(pieces.reduce((sum, piece) => sum + piece.text.length, 0));
  const heads = pieces.map((piece) => new MergeHead(piece.text, piece.marks));
  if (limit < Infinity) return limited(heads, limit, text, pieces);
  let to = 0;
  for (let first = earliest(heads); first.key < Infinity; first = earliest(heads)) {
    let until = Infinity;
    for (const head of heads) if (head !== first && head.key < until) until = head.key;
    to = first.copy(until, text, to);
  }
  const shown = pieces.reduce((sum, piece) => sum + piece.shown, 0);
  return { text, shown, found: pieces.some(({ found }) => found), end: undefined };
}

/** The same, one record at a time. */
function limited(
  heads: readonly MergeHead[],
  limit: number,
  text: PrintableBytes,
  pieces: readonly JobPiece[],
): Merged {
  let to = 0;
  let shown = 0;
  // What is not drawn has no marks, and no limit.
  let bits = pieces.some(({ found, marks }) => found && marks.length === 0) ? FINDING : 0;
  let end: Key | undefined;
  for (let first = earliest(heads); first.key < Infinity && end === undefined; first = earliest(heads)) {
    const { key } = first;
    bits |= first.bits;
    if ((first.bits & SHOWN) !== 0 && ++shown === limit) end = key;
    to = first.copyOne(text, to);
  }
  return { text: text.subarray(0, to), shown, found: (bits & FINDING) !== 0, end };
}

/** The one whose next mark comes first. */
function earliest(heads: readonly MergeHead[]): MergeHead {
  let best = heads[0]!;
  for (const head of heads) if (head.key < best.key) best = head;
  return best;
}
