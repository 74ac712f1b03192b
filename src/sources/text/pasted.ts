import { LogText } from '../dumps/log-text.js';
import { HexSource } from '../hex/hex-source.js';
import { FIRST_GROUP } from '../hex/line-watch.js';
import type { InputProblem, Source, SourceEvent } from '../bytes/types.js';
import { BYTEA_IN_DOUBT } from './bytea.js';
import { Events } from './events.js';
import { LineReader, LONGEST_SEARCHED } from './lines.js';
import { bits } from './literal-forms.js';
import { concat } from '../../codec/bytes/byte-collector.js';
import { latin1 } from '../../codec/http1/text.js';
import { latin1Bytes, spelled } from './spelled.js';
import { beginsWithTime, TIME_PROBLEM, timedHex } from './timed-hex.js';
import { WholeLines } from './whole-lines.js';
import { looksLikeFrames, looksLikeWebSocket } from '../../codec/resync/plausible.js';

/** Bytes of the text that are kept for a second reading. */
const MOST = 64 * 1024;
/** Two or more groups of eight binary digits, and nothing else. */
const BITS = /^\s*(?:0b)?[01]{8}(?:[\s,_]+(?:0b)?[01]{8})+[\s,]*$/;
/** Two or more groups of four octal digits, as C and `od -b` write bytes; they are hex digits as well. */
const OCTAL = /^\s*0[0-3][0-7]{2}(?:[\s,]+0[0-3][0-7]{2})+[\s,]*$/;
const MAY_BE_OCTAL = /^[\s0-7,]*$/;
const OCTAL_IN_DOUBT =
  'these groups of four digits may be octal as well as hex, and no whole frame proves one of both: write hex in groups of two digits';
const BIT = /[01]/;
const MAY_BE_BITS = /^[\s01,_b]*$/;

