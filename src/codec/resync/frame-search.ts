import { DEFLATE_KINDS, PLAIN_KINDS } from './evidence.js';
import { exactChain, sufficesAlone, type ExactChain } from './joined.js';
import { SearchHold, type FoundPiece } from './hold.js';
import { Scan } from './scan.js';
import { judge, type Thresholds } from './verdict.js';

export type { FoundPiece } from './hold.js';

/** What the searches of one capture hold together. */
export interface SearchBudget {
  /** Bytes; a search that needs more drops what it holds. */
  readonly limit: number;
  held: number;
  /** How often that happened. */
  dropped: number;
}

export interface SearchOptions {
  /** Whether this direction's frames are masked; undefined: not known, found out by the chain. */
  readonly masked: boolean | undefined;
  /** RSV1 may be set on the first frame of a message: permessage-deflate is negotiated, or it is not known whether it is. */
  readonly deflate: boolean;
  /** The connection is WebSocket beyond doubt. Otherwise more evidence is required. */
  readonly known: boolean;
  /** The first byte that is pushed is the first that was captured: it begins a segment. `within`: a record, possibly within a message. */
  readonly joined?: boolean | 'within';
  readonly budget?: SearchBudget;
  /** Bytes that are held at most, 256 KiB by default. */
  readonly maxHeld?: number;
}

/** A chain of frames. */
export interface FoundFrames {
  /** Bytes before its first frame that were pushed and are no frames, or cannot be recognised. Lost ones do not count. */
  readonly passed: number;
  readonly masked: boolean;
  /** All bytes from the first frame on, for an ordinary reader. They are not written to any more. */
  readonly pieces: readonly FoundPiece[];
}

/**
 * Bits. Random bytes reach `chain` at one position in 2^40. Where WebSocket is only a guess, a chain of records that begin
 * with a type and a length is found easily (MQTT's SUBSCRIBE is 0x82, so are names in certificates): a part of the evidence
 * has to be what only frames have.
 */
const KNOWN: Thresholds = { chain: 40, own: 0 };
const GUESSED: Thresholds = { chain: 48, own: 16 };

const MAX_HELD = 256 * 1024;
/** The first pieces are looked at when they come; later, this many bytes have to have come since the last look, and a quarter of what is held. */
const EAGER_LOOKS = 8;
const LEAST_NEW = 512;
const LEAST_GROWTH = 0.25;
/** Bytes that are kept before the first candidate: a header is judged by the bytes before it too. */
const CONTEXT = 128;

/**
 * Looks for the next frame in one direction's bytes, after a hole or in a stream that was joined in its middle. A frame has
 * no mark of its own: the evidence is that one follows the other exactly. No frame is given out that is not part of a chain
 * with more evidence than any accident has; where that fails, bytes are passed over.
 */
export class FrameSearch {
  private hold = new SearchHold();
  /** Bytes of earlier holds. */
  private before = 0;
  /** Held bytes before it begin no chain. */
  private first = 0;
  /** Bytes that were held at the last look, and how many looks there were. */
  private looked = 0;
  private looks = 0;
  private accounted = 0;
  private masked: boolean | undefined;
  private thresholds: Thresholds;
  private readonly maxHeld: number;

  constructor(private readonly options: SearchOptions) {
    this.masked = options.masked;
    this.thresholds = options.known ? KNOWN : GUESSED;
    this.maxHeld = options.maxHeld ?? MAX_HELD;
  }

  /** Bytes that were given up. */
  get passed(): number {
    return this.before + this.hold.dropped + this.first;
  }

  /** What the other direction has shown meanwhile: this is WebSocket, and which side masks. */
  learn(masked: boolean): void {
    this.masked = masked;
    this.thresholds = KNOWN;
    this.looks = 0;
  }

  /** A segment's bytes, with a tag that comes back with them. A chain is found: the search is over. */
  push(bytes: Uint8Array, start: number, end: number, tag: number): FoundFrames | undefined {
    for (let at = start; at < end;) {
      const stop = Math.min(end, at + Math.max(1, this.maxHeld >> 2));
      this.hold.append(bytes, at, stop, tag, stop === end);
      at = stop;
      const found = this.isTime() ? this.look() : undefined;
      if (found) {
        const piece = { bytes, start: at, end, tag };
        return at < end ? { ...found, pieces: [...found.pieces, piece] } : found;
      }
      this.makeRoom();
    }
    return undefined;
  }

  /** The stream ends here: the last look. */
  end(): FoundFrames | undefined {
    const found = this.look() ?? this.lookExact();
    this.drop();
    return found;
  }

  /** Where all that was captured of the direction is whole frames that fill their segments. */
  get exact(): ExactChain | undefined {
    const joined = this.isJoined;
    return joined === false ? undefined : exactChain(this.scan(), joined === 'within');
  }

  /** Bytes are lost after those that came: what is held will not be continued. The last look at it. */
  gap(): FoundFrames | undefined {
    return this.end();
  }

  /** Gives up what is held. */
  drop(): void {
    this.before += this.hold.dropped + this.hold.length;
    this.hold = new SearchHold(this.hold.isWhole);
    this.first = 0;
    this.looked = 0;
    this.account();
  }

  private isTime(): boolean {
    const fresh = this.hold.length - this.looked;
    return this.looks < EAGER_LOOKS || fresh >= Math.max(LEAST_NEW, this.looked * LEAST_GROWTH) || this.isFull();
  }

  private isFull(): boolean {
    return this.hold.cost > this.maxHeld;
  }

  private look(): FoundFrames | undefined {
    const { hold } = this;
    this.looked = hold.length;
    this.looks++;
    if (hold.length === 0) return undefined;
    const verdict = judge(this.scan(), this.thresholds, this.isJoined);
    return verdict && this.found(verdict.at, verdict.masked);
  }

  private lookExact(): FoundFrames | undefined {
    const chain = this.exact;
    if (chain === undefined || (this.thresholds === GUESSED && !sufficesAlone(chain))) return undefined;
    return this.found(0, chain.masked);
  }

  private found(at: number, masked: boolean): FoundFrames {
    const { hold } = this;
    const found = { passed: this.before + hold.dropped + at, masked, pieces: hold.piecesFrom(at) };
    this.drop();
    return found;
  }

  private scan(): Scan {
    return new Scan(this.hold, this.first, this.options.deflate ? DEFLATE_KINDS : PLAIN_KINDS, this.masked);
  }

  /** What is held begins with the first captured byte. */
  private get isJoined(): boolean | 'within' {
    return this.before + this.hold.dropped + this.first === 0 && (this.options.joined ?? false);
  }

  /** The oldest quarter goes when there is too much; everything, when all searches together have too much. */
  private makeRoom(): void {
    if (this.isFull()) {
      const first = this.first + (this.hold.length >> 2) + 1;
      const count = Math.max(0, first - CONTEXT);
      this.hold.drop(count);
      this.first = first - count;
      this.looked -= count;
    }
    this.account();
    const { budget } = this.options;
    if (budget === undefined || budget.held <= budget.limit) return;
    budget.dropped++;
    this.drop();
  }

  private account(): void {
    const { budget } = this.options;
    if (budget === undefined) return;
    const held = this.hold.memory;
    budget.held += held - this.accounted;
    this.accounted = held;
  }
}
