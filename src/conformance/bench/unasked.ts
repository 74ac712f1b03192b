import type { Received } from './received.js';

/**
 * What a server sends without a request: a greeting, news of others, a clock. It is learnt from the probe's
 * connections, on which nothing was requested, and is no answer to any case.
 */
export interface Unasked {
  /** Messages that come once on each connection, in their order. */
  readonly once: readonly Likeness[];
  /** Messages that come repeatedly. */
  readonly repeated: readonly Likeness[];
}

/** A message or an unasked pong, as far as it is the same on each connection. */
export interface Likeness {
  readonly kind: UnaskedKind;
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
  /** Lengths in bytes that it may have. */
  readonly least: number;
  readonly most: number;
}

type UnaskedKind = 'text' | 'binary' | 'pong';
type UnaskedItem = Exclude<Received, { readonly what: 'timeout' | 'violation' }>;

export const NOTHING_UNASKED: Unasked = { once: [], repeated: [] };

/** Messages of a greeting that are learnt: a server that sends its whole history is known by the first ones. */
const MOST_LEARNT = 256;
/** Lengths differ by that factor where the content does: names, times, tokens. */
const STRETCH = 2;
/** The share of what was the same that has to be the same again. */
const ALIKE = 0.75;
/** Bytes. */
const DISTINCTIVE = 4;

/** What the server sends unasked, from two connections on which nothing was requested. */
export function learnUnasked(first: readonly Received[], second: readonly Received[]): Unasked {
  const [one, other] = [first, second].map((list) => gathered(list));
  const pairs = one!.items.map((item, i) => [item, other!.items[i]] as const);
  const once = pairs.flatMap(([a, b]) => {
    if (b === undefined) return [likenessOf(a)];
    // One message came in this place once and another the next time: both may come.
    return kindOf(a) === kindOf(b) ? [common(a, b)] : [likenessOf(a), likenessOf(b)];
  });
  const more = other!.items.slice(one!.items.length).map(likenessOf);
  return { once: [...once, ...more], repeated: [...one!.repeated, ...other!.repeated] };
}

interface Gathered {
  readonly items: readonly UnaskedItem[];
  readonly repeated: readonly Likeness[];
}

/** The messages of one connection: one that has most in common with an earlier one is the same again. */
function gathered(received: readonly Received[]): Gathered {
  const items: UnaskedItem[] = [];
  const repeated: Likeness[] = [];
  for (const one of received.slice(0, MOST_LEARNT)) {
    if (!isItem(one)) continue;
    if (repeated.some((likeness) => isLike(likeness, one))) continue;
    const before = items.findLastIndex((last) => kindOf(last) === kindOf(one) && isDistinctive(common(last, one), one));
    if (before < 0) items.push(one);
    else repeated.push(common(items.splice(before, 1)[0]!, one));
  }
  return { items, repeated };
}

/** At least a half is the same each time. */
function isDistinctive({ prefix, suffix }: Likeness, { payload }: UnaskedItem): boolean {
  const same = prefix.length + suffix.length;
  return same > 0 && same * 2 >= payload.length;
}

function isItem(one: Received): one is UnaskedItem {
  return one.what === 'message' || one.what === 'pong';
}

function kindOf(item: UnaskedItem): UnaskedKind {
  if (item.what === 'pong') return 'pong';
  return item.binary ? 'binary' : 'text';
}

function likenessOf(item: UnaskedItem): Likeness {
  return common(item, item);
}

function common(a: UnaskedItem, b: UnaskedItem): Likeness {
  const [x, y] = [a.payload, b.payload];
  const { start, end } = sharedEnds(x, y);
  const stretch = start === x.length && start === y.length ? 1 : STRETCH;
  return {
    kind: kindOf(a),
    prefix: x.subarray(0, start),
    suffix: x.subarray(x.length - end),
    least: Math.floor(Math.min(x.length, y.length) / stretch),
    most: Math.max(x.length, y.length) * stretch,
  };
}

/** Bytes at the start and at the end that two have in common; none counts twice. */
function sharedEnds(x: Uint8Array, y: Uint8Array): { readonly start: number; readonly end: number } {
  const shorter = Math.min(x.length, y.length);
  let start = 0;
  while (start < shorter && x[start] === y[start]) start++;
  let end = 0;
  while (end < shorter - start && x[x.length - 1 - end] === y[y.length - 1 - end]) end++;
  return { start, end };
}

/**
 * The part of a likeness that a message has, from 0 to 1; undefined: it is of another kind, or size. Two that were seen
 * have more in common than all have: the minute of a clock, the first digits of a random number.
 */
function alikeness({ kind, prefix, suffix, least, most }: Likeness, item: UnaskedItem): number | undefined {
  const { payload } = item;
  const { length } = payload;
  if (kindOf(item) !== kind || length < least || length > most) return undefined;
  const wanted = prefix.length + suffix.length;
  const start = sharedEnds(prefix, payload).start;
  const end = Math.min(length - start, sharedEnds(suffix, payload).end, suffix.length);
  return wanted === 0 ? 1 : (start + end) / wanted;
}

/** Decides which of one connection's messages and pongs are unasked. */
export class UnaskedFilter {
  /** Of `once`: those that have not come yet. */
  private left: Likeness[];
  /** Another message came: one that has nothing in common is known by its place alone. */
  private isPast = false;

  constructor(private readonly unasked: Unasked) {
    this.left = [...unasked.once];
  }

  /** Whether it is no answer to anything; each that comes once counts once. */
  takes(item: UnaskedItem): boolean {
    const { repeated } = this.unasked;
    if (this.left.length === 0 && repeated.length === 0) return false;
    const at = this.place(item);
    if (at >= 0) this.left.splice(at, 1);
    const isKnown = at >= 0 || repeated.some((likeness) => isTold(likeness) && isLike(likeness, item));
    this.isPast ||= !isKnown;
    return isKnown;
  }

  /** Which of the remaining ones it is: an equal one before one that is similar. */
  private place(item: UnaskedItem): number {
    const may = (likeness: Likeness): boolean => !this.isPast || isTold(likeness);
    const same = this.left.findIndex((likeness) => may(likeness) && alikeness(likeness, item) === 1);
    return same >= 0 ? same : this.left.findIndex((likeness) => may(likeness) && isLike(likeness, item));
  }
}

/** Enough is the same each time to distinguish it from an answer, in any place. */
function isTold({ prefix, suffix, most }: Likeness): boolean {
  return prefix.length + suffix.length >= Math.min(DISTINCTIVE, most);
}

function isLike(likeness: Likeness, item: UnaskedItem): boolean {
  const { prefix, suffix, least } = likeness;
  // A token alone: only its place shows what it is.
  const isVague = prefix.length + suffix.length < least;
  const most = alikeness(likeness, item);
  return most !== undefined && (isVague || most >= ALIKE);
}
