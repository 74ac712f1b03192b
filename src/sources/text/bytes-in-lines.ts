import { startsLikeHead } from '../../codec/http1/head-start.js';
import { looksLikeFrames, looksLikeWebSocket } from '../../codec/resync/plausible.js';
import { LONGEST_SEARCHED, type Line } from './lines.js';
import { areFrames } from './literals.js';
import { hasWord, speakerOf, speaksOfBytes, type Speaker } from './speaker.js';
import { spelled } from './spelled.js';

/** Fewer look like a frame too often. */
const LEAST_BYTES = 4;
/** Bytes of a run that are held. */
const MOST_BYTES = 256 * 1024;
const PAIR = /^(?:0[xX])?[0-9a-fA-F]{2},?$/;
const END_OF_HEAD = [0x0d, 0x0a, 0x0d, 0x0a];

/** A line of bytes after other text. */
interface ByteLine {
  readonly line: Line;
  readonly bytes: Uint8Array;
  readonly before: string;
  /** The same text; numbers in it (a time, a counter) may differ in each line. */
  readonly prefix: string;
}

export interface RunTaker {
  /** `bytes` are those of all `lines`, and begin and end as frames or a head do. */
  run(lines: readonly Line[], bytes: Uint8Array, speaker: Speaker | undefined): void;
  /** Lines of a run that was not whole: each for itself. */
  apart(line: Line): void;
  /** The same, where one of them could be read for itself although it may be a piece of more. */
  doubtful(lines: readonly Line[]): void;
}

/**
 * A buffer that a log prints in several lines: each has the same text and a row of bytes, as ESP-IDF's and Arduino's
 * logs do. The first line begins a frame or a head, all but the last are equally long, and together they are whole.
 */
export class BytesInLines {
  private held: ByteLine[] = [];
  /** Their bytes, `length` of them. */
  private bytes = new Uint8Array(1024);
  private length = 0;
  /** The text before the bytes of the last run. */
  private proven: string | undefined;
  /** The first line of a run that was not whole. */
  unfinished: Line | undefined;

  constructor(private readonly taker: RunTaker) {}

  /** Whether `line` is part of a run: it comes back when the run turns out to be none. */
  take(line: Line): boolean {
    const found = byteLine(line);
    const [first] = this.held;
    if (first !== undefined && (found === undefined || !this.continues(first, found))) this.end();
    if (found === undefined || (this.held.length === 0 && !this.begins(found))) return false;
    this.hold(found);
    const bytes = this.bytes.subarray(0, this.length);
    if (isWhole(bytes)) {
      this.proven = found.prefix;
      this.taker.run(this.clear(), bytes, speakerOf(found.before));
    }
    return true;
  }

  /** The run is none. */
  end(): void {
    const { held } = this;
    const lines = this.clear();
    this.unfinished ??= lines[0];
    if (held.length > 1 && held.some(({ line, bytes }) => isWhole(bytes) || hasWord(line.text)))
      return this.taker.doubtful(lines);
    for (const line of lines) this.taker.apart(line);
  }

  /** More than one line may hold what begins here; after text that came before other bytes also a whole frame of two bytes. */
  private begins({ bytes, prefix }: ByteLine): boolean {
    if (!looksLikeWebSocket(bytes, 1)) return false;
    if (prefix === this.proven) return true;
    if (areFrames(bytes)) this.proven = prefix;
    return !isWhole(bytes) && bytes.length >= LEAST_BYTES && (bytes[0]! & 15) !== 0;
  }

  private continues(first: ByteLine, next: ByteLine): boolean {
    const width = first.bytes.length;
    return (
      next.prefix === first.prefix &&
      this.held.at(-1)!.bytes.length === width &&
      next.bytes.length <= width &&
      this.length < MOST_BYTES
    );
  }

  private hold(one: ByteLine): void {
    this.held.push(one);
    const length = this.length + one.bytes.length;
    if (length > this.bytes.length) {
      const grown = new Uint8Array(2 * length);
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(one.bytes, this.length);
    this.length = length;
  }

  private clear(): Line[] {
    const lines = this.held.map(({ line }) => line);
    this.held = [];
    this.length = 0;
    return lines;
  }
}

/** Pairs of hex digits up to the end of the line, after text that does not say that they were sent or received. */
function byteLine(line: Line): ByteLine | undefined {
  const { text } = line;
  if (text.length > LONGEST_SEARCHED) return undefined;
  const words = text.trimEnd().split(/\s+/);
  let from = words.length;
  while (from > 0 && PAIR.test(words[from - 1]!)) from--;
  const before = words.slice(0, from).join(' ');
  if (from === words.length || before === '' || speaksOfBytes(text)) return undefined;
  const { bytes, problem } = spelled(words.slice(from).join(' '));
  if (problem !== undefined) return undefined;
  return { line, bytes: Uint8Array.from(bytes), before, prefix: before.replace(/\d+/g, '0') };
}

/** A head, or frames. */
function isWhole(bytes: Uint8Array): boolean {
  if (startsLikeHead(bytes) === 'no') return looksLikeFrames(bytes, Infinity);
  return END_OF_HEAD.every((byte, at) => bytes[bytes.length - END_OF_HEAD.length + at] === byte);
}
