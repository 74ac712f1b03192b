import { count } from '../../terminal/layout.js';
import type { Input } from '../input/input.js';
import { counted } from '../input/measured-chunks.js';

/** What any input may print by default, and what it may print in addition for each of its bytes: ordinary traffic stays well below. */
const LEAST = 256 * 1024 * 1024;
const PER_BYTE = 64;

/**
 * The bytes that a run may print or extract (`--max-output`): a few bytes of input can expand to gigabytes of output.
 * Once a record is left out, so are all that follow it; they are judged nevertheless.
 */
export class OutputBound {
  private readonly leftOut = { record: 0, message: 0 };
  /** Bytes of the inputs so far, as they are stored. */
  input = 0;
  private used = 0;

  /** Undefined: the default for the input. */
  constructor(private readonly stated: number | undefined) {}

  get limit(): number {
    return boundFor(this.stated, this.input);
  }

  get isReached(): boolean {
    return this.leftOut.record + this.leftOut.message > 0;
  }

  /** Whether there is room for this number of bytes: a record's, or an extracted message's. Otherwise it counts as left out. */
  take(bytes: number, what: 'record' | 'message' = 'record'): boolean {
    if (!this.isReached && this.used + bytes <= this.limit) {
      this.used += bytes;
      return true;
    }
    this.leftOut[what]++;
    return false;
  }

  /** The same input, with its bytes counted. */
  counting(input: Input): Input {
    const read = (bytes: number): void => void (this.input += bytes);
    return { ...input, chunks: counted(input.chunks, read) };
  }

  /** What was left out, for a line of standard error. */
  words(): string | undefined {
    if (!this.isReached) return undefined;
    const { record, message } = this.leftOut;
    const parts = [record > 0 ? count(record, 'record') : '', message > 0 ? count(message, 'extracted message') : ''];
    const what = parts.filter((part) => part !== '').join(' and ');
    return `left out ${what} after ${this.used} bytes of output (--max-output); they were judged nevertheless`;
  }
}

/** The bound of an input of which `input` bytes were read. */
export function boundFor(stated: number | undefined, input: number): number {
  return stated ?? Math.max(LEAST, PER_BYTE * input);
}
