import { Columns } from './columns.js';
import type { DumpForm } from './form.js';
import { LEAST_ADDRESS, Offsets } from './offsets.js';
import type { ByteOrder, Row, RowFamily } from './row.js';
import type { Events } from '../text/events.js';
import { failInLine, type Line } from '../text/lines.js';

/** Lines that wait for one that proves their byte order. */
const MAX_HELD = 4096;
/** What `*` lines may stand for in all: a few bytes of text must not become hours of work. As much as a packet holds. */
const MAX_REPEATED = 16 * 1024 * 1024;
/** Repeated lines come out in blocks of about this size, all in the same memory. */
const BLOCK = 64 * 1024;

const OFFSET_ONLY = /^\s*([0-9a-fA-F]{6,16}):?\s*$/;

/** A row, and the number of its repetitions. */
interface Held {
  readonly row: Row;
  count: number;
}

/** Reads dumps whose lines begin with an offset: what a line looks like is its family's business. `bytes` events. */
export class RowDump implements DumpForm {
  private offsets: Offsets | undefined;
  private order: ByteOrder | undefined;
  private held: Held[] = [];
  /** The row before, while its dump continues. */
  private last: Row | undefined;
  private squeezed = false;
  private repeated = 0;
  private readonly columns = new Columns();
  /** The offset that follows the row before, and that row where its columns alone were read. */
  private next = NaN;
  private byColumns: Line | undefined;

  constructor(
    private readonly events: Events,
    private readonly family: RowFamily,
  ) {}

  line(line: Line): void {
    if (this.columns.read(line.text, this.next)) {
      this.events.append(this.columns.bytes);
      this.next += this.columns.bytes.length;
      this.byColumns = line;
      return;
    }
    this.catchUp();
    this.columns.forget();
    if (this.family.begins.test(line.text)) return this.row(line);
    const end = OFFSET_ONLY.exec(line.text);
    if (end !== null && this.last !== undefined) return this.close(line, end[1]!);
    if (line.text.trim() === '*') {
      if (this.last === undefined)
        failInLine(this.events, line, line.text.indexOf('*'), 'there is no line before this * that it could repeat');
      this.squeezed = true;
    } else if (line.text.trim() !== '' && this.last !== undefined) {
      this.events.notice(`line ${line.number} does not belong to the dump, and is passed over (as are others like it)`);
    }
  }

  end(): void {
    this.catchUp();
    if (this.squeezed)
      this.events.notice(
        'the dump ends with a *: the number of lines that it replaces is not known, and they are left out',
      );
    if (this.last !== undefined && this.family.pads) this.dropPadding();
    this.flush(true);
  }

  /** The row before, if it was read by its columns, for what follows it. */
  private catchUp(): void {
    if (this.byColumns === undefined) return;
    this.last = this.family.parse(this.byColumns) ?? this.last;
    this.offsets?.begin(this.last?.offset);
    this.byColumns = undefined;
  }

  /** What follows `row` can be read by its columns: nothing waits for a proof. */
  private learn({ text }: Line, { offset, asPrinted, swapped, size }: Row): void {
    const radix = this.offsets?.radix;
    if (radix === undefined || this.held.length > 0 || this.events.failed) return;
    const turned = swapped === undefined || this.order === 'as-printed' ? 1 : size;
    this.columns.learn({ text, digits: offset, at: text.indexOf(offset), radix, printed: asPrinted, turned });
    this.next = parseInt(offset, radix) + asPrinted.length;
  }

  /** The offset that would show the true length is missing: zeros at the end of the last word may be padding. */
  private dropPadding(): void {
    this.assume();
    const last = this.held.pop();
    if (last === undefined) return;
    const { row, count } = last;
    const { swapped = row.asPrinted, asPrinted } = row;
    const bytes = this.order === 'swapped' ? swapped : asPrinted;
    const isPadded = row.size > 1 && count === 1 && bytes.at(-1) === 0;
    if (!isPadded) return void this.held.push(last);
    this.events.notice('the last byte is 00, which may be padding, as the offset after it is missing: it is left out');
    const whole = bytes.slice(0, -1);
    this.held.push({ row: { ...row, asPrinted: whole, swapped: whole }, count });
  }

  private row(line: Line): void {
    const row = this.family.parse(line);
    if (row === undefined) return;
    if (this.last === undefined) this.begin(line, row.offset);
    else if (!this.advance(line, row.offset, 0)) return;
    this.last = row;
    this.held.push({ row, count: 1 });
    this.prove(line, row);
    this.flush(false);
    this.learn(line, row);
  }

  private begin(line: Line, offset: string): void {
    if (this.offsets === undefined && !/^0+$/.test(offset)) this.beginsLate(line, offset);
    this.offsets ??= new Offsets(this.family.radices(line, offset));
    this.offsets.begin(offset);
  }

  /** A small offset means that rows are missing: what follows need not begin a frame. A large one may be an address. */
  private beginsLate(line: Line, offset: string): void {
    if (parseInt(offset, 16) >= LEAST_ADDRESS)
      this.events.notice(`the dump begins at offset ${offset}: bytes before it are missing`);
    else
      failInLine(
        this.events,
        line,
        Math.max(0, line.text.indexOf(offset)),
        `the first offset is ${offset}, not 0: the rows before it are missing`,
      );
  }

