import { Columns } from './columns.js';
import { type RowFault, turnedRound } from './form.js';
import type { RowLayout } from './layouts.js';
import { fits, fittingLength } from './characters.js';
import type { OffsetRow } from './offset-row.js';
import { type HeldRow, isSame, type RowTaker, WordOrder } from './word-order.js';
import type { Line } from '../text/lines.js';

/** A first offset below it that is not zero means that rows are missing; one above it may be an address. */
const LEAST_ADDRESS = 0x1000;
/** What `*` lines may stand for in all: a few bytes of text must not become hours of work. As much as a packet holds. */
const MAX_REPEATED = 16 * 1024 * 1024;
const NAMES: Readonly<Record<number, string>> = { 8: 'octal', 10: 'decimal', 16: 'hex' };
const DIGITS: Readonly<Record<number, RegExp>> = { 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-fA-F]+$/ };
const OPEN_STAR = 'the dump ends with a *: the number of lines that it replaces is not known, and they are left out';

/**
 * Rows that follow each other. Each is taken for an offset and bytes only when the next offset, the row's own characters,
 * or the layout of a known tool prove how many bytes it has; what is in the columns of a row that was proven is proven, too.
 */
export class OffsetBlock {
  /** The row before. */
  private held: HeldRow | undefined;
  private readonly columns = new Columns();
  /** The row before, if its columns alone were read; the offset that follows it. */
  private byColumns: Line | undefined;
  private offset = NaN;
  /** The last row before something else. */
  private past: HeldRow | undefined;
  /** Rows of the block that were proven by the offset after them. */
  private proven = 0;
  private radices: readonly number[] = [];
  private sawFirst = false;
  /** A block began at offset 0: they are no addresses. */
  private sawZero = false;
  private readonly words: WordOrder;
  /** A `*` stands after the row before. */
  private squeezed = false;
  private repeated = 0;

  /** `layout`: of the tool, where it is known. */
  constructor(
    private readonly taker: RowTaker,
    private readonly layout?: RowLayout,
  ) {
    this.words = new WordOrder(taker, layout);
  }

  get open(): boolean {
    return this.held !== undefined;
  }

  /** Takes `line` if it is a row in the columns of the last one that was proven, and continues from there. */
  next(line: Line): boolean {
    const { columns } = this;
    if (!columns.read(line.text, this.offset)) return false;
    this.offset += columns.bytes.length;
    this.byColumns = line;
    this.taker.bytes(columns.bytes);
    return true;
  }

  add(line: Line, row: OffsetRow): void {
    this.catchUp();
    const { held: before, layout } = this;
    if (!(before === undefined ? this.begin(line, row) : this.advance(before, line, row))) return;
    const held = this.held!;
    if (layout !== undefined) this.words.prove(held, row.bytes.length);
    if (layout !== undefined && !this.isPadded(row)) this.count(held, row.bytes.length);
    this.learn(held, before);
  }

  /** A line that is a `*` stands for rows like the one before. */
  star(line: Line): void {
    this.catchUp();
    this.squeezed = this.open;
    if (!this.squeezed)
      this.taker.refuse(line, line.text.indexOf('*'), 'there is no line before this * that it could repeat');
  }

  /** Something else stands between the rows. The next row has to go on from there. */
  settle(): void {
    this.catchUp();
    const { held } = this;
    this.end();
    if (held?.count !== undefined) this.past = held;
  }

  /** Nothing follows the last row. */
  end(): void {
    this.catchUp();
    const { held } = this;
    this.held = this.past = undefined;
    if (held === undefined) return;
    if (held.count === undefined) this.countLast(held);
    this.words.flush(true);
    if (this.squeezed) this.taker.notice(OPEN_STAR);
    this.squeezed = false;
  }

  /** An offset with nothing after it ends the rows. */
  close(line: Line, digits: string): void {
    this.catchUp();
    const { held } = this;
    this.held = this.past = undefined;
    if (held === undefined) return;
    const step = this.stepTo(held, digits, true);
    if (typeof step === 'string') return this.taker.refuse(line, line.text.indexOf(digits), step);
    if (step < held.row.bytes.length && this.isPadded(held.row)) this.trim(line, held, step);
    else this.take(line, held, step);
    this.words.flush(true);
  }