const DATED = /^\s*\W?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d)/;
/** A first column wider than the bytes after it, apart from them: where the text fails, it may have been an offset. */
const MAY_HAVE_OFFSET = /^\s*(?:0[xX])?[0-9a-fA-F]{4,16}(?:\s*[-:|]\s+|\s{2,})[0-9a-fA-F]{2}\s/;
/** Letters and numbers of any text begin with fewer. */
const LEAST_BYTES = 4;
/** Bytes, or bits in groups of four; what PostgreSQL prints of bytes, or one escape and characters. */
const IN_DOUBT: readonly { readonly pattern: RegExp; readonly message: string; readonly isFrames?: boolean }[] = [
  {
    pattern: /^\s*[01]{4}(?: [01]{4}){3,}\s*$/,
    message:
      'these digits may be hex as well as binary: write bits in groups of eight, or hex with 0x before each byte',
  },
  {
    pattern: /^\s*(?:['"]?\\{1,2}x[0-9a-fA-F]{4,}['"]?[ \t\r]*(?:\n\s*|$))+$/,
    message: BYTEA_IN_DOUBT,
    isFrames: true,
  },
];
const isLetter = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
/** Digits, and what stands between and before them: a byte order mark, blanks beyond ASCII. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || /[\s0-9a-fA-FxX,:;-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/**
 * Text that may be one spelling of bytes throughout, or hold bytes in some of its lines: read as the one, and where that
 * fails, as the other. Plain digits come out as they come in; everything else waits for the end, or for 64 KiB.
 */
export class PastedSource implements Source {
  private readonly hex: HexSource;
  private readonly whole = new WholeLines(LONGEST_SEARCHED);
  private held: SourceEvent[] | undefined = [];
  private text: Uint8Array[] = [];
  private length = 0;
  private log: LineForm | undefined;
  private mayBeBits = true;
  private mayBeOctal = true;
  private sawText = false;
  private isDigits = true;
  /** Offset of the first line's end. */
  private firstEnd = Infinity;
  private isBits = false;
  /** The first thing that is wrong with the text as one spelling. */
  private problem: InputProblem | undefined;

  /** `skipped`: the text before this one, which counts as read. */
  constructor(private readonly skipped: Uint8Array) {
    this.hex = new HexSource(skipped, timedHex);
  }

  get kind(): string | undefined {
    return this.isBits ? 'binary digits' : (this.log?.form.kind ?? this.hex.kind);
  }

  push(chunk: Uint8Array): SourceEvent[] {
    const { held, log } = this;
    if (log !== undefined) return log.push(chunk);
    if (held === undefined) return this.digits(chunk);
    this.text.push(chunk.slice());
    this.length += chunk.length;
    this.mayBeBits &&= MAY_BE_BITS.test(latin1(chunk));
    this.mayBeOctal &&= MAY_BE_OCTAL.test(latin1(chunk));
    this.hold(this.digits(chunk));
    if (this.firstEnd === Infinity) this.findFirstEnd(chunk);
    const problem = this.earlyProblem();
    if (problem !== undefined) return this.asLog(problem);
    if (this.isSettled) return this.asPlain();
    if (this.length < MOST) return [];
    if (this.mayBeOctal && this.hex.kind === 'hex' && this.firstEnd < Infinity && !this.mayBeBits)
      return this.refuse(OCTAL_IN_DOUBT);
    if (!this.mayBeBits || !BIT.test(latin1(concat(this.text)))) return this.asPlain();
    return this.asLog({ message: 'binary digits are read up to 64 KiB of text', offset: 0, line: 1, column: 1 });
  }

  end(): SourceEvent[] {
    const { held, log } = this;
    if (log !== undefined) return log.end();
    const last = this.hex.end(this.whole.end());
    if (held === undefined) return last;
    this.hold(last);
    const text = latin1(concat(this.text));
    this.isBits = BITS.test(text);
    if (this.isBits) return this.readAs(bits(text));
    const doubt = IN_DOUBT.find(({ pattern }) => pattern.test(text));
    if (doubt !== undefined) {
      const digits = text.split('\n').map(withoutQuotes).join('\n');
      if (doubt.isFrames === true && areFrames(digits)) return this.readAs(digits);
      return this.refuse(doubt.message);
    }
    if (OCTAL.test(text)) return this.octal(text);
    const isNothing = held.every(({ type }) => type === 'notice');
    const problem = this.earlyProblem();
    if (problem === undefined && beginsWithTime(text)) return [...this.asLog(TIME_PROBLEM), ...this.log!.end()];
    if (problem === undefined && !isNothing && !this.firstLineFails()) return this.release();
    return [...this.asLog(problem), ...this.log!.end()];
  }

  private digits(chunk: Uint8Array): SourceEvent[] {
    return this.whole.push(chunk).flatMap((piece) => this.hex.push(piece));
  }

  /** Digits throughout, unless a time is the first of them. */
  private asPlain(): SourceEvent[] {
    return beginsWithTime(latin1(concat(this.text))) ? this.asLog(TIME_PROBLEM) : this.release();
  }

  /** Reads all of it again, line by line. */
  private asLog(problem: InputProblem | undefined): SourceEvent[] {
    const events = new Events();
    const text = concat([this.skipped, ...this.text]);
    // What the first line gave before it failed was none of its bytes, unless it is digits.
    const isNoise =
      problem !== undefined &&
      (problem === TIME_PROBLEM ||
        problem.message === FIRST_GROUP ||
        !this.beginsWithFrame() ||
        this.firstLineFails() ||
        MAY_HAVE_OFFSET.test(latin1(text)));
    const otherwise = isNoise ? [{ type: 'problem' as const, problem }] : (this.held ?? []);
    this.log = new LineForm(new LogText(events), events, otherwise);
    this.held = undefined;
    this.text = [];
    return this.log.push(text);
  }

  private readAs(digits: string): SourceEvent[] {
    this.held = undefined;
    const source = new HexSource();
    return [...source.push(latin1Bytes(digits)), ...source.end()];
  }

  private refuse(message: string): SourceEvent[] {
    this.held = undefined;
    this.hex.events.failed = true;
    return [{ type: 'problem', problem: { message, offset: 0, line: 1, column: 1 } }];
  }

  /** Groups that are hex as well: whole frames in one of the two readings prove it. */
  private octal(text: string): SourceEvent[] {
    const bytes = Uint8Array.from(text.match(/\d+/g)!, (group) => parseInt(group, 8));
    const isOctal = looksLikeWebSocket(bytes, Infinity);
    if (isOctal === looksLikeWebSocket(this.heldBytes(), Infinity)) return this.refuse(OCTAL_IN_DOUBT);
    const notice = {
      type: 'notice' as const,
      message: `groups of four digits are read as ${isOctal ? 'octal' : 'hex'}, which gives whole frames`,
    };
    const held = this.release();
    return [notice, ...(isOctal ? [{ type: 'bytes' as const, bytes }] : held)];
  }

  private heldBytes(): Uint8Array {
    return concat((this.held ?? []).flatMap((event) => (event.type === 'bytes' ? [event.bytes] : [])));
  }

  private beginsWithFrame(): boolean {
    const bytes = this.heldBytes();
    return bytes.length >= LEAST_BYTES && (bytes[0]! & 15) !== 0 && looksLikeWebSocket(bytes, 1);
  }

  /** The first line holds more than the bytes that were found in it: a date, numbers in brackets. */
  private firstLineFails(): boolean {
    const line =
      /[^\s][^\n]*/
        .exec(latin1(concat(this.text)))?.[0]
        .trimEnd()
        .replace(/\\$/, '') ?? '';
    if (DATED.test(line)) return true;
    const source = new HexSource();
    const events = [...source.push(latin1Bytes(line)), ...source.end()];
    const problem = events.find((event) => event.type === 'problem')?.problem;
    const isFound = source.kind !== 'hex' && events.some(({ type }) => type === 'bytes');
    return isFound && problem !== undefined && problem.offset < line.length;
  }

  /** The first line is digits and what may stand between them: so are the others, or they are wrong. */
  private get isPlain(): boolean {
    return this.isDigits && this.skipped.length === 0 && this.hex.kind === 'hex' && !this.mayBeBits && !this.mayBeOctal;
  }

  /** The same, and the first line is over; where it begins with what may be no bytes, the second as well. */
  private get isSettled(): boolean {
    return (
      this.isPlain && this.firstEnd < Infinity && this.hex.watch !== undefined && this.hex.watch.doubt === undefined
    );
  }

  /** Where the first line ends that is not blank. */
  private findFirstEnd(chunk: Uint8Array): void {
    for (const [index, byte] of chunk.entries()) {
      this.sawText ||= byte >= 0x80 || isLetter(byte);
      this.isDigits &&= PLAIN[byte] === 1;
      if (byte !== 0x0a || !this.sawText) continue;
      this.firstEnd = this.skipped.length + this.length - chunk.length + index;
      this.mayBeOctal &&= OCTAL.test(latin1(concat(this.text)).slice(0, this.firstEnd - this.skipped.length));
      return;
    }
  }

  /** What is wrong with the text as one spelling: in the first line of plain digits, anywhere in what else is kept. */
  private earlyProblem(): InputProblem | undefined {
    const { problem } = this;
    if (problem === undefined) return undefined;
    // A second line that is not of the kind of the first.
    const doubt = this.hex.watch?.doubt;
    if (doubt !== undefined) return doubt;
    return problem.offset < (this.isPlain ? this.firstEnd : MOST) ? problem : undefined;
  }

  private hold(events: readonly SourceEvent[]): void {
    for (const event of events) {
      this.held?.push(event);
      if (event.type === 'problem') this.problem ??= event.problem;
    }
  }

  private release(): SourceEvent[] {
    const held = this.held ?? [];
    this.held = undefined;
    this.text = [];
    return held;
  }
}

/** A form that is read line by line, as a source. */
class LineForm {
  private readonly lines: LineReader;

  constructor(
    readonly form: LogText,
    private readonly events: Events,
    /** What the text gives where no line of it holds bytes. */
    private readonly otherwise: SourceEvent[],
  ) {
    this.lines = new LineReader(events);
  }

  push(chunk: Uint8Array): SourceEvent[] {
    if (this.events.failed) return [];
    this.lines.push(chunk, (line) => this.form.line(line));
    return this.events.take();
  }

  end(): SourceEvent[] {
    if (this.events.failed) return [];
    this.lines.end((line) => this.form.line(line));
    this.form.end();
    const last = this.form.isEmpty ? this.otherwise : this.events.take();
    this.events.failed = true;
    return last;
  }
}

/** Whole frames, if all of it is digits. */
function areFrames(digits: string): boolean {
  const { bytes, problem } = spelled(digits);
  return problem === undefined && looksLikeFrames(Uint8Array.from(bytes), Infinity);
}

/** The digits without the quotation marks around them, and without a first `\x`. */
function withoutQuotes(text: string): string {
  let end = text.length;
  while (end > 0 && /['"\s]/.test(text[end - 1]!)) end--;
  return text.slice(0, end).replace(/^\s*['"]?\\{1,2}x/, '');
}
