import { STATIC_TABLE, type HpackEntry } from './hpack-static.js';

/** RFC 9113 §6.5.2: the size of a dynamic table about which nothing was agreed on. */
export const DEFAULT_TABLE_SIZE = 4096;
/** RFC 7541 §4.1: what an entry counts beside its bytes. */
const ENTRY_OVERHEAD = 32;
/** Bytes of entries that are kept, whatever size is agreed on: older ones count as not known. */
const MOST_KEPT = 256 * 1024;

/** What an index stands for; `unknown`: an entry that was made before this table was looked at. `none`: there is no such entry. */
export type HpackLookup = HpackEntry | 'unknown' | 'none';

export function entrySize({ name, value }: HpackEntry): number {
  return name.length + value.length + ENTRY_OVERHEAD;
}

/**
 * The table of a direction (RFC 7541 §2.3). An index counts from the newest entry, so entries that were made since it is
 * looked at are certain, also where nothing is known of older ones.
 */
export class HpackTable {
  /** Entries older than those that are known may be there. */
  hasUnknown = false;
  /** Oldest first, from `from` on. */
  private entries: HpackEntry[] = [];
  private from = 0;
  private size = 0;
  private limit = DEFAULT_TABLE_SIZE;

  /** Nothing of it is known any more: entries were made that were not seen. */
  lose(): void {
    this.clear();
    this.hasUnknown = true;
  }

  /** The size that the sender has chosen (RFC 7541 §4.2). */
  resize(limit: number): void {
    this.limit = limit;
    // All that is unknown is evicted.
    if (limit === 0) this.hasUnknown = false;
    this.evict(limit);
  }

  add(entry: HpackEntry): void {
    const size = entrySize(entry);
    // An entry that is larger than the table empties it (RFC 7541 §4.4).
    if (size > this.limit && !this.hasUnknown) return this.clear();
    this.entries.push(entry);
    this.size += size;
    this.evict(this.limit);
  }

  /** What an index means (RFC 7541 §2.3.3). */
  at(index: number): HpackLookup {
    if (index === 0) return 'none';
    if (index <= STATIC_TABLE.length) return STATIC_TABLE[index - 1]!;
    const place = this.entries.length - (index - STATIC_TABLE.length);
    return place >= this.from ? this.entries[place]! : this.hasUnknown ? 'unknown' : 'none';
  }

  /** The index of such an entry, and whether its value is the same; undefined: there is none. */
  find({ name, value }: HpackEntry): { readonly index: number; readonly isWhole: boolean } | undefined {
    let index: number | undefined;
    const count = STATIC_TABLE.length + this.entries.length - this.from;
    for (let at = 1; at <= count; at++) {
      const entry = this.at(at) as HpackEntry;
      if (entry.name !== name) continue;
      if (entry.value === value) return { index: at, isWhole: true };
      index ??= at;
    }
    return index === undefined ? undefined : { index, isWhole: false };
  }

  /** Where older entries are not known, nor how large the table is, none is evicted that the sender could still name. */
  private evict(agreed: number): void {
    const limit = this.hasUnknown ? MOST_KEPT : Math.min(agreed, MOST_KEPT);
    while (this.size > limit && this.from < this.entries.length) {
      this.size -= entrySize(this.entries[this.from]!);
      this.from++;
      this.hasUnknown ||= limit < agreed;
    }
    if (this.from <= this.entries.length / 2) return;
    this.entries = this.entries.slice(this.from);
    this.from = 0;
  }

  private clear(): void {
    this.entries = [];
    this.from = 0;
    this.size = 0;
  }
}
