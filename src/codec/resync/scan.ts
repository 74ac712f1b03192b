import {
  Candidate,
  formBits,
  HEADER_LOOK,
  IMPOSSIBLE,
  kindBits,
  payloadBits,
  REPEATED,
  type KindTable,
} from './evidence.js';
import { lookAtText } from './evidence-text.js';
import { OPCODE } from '../frames/registry.js';
import type { SearchHold } from './hold.js';

/** What a chain needs of the frames before it, and what it is: bits of `Scan.state`. */
const NEEDS_CLOSED = 1; // its first data frame begins a message
const NEEDS_OPEN = 2; // its first data frame continues one
const NEEDS = NEEDS_CLOSED | NEEDS_OPEN;
const MASKED = 4;
const UNMASKED = 8;
const MASKING = MASKED | UNMASKED;

/** Where segments meet no frame has to begin or end: one that does is evidence of this many bits, less among short segments. */
const EDGE_BITS = 10;
const END_EDGE_BITS = 8;
const EDGE_FACTOR = 1.5;
/** Frames like the one after them: an array of records has them too. */
const LIKE = 4;

/** Bytes that show whether a stream begins in text. */
const CUT_LOOK = 128;

/** Bytes of payloads that may be looked at for each held byte. */
const WORK = 32;

/** Memory of the scans, one for all: a scan leaves nothing that the next one reads. */
class Scratch {
  next = new Int32Array(0);
  bits = new Float32Array(0);
  own = new Float32Array(0);
  edge = new Float32Array(0);
  state = new Uint8Array(0);
  repeats = new Uint8Array(0);

  fit(length: number): void {
    if (length <= this.next.length) return;
    const room = Math.max(4096, length, this.next.length * 2);
    this.next = new Int32Array(room);
    this.bits = new Float32Array(room);
    this.own = new Float32Array(room);
    this.edge = new Float32Array(room);
    this.state = new Uint8Array(room);
    this.repeats = new Uint8Array(room);
  }
}

const scratch = new Scratch();
const candidate = new Candidate();

/**
 * Every chain of frames in the held bytes at once. A position has one header and so one successor: going backwards, what
 * follows a header is known when the header is reached. A chain is kept as long as nothing in it is impossible up to the end
 * of what is held; one that ends in the middle is dropped.
 */
export class Scan {
  /** Where the next frame of the chain begins; 0: no chain begins here. Beyond the end: not known yet. */
  readonly next: Int32Array;
  /** Evidence from here on, and the part of it that is WebSocket's own. */
  readonly bits: Float32Array;
  readonly own: Float32Array;
  /** Bits of a place where segments meet, else 0. */
  readonly edge: Float32Array;
  private readonly state: Uint8Array;
  private readonly repeats: Uint8Array;
  private readonly bytes: Uint8Array;
  readonly length: number;
  private work: number;

  /** `first`: no chain begins before it. */
  constructor(
    hold: SearchHold,
    readonly first: number,
    private readonly kinds: KindTable,
    private readonly masked: boolean | undefined,
  ) {
    this.bytes = hold.bytes;
    this.length = hold.length;
    scratch.fit(this.length + 1);
    ({ next: this.next, bits: this.bits, own: this.own, edge: this.edge } = scratch);
    ({ state: this.state, repeats: this.repeats } = scratch);
    this.work = WORK * this.length;
    this.edge.fill(0, 0, this.length + 1);
    hold.eachEdge((at, shorter) => {
      this.edge[at] = Math.min(EDGE_BITS, EDGE_FACTOR * Math.log2(shorter));
    });
    this.run();
  }

  get firstByte(): number {
    return this.bytes[0] ?? 0;
  }

  /** A ping or pong without a payload: a header and nothing more. */
  isEmptyControl(at: number, next: number): boolean {
    return (this.bytes[at]! & 8) !== 0 && next - at === (this.isMasked(at) ? 6 : 2);
  }

  isMasked(at: number): boolean {
    return (this.state[at]! & MASKED) !== 0;
  }

  /** The byte at `at` may continue a character whose beginning was never seen: the first one, followed by such text. */
  mayBeCut(at: number): boolean {
    if (at > 0 || this.first > 0 || (this.bytes[0]! & 0xc0) !== 0x80) return false;
    let from = 1;
    while (from < 3 && (this.bytes[from]! & 0xc0) === 0x80) from++;
    // Up to where the frame would end: the text ends there, if it was one that the hole has cut.
    const end = Math.min(this.next[at]!, this.length);
    const look = lookAtText(this.bytes, from, Math.min(end, CUT_LOOK), 0, end > CUT_LOOK);
    return look.valid && look.wide > 0;
  }

