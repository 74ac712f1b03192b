import { Columns } from './columns.js';
import { type OffsetRow, fits, fittingLength, offsetRow } from './offset-row.js';
import { turnedRound } from './form.js';
import { LEAST_ADDRESS } from './offsets.js';
import type { Line } from '../text/lines.js';

/** Bytes that rows proved, in their order; or why nothing proves them. */
export type Proven =
  { readonly bytes: ArrayLike<number> } | { readonly problem: string; readonly line: Line; readonly at: number };

/**
 * Rows that follow each other: each is taken for an offset and bytes only when the next offset, or the row's own
 * characters, prove how many bytes it has. One row waits for its proof.
 */
export class OffsetBlock {
  private held: { readonly line: Line; readonly row: OffsetRow } | undefined;
  private readonly columns = new Columns();
  /** The row that waits, if its columns alone were read, its offset and its bytes. */
  private byColumns: Line | undefined;
  private offset = NaN;
  private waiting = new Uint8Array(0);
  /** The last row before something else, and its bytes. */
  private past: { readonly row: OffsetRow; readonly count: number } | undefined;
  /** Rows of the block that were proven by the offset after them. */
  private proven = 0;
  private radices: readonly number[] = [];
  private showsCharacters = false;
  /** A block began at offset 0: they are no addresses. */
  private sawZero = false;
  private order: 'as-printed' | 'swapped' | undefined;

  get open(): boolean {
    return this.held !== undefined;
  }

  /** The bytes of the row before it, where `line` is a row in the columns of the last one that was proven, and continues from there. */
  next(line: Line): Uint8Array | undefined {
    const { columns, waiting } = this;
    if (!columns.read(line.text, this.offset + waiting.length)) return undefined;
    this.offset += waiting.length;
    this.waiting = columns.bytes.slice();
    this.byColumns = line;
    return waiting;
  }

  /** Reads the waiting row as the general reader does, before another kind of line. */
  private catchUp(): void {
    const { byColumns, held } = this;
    this.columns.forget();
    this.byColumns = undefined;
    if (byColumns === undefined || held === undefined) return;
    this.held = { line: byColumns, row: offsetRow(byColumns.text, true) ?? this.sameAs(held.row, byColumns.text) };
  }

  /** The row that waits, where only the rows before it show that it is one (its offset may be letters alone). */
  private sameAs(row: OffsetRow, line: string): OffsetRow {
    const { at, digits, ends, size } = row;
    const { length } = this.waiting;
    const bytes = Array.from(this.waiting);
    return {
      ...row,
      digits: line.slice(at, at + digits.length),
      bytes: this.order === 'swapped' ? turnedRound(bytes, size) : bytes,
      ends: ends.filter(({ count }) => count <= length),
      line,
    };
  }

  /** `row` was proven: what follows the one that waits may be read by its columns, if they are the same. */
  private learn(row: OffsetRow, count: number, waits: OffsetRow): void {
    const radix = this.radices.length === 1 ? this.radices[0]! : undefined;
    if (radix === undefined || (row.size > 1 && this.order === undefined)) return;
    const turned = this.order === 'swapped' ? row.size : 1;
    const { at, line: text, digits } = row;
    this.columns.learn({ text, digits, at, radix, printed: row.bytes.slice(0, count), turned });
    this.offset = valueOf(waits, radix);
    if (!this.columns.read(waits.line, this.offset)) return this.columns.forget();
    this.waiting = this.columns.bytes.slice();
  }

  /** The bytes that `row` proves of the one before it; or those of a block that it follows. */
  add(line: Line, row: OffsetRow): Proven {
    this.catchUp();
    const { held } = this;
    if (held === undefined) return this.afterBreak(line, row);
    const steps = new Set<number>();
    const radices = this.radices.filter((radix) => {
      const step = valueOf(row, radix) - valueOf(held.row, radix);
      const isFitting = held.row.ends.some(({ count }) => count === step) && this.mayEnd(held.row, step);
      if (!isFitting || !this.isBeyondDoubt(held.row, row, radix, step)) return false;
      steps.add(step);
      return true;
    });
    if (steps.size === 1) {
      const bytes = this.bytesOf(held.line, held.row, [...steps][0]!);
      this.radices = radices;
      this.proven++;
      this.held = { line, row };
      if (!('problem' in bytes)) this.learn(held.row, bytes.bytes.length, row);
      return bytes;
    }
    if (steps.size === 0 && /^0+$/.test(row.digits)) {
      const last = this.end();
      return 'problem' in last ? last : joined(last, this.begin(line, row));
    }
    const expected = valueOf(held.row, this.radices[0]!) + (fittingLength(held.row) ?? held.row.bytes.length);
    const wanted = expected.toString(this.radices[0]).padStart(held.row.digits.length, '0');
    const problem =
      this.proven === 0 && this.isPlainWidth(held.row)
        ? `the first column looks like offsets, but does not count the bytes (${row.digits} stands where ${wanted} has to): if it is bytes, join the lines; if not, leave it out`
        : `offset ${row.digits} stands where ${wanted} has to: rows are missing, doubled or cut`;
    return { problem, line, at: row.at };
  }

  /** Something else stands between the rows: gives the bytes of the last one. The next row has to go on from there. */
  settle(): Proven {
    this.catchUp();
    const { held } = this;
    if (held === undefined) return { bytes: [] };
    const last = this.end();
    if (!('problem' in last)) this.past = { row: held.row, count: last.bytes.length };
    return last;
  }

