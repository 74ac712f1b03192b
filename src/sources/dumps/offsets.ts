/** A first offset below it that is not zero means that rows are missing; one above it may be an address. */
export const LEAST_ADDRESS = 0x1000;

const NAMES: Readonly<Record<number, string>> = { 8: 'octal', 10: 'decimal', 16: 'hex' };
const DIGITS: Readonly<Record<number, RegExp>> = { 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-fA-F]+$/ };

/** The number of bytes between two offsets; or the start of a new dump; or the fault. */
export type Step = { readonly bytes: number } | { readonly restart: true } | { readonly problem: string };

/**
 * The offsets before a dump's lines. Their radix is found by comparing their increase with the bytes between them; they
 * only serve to find lost lines, repeated ones and the true length.
 */
export class Offsets {
  private last: string | undefined;

  /** Candidates, the likeliest first. */
  constructor(private radices: readonly number[]) {}

  /** The dump's first offset, or the first one after its end. */
  begin(offset: string | undefined): void {
    this.last = offset;
  }

  /** The only radix that fitted all offsets. */
  get radix(): number | undefined {
    return this.radices.length === 1 ? this.radices[0] : undefined;
  }

  /**
   * From the last offset to `offset`, when `have` bytes were read in between: exactly as many, a multiple of them where
   * a `*` stands for repeated lines (`squeezed`), up to `padding` less at the end.
   */
  step(offset: string, have: number, squeezed: boolean, padding: number): Step {
    const last = this.last!;
    if (!squeezed && padding === 0 && have > 0 && /^0+$/.test(offset)) return { restart: true };
    const fitting = this.radices.filter((radix) => {
      const difference = distance(last, offset, radix);
      if (squeezed) return difference >= have && difference % have === 0;
      return difference <= have && difference >= have - padding;
    });
    const first = fitting[0];
    if (first === undefined) return { problem: this.unexpected(last, offset, have, squeezed) };
    const bytes = distance(last, offset, first);
    if (fitting.some((radix) => distance(last, offset, radix) !== bytes)) {
      const names = fitting.map((radix) => NAMES[radix]!).join(' or ');
      return { problem: `offset ${offset} may be ${names}: the number of bytes before it is not certain` };
    }
    if (!squeezed && padding === 0 && this.isDoubtful(first, distance(last, offset, 16), have))
      return { problem: `offset ${offset} may be decimal, or hex after rows that are cut or missing` };
    this.radices = fitting;
    this.last = offset;
    return { bytes };
  }

  /** `00000010` after ten bytes: the row may have lost six. Offsets that counted so far are beyond doubt. */
  private isDoubtful(radix: number, inHex: number, have: number): boolean {
    return radix === 10 && this.radices.includes(16) && inHex > have && (inHex % have === 0 || inHex % 8 === 0);
  }

  private unexpected(last: string, offset: string, have: number, squeezed: boolean): string {
    if (squeezed) return `offset ${offset} does not fit the preceding *, which replaces whole lines of ${have} bytes`;
    const radix = this.radices[0]!;
    const expected = (parseInt(last, radix) + have).toString(radix).padStart(last.length, '0');
    return `the offset is ${offset} and has to be ${expected}: lines are missing, doubled or cut`;
  }
}

/** NaN where one of the two is no number of that radix, or is too large to count with. */
function distance(from: string, to: string, radix: number): number {
  const digits = DIGITS[radix]!;
  if (!digits.test(from) || !digits.test(to)) return NaN;
  const end = parseInt(to, radix);
  return end <= Number.MAX_SAFE_INTEGER ? end - parseInt(from, radix) : NaN;
}
