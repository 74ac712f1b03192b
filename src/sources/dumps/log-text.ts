import type { DumpForm } from './form.js';
import { OffsetBlock } from './offset-block.js';
import { bareRow } from './bare-row.js';
import { columnHead, isPrintedBy, mayBeCommand, type OffsetRow, offsetRow } from './offset-row.js';
import { type Heading, headingOf } from './headings.js';
import { LogHeads } from './log-heads.js';
import { isOtherColumn } from './other-column.js';
import { Sides } from './sides.js';
import { SpokenBytes } from './spoken-bytes.js';
import { straceCall } from './strace.js';
import type { Events } from '../text/events.js';
import { failInLine, LONGEST_SEARCHED, type Line } from '../text/lines.js';
import { BYTEA_IN_DOUBT, byteaAt } from '../text/bytea.js';
import { type LiteralLine, literalOf, longLiteralLine } from '../text/literal-line.js';
import { latin1Bytes, spelled } from '../text/spelled.js';
import { OpenBinary } from '../text/open-binary.js';
import { BytesInLines } from '../text/bytes-in-lines.js';
import { ranges } from '../text/line-ranges.js';
import { shortFrames, SkippedFrames } from '../text/short-frames.js';
import { areFrames } from '../text/literals.js';
import { timedHex } from '../text/timed-hex.js';
import { PassedWords } from '../text/passed-words.js';
import { UnreadLines } from '../text/unread-lines.js';
import type { Speaker } from '../text/speaker.js';

/** Rulers and frames of tables. */
const RULER = /^(?:[\s+|=_*~-]|\xe2[\x94\x95][\x80-\xbf])*$/;
const CLOSING = /^\s*(?:0[xX])?([0-9a-fA-F]{4,16})[:h]?\s*$/;
/** Pairs of hex digits, separated. */
const BYTES_ALONE = /^\s*(?:0[xX])?[0-9a-fA-F]{2}(?:[\s,:-]{1,4}(?:0[xX])?[0-9a-fA-F]{2})*[\s,]*$/;
/** A repeated line of a dump. */
const REPEATED = /(?:^|\s)\*\s*$/;

const UNFINISHED =
  'the bytes at the end of this line begin a frame or a handshake, and no lines of the same form complete it: some are missing';
const IN_PIECES =
  'the lines from here on look like pieces of one buffer, and together they are no whole frames: lines are missing, or other text stands between them';

const CUT_LINE = 'this line has the form of lines that hold bytes, and its bytes are cut or have other text among them';

/** The marks before the two sides of Wireshark's follow. */
const INDENTS: Readonly<Record<string, 'left' | 'right'>> = { '': 'left', '    ': 'right', '\t': 'right' };

/**
 * What people paste: rows of an offset and bytes, in any layout that proves itself; byte literals in the lines of a log
 * or of code; heads of a handshake. Words say who sent; without them no side is claimed. `bytes` events.
 */
export class LogText implements DumpForm {
  private readonly spoken: SpokenBytes;
  /** One for the rows at each side of Wireshark's follow, and one for all others. */
  private readonly blocks = { left: this.newBlock('left'), right: this.newBlock('right'), other: this.newBlock() };
  /** The one of the last row. */
  private block = this.blocks.other;
  private readonly used: number[] = [];
  private lines = 0;
  private usedCount = 0;
  private heading: Heading | undefined;
  /** Rows, or lines that are no rows, held bytes. */
  private sawRows = false;
  private sawLiterals = false;
  /** Where the bytes of the last row without an offset began. */
  private bareColumn = -1;
  private isRefused = false;
  /** A line that is passed over if the next one shows that it is the heading of a table, or the command that printed the rows. */
  private waiting: { readonly line: Line; readonly isPassed: (row: OffsetRow) => boolean } | undefined;
  /** The first line that was not searched. */
  private tooLong: Line | undefined;

  private readonly binaries = new OpenBinary((line) => this.whole(line));
  private readonly runs = new BytesInLines({
    run: (lines, bytes, speaker) => {
      for (const line of lines) this.use(line);
      this.sawLiterals = true;
      this.spoken.take(bytes, speaker);
    },
    apart: (line) => this.words(line),
    doubtful: ([line]) => this.refuse(line!, 0, IN_PIECES),
  });
  private readonly heads = new LogHeads({
    headLine: (line, text, speaker) => {
      if (line !== undefined) this.use(line);
      this.sawLiterals = true;
      this.spoken.take(latin1Bytes(`${text}\r\n`), speaker, '');
    },
  });
  private readonly skipped = new SkippedFrames();
  private readonly unread = new UnreadLines();
  private readonly passed = new PassedWords();
  private readonly sides = new Sides();
  /** The last line in which bytes were spelled. */
  private lastLiteral: {
    readonly number: number;
    readonly speaker: Speaker | undefined;
    readonly bytes: readonly number[];
  } = { number: -1, speaker: undefined, bytes: [] };

  constructor(private readonly events: Events) {
    this.spoken = new SpokenBytes(events, this.sides);
  }