  private isPadded(row: OffsetRow): boolean {
    return this.layout?.pads === true && row.size > 1;
  }

  /** The row before, if it was read by its columns, for what follows it. */
  private catchUp(): void {
    const { byColumns, held, columns } = this;
    columns.forget();
    this.byColumns = undefined;
    if (byColumns === undefined || held === undefined) return;
    const { at, digits, size } = held.row;
    const own = Array.from(columns.bytes);
    const bytes = this.words.order === 'swapped' ? turnedRound(own, size) : own;
    const { text } = byColumns;
    this.held = {
      line: byColumns,
      row: { ...held.row, digits: text.slice(at, at + digits.length), bytes, line: text },
      count: bytes.length,
    };
  }

  /** What follows may be read by the columns of this row, or of the one before, which prove this one if it is in them. */
  private learn(held: HeldRow, before: HeldRow | undefined): void {
    const from = held.count === undefined ? before : held;
    const [radix, another] = this.radices;
    if (from?.count === undefined || radix === undefined || another !== undefined || this.words.isWaiting) return;
    const { row, count } = from;
    if (row.isNumbers === true || this.isPadded(row) || (row.size > 1 && this.words.order === undefined)) return;
    const turned = this.words.order === 'swapped' ? row.size : 1;
    const { at, line: text, digits } = row;
    this.columns.learn({ text, digits, at, radix, printed: row.bytes.slice(0, count), turned });
    this.offset = valueOf(digits, radix) + count;
    if (from === held) return;
    const { line } = held;
    if (!this.next(line)) return this.columns.forget();
    this.byColumns = undefined;
    held.count = this.columns.bytes.length;
  }

  private begin(line: Line, row: OffsetRow): boolean {
    const { past, layout } = this;
    this.past = undefined;
    const isZero = isZeros(row.digits);
    if (past !== undefined && !isZero) return this.goOn(past, line, row);
    const isFirst = !this.sawFirst;
    this.held = { line, row };
    this.proven = 0;
    this.sawFirst = true;
    if (layout === undefined) {
      this.words.forget();
      this.radices = [16, 10, 8].filter((radix) => radix === 16 || (!row.isHex && isOf(row.digits, radix)));
    } else if (isFirst) this.radices = layout.radices(line.text, row.digits);
    const isFollowing = isZero || (layout?.mayBeginLate === true && !isFirst);
    if (!isFollowing && !this.mayBeginLate(row)) {
      const problem =
        row.isSure || fittingLength(row) !== undefined
          ? `the first offset is ${row.digits}, not 0: the rows before it are missing`
          : `'${row.digits}' looks like an offset, and nothing proves it: leave the column out, or paste the rows from offset 0 on`;
      this.taker.refuse(line, row.at, problem);
      return false;
    }
    this.sawZero ||= isZero;
    return true;
  }

  /** A large offset may be an address, or where the user had the tool begin. */
  private mayBeginLate({ digits }: OffsetRow): boolean {
    const { layout } = this;
    if (valueOf(digits, 16) < LEAST_ADDRESS) return false;
    if (layout === undefined) return digits.length > 2 && !this.sawZero;
    if (layout.mayBeginLate) this.taker.notice(`the dump begins at offset ${digits}: bytes before it are missing`);
    return layout.mayBeginLate;
  }

  private goOn(past: HeldRow, line: Line, row: OffsetRow): boolean {
    const isFollowing = typeof this.stepTo(past, row.digits) === 'number';
    if (!isFollowing)
      this.taker.refuse(
        line,
        row.at,
        `offset ${row.digits} does not follow on the rows before: some are missing, doubled or cut`,
      );
    this.proven++;
    this.held = { line, row };
    return isFollowing;
  }

  /** The offset of `row` proves the row before it, or begins other rows. */
  private advance(before: HeldRow, line: Line, row: OffsetRow): boolean {
    const step = this.stepTo(before, row.digits);
    if (typeof step === 'string') {
      if (this.squeezed || !isZeros(row.digits)) {
        this.taker.refuse(line, row.at, step);
        return false;
      }
      this.end();
      return this.begin(line, row);
    }
    this.proven++;
    this.held = { line, row };
    return this.take(line, before, step);
  }

