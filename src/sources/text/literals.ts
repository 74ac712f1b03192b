import { LONGEST_SEARCHED } from './lines.js';
import { FIRST_GROUP } from '../hex/line-watch.js';
import { CUT_SHORT } from '../hex/mode.js';
import { PLUS } from './encoded.js';
import { areMessages } from '../../codec/resync/plausible.js';
import { LITERAL_FORMS, PART, type LiteralForm } from './literal-forms.js';
import { MARKED_FORMS } from './marked-forms.js';
import { hasWord } from './speaker.js';
import { type Spelled, spelled } from './spelled.js';

/** Bytes that are spelled out in a line, and where. */
export interface Literal extends Spelled {
  readonly from: number;
  readonly to: number;
  /** Looks like other things too. */
  readonly isWeak: boolean;
}

/** Fewer bytes look like a frame too often. */
const LEAST_FRAMES = 4;
/** gdb's way to print the same element once for many. */
const REPEATS = /<repeats \d+ times>/;
const SHORTENED = 'gdb has put equal bytes together here: set print repeats 0 prints all of them';

/** What is wrong with bytes, and with nothing else. */
const CERTAIN: ReadonlySet<string> = new Set([CUT_SHORT, SHORTENED, PART.problem, PLUS.problem, FIRST_GROUP]);
const FORMS: readonly LiteralForm[] = [...LITERAL_FORMS, ...MARKED_FORMS];

/** A string is open: what looks like bytes in it are characters of it. */
const IN_STRING = /(?:^|[^A-Za-z0-9])[bB]?(?:"(?:[^"\\]|\\.)*|'(?:[^'\\]|\\.)*)$/;

/** The byte literals of a line, in their order; none of a line that is too long to look. */
export function literalsIn(line: string): Literal[] {
  if (line.length > LONGEST_SEARCHED) return [];
  const found: Literal[] = [];
  const isWorded = hasWord(line);
  for (const form of FORMS) {
    const { pattern } = form;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
      const from = match.index;
      const to = pattern.lastIndex;
      const isTaken = found.some((other) => from < other.to && to > other.from) || IN_STRING.test(line.slice(0, from));
      const spelling = isTaken ? undefined : spellingOf(form, match, line);
      const isWeak = form.isWeak?.(match) === true;
      const isDoubtful = isWeak && (!isWorded || form.isFrames === true || found.length > 0);
      if (spelling === undefined || (isDoubtful && !spellsFrames(spelling))) pattern.lastIndex = from + 1;
      else found.push({ from, to, isWeak, ...spelling });
    }
  }
  // A path of Windows in quotes, an escape that stands for no byte: text.
  return found
    .filter(({ bytes, problem }) => problem === undefined || CERTAIN.has(problem) || bytes.length > 0 || isWorded)
    .sort((a, b) => a.from - b.from);
}

function spellingOf({ spell }: LiteralForm, match: RegExpExecArray, line: string): Spelled | undefined {
  const spelling = spell(match, line);
  if (spelling === undefined) return undefined;
  if (REPEATS.test(line)) return { bytes: [], notices: [], problem: SHORTENED };
  return typeof spelling === 'string' ? spelled(spelling) : { bytes: [], notices: [], ...spelling };
}

const spellsFrames = ({ bytes, problem }: Spelled): boolean =>
  problem === undefined && areFrames(Uint8Array.from(bytes));

/** Whole frames, and nothing else: the bytes themselves say that they are bytes. */
export function areFrames(bytes: Uint8Array): boolean {
  return bytes.length >= LEAST_FRAMES && areMessages(bytes);
}
