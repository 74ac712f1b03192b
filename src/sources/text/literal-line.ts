import { CUT_SHORT } from '../hex/mode.js';
import { textOfJson, withoutDoubled } from './escaped-lines.js';
import { looksLikeWebSocket } from '../../codec/resync/plausible.js';
import { type Literal, literalsIn } from './literals.js';
import { LONGEST_SEARCHED } from './lines.js';
import { hasWord, speakerOf, speaksOfBytes, type Speaker } from './speaker.js';
import type { Around } from './passed-words.js';
import { spelled } from './spelled.js';

/** The bytes that one line spells, and who sent them; or why they can't be read. */
export type LiteralLine =
  | {
      readonly bytes: readonly number[];
      readonly speaker: Speaker | undefined;
      readonly notices: readonly string[];
      /** The words beside the bytes, where there may be some. */
      readonly around?: Around;
    }
  | { readonly problem: string; readonly at: number };

/** `len=7`, `7 bytes` in the line of a literal. */
const LENGTH = /(?<![\w.])(\d+) ?(?:bytes?|B)(?![\w])|\b(?:len|length|size|n)\s*[=:]\s*(\d+)\b/gi;
/** Words before the payload of a message rather than before bytes of the wire. */
const PAYLOAD = /(?:\b(?:Text|Binary|Ping|Pong)\(|\b(?:payload|message)["']?\s*[:=]?)\s*(?:\w*[([]\s*)?$/i;
/** A line about what was decoded, or an object that holds a message: what it calls data is a payload, whatever it looks like. */
const DATA = /\bdata["']?\s*[:=]\s*$/i;
const OF_MESSAGE = /\bdecoded\b|(?:Message|Event|Frame)\s?[({]/;
const SEVERAL = 'several byte literals stand in this line: which of them was on the wire is not known';
const MIDST = 'these bytes begin neither a frame nor a handshake: what comes before them is missing';
const NO_FRAMES = 'this is a payload or other text, and no frame: the bytes of the wire are needed';

const SLIP = 'this is nearly hex, and follows hex: one of its characters is no hex digit';
const LEAST_OF_SLIP = 4;

/**
 * `isFirst`: no bytes came before, so that these have to begin a frame or a handshake. Undefined: the line spells none.
 * The strings of an object of JSON count as what they stand for where that spells bytes.
 */
export function literalOf(line: string, isFirst: boolean): LiteralLine | undefined {
  const inJson = textOfJson(line);
  const asItIs = literalLine(withoutDoubled(line) ?? line, isFirst);
  if (inJson === undefined) return asItIs;
  const escaped = literalLine(withoutDoubled(inJson) ?? inJson, isFirst);
  const [first, second] = /\\["\\]/.test(line) ? [escaped, asItIs] : [asItIs, escaped];
  return [first, second].find((one) => one !== undefined && 'bytes' in one) ?? asItIs;
}

function literalLine(text: string, isFirst: boolean): LiteralLine | undefined {
  const literals = literalsIn(text).filter((one) => !isFirst || !isQuotedText(one, text));
  const [first] = literals;
  if (first === undefined) return undefined;
  const before = text.slice(0, first.from);
  if (DATA.test(before) && OF_MESSAGE.test(before)) return isFirst ? { problem: NO_FRAMES, at: first.from } : undefined;
  const wrong = literals.find((one) => one.problem !== undefined);
  if (wrong !== undefined) return { problem: wrong.problem!, at: wrong.from };
  const between = literals.slice(1).map((one, index) => text.slice(literals[index]!.to, one.from));
  const bytes = literals.flatMap((one) => one.bytes);
  const words = literals.reduceRight((rest, { from, to }) => `${rest.slice(0, from)} ${rest.slice(to)}`, text);
  const slip = slipAfter(text, literals.at(-1)!);
  if (slip !== undefined) return { problem: SLIP, at: slip };
  const problem = between.some((part) => !/^[\s,+]*$/.test(part))
    ? SEVERAL
    : (missing(words, bytes.length) ??
      (isFirst && isNoFrame(before, bytes) ? NO_FRAMES : undefined) ??
      (isFirst && first.isWeak && isMidst(words, bytes) ? MIDST : undefined));
  if (problem !== undefined) return { problem, at: first.from };
  const { to } = literals.at(-1)!;
  const isPlain = /^[0-9a-fA-F\s]+$/.test(text.slice(first.from, to));
  const around = { before, after: text.slice(to), bytes, isPlain };
  return { bytes, speaker: speakerOf(words), notices: literals.flatMap(({ notices }) => notices), around };
}

/** The place of a word after bytes at the beginning of a line that is hex but for a slip: `8105 4865 8g00`. */
function slipAfter(text: string, { from, to }: Literal): number | undefined {
  const rest = text.slice(to);
  if (text.slice(0, from).trim() !== '' || !/^\s+\w/.test(rest)) return undefined;
  const words = [...rest.matchAll(/\S+/g)];
  const first = words.find(([word]) => !/^[0-9a-fA-F]+$/.test(word));
  return first !== undefined && words.every(([word]) => isNearlyHex(word)) ? to + first.index : undefined;
}

/** Three of four characters are hex digits, one of them decimal; all are letters or digits. */
function isNearlyHex(word: string): boolean {
  const digits = word.replace(/[^0-9a-fA-F]/g, '').length;
  return (
    word.length >= LEAST_OF_SLIP && /^[0-9a-zA-Z]+$/.test(word) && /\d/.test(word) && 4 * digits >= 3 * word.length
  );
}

/** Digits that make a line long, in a time that grows with the line. */
const LONG_DIGITS = /(?<![0-9a-fA-F])[0-9a-fA-F]{4096,}/g;

/** The same of a line that is too long for anything else: one run of hex digits makes it so. */
export function longLiteralLine(text: string): LiteralLine | undefined {
  const [run, ...more] = text.matchAll(LONG_DIGITS);
  if (run === undefined || more.length > 0) return undefined;
  const end = run.index + run[0].length;
  const words = `${text.slice(0, run.index)} ${text.slice(end)}`;
  if (words.length > LONGEST_SEARCHED || /^\w|^\.\./.test(text.slice(end)) || !hasWord(words)) return undefined;
  const { bytes, problem, notices } = spelled(run[0]);
  return problem === undefined ? { bytes, speaker: speakerOf(words), notices } : { problem, at: run.index };
}

/** A word in quotes. */
function isQuotedText({ from, to, bytes, problem }: Literal, text: string): boolean {
  return (
    problem !== undefined && problem !== CUT_SHORT && bytes.length === 0 && /^["'`][^\\]*$/.test(text.slice(from, to))
  );
}

/** After a mark (`>`), which may be that of a mail program, bytes that begin nothing. */
const isMidst = (words: string, bytes: readonly number[]): boolean =>
  !speaksOfBytes(words) && !looksLikeWebSocket(Uint8Array.from(bytes), 1);

/** The line states more bytes than it holds. */
function missing(words: string, count: number): string | undefined {
  const lengths = [...words.matchAll(LENGTH)].map((match) => Number(match[1] ?? match[2]));
  return lengths.length === 1 && lengths[0]! > count
    ? `the line speaks of ${lengths[0]} bytes, and holds ${count}: the rest is missing`
    : undefined;
}

/** Characters alone, or what the line calls a payload, that begin neither a handshake nor frames. */
function isNoFrame(before: string, bytes: readonly number[]): boolean {
  const isText = bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return (isText || PAYLOAD.test(before)) && !looksLikeWebSocket(Uint8Array.from(bytes), Infinity);
}