  /** The number of bytes from a row to the offset after it, or what is wrong. */
  private stepTo(before: HeldRow, digits: string, isEnd = false): number | string {
    let isDoubtful = false;
    const steps = new Set<number>();
    const isWholeInHex = isEnd && this.radices.includes(16) && endsAllInHex(before.row, digits);
    const radices = this.radices.filter((radix) => {
      const step = valueOf(digits, radix) - valueOf(before.row.digits, radix);
      if (radix !== 16 && isWholeInHex) return false;
      if (!this.mayStep(before, step, isEnd)) return false;
      if (!isEnd && !this.squeezed && !this.isBeyondDoubt(before.row, digits, radix, step)) {
        isDoubtful = true;
        return false;
      }
      steps.add(step);
      return true;
    });
    const [step, another] = steps;
    if (step === undefined) return this.unexpected(before, digits, isDoubtful);
    if (another !== undefined) {
      const names = radices.map((radix) => NAMES[radix]!).join(' or ');
      return `offset ${digits} may be ${names}: the number of bytes before it is not certain`;
    }
    this.radices = radices;
    return step;
  }

  /** Whether the row before can have that many bytes: all that it has, or as many as its characters show. */
  private mayStep({ row, count }: HeldRow, step: number, isEnd: boolean): boolean {
    const all = row.bytes.length;
    if (this.squeezed) return step >= all && step % all === 0;
    if (count !== undefined) return step === count;
    if (isEnd && this.isPadded(row)) return step <= all && step > all - row.size;
    if (!row.ends.some((end) => end.count === step)) return false;
    const isCut = /^\s?[0-9a-fA-F]\s*$/.test(row.line.slice(row.ends.at(-1)!.at));
    return isEnd || (step === all && !isCut) || fits(row, step) !== undefined;
  }

  /**
   * Offsets that would be decimal or octal may be hex ones after rows that are missing (`0020` after 16 bytes) or cut
   * (`0010` after 10): not where hex makes no sense of them, the characters count the bytes, or od's seven digits say octal.
   */
  private isBeyondDoubt(before: OffsetRow, digits: string, radix: number, count: number): boolean {
    if (radix === 16 || (radix === 8 && digits.length === 7)) return true;
    return this.radices
      .filter((other) => other > radix)
      .map((other) => valueOf(digits, other) - valueOf(before.digits, other))
      .every((step) => step <= count || (step % count !== 0 && (step % 8 !== 0 || fits(before, count) !== undefined)));
  }

  private unexpected({ row, count }: HeldRow, digits: string, isDoubtful: boolean): string {
    const all = row.bytes.length;
    if (this.squeezed)
      return `offset ${digits} does not fit the preceding *, which replaces whole lines of ${all} bytes`;
    const isKnown = this.layout !== undefined;
    if (isKnown && isDoubtful) return `offset ${digits} may be decimal, or hex after rows that are cut or missing`;
    const radix = this.radices[0]!;
    const expected = valueOf(row.digits, radix) + (count ?? fittingLength(row) ?? all);
    const wanted = expected.toString(radix).padStart(row.digits.length, '0');
    if (isKnown) return `the offset is ${digits} and has to be ${wanted}: lines are missing, doubled or cut`;
    // Two digits among bytes of two digits: only its growth distinguishes the column from bytes.
    return this.proven === 0 && !row.isSure && fittingLength(row) === undefined
      ? `the first column looks like offsets, but does not count the bytes (${digits} stands where ${wanted} has to): if it is bytes, join the lines; if not, leave it out`
      : `offset ${digits} stands where ${wanted} has to: rows are missing, doubled or cut`;
  }

  /** `step` bytes are between the row before and `line`. False after a problem. */
  private take(line: Line, before: HeldRow, step: number): boolean {
    const all = before.row.bytes.length;
    if (before.count === undefined) this.count(before, this.squeezed ? all : step);
    if (!this.squeezed) return true;
    this.squeezed = false;
    this.repeated += step - all;
    if (this.repeated > MAX_REPEATED) {
      const problem = `the * before this line replaces too much: repeated lines may have up to ${MAX_REPEATED} bytes (hexdump -v and od -v print them all)`;
      this.taker.refuse(line, 0, problem);
      return false;
    }
    if (step > all) this.words.put(before, before.row.bytes, step / all - 1);
    return true;
  }

