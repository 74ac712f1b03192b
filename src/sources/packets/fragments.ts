import { copyOf } from '../bytes/bytes.js';
import { skipExtensions } from './ip.js';
import type { Datagram } from './ip.js';

/** Bounds of what waits for its other fragments. */
export interface FragmentLimits {
  readonly datagrams: number;
  readonly bytes: number;
  /** Seconds of capture time that a datagram waits for its last part (RFC 8200 §4.5 says 60). */
  readonly seconds: number;
}

export const FRAGMENT_LIMITS: FragmentLimits = { datagrams: 1024, bytes: 4 * 1024 * 1024, seconds: 60 };

const MAX_PAYLOAD = 65_535;
/** What a part costs besides its bytes. */
const PART_COST = 200;
const CONTRADICTION = -1;

interface FragmentPart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Partial {
  readonly since: number;
  /** By offset, without overlap. */
  readonly parts: FragmentPart[];
  /** Of the payload, known since the last fragment; -1 before. */
  total: number;
  /** Protocol of the first fragment (IPv6's later ones may differ). */
  protocol: number;
  /** Bytes of payload in `parts`. */
  payload: number;
}

/** Puts IP fragments together (RFC 791 §3.2, RFC 8200 §4.5). A datagram whose fragments overlap is given up, as RFC 5722 asks. */
export class Fragments {
  /** Datagrams that were given up. */
  lost = 0;
  private readonly limits: FragmentLimits;
  private readonly partials = new Map<string, Partial>();
  private held = 0;

  constructor(limits: FragmentLimits = FRAGMENT_LIMITS) {
    this.limits = limits;
  }

  /** Adds a fragment. True: that made it whole, and `datagram` is now the whole, in memory of its own. */
  add(datagram: Datagram, time: number): boolean {
    const key = fragmentKey(datagram);
    const partial = this.partials.get(key) ?? this.begin(key, datagram, time);
    const added = datagram.missing > 0 ? CONTRADICTION : insert(partial, datagram);
    if (added === CONTRADICTION) {
      this.drop(key, partial);
      return false;
    }
    partial.payload += added;
    if (added > 0) this.held += added + PART_COST;
    if (partial.payload !== partial.total) {
      this.trim();
      return false;
    }
    this.forget(key, partial);
    return assemble(partial, datagram);
  }

  /** Gives up all that waits. */
  end(): void {
    for (const [key, partial] of this.partials) this.drop(key, partial);
  }

  private begin(key: string, { protocol }: Datagram, time: number): Partial {
    for (const [oldKey, old] of this.partials) {
      if (!(time - old.since > this.limits.seconds)) break;
      this.drop(oldKey, old);
    }
    const partial: Partial = { since: time, parts: [], total: -1, protocol, payload: 0 };
    this.partials.set(key, partial);
    return partial;
  }

  private trim(): void {
    for (const [key, partial] of this.partials) {
      if (this.partials.size <= this.limits.datagrams && this.held <= this.limits.bytes) return;
      this.drop(key, partial);
    }
  }

  private drop(key: string, partial: Partial): void {
    this.lost++;
    this.forget(key, partial);
  }

  private forget(key: string, partial: Partial): void {
    this.held -= partial.payload + partial.parts.length * PART_COST;
    this.partials.delete(key);
  }
}

/** What the fragments of one datagram have in common (RFC 791 §3.2, RFC 8200 §4.5). */
export function fragmentKey(d: Datagram): string {
  const addresses = `${d.source0} ${d.source1} ${d.source2} ${d.source3} ${d.destination0} ${d.destination1} ${d.destination2} ${d.destination3}`;
  return d.version === 4 ? `${addresses} ${d.identification} ${d.protocol}` : `${addresses} ${d.identification}`;
}

/** Bytes of payload that the fragment adds: 0 where it is there already, CONTRADICTION where it does not fit what is there. */
function insert(partial: Partial, datagram: Datagram): number {
  const { start, end, fragmentOffset: offset, moreFragments } = datagram;
  const length = end - start;
  const behind = offset + length;
  if (length === 0 || behind > MAX_PAYLOAD || !fitsTotal(partial.total, behind, moreFragments)) return CONTRADICTION;
  let at = partial.parts.length;
  while (at > 0 && partial.parts[at - 1]!.offset > offset) at--;
  const before = partial.parts[at - 1];
  if (before?.offset === offset && before.bytes.length === length) return 0;
  if (before !== undefined && before.offset + before.bytes.length > offset) return CONTRADICTION;
  const after = partial.parts[at];
  if (after !== undefined && (!moreFragments || after.offset < behind)) return CONTRADICTION;
  partial.parts.splice(at, 0, { offset, bytes: copyOf(datagram.bytes, start, end) });
  if (!moreFragments) partial.total = behind;
  if (offset === 0) partial.protocol = datagram.protocol;
  return length;
}

/** Where the payload's end is known, nothing follows it, and the last fragment ends at it. */
function fitsTotal(total: number, behind: number, moreFragments: boolean): boolean {
  if (total < 0) return true;
  return moreFragments ? behind < total : behind === total;
}

/** False: what was put together can't be read. */
function assemble(partial: Partial, datagram: Datagram): boolean {
  const whole = new Uint8Array(partial.total);
  for (const { offset, bytes } of partial.parts) whole.set(bytes, offset);
  datagram.bytes = whole;
  datagram.start = 0;
  datagram.end = whole.length;
  datagram.missing = 0;
  datagram.fragmented = false;
  datagram.protocol = partial.protocol;
  return datagram.version === 4 || (skipExtensions(datagram) && !datagram.fragmented);
}