  /** Compares `offset` with what came before, and repeats the last row for a `*`. False after a problem. */
  private advance(line: Line, offset: string, padding: number): boolean {
    const have = this.last!.asPrinted.length;
    const step = this.offsets!.step(offset, have, this.squeezed, padding);
    this.squeezed &&= !('bytes' in step);
    if ('problem' in step) {
      failInLine(this.events, line, Math.max(0, line.text.indexOf(offset)), step.problem);
      return false;
    }
    if ('restart' in step) this.begin(line, offset);
    else if (step.bytes > have) return this.repeat(line, step.bytes - have);
    else if (step.bytes < have) return this.trim(line, step.bytes);
    return true;
  }

  private repeat(line: Line, bytes: number): boolean {
    this.repeated += bytes;
    if (this.repeated > MAX_REPEATED) {
      failInLine(
        this.events,
        line,
        0,
        `the * before this line replaces too much: repeated lines may have up to ${MAX_REPEATED} bytes (hexdump -v and od -v print them all)`,
      );
      return false;
    }
    this.held.push({ row: this.last!, count: bytes / this.last!.asPrinted.length });
    return true;
  }

  /** The true length is less than that with the last word: the padding zeros are removed. Their place shows the byte order. */
  private trim(line: Line, length: number): boolean {
    const { row } = this.held.pop()!;
    const { asPrinted, swapped = asPrinted } = row;
    const fits = { 'as-printed': isZero(asPrinted.slice(length)), swapped: isZero(swapped.slice(length)) };
    if (this.order === undefined && fits['as-printed'] !== fits.swapped)
      this.order = fits.swapped ? 'swapped' : 'as-printed';
    if (!fits[this.order ?? 'swapped']) {
      failInLine(
        this.events,
        line,
        0,
        'the offset says that the last word is padded, and it is not with zeros: its byte order is in doubt',
      );
      return false;
    }
    this.held.push({
      row: { ...row, swapped: swapped.slice(0, length), asPrinted: asPrinted.slice(0, length) },
      count: 1,
    });
    return true;
  }

  /** An offset followed by nothing ends the dump. */
  private close(line: Line, offset: string): void {
    const padding = this.family.pads && this.held.length > 0 ? this.last!.size - 1 : 0;
    if (!this.advance(line, offset, padding)) return;
    this.last = undefined;
    this.flush(false);
  }

  /** Settles the byte order as soon as a row proves it; a later one that proves the opposite is a problem. */
  private prove(line: Line, row: Row): void {
    const { proof } = row;
    if (proof === 'never' && this.order === undefined) this.assume();
    else if (proof === 'as-printed' || proof === 'swapped') {
      if (this.order !== undefined && this.order !== proof)
        failInLine(this.events, line, 0, 'the byte order of the words is not the one of the lines in front');
      else if (this.order === undefined && proof === 'swapped')
        this.events.notice(
          'words have their last byte first (as xxd -e and little-endian machines print them): they were reversed, as the ASCII column shows',
        );
      this.order = proof;
    } else if (this.held.length >= MAX_HELD) this.assume();
  }

  /** No row proves the byte order. */
  private assume(): void {
    const row = this.held.find((held) => !sameBytes(held.row))?.row;
    if (this.order !== undefined || row === undefined) return;
    const verdict = this.family.unproven(row.size);
    if ('problem' in verdict) this.events.fail({ message: verdict.problem, offset: 0, line: 1, column: 1 });
    else {
      this.events.notice(verdict.notice);
      this.order = verdict.order;
    }
  }

  /** Gives what is sure; the last row waits for the offset after it where zeros may pad it. */
  private flush(final: boolean): void {
    if (final) this.assume();
    const known = final || this.order !== undefined || this.held.every((held) => held.row.swapped === undefined);
    if (!known || this.events.failed) return;
    const last = this.held[this.held.length - 1];
    const waits = !final && this.family.pads && this.last !== undefined && last !== undefined && last.row.size > 1;
    const sure = waits ? this.held.slice(0, -1) : this.held;
    for (const held of sure) this.give(held);
    this.held = waits ? [last] : [];
  }

  private give({ row, count }: Held): void {
    const bytes = this.order === 'swapped' ? (row.swapped ?? row.asPrinted) : row.asPrinted;
    if (count === 1) return this.events.append(bytes);
    const times = Math.min(count, Math.ceil(BLOCK / bytes.length));
    const block = new Uint8Array(times * bytes.length);
    for (let at = 0; at < block.length; at += bytes.length) block.set(bytes, at);
    let left = count;
    for (; left >= times; left -= times) this.events.block(block);
    this.events.block(block.subarray(0, left * bytes.length));
  }
}

const sameBytes = ({ swapped, asPrinted }: Row): boolean =>
  swapped === undefined || swapped.every((byte, index) => byte === asPrinted[index]);

const isZero = (bytes: readonly number[]): boolean => bytes.every((byte) => byte === 0);