  private count(held: HeldRow, count: number): void {
    held.count = count;
    if (this.layout === undefined) this.words.prove(held, count);
    this.words.put(held, held.row.bytes.slice(0, count));
  }

  /** Nothing says how many bytes the last row has, but itself. */
  private countLast(held: HeldRow): void {
    const { row, line } = held;
    if (this.layout !== undefined) return this.squeezed ? this.count(held, row.bytes.length) : this.dropPadding(held);
    const count = this.lastCount(row);
    if (typeof count === 'number') this.count(held, count);
    else this.taker.refuse(line, count.at, count.problem);
  }

  private lastCount(row: OffsetRow): number | RowFault {
    const { at: end } = row.ends.at(-1)!;
    const rest = row.line.slice(end);
    const fitting = fittingLength(row);
    if (fitting !== undefined) return fitting;
    const { at } = row;
    if (this.proven === 0 && !row.isSure)
      return {
        problem: `'${row.digits}' looks like an offset, and nothing proves it (no second row, no characters that fit the bytes): leave the column out, or paste more rows`,
        at,
      };
    if (this.words.showsCharacters)
      return {
        problem: 'the last row is cut: its characters do not fit its bytes, as they do in the rows before',
        at,
      };
    if (rest.trim() !== '' && !/^(?:\s{2,}|\s*[|>[*])/.test(rest))
      return { problem: 'nothing tells where the bytes of the last row end', at: end };
    return row.bytes.length;
  }

  /** The offset that would show the true length is missing: zeros at the end of the last word may be padding. */
  private dropPadding(held: HeldRow): void {
    const { row } = held;
    const swapped = turnedRound(row.bytes, row.size);
    if (!isSame(row.bytes, swapped)) this.words.assume(held);
    const bytes = this.words.order === 'swapped' ? swapped : row.bytes;
    if (bytes.at(-1) !== 0) return this.count(held, bytes.length);
    this.taker.notice('the last byte is 00, which may be padding, as the offset after it is missing: it is left out');
    held.count = bytes.length - 1;
    this.words.put(held, bytes.slice(0, -1), 0, bytes.slice(0, -1));
  }

  /** The true length is less than that with the last word: the padding zeros are removed. Their place shows the byte order. */
  private trim(line: Line, held: HeldRow, length: number): void {
    const { bytes, size } = held.row;
    const swapped = turnedRound(bytes, size);
    const [isPrinted, isSwapped] = [isZero(bytes.slice(length)), isZero(swapped.slice(length))];
    if (isPrinted !== isSwapped) this.words.order ??= isSwapped ? 'swapped' : 'as-printed';
    if (!(this.words.order === 'as-printed' ? isPrinted : isSwapped))
      return this.taker.refuse(
        line,
        0,
        'the offset says that the last word is padded, and it is not with zeros: its byte order is in doubt',
      );
    held.count = length;
    this.words.put(held, bytes.slice(0, length), 0, swapped.slice(0, length));
  }
}

/** As hex, the offset at the end counts all bytes of the last row, and no characters follow them that some of them could be. */
function endsAllInHex({ digits, size, bytes, ends, line }: OffsetRow, end: string): boolean {
  const isBare = size === 1 && line.slice(ends.at(-1)!.at).trim() === '';
  return isBare && valueOf(end, 16) - valueOf(digits, 16) === bytes.length;
}

const isZeros = (digits: string): boolean => /^0+$/.test(digits);
const isZero = (bytes: readonly number[]): boolean => bytes.every((byte) => byte === 0);
const isOf = (digits: string, radix: number): boolean => DIGITS[radix]!.test(digits);

/** NaN where the digits are none of that radix. Addresses of 64 bits: their lower half counts. */
function valueOf(digits: string, radix: number): number {
  if (!isOf(digits, radix)) return NaN;
  return parseInt(radix === 16 ? digits.slice(-12) : digits, radix);
}