  /** What the text was read as, with the lines that held bytes. */
  get kind(): string {
    if (this.spoken.isFollow) return 'Wireshark follow';
    return this.sawLiterals ? `bytes in a log (${ranges(this.used, this.usedCount)})` : 'offsets and bytes';
  }

  /** No line held bytes. */
  get isEmpty(): boolean {
    return this.usedCount === 0 && !this.isRefused;
  }

  line(line: Line): void {
    this.binaries.line(line);
  }

  private whole(line: Line): void {
    if (this.rowByColumns(line)) return;
    const { text } = line;
    if (text.trim() === '') return this.heads.end();
    const doubtful = byteaAt(text);
    if (doubtful >= 0) return this.refuse(line, doubtful, BYTEA_IN_DOUBT);
    this.lines++;
    if (text.length > LONGEST_SEARCHED) {
      if (!this.literal(line, longLiteralLine(text))) this.tooLong ??= line;
      return;
    }
    if (this.heads.field(line)) return;
    if (RULER.test(text) && !REPEATED.test(text)) return;
    this.settleWaiting(text);
    const head = columnHead(text);
    if (head === undefined) this.content(line);
    // The numbers above the columns of a table, or bytes that count up from 0: only a row that follows shows that they are the first.
    else if (head === 'alone') this.waiting = { line, isPassed: () => true };
  }

