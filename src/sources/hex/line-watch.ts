import { BROKEN, chainLeft } from '../../codec/resync/plausible.js';
import { latin1 } from '../../codec/http1/text.js';
import type { InputProblem } from '../bytes/types.js';
import type { Events } from '../text/events.js';
import type { Place } from '../text/place.js';

/** The bytes of a line after the time that it begins with, or what is wrong with it; undefined where it begins with none. */
export type TimedLine = (
  line: string,
) => { readonly bytes: readonly number[] } | { readonly problem: string } | undefined;

const COLON = 0x3a;
const HYPHEN = 0x2d;
/** A date or seconds since the epoch have at least as many digits. */
const LEAST_OF_TIME = 8;
/** Groups that a date, a time and a number have, and one more. */
const MOST_GROUPS = 8;
/** The same where all groups have as many digits. */
const MOST_ALIKE = 3;
const END_OF_HEAD = [0x0d, 0x0a, 0x0d, 0x0a];
/** `GET`, `HTTP`. */
const HEAD_STARTS: readonly (number | undefined)[] = [0x47, 0x48];

/** What is wrong with a line that begins with a column of another kind. */
export const FIRST_GROUP =
  'whole frames follow the first group or groups of digits in this line, and with them there are none: remove what is a number, a time or a name, or write the bytes without blanks';
const IN_FRAME =
  'the line begins with what looks like a time, and the frame before it is not complete: remove the time';
const PASSED_OVER = 'times before the bytes of a line are passed over';

/**
 * Looks at lines of plain hex for a first column that is no bytes: a time, a counter, a length, a name. As long as lines
 * are whole frames, one that is none, but is without its first groups, has such a column. Of most lines only the headers
 * of frames are looked at.
 */
export class LineWatch {
  /** Payload bytes of the last frame that are still to come; 0 between frames; BROKEN where they are no frames. */
  private left = 0;
  /** Each line is whole frames. */
  private isEach = true;
  private lines = 0;
  /** What is wrong with the first line if the second has such a column as well. */
  doubt: InputProblem | undefined;

  private chunk: Uint8Array = new Uint8Array(0);
  private base = 0;
  /** Index in the events of the line's first byte; -1 where it has been handed over. */
  private from = 0;
  /** Its characters of chunks before, and the index of its first one in this chunk. */
  private before = '';
  private at = 0;
  /** Its groups up to the most that are looked at: digits of the first, and the end of each in the events. */
  private width = 0;
  private readonly ends = new Int32Array(MOST_GROUPS);
  private groups = 0;
  /** One of the others has more digits, or fewer and another follows it. */
  private isUneven = false;
  private isShorter = false;
  /** A colon or a hyphen comes before the first blank, comma or semicolon; undefined as long as neither came. */
  private isJoined: boolean | undefined;
  /** A blank, and a group after it. */
  private hasBlank = false;
  private isApart = false;
  private hasColon = false;

  constructor(
    private readonly events: Events,
    private readonly place: Place,
    private readonly timed: TimedLine,
  ) {}

  /** What follows is in `chunk`, whose first byte is at offset `base`, from index `at` on. */
  enter(chunk: Uint8Array, at: number, base: number): void {
    const isOpen = this.from >= 0 && this.at < this.chunk.length;
    this.before = isOpen ? this.before + latin1(this.chunk, this.at, this.chunk.length) : '';
    this.chunk = chunk;
    this.base = base;
    this.at = at;
  }

  /** `byte` comes after a group of `digits`, or after another such byte if that is 0. Whether more of the line is wanted. */
  separator(byte: number, digits: number): boolean {
    if (digits > 0) this.group(digits);
    if (this.groups === 0) return true;
    const joins = byte === COLON || byte === HYPHEN;
    this.isJoined ??= joins;
    this.hasBlank ||= !joins;
    this.hasColon ||= byte === COLON;
    return this.groups < MOST_GROUPS;
  }

  /** The events are about to be handed over. */
  pause(): void {
    const { length } = this.events;
    const from = Math.max(0, this.from);
    if (length > from) this.goOn(from, length);
    this.from = this.from >= 0 && length === from ? 0 : -1;
  }