  private run(): void {
    const { bytes, kinds, next } = this;
    for (let at = this.length - 1; at >= this.first; at--) {
      next[at] = 0;
      const kind = kinds[bytes[at]!]!;
      if (kind !== IMPOSSIBLE) this.consider(at, kind);
    }
  }

  private consider(at: number, kind: number): void {
    const { length } = this;
    const read = candidate.read(this.bytes, at, length, this.masked);
    if (read === 'no') return;
    if (read === 'part') return this.set(at, length + 1, 0, 0, 0);
    const { end } = candidate;
    if (end < length && !this.goesOn(end)) return;
    const beyond = end >= length;
    const repeats = beyond ? 0 : this.repeats[end]!;
    const evidence = this.evidence(kind, repeats);
    if (evidence === undefined) return;
    const { bits, own, again } = evidence;
    const rest = beyond ? 0 : this.bits[end]!;
    const restOwn = beyond ? 0 : this.own[end]!;
    this.set(at, Math.min(end, length + 1), bits + rest, own + restOwn, Math.min(255, repeats + (again ? 1 : 0)));
  }

  private set(at: number, next: number, bits: number, own: number, repeats: number): void {
    this.next[at] = next;
    this.bits[at] = bits;
    this.own[at] = own;
    this.repeats[at] = repeats;
    const { control, opcode, masked, masking } = candidate;
    const carried = next < this.length ? this.state[next]! : 0;
    const needs = control ? carried & NEEDS : opcode === OPCODE.continuation ? NEEDS_OPEN : NEEDS_CLOSED;
    this.state[at] = needs | (masking ? (masked ? MASKED : UNMASKED) : 0);
  }

  /** Whether the chain at `end` can follow the candidate. */
  private goesOn(end: number): boolean {
    const { opcode, control, fin, masked } = candidate;
    const state = this.state[end]!;
    // RFC 6455 §5.5.1: nothing follows a close frame.
    if (this.next[end] === 0 || opcode === OPCODE.close) return false;
    if ((state & MASKING & (masked ? UNMASKED : MASKED)) !== 0) return false;
    // RFC 6455 §5.4: fragments of messages do not interleave.
    return control || (state & NEEDS & (fin ? NEEDS_OPEN : NEEDS_CLOSED)) === 0;
  }

  /** What the candidate adds to the chain that it is followed by. Undefined: it is no frame. */
  private evidence(kind: number, repeats: number): { bits: number; own: number; again: boolean } | undefined {
    const { at, end, length: size, control, masked } = candidate;
    const { bytes, length } = this;
    const payload = end <= length ? this.payload() : 0;
    if (payload === undefined) return undefined;
    const like = this.likeness();
    const head = kindBits(candidate, kind, bytes, length, this.explained());
    const landing = end <= length && (size > 0 || control) ? Math.min(END_EDGE_BITS, this.edge[end]!) : 0;
    if (like >= REPEATED.header) {
      // Records of one length, or the same bytes again and again.
      const same = like === REPEATED.bytes;
      const many = repeats >= REPEATED.most;
      const most = same || many || size < 4 ? 0 : REPEATED.bits;
      const text = Math.min(same ? 0 : REPEATED.text, payload);
      const edge = this.edge[at]! > 0 && !many ? Math.min(REPEATED.edge, landing) : 0;
      return { bits: Math.min(head, most) + text + edge, own: Math.max(0, text), again: true };
    }
    const form = formBits(candidate, bytes, length);
    const fresh = like === REPEATED.length ? Math.min(head, REPEATED.fresh) : head;
    const own = form + Math.max(0, payload) + (masked && head > 0 ? REPEATED.key : 0);
    return { bits: fresh + form + payload + landing, own, again: false };
  }

  /** The evidence of the payload, while the budget lasts. */
  private payload(): number | undefined {
    if (this.work <= 0) return 0;
    this.work -= Math.min(2048, candidate.length);
    return payloadBits(candidate, this.bytes);
  }

  /** Headers near by that begin with the candidate's first byte. */
  private explained(): number {
    const { bytes, next } = this;
    const { byte0, body, end } = candidate;
    const stop = Math.min(this.length, body + HEADER_LOOK);
    let count = 0;
    for (let at = end; at < stop; at = next[at]!) if (bytes[at] === byte0) count++;
    return count;
  }

  /** How much of the candidate some of the next frames have too. */
  private likeness(): number {
    const { at, end } = candidate;
    let most = 0;
    let other = end;
    for (let i = 0; i < LIKE && other < this.length; i++) {
      const behind = this.next[other]!;
      if (behind - other === end - at) most = Math.max(most, candidate.likeness(this.bytes, other, this.length));
      other = behind;
    }
    return most;
  }
}