  private settleWaiting(next?: string): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting === undefined) return;
    const row = next === undefined ? undefined : offsetRow(next);
    if (row === undefined || !waiting.isPassed(row)) this.content(waiting.line, true);
  }

  /** `waited`: the line after it is known, and it counts. */
  private content(line: Line, waited = false): void {
    const { text } = line;
    const isOpen = this.openBlocks().length > 0;
    const found = offsetRow(text, isOpen);
    const row = found !== undefined && !isOpen && this.isOther(line, found) ? undefined : found;
    if (row !== undefined && !waited && mayBeCommand(row))
      this.waiting = { line, isPassed: (next) => isPrintedBy(row, next) };
    else if (row !== undefined) this.row(line, row);
    else if (isOpen && REPEATED.test(text))
      this.refuse(line, 0, 'a * stands for rows that are left out: print all of them (hexdump -v, od -v)');
    else this.other(line);
  }

  /** The first column is no offset, as in lines of this shape that held bytes. */
  private isOther(line: Line, row: OffsetRow): boolean {
    return isOtherColumn(row, this.sawRows) || (!this.sawRows && !row.isSure && this.skipped.isProven(line));
  }

  /** The same layout as the rows before it, in a block that is open. */
  private rowByColumns(line: Line): boolean {
    if (this.heads.isOpen || this.heading?.isOther === true || !this.block.next(line)) return false;
    this.lines++;
    this.use(line);
    return true;
  }

  /** No row. */
  private other(line: Line): void {
    const closing = CLOSING.exec(line.text);
    for (const block of this.openBlocks()) {
      if (closing === null) block.settle();
      else block.close(line, closing[1]!);
    }
    if (closing !== null && this.sawRows) return;
    if (!this.runs.take(line)) this.words(line);
  }

  /** A head, a call, bytes among words, or words alone. */
  private words(line: Line): void {
    const heading = headingOf(line);
    if (this.startHead(line) || this.strace(line) || this.bareRow(line)) return;
    // A number of bytes may look like hex (`READ: 189B`).
    const isBytes = heading.promised === undefined && this.literal(line, this.literalIn(line));
    if (isBytes) return;
    this.setHeading(heading);
    if (heading.promised === undefined) this.shortFrames(line);
  }

  end(): void {
    this.binaries.end();
    this.settleWaiting();
    this.runs.end();
    this.heads.end();
    this.endBlocks();
    this.checkPromise();
    this.spoken.end();
    if (this.usedCount > 0) this.skipped.end(this.events);
    this.passed.end(this.events, this.lines);
    if (this.tooLong !== undefined && this.usedCount > 0) {
      return this.refuse(
        this.tooLong,
        0,
        `more than ${LONGEST_SEARCHED} characters: this line is not searched for bytes`,
      );
    }
    if (this.usedCount === 0 && this.runs.unfinished !== undefined) this.refuse(this.runs.unfinished, 0, UNFINISHED);
    if (this.usedCount > 0 && this.usedCount < this.lines)
      this.events.notice(`${this.usedCount} ${this.usedCount === 1 ? 'line' : 'lines'} of ${this.lines} held bytes`);
  }

  private row(line: Line, row: OffsetRow): void {
    if (this.heading?.isOther === true) return;
    this.runs.end();
    this.sawRows = true;
    this.use(line);
    const side = row.digits.length === 8 && !row.isHex ? INDENTS[line.text.slice(0, row.at)] : undefined;
    const block = this.blocks[side ?? 'other'];
    this.block = block;
    for (const other of this.openBlocks()) if (other !== block) other.settle();
    block.add(line, row);
  }

  /** Bytes and the same as characters, without an offset. */
  private bareRow(line: Line): boolean {
    const row = bareRow(line.text, this.bareColumn);
    if (row === undefined || this.heading?.isOther === true) return false;
    this.sawRows = true;
    this.bareColumn = row.at;
    this.use(line);
    this.give(row.bytes);
    return true;
  }

  private openBlocks(): OffsetBlock[] {
    return Object.values(this.blocks).filter(({ open }) => open);
  }

  private endBlocks(): void {
    for (const block of Object.values(this.blocks)) block.end();
  }

  private refuse(line: Line, at: number, message: string): void {
    this.isRefused = true;
    this.spoken.flush();
    failInLine(this.events, line, at, message);
  }

  private use(line: Line): void {
    this.usedCount++;
    if (this.used.length < 64 && this.used.at(-1) !== line.number) this.used.push(line.number);
  }

  private newBlock(side?: 'left' | 'right'): OffsetBlock {
    return new OffsetBlock({
      bytes: (bytes) => this.give(bytes, side),
      // A row that is left out is refused before.
      repeated: () => undefined,
      notice: (message) => this.events.notice(message),
      refuse: (line, at, message) => this.refuse(line, at, message),
    });
  }

  private give(bytes: ArrayLike<number>, side?: 'left' | 'right'): void {
    const { heading } = this;
    if (heading !== undefined) heading.count += bytes.length;
    if (heading?.ends === undefined) return this.spoken.take(bytes, heading?.speaker ?? side, heading?.stream);
    this.spoken.flush();
    this.events.append(bytes, this.sides.tag([...heading.ends].sort().join(' '), heading.ends[0]));
  }

  private setHeading(heading: Heading): void {
    if (heading.speaker ?? heading.promised ?? heading.ends) this.endBlocks();
    this.checkPromise();
    this.heading = heading;
  }

  private checkPromise(): void {
    const { heading } = this;
    this.heading = undefined;
    if (heading?.promised === undefined || heading.isOther || heading.count === heading.promised || this.events.failed)
      return;
    this.refuse(
      heading.line,
      0,
      `${heading.promised} bytes are announced here, and ${heading.count} stand below: rows are missing`,
    );
  }

  private strace(line: Line): boolean {
    const call = straceCall(line.text);
    if (call === undefined) return false;
    this.checkPromise();
    if (call === 'nothing') return true;
    if ('problem' in call) {
      this.refuse(line, 0, call.problem);
      return true;
    }
    this.sawLiterals = true;
    this.use(line);
    this.spoken.take(
      call.bytes,
      call.speaker,
      call.stream,
      call.isSocket ? undefined : `file descriptor ${call.stream}`,
    );
    return true;
  }

  private literal(line: Line, found: LiteralLine | undefined): boolean {
    if (found === undefined) return false;
    this.endBlocks();
    this.checkPromise();
    if ('problem' in found) {
      this.refuse(line, found.at, found.problem);
      return true;
    }
    for (const notice of found.notices) this.events.notice(notice);
    this.sawLiterals = true;
    for (const before of this.skipped.prove(line, found.bytes, this.usedCount)) {
      this.use(before.line);
      this.spoken.take(before.bytes, before.speaker, '');
    }
    this.use(line);
    if (found.around !== undefined) this.passed.add(line, found.around);
    this.unread.read(line.text);
    this.spoken.take(found.bytes, found.speaker, '');
    this.lastLiteral = { number: line.number, speaker: found.speaker, bytes: found.bytes };
    return true;
  }

  /** A group of digits that is bytes only because another line of the same form holds some. */
  private shortFrames(line: Line): void {
    const found = this.skipped.take(line, this.usedCount);
    if (found === undefined && this.unread.isOfThem(line.text)) return this.leaveOut(line);
    if (found === undefined) return;
    this.use(line);
    this.spoken.take(found.bytes, found.speaker, '');
  }

  /** Bytes of this line are lost: what follows can only be read after whole frames. */
  private leaveOut(line: Line): void {
    if (!this.isLastWhole) return this.refuse(line, 0, CUT_LINE);
    this.events.leaveOut({ message: CUT_LINE, offset: line.offset, line: line.number, column: 1 });
  }

  /** The last line in which bytes were spelled holds whole frames. */
  private get isLastWhole(): boolean {
    return areFrames(Uint8Array.from(this.lastLiteral.bytes));
  }

  private literalIn(line: Line): LiteralLine | undefined {
    return timedHex(line.text) ?? literalOf(line.text, !this.sawLiterals && !this.sawRows) ?? this.wrapped(line);
  }

  /** A line of bytes alone continues the bytes of the line before it. */
  private wrapped(line: Line): LiteralLine | undefined {
    const { number, speaker } = this.lastLiteral;
    if (line.number !== number + 1 || !BYTES_ALONE.test(line.text)) return undefined;
    // After whole frames, frames after a number: no more of the same.
    if (this.isLastWhole && shortFrames(line.text) !== undefined) return undefined;
    const { bytes, problem } = spelled(line.text);
    return problem === undefined ? { bytes, speaker, notices: [] } : { problem, at: 0 };
  }

  private startHead(line: Line): boolean {
    if (!this.heads.start(line)) return false;
    this.endBlocks();
    this.checkPromise();
    return true;
  }
}