  /** A line is over before `offset`, and its last group was taken as `separator` says. */
  end(offset: number): void {
    const end = offset - this.base;
    if (this.groups > 0 && !this.events.failed) this.judge(end);
    this.from = this.events.length;
    this.at = end + 1;
    this.before = '';
    this.groups = 0;
    this.isUneven = this.isShorter = this.isApart = this.hasBlank = this.hasColon = false;
    this.isJoined = undefined;
  }

  private group(digits: number): void {
    const { width } = this;
    this.isApart ||= this.hasBlank;
    if (this.groups === 0) this.width = digits;
    else if (digits > width || this.isShorter) this.isUneven = true;
    else if (digits < width) this.isShorter = true;
    this.ends[this.groups++] = this.events.length;
  }

  private judge(end: number): void {
    const { left, doubt, events } = this;
    const number = ++this.lines;
    this.doubt = undefined;
    const { isEach } = this;
    this.goOn(Math.max(0, this.from), events.length);
    if (this.from < 0 || this.ends[0] === events.length) return;
    const isWhole = left === 0 && this.left === 0;
    const start = this.base + this.at - this.before.length;
    const timed = this.mayBeTimed(isWhole) ? this.timed(this.textTo(end)) : undefined;
    if (timed !== undefined) return this.time(timed, start, left);
    if (isWhole) return;
    if ((left !== 0 && doubt === undefined) || !this.hasColumn()) return;
    const problem = this.place.problem(start, FIRST_GROUP);
    if (doubt !== undefined) this.fail(doubt);
    else if (this.isMixed || (isEach && number > 1)) this.fail(problem);
    else if (number === 1) this.doubt = problem;
  }

  private textTo(end: number): string {
    return `${this.before}${latin1(this.chunk, this.at, end)}`.replace(/\r$/, '');
  }

  /** Its groups are not of one kind. */
  private get isMixed(): boolean {
    return this.isUneven || (this.isApart && (this.isJoined === true || this.hasColon));
  }

  /** A clock or a date shows even in a line of whole frames. */
  private mayBeTimed(isWhole: boolean): boolean {
    return this.isJoined === true ? this.isApart : this.isUneven && this.width >= LEAST_OF_TIME && !isWhole;
  }

  /** Whole frames follow one of the first groups, the first of a message among them. */
  private hasColumn(): boolean {
    const { buffer, length } = this.events;
    const count = Math.min(this.groups, this.isMixed ? MOST_GROUPS : MOST_ALIKE);
    return this.ends
      .subarray(0, count)
      .some((end) => end < length && (buffer[end]! & 15) !== 0 && chainLeft(buffer, end, length) === 0);
  }

  /** The line begins with a time; `left`: of the frame before it. */
  private time(timed: NonNullable<ReturnType<TimedLine>>, start: number, left: number): void {
    const { events } = this;
    const problem = 'problem' in timed ? timed.problem : left > 0 ? IN_FRAME : undefined;
    if (problem !== undefined || !('bytes' in timed)) return this.fail(this.place.problem(start, problem ?? IN_FRAME));
    events.length = this.from;
    events.append(timed.bytes);
    events.notice(PASSED_OVER);
    this.left = left;
  }

  /** Without the bytes of this line. */
  private fail(problem: InputProblem): void {
    this.events.length = this.from;
    this.events.fail(problem);
  }

  /** Follows the frames in the bytes gathered. */
  private goOn(from: number, to: number): void {
    const { left, events } = this;
    if (left === BROKEN) return;
    const isFrames = left > 0 || !this.isHead(from, to);
    if (isFrames) this.left = to - from < left ? left - (to - from) : chainLeft(events.buffer, from + left, to);
    this.isEach &&= this.left === 0;
  }

  private isHead(from: number, to: number): boolean {
    const { buffer } = this.events;
    return HEAD_STARTS.includes(buffer[from]) && END_OF_HEAD.every((byte, at) => buffer[to - 4 + at] === byte);
  }
}
