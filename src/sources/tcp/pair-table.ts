import { mixed } from '../packets/address.js';
import type { Address } from '../packets/address.js';
import type { Datagram } from '../packets/ip.js';

/** Words of a key: hash (its low bit set for IPv6), both ports, four words of the low address, four of the high one. */
const WORDS = 10;
const NONE = -1;

/** The two endpoints of a segment, in an order of their own (low, high) that is the same for both directions. Filled again and again. */
export class Pair {
  readonly words = new Int32Array(WORDS);
  /** The sender is the high endpoint. */
  swapped = false;
  private isIpv6 = false;

  set(datagram: Datagram, sourcePort: number, destinationPort: number): void {
    this.swapped = sourceIsHigh(datagram, sourcePort, destinationPort);
    this.isIpv6 = datagram.version === 6;
    const { words, swapped, isIpv6 } = this;
    words[1] = swapped ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    words[2] = swapped ? datagram.destination0 : datagram.source0;
    words[6] = swapped ? datagram.source0 : datagram.destination0;
    let hash = Math.imul(words[2] ^ Math.imul(words[1], 0x9e3779b1), 0x85ebca6b) ^ words[6];
    if (isIpv6) hash = this.setIpv6(datagram, hash);
    words[0] = isIpv6 ? mixed(hash) | 1 : mixed(hash) & ~1;
  }

  /** Where the words are equal too, both keys are one. */
  equals(keys: Int32Array, at: number): boolean {
    const { words } = this;
    if (keys[at] !== words[0] || keys[at + 1] !== words[1]) return false;
    if (keys[at + 2] !== words[2] || keys[at + 6] !== words[6]) return false;
    if (!this.isIpv6) return true;
    for (let i = 3; i < WORDS; i++) if (keys[at + i] !== words[i]) return false;
    return true;
  }

  /** The low endpoint's address, or the high one's. */
  address(high: boolean): Address {
    const start = high ? 6 : 2;
    return [...this.words.subarray(start, this.isIpv6 ? start + 4 : start + 1)];
  }

  port(high: boolean): number {
    return high ? this.words[1]! & 0xffff : this.words[1]! >>> 16;
  }

  private setIpv6(d: Datagram, start: number): number {
    const { words, swapped } = this;
    words[3] = swapped ? d.destination1 : d.source1;
    words[4] = swapped ? d.destination2 : d.source2;
    words[5] = swapped ? d.destination3 : d.source3;
    words[7] = swapped ? d.source1 : d.destination1;
    words[8] = swapped ? d.source2 : d.destination2;
    words[9] = swapped ? d.source3 : d.destination3;
    let hash = start;
    for (let i = 3; i < WORDS; i++) hash = Math.imul(hash ^ (hash >>> 15) ^ words[i]!, 0x01000193);
    return hash;
  }
}

/** Any total order does, as long as swapping the ends swaps it. */
function sourceIsHigh(d: Datagram, sourcePort: number, destinationPort: number): boolean {
  if (d.source0 !== d.destination0) return d.source0 > d.destination0;
  if (d.source1 !== d.destination1) return d.source1 > d.destination1;
  if (d.source2 !== d.destination2) return d.source2 > d.destination2;
  if (d.source3 !== d.destination3) return d.source3 > d.destination3;
  return sourcePort > destinationPort;
}

/** Endpoint pairs -> values, in numbered slots: chained hashing over flat arrays, so that a look-up makes nothing. */
export class PairTable<T> {
  /** By slot; undefined where the slot is free. */
  readonly values: (T | undefined)[] = [];
  size = 0;
  private keys = new Int32Array(64 * WORDS);
  private next = new Int32Array(64);
  private heads = new Int32Array(64).fill(NONE);
  private free: number[] = [];

  /** The slot of a pair, or -1. */
  find(pair: Pair): number {
    let slot = this.heads[this.bucket(pair.words[0]!)]!;
    while (slot !== NONE && !pair.equals(this.keys, slot * WORDS)) slot = this.next[slot]!;
    return slot;
  }

  /** Adds a pair that is not there. Returns its slot. */
  add(pair: Pair, value: T): number {
    const slot = this.free.pop() ?? this.values.length;
    if (slot >= this.next.length) this.grow();
    this.keys.set(pair.words, slot * WORDS);
    this.values[slot] = value;
    this.size++;
    this.link(slot);
    return slot;
  }

  remove(slot: number): void {
    const bucket = this.bucket(this.keys[slot * WORDS]!);
    if (this.heads[bucket] === slot) this.heads[bucket] = this.next[slot]!;
    else {
      let before = this.heads[bucket]!;
      while (this.next[before] !== slot) before = this.next[before]!;
      this.next[before] = this.next[slot]!;
    }
    this.values[slot] = undefined;
    this.free.push(slot);
    this.size--;
  }

  private bucket(hash: number): number {
    return (hash >>> 1) & (this.heads.length - 1);
  }

  private link(slot: number): void {
    const bucket = this.bucket(this.keys[slot * WORDS]!);
    this.next[slot] = this.heads[bucket]!;
    this.heads[bucket] = slot;
  }

  private grow(): void {
    const room = this.next.length * 2;
    const keys = new Int32Array(room * WORDS);
    keys.set(this.keys);
    this.keys = keys;
    this.next = new Int32Array(room);
    this.heads = new Int32Array(room).fill(NONE);
    this.values.forEach((value, slot) => {
      if (value !== undefined) this.link(slot);
    });
  }
}
