import { areMessages } from '../../codec/resync/plausible.js';
import type { Events } from './events.js';
import { LONGEST_SEARCHED, type Line } from './lines.js';
import { speakerOf, type Speaker } from './speaker.js';
import { spelled } from './spelled.js';

/** A group of hex digits in a line that is whole frames. */
export interface ShortFrames {
  readonly bytes: readonly number[];
  readonly speaker: Speaker | undefined;
  /** As the line writes them. */
  readonly digits: string;
  /** What stands around them; numbers, and who sends what, may differ in each line. */
  readonly shape: string;
  /** What is directly before them says that they are sent or received, or which kind of frame they are. */
  readonly isNamed: boolean;
  /** They begin or end the line. */
  readonly isAtEdge: boolean;
}

const GROUP = /^(?:0[xX])?(?:[0-9a-fA-F]{2})+$/;
/** A group alone is no number where one of these is before it. */
const MARK = /(?:[:=>|)\]<-]|\xe2\x86[\x90-\x93])$/;
/** Fewer groups have no number before them. */
const LEAST_GROUPS = 2;
/** Between two groups of a list. */
const LISTED = /(?<=[0-9a-fA-F])[,;] ?(?=[0-9a-fA-F]{2})/g;
/** What may touch a group of digits: the separators of tables, brackets, quotes, the sign after a name. */
const TOUCHING = /[,;|()[\]"']|(?<=[A-Za-z])[=:](?=[0-9a-fA-F])/g;
/** A direction or a kind of frame directly before a group. */
const END_BEFORE = /\b(?:in|out|[ct]x|rx|sent|send|recv|rcvd|received|ping|pong|close|text|binary)\W*$/i;
const DIRECTIONS = /[<>=-]+|\xe2\x86[\x90-\x93]/g;
const ENDS =
  /\b(?:in|out|[ct]x|rx|c|s|client|server|peer|sent|send|recv|rcvd|received|ping|pong|close|text|binary)\b/gi;

const shapeOf = (words: string): string =>
  words
    .replace(DIRECTIONS, (mark) => (/^[=-]+$/.test(mark) ? mark : '<>'))
    .replace(ENDS, '@')
    .replace(/\d+/g, '0')
    .replace(/\s+/g, ' ')
    .trim();

/** Words of a line: from `from` up to `to`. */
interface Groups {
  readonly from: number;
  readonly to: number;
}

/** The groups next to each other, those at the end of the line first. */
function groupsOf(words: readonly string[]): Groups[] {
  const found: { from: number; to: number }[] = [];
  for (const [at, word] of words.entries()) {
    if (!GROUP.test(word)) continue;
    if (found[0]?.to === at) found[0].to++;
    else found.unshift({ from: at, to: at + 1 });
  }
  return found;
}

/** The first of them may be a number of the line. */
const withoutFirst = ({ from, to }: Groups): Groups[] =>
  to - from > LEAST_GROUPS
    ? [
        { from, to },
        { from: from + 1, to },
      ]
    : [{ from, to }];

/** The whole frames that `line` may hold apart from other words. Undefined: none. */
export function shortFrames(line: string): ShortFrames | undefined {
  if (line.length > LONGEST_SEARCHED) return undefined;
  const words = line.replace(LISTED, ' ').replace(TOUCHING, ' $& ').trim().split(/\s+/);
  for (const { from, to } of groupsOf(words).flatMap(withoutFirst)) {
    if (to - from === words.length) continue;
    const digits = words.slice(from, to).join(' ');
    const { bytes, problem } = spelled(digits);
    if (problem !== undefined || !areMessages(Uint8Array.from(bytes))) continue;
    const [before, after] = [words.slice(0, from).join(' '), words.slice(to).join(' ')];
    const isAtEdge = from === 0 || /^[\])"',;|\s]*$/.test(after);
    const shape = `${shapeOf(before)} * ${shapeOf(after)}`;
    return {
      bytes,
      speaker: speakerOf(`${before}  ${after}`),
      digits,
      shape,
      isNamed: END_BEFORE.test(before),
      isAtEdge,
    };
  }
  return undefined;
}

/** The digits are hardly a number of the text: what is sent, or at an edge of the line a control frame, several groups, or a mark before them. */
export function mayBeFrames({ bytes, digits, isNamed, isAtEdge }: ShortFrames, line: string): boolean {
  const before = line.slice(0, line.lastIndexOf(digits.split(' ')[0]!)).trimEnd();
  const isMarked = (bytes[0]! & 8) !== 0 || digits.includes(' ') || bytes.length > 2 || MARK.test(before);
  return isNamed || (isAtEdge && isMarked);
}

/** Lines whose place among the bytes is still open, and lines that are named. */
const MOST = 64;
const LONGEST_SHOWN = 80;

interface Skipped extends ShortFrames {
  readonly line: Line;
  /** How many lines held bytes before it. */
  readonly used: number;
}

/** Lines that were not read although they may hold short frames: a line of the same shape, in which bytes are certain, proves them. */
export class SkippedFrames {
  private readonly proven = new Set<string>();
  private open: Skipped[] = [];
  private readonly named: Skipped[] = [];

  /** Lines of this shape hold bytes. */
  isProven({ text }: Line): boolean {
    const found = this.proven.size === 0 ? undefined : shortFrames(text);
    return found !== undefined && this.proven.has(found.shape);
  }

  /** What `line` holds, if lines of its shape are proven; otherwise it waits. */
  take(line: Line, used: number): ShortFrames | undefined {
    const found = shortFrames(line.text);
    if (found === undefined) return undefined;
    if (this.proven.has(found.shape)) return found;
    if (!mayBeFrames(found, line.text)) return undefined;
    if (this.open.length === MOST) this.name(this.open.shift()!);
    this.open.push({ ...found, line, used });
    return undefined;
  }

  /** `line` holds `bytes`, after `used` others: the lines directly before it that are read as well. */
  prove(line: Line, bytes: readonly number[], used: number): readonly Skipped[] {
    const found = shortFrames(line.text);
    if (found?.bytes.join() !== bytes.join()) return [];
    if (this.proven.size < MOST) this.proven.add(found.shape);
    const read = this.open.filter((one) => one.shape === found.shape && one.used === used);
    for (const one of this.open) if (!read.includes(one)) this.name(one);
    this.open = [];
    return read;
  }

  /** Names the lines that stay unread, up to 64 of them. */
  end(events: Events): void {
    for (const one of this.open) this.name(one);
    this.open = [];
    for (const { line, digits } of this.named) {
      const message = `this line may hold bytes that were not read: ${digits.slice(0, LONGEST_SHOWN)}`;
      events.leaveOut({ message, offset: line.offset, line: line.number, column: 1 });
    }
  }

  private name(one: Skipped): void {
    if (this.named.length < MOST) this.named.push(one);
  }
}