  private afterBreak(line: Line, row: OffsetRow): Proven {
    const { past } = this;
    this.past = undefined;
    if (past === undefined || /^0+$/.test(row.digits)) return this.begin(line, row);
    const radices = this.radices.filter(
      (radix) =>
        valueOf(row, radix) - valueOf(past.row, radix) === past.count &&
        this.isBeyondDoubt(past.row, row, radix, past.count),
    );
    if (radices.length === 0)
      return {
        problem: `offset ${row.digits} does not follow on the rows before: some are missing, doubled or cut`,
        line,
        at: row.at,
      };
    this.radices = radices;
    this.proven++;
    this.held = { line, row };
    return { bytes: [] };
  }

  /** The bytes of the last row: nothing follows it. `closing`: an offset with nothing after it. */
  end(closing?: string): Proven {
    this.catchUp();
    const { held } = this;
    this.past = undefined;
    if (held === undefined) return { bytes: [] };
    const { line, row } = held;
    this.held = undefined;
    const all = row.bytes.length;
    const rest = row.line.slice(row.ends.at(-1)!.at);
    const fitting = fittingLength(row);
    if (closing !== undefined) {
      const steps = this.radices.map((radix) => parseInt(closing, radix) - valueOf(row, radix));
      const count = steps.find((step) => row.ends.some((end) => end.count === step));
      if (count === undefined)
        return {
          problem: `the last offset ${closing} does not fit the rows: some are missing or cut`,
          line,
          at: row.at,
        };
      return this.bytesOf(line, row, count);
    }
    const isProven = this.proven > 0 || row.isSure;
    if (fitting !== undefined) return this.bytesOf(line, row, fitting);
    if (!isProven) {
      return {
        problem: `'${row.digits}' looks like an offset, and nothing proves it (no second row, no characters that fit the bytes): leave the column out, or paste more rows`,
        line,
        at: row.at,
      };
    }
    if (this.showsCharacters) {
      return {
        problem: 'the last row is cut: its characters do not fit its bytes, as they do in the rows before',
        line,
        at: row.at,
      };
    }
    if (rest.trim() !== '' && !/^(?:\s{2,}|\s*[|>[*])/.test(rest)) {
      return { problem: 'nothing tells where the bytes of the last row end', line, at: row.ends.at(-1)!.at };
    }
    return this.bytesOf(line, row, all);
  }

  private begin(line: Line, row: OffsetRow): Proven {
    this.held = { line, row };
    this.proven = 0;
    this.order = undefined;
    this.showsCharacters = false;
    this.radices = [16, 10, 8].filter((radix) => radix === 16 || (!row.isHex && isOf(row.digits, radix)));
    const value = valueOf(row, 16);
    const isFirst = value === 0 || (value >= LEAST_ADDRESS && row.digits.length > 2 && !this.sawZero);
    this.sawZero ||= value === 0;
    if (isFirst) return { bytes: [] };
    const problem =
      row.isSure || fittingLength(row) !== undefined
        ? `the first offset is ${row.digits}, not 0: the rows before it are missing`
        : `'${row.digits}' looks like an offset, and nothing proves it: leave the column out, or paste the rows from offset 0 on`;
    return { problem, line, at: row.at };
  }

  /**
   * Offsets that would be decimal or octal may be hex ones after rows that are missing (`0020` after 16 bytes) or cut
   * (`0010` after 10): not where hex makes no sense of them, the characters count the bytes, or od's seven digits say octal.
   */
  private isBeyondDoubt(before: OffsetRow, row: OffsetRow, radix: number, count: number): boolean {
    if (radix === 16 || (radix === 8 && row.digits.length === 7)) return true;
    const others = this.radices
      .filter((other) => other > radix)
      .map((other) => valueOf(row, other) - valueOf(before, other));
    return others.every(
      (step) => step <= count || (step % count !== 0 && (step % 8 !== 0 || fits(before, count) !== undefined)),
    );
  }

  /** Two digits among bytes of two digits: only its growth distinguishes the column from bytes. */
  private isPlainWidth(row: OffsetRow): boolean {
    return !row.isSure && fittingLength(row) === undefined;
  }

  /** Whether the row can have `count` bytes: all that it has, or as many as its characters show. */
  private mayEnd(row: OffsetRow, count: number): boolean {
    const isCut = /^\s?[0-9a-fA-F]\s*$/.test(row.line.slice(row.ends.at(-1)!.at));
    return (count === row.bytes.length && !isCut) || fits(row, count) !== undefined;
  }

  private bytesOf(line: Line, row: OffsetRow, count: number): Proven {
    const order = fits(row, count);
    this.showsCharacters ||= order !== undefined;
    const bytes = row.bytes.slice(0, count);
    if (row.size === 1) return { bytes };
    const turned = turnedRound(bytes, row.size);
    const isSame = bytes.every((byte, index) => byte === turned[index]);
    if (!isSame && order !== undefined) {
      if (this.order !== undefined && this.order !== order)
        return { problem: 'the byte order of the words is not the one of the rows before', line, at: row.at };
      this.order = order;
    }
    if (!isSame && this.order === undefined) {
      return {
        problem: `nothing tells the byte order of these words of ${row.size} bytes: print single bytes`,
        line,
        at: row.at,
      };
    }
    return { bytes: this.order === 'swapped' ? turned : bytes };
  }
}

function joined(first: Proven, second: Proven): Proven {
  return 'problem' in first || 'problem' in second
    ? 'problem' in second
      ? second
      : first
    : { bytes: [...Array.from(first.bytes), ...Array.from(second.bytes)] };
}

function isOf(digits: string, radix: number): boolean {
  return radix === 10 ? /^\d+$/.test(digits) : /^[0-7]+$/.test(digits);
}

/** NaN where the digits are none of that radix. Addresses of 64 bits: their lower half counts. */
function valueOf({ digits }: OffsetRow, radix: number): number {
  if (radix !== 16 && !isOf(digits, radix)) return NaN;
  return parseInt(radix === 16 ? digits.slice(-12) : digits, radix);
}
